// `npm run bench:http [rounds]`: the hub beside dynalite, both with durable storage in a temporary directory, over HTTP on this
// machine: PutItem, GetItem, Query, BatchWriteItem with 1 and 32 clients. Rounds are interleaved, so that what else the machine
// does hits both. The clients are bare sockets: an HTTP client's own costs would hide the servers'.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const rounds = Number(process.argv[2] ?? 5)
const MEASURED_MS = Number(process.env.HOLDFAST_BENCH_MS ?? 1500)
const KEYS = 5000
const PER_PARTITION = 20

const folder = mkdtempSync(join(tmpdir(), 'holdfast-http-'))
const servers = [
  { name: 'hub', port: 18_411, args: [join(root, 'dist/cli.js'), 'hub', '--port', '18411', '--data', join(folder, 'hub')] },
  { name: 'dynalite', port: 18_412, args: [join(root, 'node_modules/dynalite/cli.js'), '--port', '18412', '--path', join(folder, 'dynalite'), '--createTableMs', '0'] },
]

/** One keep-alive connection, one request at a time. */
class Connection {
  #socket
  #chunks = []
  #length = 0
  #expected = -1
  #resolve

  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', (chunk) => this.#take(chunk))
    this.#socket.on('error', (error) => {
      throw error
    })
  }

  request(bytes) {
    return new Promise((done) => {
      this.#resolve = done
      this.#socket.write(bytes)
    })
  }

  #take(chunk) {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#expected < 0) {
      const text = Buffer.concat(this.#chunks).toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#expected = end + 4 + Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0)
    }
    if (this.#length < this.#expected) return
    const text = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#length = 0
    this.#expected = -1
    this.#resolve(text)
  }

  close() {
    this.#socket.destroy()
  }
}

function requestBytes(operation, input) {
  const body = JSON.stringify(input)
  return Buffer.from(
    `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-amz-json-1.0\r\nx-amz-target: DynamoDB_20120810.${operation}\r\n` +
      'x-amz-date: 20260101T000000Z\r\nauthorization: AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b\r\n' +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

async function call(connection, operation, input) {
  const text = (await connection.request(requestBytes(operation, input))).toString()
  if (!text.startsWith('HTTP/1.1 200')) throw new Error(`${operation}: ${text}`)
  return JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4))
}

const keyOf = (at) => ({ pk: { S: `p${Math.floor(at / PER_PARTITION)}` }, sk: { N: String(at % PER_PARTITION) } })
let version = 0
const itemOf = (at) => ({
  ...keyOf(at),
  title: { S: `Item ${at}` },
  version: { N: String(++version) },
  done: { BOOL: at % 2 === 0 },
  tags: { SS: ['one', 'two', 'three'] },
  address: { M: { street: { S: 'Long Street 17' }, city: { S: 'Springfield' }, code: { N: '12345' } } },
  notes: { L: [{ S: 'a first note' }, { S: 'a second note, which is longer than the first' }] },
  text: { S: 'x'.repeat(200) },
})
const any = () => Math.floor(Math.random() * KEYS)
const WORK = {
  PutItem: () => ({ TableName: 'bench', Item: itemOf(any()) }),
  GetItem: () => ({ TableName: 'bench', Key: keyOf(any()) }),
  Query: () => ({ TableName: 'bench', KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': keyOf(any()).pk } }),
  BatchWriteItem: () => {
    const start = Math.floor(any() / 25) * 25
    return { RequestItems: { bench: Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: itemOf(start + at) } })) } }
  },
}

async function fill(port) {
  const connection = new Connection(port)
  const attribute = (AttributeName, AttributeType) => ({ AttributeName, AttributeType })
  await call(connection, 'CreateTable', {
    TableName: 'bench',
    AttributeDefinitions: [attribute('pk', 'S'), attribute('sk', 'N')],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  })
  while ((await call(connection, 'DescribeTable', { TableName: 'bench' })).Table.TableStatus !== 'ACTIVE') await new Promise((done) => setTimeout(done, 20))
  for (let start = 0; start < KEYS; start += 25) {
    await call(connection, 'BatchWriteItem', { RequestItems: { bench: Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: itemOf(start + at) } })) } })
  }
  connection.close()
}

/** Latencies in ms and the time that they took together. */
async function measure(port, operation, clients, durationMs) {
  // Made before the clock runs: the client's work is not what is measured.
  const requests = Array.from({ length: 500 }, () => requestBytes(operation, WORK[operation]()))
  const connections = Array.from({ length: clients }, () => new Connection(port))
  const latencies = []
  let at = 0
  const started = performance.now()
  const until = started + durationMs
  await Promise.all(
    connections.map(async (connection) => {
      for (;;) {
        const sent = performance.now()
        if (sent > until) return
        const answer = await connection.request(requests[at++ % requests.length])
        latencies.push(performance.now() - sent)
        // "200" of the status line.
        if (answer[9] !== 50) throw new Error(answer.toString())
      }
    }),
  )
  const elapsedMs = performance.now() - started
  for (const connection of connections) connection.close()
  return { latencies, elapsedMs }
}

async function start({ args, port }) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let tries = 0; ; tries++) {
    const isUp = await new Promise((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy()
        done(true)
      }).on('error', () => done(false))
    })
    if (isUp) return child
    if (tries > 200) throw new Error(`${args[0]} does not listen`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

const children = []
try {
  for (const server of servers) {
    children.push(await start(server))
    await fill(server.port)
  }
  const combinations = Object.keys(WORK).flatMap((operation) => [1, 32].map((clients) => ({ operation, clients })))
  const results = new Map()
  for (let round = -1; round < rounds; round++) {
    for (const { operation, clients } of combinations) {
      for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
        const result = await measure(server.port, operation, clients, round < 0 ? 500 : MEASURED_MS)
        if (round < 0) continue
        const key = `${operation} ${clients} ${server.name}`
        const sum = results.get(key) ?? { latencies: [], elapsedMs: 0 }
        sum.latencies.push(...result.latencies)
        sum.elapsedMs += result.elapsedMs
        results.set(key, sum)
      }
    }
  }
  const summary = (operation, clients, name) => {
    const { latencies, elapsedMs } = results.get(`${operation} ${clients} ${name}`)
    const sorted = Float64Array.from(latencies).sort()
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    return { p50: at(0.5), p99: at(0.99), perSecond: (latencies.length / elapsedMs) * 1000 }
  }
  const ms = (value) => value.toFixed(value < 10 ? 3 : 1)
  console.log(`${rounds} interleaved rounds of ${MEASURED_MS} ms each; ms; ratio = hub's throughput over dynalite's\n`)
  console.log('| operation | clients | hub p50 | p99 | per s | dynalite p50 | p99 | per s | ratio | p99 ratio |')
  console.log('|---|---|---|---|---|---|---|---|---|---|')
  let isFaster = true
  for (const { operation, clients } of combinations) {
    const [hub, other] = servers.map(({ name }) => summary(operation, clients, name))
    const ratio = hub.perSecond / other.perSecond
    isFaster &&= ratio > 1
    console.log(
      `| ${operation} | ${clients} | ${ms(hub.p50)} | ${ms(hub.p99)} | ${hub.perSecond.toFixed(0)} | ${ms(other.p50)} | ${ms(other.p99)} | ${other.perSecond.toFixed(0)} | ${ratio.toFixed(2)} | ${(hub.p99 / other.p99).toFixed(2)} |`,
    )
  }
  if (!isFaster) process.exitCode = 1
} finally {
  for (const child of children) child.kill('SIGTERM')
  rmSync(folder, { recursive: true, force: true })
}

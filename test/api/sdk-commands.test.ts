// Every command of the AWS SDK's clients DynamoDB and DynamoDB Streams (62 + 4) is answered by the hub, and none says unknown
// operation. An operation that lacks its input answers with what it lacks: a ValidationException, or an output.
import * as dynamodb from '@aws-sdk/client-dynamodb'
import * as streams from '@aws-sdk/client-dynamodb-streams'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'

interface Sender {
  send(command: object): Promise<unknown>
  destroy(): void
}
type CommandClass = new (input: object) => object

const commandsOf = (module: object): [name: string, Command: CommandClass][] =>
  Object.entries(module)
    .filter(([name, value]) => /^[A-Z]\w+Command$/.test(name) && typeof value === 'function')
    .map(([name, value]) => [name.slice(0, -'Command'.length), value as CommandClass])

let hub: Hub
let clients: { readonly [service: string]: Sender }
beforeAll(async () => {
  hub = await openHub()
  const config = { endpoint: hub.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 }
  clients = { dynamodb: new dynamodb.DynamoDBClient(config), streams: new streams.DynamoDBStreamsClient(config) }
})
afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy()
  await hub.close()
})

const commands = [
  ...commandsOf(dynamodb).map(([name, Command]) => ['dynamodb', name, Command] as const),
  ...commandsOf(streams).map(([name, Command]) => ['streams', name, Command] as const),
]

describe('the commands of the SDK', () => {
  it('are 62 and 4', () => {
    expect(commands.filter(([service]) => service === 'dynamodb')).toHaveLength(62)
    expect(commands.filter(([service]) => service === 'streams')).toHaveLength(4)
  })

  it.each(commands)('%s %s is answered', async (service, _name, Command) => {
    const outcome = await (clients[service] as Sender).send(new Command({})).then(
      () => 'an output',
      (error: Error) => error.name,
    )
    expect(outcome).toMatch(/^(an output|ValidationException|ResourceNotFoundException|\w+NotFoundException)$/)
  })
})

// Cases that run everywhere: on the edge in this process, over HTTP, and through the worker with the AWS SDK in a browser.
// A case is steps in DynamoDB's JSON; tables that it makes are gone afterwards. Free of Node and of the test runner.

export type Json = { readonly [name: string]: unknown }
export interface Case {
  readonly name: string
  /** Page of the AWS documentation, or public finding. */
  readonly source: string
  readonly steps: readonly Step[]
}
export type Step = readonly [operation: string, input: Json, expected: Expected]
export type Expected = Json | Includes | Fails

export class Includes {
  readonly part: Json
  constructor(part: Json) {
    this.part = part
  }
}
/** The output has these members, and maybe others. */
export const includes = (part: Json): Includes => new Includes(part)

export class Fails {
  readonly error: string
  readonly message: string
  readonly more: Json
  constructor(error: string, message: string, more: Json) {
    this.error = error
    this.message = message
    this.more = more
  }
}
/** `more`: members of the exception beside name and message, which are compared too. */
export const fails = (error: string, message: string, more: Json = {}): Fails => new Fails(error, message, more)
export const invalid = (message: string): Fails => fails('ValidationException', message)
/** PutItem, UpdateItem and DeleteItem word so what they refuse before they look at the table (measured on AWS in 2026). */
export const refused = (message: string): Fails => invalid(`1 validation error detected: ${message}`)

export type Answer = { readonly output: Json } | { readonly error: string; readonly message: string; readonly more: Json }
export type Send = (operation: string, input: Json) => Promise<Answer>

/** Rejects with what went otherwise than the case says. Removes all tables afterwards. */
export async function runCase({ steps, name }: Case, send: Send): Promise<void> {
  try {
    for (const [at, [operation, input, expected]] of steps.entries()) {
      const answer = await send(operation, input)
      const difference = compare(answer, expected)
      if (difference !== undefined) throw new Error(`${name}: step ${at + 1}, ${operation}: ${difference}`)
      if ((operation === 'CreateTable' || operation === 'UpdateTable') && 'output' in answer) await untilActive(send, input['TableName'] as string)
    }
  } finally {
    await dropTables(send)
  }
}

async function untilActive(send: Send, TableName: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const answer = await send('DescribeTable', { TableName })
    if (!('output' in answer) || !/"(CREATING|UPDATING)"/.test(JSON.stringify(answer.output))) return
    await pause()
  }
  throw new Error(`${TableName} does not become active`)
}

async function dropTables(send: Send): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const answer = await send('ListTables', {})
    const names = 'output' in answer ? (answer.output['TableNames'] as string[]) : []
    if (names.length === 0) return
    for (const TableName of names) await send('DeleteTable', { TableName })
    await pause()
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

function compare(answer: Answer, expected: Expected): string | undefined {
  if (expected instanceof Fails) {
    const wanted = { error: expected.error, message: expected.message, more: expected.more }
    return canonical(answer) === canonical(wanted) ? undefined : differ(answer, wanted)
  }
  if (!('output' in answer)) return differ(answer, expected instanceof Includes ? expected.part : expected)
  if (expected instanceof Includes) {
    return hasPart(answer.output, expected.part) ? undefined : differ(answer.output, expected.part)
  }
  return canonical(answer.output) === canonical(expected) ? undefined : differ(answer.output, expected)
}

const differ = (given: unknown, wanted: unknown): string => `\n  ${canonical(given)}\ninstead of\n  ${canonical(wanted)}`

/** JSON with sorted names. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function hasPart(value: unknown, part: unknown): boolean {
  if (Array.isArray(part)) return Array.isArray(value) && value.length === part.length && part.every((each, at) => hasPart(value[at], each))
  if (typeof part !== 'object' || part === null) return value === part
  return typeof value === 'object' && value !== null && Object.entries(part).every(([name, each]) => hasPart((value as Json)[name], each))
}

// Cases are in DynamoDB's JSON; the AWS SDK takes and gives bytes for B, Dates for times, and exceptions as classes.
// Free of Node: it runs in the browser too.
import type { Answer, Json, Send } from './case.ts'

interface Client {
  send(command: never): Promise<object>
}
type CommandClass = new (input: object) => never

/** `module`: the SDK's client package. */
export function sdkSend(client: Client, module: object): Send {
  return async (operation, input): Promise<Answer> => {
    const Command = module[`${operation}Command` as never] as CommandClass
    try {
      return { output: plain(await client.send(new Command(withBytes(input) as object))) as Json }
    } catch (error) {
      const { name, message } = error as Error
      const more = Object.entries(error as Json).filter(([field]) => !field.startsWith('$') && !['name', 'message', 'Message', '__type'].includes(field))
      return { error: name, message, more: plain(Object.fromEntries(more)) as Json }
    }
  }
}

function withBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withBytes)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [type, content] = entries[0] ?? []
  if (entries.length === 1 && type === 'B' && typeof content === 'string') return { B: bytesOf(content) }
  if (entries.length === 1 && type === 'BS' && Array.isArray(content)) return { BS: content.map((each) => bytesOf(each as string)) }
  return Object.fromEntries(entries.map(([name, each]) => [name, withBytes(each)]))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value))
  if (value instanceof Date) return value.getTime() / 1000
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([name, each]) => name !== '$metadata' && each !== undefined)
  return Object.fromEntries(entries.map(([name, each]) => [name, plain(each)]))
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

// The flags of `holdfast hub`: read, checked, and told of in words where they can't be.
// Throws UsageError for anything but bad buckets, which the hub itself refuses.
import { parseArgs } from 'node:util'

export class UsageError extends Error {}

export interface HubArguments {
  readonly port: number
  readonly host: string
  /** Undefined: in memory. */
  readonly data: string | undefined
  readonly buckets: { readonly [name: string]: string }
  readonly accessKey?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  memory: { type: 'boolean' },
  bucket: { type: 'string', multiple: true },
  'access-key-id': { type: 'string' },
  'secret-access-key': { type: 'string' },
} as const

/** Throws UsageError. */
export function hubArguments(args: readonly string[], environment: { readonly [name: string]: string | undefined }): HubArguments {
  const values = parse(args)
  if (values.memory === true && values.data !== undefined) throw new UsageError('--data and --memory exclude each other')
  const accessKeyId = values['access-key-id'] ?? environment['HOLDFAST_ACCESS_KEY_ID']
  const secretAccessKey = values['secret-access-key'] ?? environment['HOLDFAST_SECRET_ACCESS_KEY']
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    throw new UsageError('an access key has both parts: --access-key-id and --secret-access-key')
  }
  return {
    port: portOf(values.port ?? '8000'),
    host: values.host ?? '127.0.0.1',
    data: values.memory === true ? undefined : (values.data ?? './holdfast-data'),
    buckets: bucketsOf(values.bucket ?? []),
    ...(accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKey: { accessKeyId, secretAccessKey } }),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split(/\. (?=To )/, 1)[0]}; see holdfast --help`)
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`'${text}' is no port: a number from 0 to 65535`)
  return port
}

function bucketsOf(bindings: readonly string[]): { readonly [name: string]: string } {
  const buckets = new Map<string, string>()
  for (const binding of bindings) {
    const equals = binding.indexOf('=')
    const [name, directory] = [binding.slice(0, equals), binding.slice(equals + 1)]
    if (equals < 1 || directory === '') throw new UsageError(`--bucket wants NAME=DIR, not '${binding}'`)
    if (buckets.has(name)) throw new UsageError(`bucket '${name}' is given twice`)
    buckets.set(name, directory)
  }
  return Object.fromEntries(buckets)
}

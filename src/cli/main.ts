// The `holdfast` command. `holdfast hub` runs until it is told to stop (SIGTERM, SIGINT) or its store fails.
// Exit codes: 0 stopped, 1 could not run or go on, 2 not understood.
import { openHub } from '../hub/hub.ts'
import { hubArguments, UsageError } from './hub-arguments.ts'

const USAGE = `Usage: holdfast hub [options]

DynamoDB's API over HTTP, on this machine.

  --port N              port to listen at (8000; 0 takes a free one)
  --host ADDRESS        address to listen at (127.0.0.1)
  --data DIR            directory of the data, made if need be (./holdfast-data)
  --memory              keep everything in memory, and nothing at the end
  --bucket NAME=DIR     an existing directory that stands for an S3 bucket; may be given several times
  --access-key-id ID, --secret-access-key SECRET
                        take requests signed with this key only
                        (also HOLDFAST_ACCESS_KEY_ID and HOLDFAST_SECRET_ACCESS_KEY in the environment)
  --help                show this
  --version             show the version
`

declare const __HOLDFAST_VERSION__: string

/** Resolves with the exit code. */
export async function main(args: readonly string[], environment: { readonly [name: string]: string | undefined }): Promise<number> {
  const [command, ...rest] = args
  if (command === '--version' || command === '-v') return say(`${__HOLDFAST_VERSION__}\n`)
  if (command === undefined || command === 'help' || args.includes('--help') || args.includes('-h')) {
    return command === undefined ? complain(USAGE, 2) : say(USAGE)
  }
  if (command !== 'hub') return complain(`holdfast: there is no command '${command}'; see holdfast --help\n`, 2)
  try {
    return await runHub(hubArguments(rest, environment))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return complain(`holdfast hub: ${message}\n`, error instanceof UsageError ? 2 : 1)
  }
}

async function runHub({ data, ...options }: ReturnType<typeof hubArguments>): Promise<number> {
  const hub = await openHub({ ...options, ...(data === undefined ? undefined : { data }) })
  say(`Holdfast hub at ${hub.url}, ${data === undefined ? 'in memory' : `data in ${data}`}\n`)
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
  try {
    await Promise.race([stopped, hub.failed])
  } finally {
    await hub.close()
  }
  return 0
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}

function complain(text: string, code: number): number {
  process.stderr.write(text)
  return code
}

// The region and account that clients of a hub see in ARNs. The engine knows one region, `local`, and one account of twelve
// zeros; outside, the region is the one that the request is signed for, as on AWS, and the account is a number that looks
// like one, so that twelve zeros stay somebody else's (paritysuite's tags/basic).
// Invariant: the exchange undoes itself, so whatever a client sends and gets back is what it sent; values of items are
// never touched.
import type { IncomingMessage } from 'node:http'
import type { WireAnswer } from '../host/wire-output.ts'

const INSIDE = { region: 'local', account: '000000000000' }
export const ACCOUNT = '123456789012'
export const DEFAULT_REGION = 'us-east-1'

/** Their bodies hold values of items: only the table they name is looked at. */
const ITEM_OPERATIONS = new Set([
  'BatchExecuteStatement',
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'ExecuteStatement',
  'ExecuteTransaction',
  'GetItem',
  'PutItem',
  'Query',
  'Scan',
  'SearchVectors',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
])
/** Its answer holds images of items. */
const RECORDS = 'GetRecords'

/** The region of the request's credential scope; anything odd is the default. */
export function regionOf({ headers }: IncomingMessage): string {
  const scope = /Credential=[^/,\s]+\/[^/,\s]+\/([a-z0-9-]{1,32})\//.exec(headers.authorization ?? '')
  return scope?.[1] ?? DEFAULT_REGION
}

/** Text and value of a request's body, as the engine may see it: the value, or what is to be parsed anew. */
export function inwardBody(operation: string, region: string, text: string, parsed: unknown): unknown {
  if (!text.includes('arn:aws:') && !text.includes('"RegionName"')) return parsed
  if (ITEM_OPERATIONS.has(operation)) return withLocalTables(parsed, region)
  return JSON.parse(inward(text, region))
}

/** The text of an answer, as the client may see it. */
export function outwardBody(operation: string, region: string, { status, body }: WireAnswer): string {
  if (ITEM_OPERATIONS.has(operation)) return status !== 200 && body.includes('hrottlingReasons"') ? exchanged(body, region) : body
  if (operation !== RECORDS || status !== 200) return exchanged(body, region)
  const swapRegion = swapped(region, INSIDE.region)
  return body
    .replace(/"NextShardIterator":"[^"]*"/, (member) => exchanged(member, region))
    .replaceAll(`"awsRegion":"${INSIDE.region}"`, `"awsRegion":"${swapRegion(INSIDE.region)}"`)
}

/** The engine's own ARNs are good at the hub too: what comes in with its region is left alone. */
function inward(text: string, region: string): string {
  return exchanged(text, region, (of) => of === INSIDE.region)
}

function exchanged(text: string, region: string, isLeft: (of: string) => boolean = () => false): string {
  if (region === INSIDE.region) return text
  const swapRegion = swapped(region, INSIDE.region)
  return text
    .replace(
      /arn:aws:([a-z0-9-]+):([a-z0-9-]*):(\d{12}):/g,
      (arn, service: string, of: string, account: string) => (isLeft(of) ? arn : `arn:aws:${service}:${swapRegion(of)}:${swapAccount(account)}:`),
    )
    .replace(/"(RegionName|awsRegion)"(\s*:\s*)"([a-z0-9-]+)"/g, (_, name: string, colon: string, of: string) => `"${name}"${colon}"${swapRegion(of)}"`)
}

const swapAccount = swapped(ACCOUNT, INSIDE.account)

function swapped(a: string, b: string): (value: string) => string {
  return (value) => (value === a ? b : value === b ? a : value)
}

/** ARNs in the place of table names, wherever a request of items has one. */
function withLocalTables(parsed: unknown, region: string): unknown {
  if (!isObject(parsed)) return parsed
  const local = (name: unknown): unknown => (typeof name === 'string' ? inward(name, region) : name)
  const next: Record<string, unknown> = { ...parsed }
  if ('TableName' in next) next['TableName'] = local(next['TableName'])
  const { RequestItems: requests, TransactItems: actions } = next
  if (isObject(requests)) next['RequestItems'] = Object.fromEntries(Object.entries(requests).map(([name, value]) => [inward(name, region), value]))
  if (Array.isArray(actions)) next['TransactItems'] = actions.map((action: unknown) => withLocalAction(action, local))
  return next
}

function withLocalAction(action: unknown, local: (name: unknown) => unknown): unknown {
  if (!isObject(action)) return action
  const named = (value: unknown): unknown => (isObject(value) && 'TableName' in value ? { ...value, TableName: local(value['TableName']) } : value)
  return Object.fromEntries(Object.entries(action).map(([kind, value]) => [kind, named(value)]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

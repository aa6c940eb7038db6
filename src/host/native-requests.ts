// The native client's requests as the engine's operations take them. What needs no knowledge of the page is done here, in
// the worker, and not in the page's 10 KB: canonical literals, table definitions, the document client's shapes of `send`.
// Invariant: an operation's answer and its kept answer (T1) have the same form.
import { canonicalMap, canonicalValue } from '../engine/canonical-map.ts'
import type { RequestContext } from '../engine/operation.ts'
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { declareTableInput } from './declare-table-input.ts'
import { fromDocument, toDocument } from './document-shapes.ts'
import { type DeclareTableMessage, DESCRIBE_STORAGE, DISMISS_LOSS, DOCUMENT, ERASE, WIRE, type WireMessage } from './native-protocol.ts'
import type { StoreStatistics } from '../storage/store.ts'
import { executeWire } from './wire-requests.ts'

export type Execute = (operation: string, input: object, context: RequestContext) => Promise<object>

/** What requests ask of the store itself. */
export interface StoreRequests {
  /** Resolves when nothing of deleted tables is stored any more. */
  purge(): Promise<void>
  /** No table is CREATING, UPDATING or DELETING any more: each is, or is gone. */
  passStates(): void
  dismissLoss(): Promise<void>
  statistics(): StoreStatistics
}

/** `execute` of an engine, for requests as the page sends them. Rejects with the operation's exceptions, or throws them. */
export function nativeExecute(engine: Execute, store: StoreRequests): Execute {
  const execute: Execute = (operation, input, context) =>
    operation === DESCRIBE_STORAGE ? Promise.resolve(store.statistics()) : engine(operation, input, context)
  return (operation, input, context) => {
    if (operation === ERASE) return eraseDatabase(execute, store)
    if (operation === DISMISS_LOSS) return store.dismissLoss().then(() => ({}))
    if (operation.endsWith(DOCUMENT)) return executeDocument(execute, operation.slice(0, -DOCUMENT.length), input as AttributeValue, context)
    if ('Definition' in input) return execute(operation, declareTableInput((input as DeclareTableMessage).Definition), context)
    return execute(operation, nativeInput(input), context)
  }
}

/** Tables one by one; asked again after a failure it goes on. */
async function eraseDatabase(execute: Execute, store: StoreRequests): Promise<object> {
  for (;;) {
    store.passStates()
    const { TableNames } = (await execute('ListTables', {}, {})) as { readonly TableNames: readonly string[] }
    if (TableNames.length === 0) break
    for (const TableName of TableNames) await execute('DeleteTable', { TableName }, {})
  }
  await store.purge()
  await store.dismissLoss()
  return {}
}

async function executeDocument(execute: Execute, operation: string, input: AttributeValue, context: RequestContext): Promise<object> {
  const { settlement } = context
  // The host knows an output by its identity.
  const documents = new Map<object, object>()
  const documentOf = (output: object): object => {
    const document = documents.get(output) ?? (toDocument(output) as object)
    documents.set(output, document)
    return document
  }
  const own = settlement === undefined ? context : { ...context, settlement: (output: object) => settlement(documentOf(output)) }
  const document = fromDocument(input) as object
  return documentOf(await (operation.endsWith(WIRE) ? executeWire(execute, document as WireMessage, own) : execute(operation, document, own)))
}

/** Data forms of conditions and updates (expression/data.ts). */
const DATA = new Set(['Condition', 'Filter', 'KeyCondition', 'Update'])
/** Their members that are literals, and those that are pairs of path and literal. */
const LITERALS = new Set(['value', 'ifNotExists', 'plus', 'append', 'prepend'])
const PAIRS = new Set(['add', 'delete'])

/** The input, or a live query, with the literals of its data forms in canonical form. Throws ValidationException. */
export function nativeInput<Input extends object>(input: Input): Input {
  let changed: [string, unknown][] | undefined
  for (const name of Object.keys(input)) {
    const value: unknown = input[name as never]
    if (DATA.has(name)) (changed ??= []).push([name, canonicalData(value)])
    else if (name === 'TransactItems') (changed ??= []).push([name, (value as object[]).map((item) => mapMembers(item, nativeAction))])
    else if (name === 'Reads') (changed ??= []).push([name, mapMembers(value as object, nativeReads)])
  }
  return changed === undefined ? input : { ...input, ...Object.fromEntries(changed) }
}

const nativeAction = (_: string, action: unknown): unknown => nativeInput(action as object)
function nativeReads(name: string, reads: unknown): unknown {
  return name === 'ranges' ? (reads as { Input: object }[]).map((range) => ({ ...range, Input: nativeInput(range.Input) })) : reads
}

function canonicalData(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(canonicalData)
  if (typeof data !== 'object' || data === null) return data
  return mapMembers(data, (name, value) => {
    if (LITERALS.has(name)) return canonicalValue(value as AttributeValue)
    if (name === 'values') return canonicalMap(value as AttributeMap)
    if (PAIRS.has(name)) return (value as [string, AttributeValue][]).map(([path, literal]) => [path, canonicalValue(literal)])
    return name === 'names' ? value : canonicalData(value)
  })
}

function mapMembers(map: object, change: (name: string, value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(name, value)]))
}

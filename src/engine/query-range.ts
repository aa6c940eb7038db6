// What a page of Query or Scan has seen, as ranges of storage keys: the read set of an optimistic transaction. It holds
// what the page would have held had it been written meanwhile: the gaps between its items too.
import type { AttributeMap } from '../model/attribute-value.ts'
import { prefixEnd } from '../model/key-encoding.ts'
import type { KeyRange } from '../storage/store.ts'
import type { EngineCore } from './engine-core.ts'
import { partitionPrefix, rangeAfter, rangeThrough, SPACE_LENGTH } from './key-range.ts'
import { bindQuery, compileQuery, scanRange, startedRange, type QueryInput } from './operations/query.ts'
import { compileScan, type ScanInput } from './operations/scan.ts'
import { canonicalRead, sourceOf, startKeyOf, viewOf } from './read-input.ts'
import { tableSource, typesOf, type Source } from './read-page.ts'

/**
 * `input` is the page's, with its ExclusiveStartKey; `lastEvaluatedKey` is its answer's. A Query has a key condition, a
 * Scan none. Throws ValidationException, ResourceNotFoundException.
 */
export function queryRange(engine: EngineCore, input: QueryInput | ScanInput, lastEvaluatedKey?: AttributeMap): readonly KeyRange[] {
  const read = canonicalRead(input)
  const source = sourceOf(isQuery(read) ? 'Query' : 'Scan', engine.catalog.mustGetTable(read.TableName), read)
  const { range, wholeItems } = isQuery(read) ? walkedByQuery(read, source) : walkedByScan(read, source)
  const walked = lastEvaluatedKey === undefined ? range : rangeThrough(range, startKeyOf('Query', source, lastEvaluatedKey))
  return wholeItems ? [walked, itemsBehind(source, isQuery(read) ? range : scanRange(source, read))] : [walked]
}

function isQuery(input: QueryInput | ScanInput): input is QueryInput {
  const { KeyCondition: data, KeyConditionExpression: text } = input as QueryInput
  return data !== undefined || text !== undefined
}

interface Walk {
  readonly range: KeyRange
  readonly wholeItems: boolean
}

function walkedByQuery(input: QueryInput, source: Source): Walk {
  const { range, view } = bindQuery(compileQuery(input), input, source)
  return { range: startedRange(input, source, range), wholeItems: view.wholeItems }
}

function walkedByScan(input: ScanInput, source: Source): Walk {
  const { view } = compileScan(input)
  const { wholeItems } = viewOf('Scan', input, source, view.filter, view.projection)
  const range = scanRange(source, input)
  const started = input.ExclusiveStartKey === undefined ? range : rangeAfter(range, startKeyOf('Scan', source, input.ExclusiveStartKey))
  return { range: started, wholeItems }
}

/** Items that stand behind LSI entries: those of the same partitions, since table and LSI share the partition key. */
function itemsBehind(source: Source, { start }: KeyRange): KeyRange {
  const { space } = tableSource(source.table)
  const prefix = start.length === SPACE_LENGTH ? space : space + partitionPrefix(start, typesOf(source)).slice(SPACE_LENGTH)
  return { start: prefix, end: prefixEnd(prefix) }
}

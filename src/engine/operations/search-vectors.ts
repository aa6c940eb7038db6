// SearchVectors: the nearest items to a vector, by the vectors in a vector index. Exact: every vector of the partition is
// looked at, where AWS's search is approximate. Order of checks and texts as captured from AWS
// (paritysuite/dynamodb-conformance; ExtendDB and dynoxide, August to October 2026).
import type { AttributeMap, AttributeValue } from '../../model/attribute-value.ts'
import { ResourceNotFoundException, SerializationException, ValidationException } from '../../model/errors.ts'
import { Item } from '../../model/item.ts'
import { encodeKeyPart, isKeyValue } from '../../model/key-encoding.ts'
import { MAX_SEARCH_BYTES, MAX_SEARCH_RESULTS, MAX_VECTOR_DIMENSIONS, MIN_VECTOR_REQUEST_BYTES } from '../../model/limits.ts'
import { float32Of, vectorValue } from '../../model/vector.ts'
import { isVectorIndex, projectsVector, type VectorIndexSchema } from '../../model/vector-entry.ts'
import { checkExpressionParameters, ExpressionContext, type ExpressionInput } from '../../expression/expression-context.ts'
import { projectAttributes } from '../../expression/project.ts'
import { equalitiesOf, resolveSearchCondition, type Equality, type SearchScope } from '../../expression/search-condition.ts'
import type { Projection } from '../../expression/tree.ts'
import type { Key } from '../../storage/store.ts'
import { canonicalMap } from '../canonical-map.ts'
import type { ReturnConsumedCapacity } from '../capacity.ts'
import { RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import type { Table } from '../table.ts'
import { tablePhase } from '../table-phase.ts'
import { isBuilding } from '../vector-building.ts'
import { unpackEntry, type VectorHit, type VectorQuery } from '../vector-rows.ts'

export interface SearchVectorsInput {
  readonly TableName: string
  readonly IndexName: string
  readonly SearchVector: readonly AttributeValue[]
  readonly TopK: number
  readonly SearchConditionExpression?: string
  readonly ProjectionExpression?: string
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  readonly ExpressionAttributeValues?: AttributeMap
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface SearchVectorsOutput {
  readonly SearchResults: readonly { readonly Item: Item; readonly Score: number }[]
  readonly ConsumedCapacity?: { readonly VectorSearchRequestBytes: number }
}

/** AWS page: SearchVectors. Throws ValidationException, SerializationException, ResourceNotFoundException. */
export const searchVectors: Operation<SearchVectorsInput, SearchVectorsOutput> = {
  name: 'SearchVectors',
  kind: 'read',
  async run(engine, input, context) {
    checkShape(input)
    if (context.invalidValue !== undefined) throw context.invalidValue
    const vector = searchVectorOf(input.SearchVector)
    const { equalities, projection } = compileSearch(input)
    const { table, index, space } = mustGetVectorIndex(engine, input)
    if (vector.length !== index.vector.dimensions) {
      throw new ValidationException(`Input search vector dimension ${vector.length} does not match vector index dimension ${index.vector.dimensions}`)
    }
    const scope = resolveSearchCondition(equalities, index.partitionKeys[0], index.vector.filters)
    const search = { table, index, prefix: space + hashPrefix(scope), query: { vector, topK: input.TopK, filters: scope.filters } }
    const found = await findEntries(engine, search)
    return answerSearch(input, index, projection, found)
  },
}

const MEMBERS = [
  ['TableName', 'a string'],
  ['IndexName', 'a string'],
  ['SearchVector', 'a sequence'],
  ['TopK', 'i32'],
] as const

/** AWS reads this operation's body with a deserialiser of its own, which names what it misses and where the body ends. */
function checkShape(input: SearchVectorsInput): void {
  const column = JSON.stringify(input).length
  for (const [name, expected] of MEMBERS) {
    if (input[name] === null) throw new SerializationException(`invalid type: null, expected ${expected} at line 1 column ${column}`)
  }
  for (const [name] of MEMBERS) {
    if (input[name] === undefined) throw new ValidationException(`missing field \`${name}\` at line 1 column ${column}`)
  }
  if (!Array.isArray(input.SearchVector)) throw new SerializationException(`invalid type: map, expected a sequence at line 1 column ${column}`)
  if (!Number.isInteger(input.TopK)) {
    throw new SerializationException(`invalid type: floating point \`${String(input.TopK)}\`, expected i32 at line 1 column ${column}`)
  }
  const failed = (text: string): ValidationException => new ValidationException(`1 validation error detected: ${text}`)
  if (input.IndexName.length < 3) {
    throw failed("Value at 'IndexName' failed to satisfy constraint: Member must have length greater than or equal to 3")
  }
  if (input.IndexName.length > 255) {
    throw failed("Value at 'IndexName' failed to satisfy constraint: Member must have length less than or equal to 255")
  }
  if (input.SearchVector.length === 0) {
    throw failed("Value at 'SearchVector' failed to satisfy constraint: Member must have length greater than or equal to 1")
  }
  if (input.SearchVector.length > MAX_VECTOR_DIMENSIONS) {
    throw failed(`Value at 'SearchVector' failed to satisfy constraint: Member must have length less than or equal to ${MAX_VECTOR_DIMENSIONS}`)
  }
  if (input.TopK < 1) {
    throw failed(`Value '${input.TopK}' at 'topK' failed to satisfy constraint: Member must have value greater than or equal to 1`)
  }
  const detail = input.ReturnConsumedCapacity
  if (detail !== undefined && detail !== null && !RETURN_CONSUMED_CAPACITY.includes(detail)) {
    throw new ValidationException(
      `Value '${detail}' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]`,
    )
  }
  if (input.TopK > MAX_SEARCH_RESULTS) {
    throw new ValidationException(`Provided TopK value '${input.TopK}' is out of valid range. The value must be between 1 and ${MAX_SEARCH_RESULTS} inclusive`)
  }
}

function searchVectorOf(values: readonly AttributeValue[]): Float32Array {
  return Float32Array.from(values, (value) => {
    const float = float32Of(value)
    if (float !== undefined) return float
    throw new ValidationException(
      'Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute',
    )
  })
}

interface CompiledSearch {
  readonly equalities: readonly Equality[]
  readonly projection: Projection | undefined
}

function compileSearch(input: SearchVectorsInput): CompiledSearch {
  checkExpressionParameters(input as unknown as ExpressionInput, ['ProjectionExpression', 'SearchConditionExpression'])
  const { SearchConditionExpression: condition, ProjectionExpression: paths, ExpressionAttributeValues: values } = input
  const context = new ExpressionContext(input.ExpressionAttributeNames, values === undefined ? undefined : canonicalMap(values))
  const equalities = condition === undefined ? [] : equalitiesOf(context.searchCondition(condition))
  const projection = paths === undefined ? undefined : context.projection(paths)
  context.finish()
  return { equalities, projection }
}

function mustGetVectorIndex(engine: EngineCore, { TableName, IndexName }: SearchVectorsInput) {
  const table = engine.catalog.getTable(TableName)
  if (table === undefined) throw new ResourceNotFoundException('Requested resource not found')
  const found = table.indexes.find(({ schema }) => schema.name === IndexName)
  if (found === undefined || !isVectorIndex(found.schema)) {
    throw new ValidationException(`The table does not have the specified index: ${IndexName}`)
  }
  // Until its resources are there, the index is unknown to the endpoint that searches.
  if (tablePhase(engine, TableName)?.status === 'UPDATING' && isBuilding(engine, table.schema, found.schema)) {
    throw new ValidationException(`The table does not have the specified index: ${IndexName}`)
  }
  if (found.schema.status !== 'ACTIVE' || isBuilding(engine, table.schema, found.schema)) throw new ValidationException(`Cannot search backfilling vector index: ${IndexName}`)
  return { table, index: found.schema, space: found.prefix }
}

function hashPrefix({ hash }: SearchScope): Key {
  return hash !== undefined && isKeyValue(hash) ? encodeKeyPart(hash) : ''
}

interface Search {
  readonly table: Table
  readonly index: VectorIndexSchema
  readonly prefix: Key
  readonly query: VectorQuery
}
interface FoundEntry {
  readonly entry: Item
  readonly score: number
}

/** An entry may go between the search of the rows and the reading of the entry: then the rows are searched again. */
const MAX_SEARCHES = 3

async function findEntries(engine: EngineCore, { index, prefix, query }: Search): Promise<readonly FoundEntry[]> {
  for (let search = 1; ; search++) {
    let hits: VectorHit[] = []
    const rows = await engine.vectors.rows(index, prefix)
    if (rows === undefined) {
      await engine.vectors.forEachSlice(index, prefix, (slice) => (hits = slice.search(query, hits)))
      return entriesOf(hits, await engine.read((reader) => readItems(reader, hits.map(({ key }) => key))))
    }
    let version = -1
    const entries = await engine.read((reader) => {
      // The step runs again where an entry had to be loaded: without another search, unless something was written.
      if (version !== rows.version) hits = rows.search(query)
      version = rows.version
      return readItems(reader, hits.map(({ key }) => key))
    })
    if (search === MAX_SEARCHES || entries.every((entry) => entry !== undefined)) return entriesOf(hits, entries)
  }
}

function entriesOf(hits: readonly VectorHit[], entries: readonly (Item | undefined)[]): FoundEntry[] {
  return hits.flatMap(({ score }, at) => {
    const entry = entries[at]
    return entry === undefined ? [] : [{ entry, score }]
  })
}

function answerSearch(
  input: SearchVectorsInput,
  index: VectorIndexSchema,
  projection: Projection | undefined,
  found: readonly FoundEntry[],
): SearchVectorsOutput {
  const { attribute, dimensions } = index.vector
  const wantsVector = projectsVector(index) && projection?.paths.some(([name]) => name === attribute) === true
  let bytes = 0
  let examined = VECTOR_BYTES_PER_DIMENSION * dimensions
  const SearchResults = found.map(({ entry, score }) => {
    const vector = new Float32Array(dimensions)
    const rest = unpackEntry(index, entry.record, vector, 0)()
    examined += Item.of(rest).size
    const seen = wantsVector ? { ...rest, ...Object.fromEntries([[attribute, vectorValue(vector)]]) } : rest
    const item = Item.of(projection === undefined ? seen : projectAttributes(projection, seen))
    bytes += item.size
    return { Item: item, Score: score }
  })
  // AWS has the limit; its words for it are not known.
  if (bytes > MAX_SEARCH_BYTES) throw new ValidationException('The result of the search exceeds the maximum allowed size of 16 MB')
  const detail = input.ReturnConsumedCapacity ?? 'NONE'
  if (detail === 'NONE') return { SearchResults }
  return { SearchResults, ConsumedCapacity: { VectorSearchRequestBytes: Math.max(MIN_VECTOR_REQUEST_BYTES, Math.round(examined)) } }
}

/** As ExtendDB measured (2026-08-05): a search costs this per dimension, however many vectors there are, and the items returned. */
const VECTOR_BYTES_PER_DIMENSION = 17.6

// Vector search against a naive one over random histories: puts, updates, deletes, indexes that come and go, restarts and
// pages that have to be loaded. Also the partition cache on its own: a partition that is too large, and eviction.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { packVector, unpackVector, vectorValue } from '../../src/model/vector.ts'
import { isVectorIndex } from '../../src/model/vector-entry.ts'
import { VectorCache } from '../../src/engine/vector-cache.ts'
import { VectorRows } from '../../src/engine/vector-rows.ts'
import { openEngine, simpleTable, type EngineFixture } from './engine-fixture.ts'
import { expectInvariants } from './invariants.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')
const TableName = 'Things'
const DIMENSIONS = 3
const DISTANCES = ['COSINE', 'EUCLIDEAN', 'DOT_PRODUCT'] as const
type Distance = (typeof DISTANCES)[number]

interface Defined {
  readonly distance: Distance
  readonly hash: boolean
  readonly filter: boolean
}
const SCHEMA_OF = ({ hash, filter }: Defined) => [
  ...(hash ? [{ AttributeName: 'tenant', SearchSchemaElementType: 'HASH' }] : []),
  ...(filter ? [{ AttributeName: 'kind', SearchSchemaElementType: 'INLINE_FILTER' }] : []),
]
const DEFINITIONS = ['tenant', 'kind'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))

function createInput(IndexName: string, defined: Defined): object {
  const SearchSchema = SCHEMA_OF(defined)
  const Create = {
    IndexName,
    VectorAttribute: { AttributeName: 'v' },
    Dimensions: DIMENSIONS,
    DistanceFunction: defined.distance,
    Projection: { ProjectionType: 'ALL' },
    ...(SearchSchema.length === 0 ? {} : { SearchSchema }),
  }
  return { TableName, AttributeDefinitions: DEFINITIONS.filter(({ AttributeName }) => SearchSchema.some((element) => element.AttributeName === AttributeName)), VectorIndexUpdates: [{ Create }] }
}

function naiveScore(distance: Distance, a: readonly number[], b: readonly number[]): number {
  let dot = 0
  let square = 0
  let aa = 0
  let bb = 0
  a.forEach((x, at) => {
    const y = b[at] ?? 0
    dot += x * y
    square += (x - y) ** 2
    aa += x * x
    bb += y * y
  })
  if (distance === 'DOT_PRODUCT') return dot
  if (distance === 'EUCLIDEAN') return Math.sqrt(square)
  return aa === 0 || bb === 0 ? 1 : 1 - dot / Math.sqrt(aa * bb)
}

/** Small quarters are exact in 32 bits, and tie often. */
const element = fc.integer({ min: -8, max: 8 }).map((n) => n / 4)
const vector = fc.array(element, { minLength: DIMENSIONS, maxLength: DIMENSIONS })
const id = fc.nat(30).map((n) => `item ${String(n).padStart(2, '0')}`)
const definition = fc.record({ distance: fc.constantFrom(...DISTANCES), hash: fc.boolean(), filter: fc.boolean() })
const tenant = fc.constantFrom('a', 'b')
const kind = fc.constantFrom('x', 'y')
const command = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('put' as const), id, v: fc.option(vector, { nil: undefined }), tenant: fc.option(tenant, { nil: undefined }), kind: fc.option(kind, { nil: undefined }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), id, tenant }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('search' as const), v: vector, topK: fc.integer({ min: 1, max: 12 }), tenant, kind: fc.option(kind, { nil: undefined }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('create' as const), index: fc.nat(1), definition }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('drop' as const), index: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never

class Run {
  readonly items = new Map<string, AttributeMap>()
  readonly indexes = new Map<string, Defined>()
  searches = 0
  constructor(public fixture: EngineFixture) {}

  async do(next: Command): Promise<void> {
    const { run } = this.fixture
    switch (next.do) {
      case 'put': {
        const item = JSON.parse(JSON.stringify({ id: next.id, v: next.v, tenant: next.tenant, kind: next.kind })) as AttributeMap
        this.items.set(next.id, item)
        await run('PutItem', { TableName, Item: item })
        return
      }
      case 'move':
        this.items.set(next.id, { ...this.items.get(next.id), id: next.id, tenant: next.tenant })
        await run('UpdateItem', { TableName, Key: { id: next.id }, UpdateExpression: 'SET tenant = :t', ExpressionAttributeValues: { ':t': next.tenant } })
        return
      case 'delete':
        this.items.delete(next.id)
        await run('DeleteItem', { TableName, Key: { id: next.id } })
        return
      case 'create': {
        const name = `near${next.index}`
        if (this.indexes.has(name)) return
        await run('UpdateTable', createInput(name, next.definition))
        await this.fixture.engine.idle()
        this.indexes.set(name, next.definition)
        return
      }
      case 'drop': {
        const name = `near${next.index}`
        if (!this.indexes.delete(name)) return
        await run('UpdateTable', { TableName, VectorIndexUpdates: [{ Delete: { IndexName: name } }] })
        return
      }
      case 'restart':
        this.fixture = await this.fixture.reopen()
        return
      case 'search':
        for (const [name, defined] of this.indexes) await this.#compare(name, defined, next)
    }
  }

  async #compare(IndexName: string, defined: Defined, { v, topK, tenant: hash, kind: wanted }: Extract<Command, { do: 'search' }>): Promise<void> {
    const conditions = [...(defined.hash ? ['tenant = :t'] : []), ...(defined.filter && wanted !== undefined ? ['kind = :k'] : [])]
    const values = { ...(defined.hash ? { ':t': hash } : {}), ...(defined.filter && wanted !== undefined ? { ':k': wanted } : {}) }
    const { SearchResults } = (await this.fixture.run('SearchVectors', {
      TableName,
      IndexName,
      SearchVector: v,
      TopK: topK,
      ...(conditions.length === 0 ? {} : { SearchConditionExpression: conditions.join(' AND '), ExpressionAttributeValues: values }),
    })) as { SearchResults: { Item: AttributeMap; Score: number }[] }
    const sign = defined.distance === 'DOT_PRODUCT' ? -1 : 1
    const expected = [...this.items.values()]
      .filter((item) => item['v'] !== undefined && (!defined.hash || item['tenant'] === hash) && (values[':k'] === undefined || item['kind'] === wanted))
      .map((item) => ({ item, score: Math.fround(Math.max(-3.5e38, naiveScore(defined.distance, v, item['v'] as number[]))) }))
      .sort((a, b) => sign * (a.score - b.score) || ((a.item['id'] as string) < (b.item['id'] as string) ? -1 : 1))
      .slice(0, topK)
    // Scores in order; where the rounding of sums differs, so may the order of all but equal ones.
    expect(SearchResults.map(({ Score }) => Score)).toEqual(expected.map(({ score }) => expect.closeTo(score, 5) as number))
    for (const { Item, Score } of SearchResults) {
      const { v: _, ...rest } = this.items.get(Item['id'] as string) ?? {}
      expect(Item).toEqual(rest)
      expect(Score).toBeCloseTo(naiveScore(defined.distance, v, this.items.get(Item['id'] as string)?.['v'] as number[]), 5)
    }
    this.searches++
  }
}

describe('SearchVectors over random histories', () => {
  it.each([0, 3])('finds what a naive search finds, with every %i. read of a page a fault', async (faultEvery) => {
    let searches = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 120, size: 'max' }), definition, async (commands, first) => {
        const fixture = await openEngine(faultEvery === 0 ? {} : { faultEvery })
        await fixture.run('CreateTable', simpleTable(TableName))
        const run = new Run(fixture)
        await run.do({ do: 'create', index: 0, definition: first })
        for (const next of commands) await run.do(next)
        searches += run.searches
        await run.fixture.engine.idle()
        expectInvariants(run.fixture.disk)
      }),
      { numRuns: 40 * RUNS },
    )
    expect(searches).toBeGreaterThan(300)
  }, 120_000 * RUNS)
})

describe('the backfill of a vector index', () => {
  const actions = fc.array(
    fc.record({
      // Slices of 200 end at these.
      at: fc.oneof(fc.nat(899), fc.constantFrom(199, 200, 399, 400)),
      action: fc.constantFrom('put', 'move', 'unvector', 'delete', 'pause', 'crash'),
      v: vector,
      tenant,
    }),
    { minLength: 5, maxLength: 60, size: 'max' },
  )

  it('ends with the entries of all items, whatever was written and however often the engine died meanwhile (S8)', async () => {
    await fc.assert(
      fc.asyncProperty(actions, definition, async (chosen, defined) => {
        let fixture = await openEngine()
        await fixture.run('CreateTable', simpleTable(TableName))
        const idAt = (at: number) => `item ${String(at).padStart(5, '0')}`
        // Every seventh has no vector, or one that an index leaves out.
        const Put = Array.from({ length: 700 }, (_, at) => ({ id: idAt(at), tenant: at % 2 === 0 ? 'a' : 'b', v: at % 7 === 0 ? [at] : [at / 4, 1, 0] }))
        await fixture.run('BulkWrite', { TableName, Put })
        await fixture.run('UpdateTable', createInput('near', defined))
        for (const { at, action, v, tenant: hash } of chosen) {
          const key = { TableName, Key: { id: idAt(at) } }
          if (action === 'pause') await fixture.environment.yieldTask()
          else if (action === 'crash') fixture = await fixture.reopen()
          else if (action === 'put') await fixture.run('PutItem', { TableName, Item: { id: idAt(at), v, tenant: hash } })
          else if (action === 'delete') await fixture.run('DeleteItem', key)
          else if (action === 'move') await fixture.run('UpdateItem', { ...key, UpdateExpression: 'SET tenant = :t', ExpressionAttributeValues: { ':t': hash } })
          else await fixture.run('UpdateItem', { ...key, UpdateExpression: 'REMOVE v' })
        }
        await fixture.engine.idle()
        expectInvariants(fixture.disk)
        expect(await fixture.run('DescribeTable', { TableName })).toMatchObject({ Table: { VectorIndexes: [{ IndexStatus: 'ACTIVE' }] } })
      }),
      { numRuns: 10 * RUNS },
    )
  }, 60_000 * RUNS)
})

describe('the vectors of a partition in memory', () => {
  async function filled() {
    const fixture = await openEngine()
    await fixture.run('CreateTable', simpleTable(TableName))
    for (let at = 0; at < 50; at++) await fixture.run('PutItem', { TableName, Item: { id: String(at), tenant: String(at % 2), v: [at, 1, 0] } })
    await fixture.run('UpdateTable', createInput('near', { distance: 'EUCLIDEAN', hash: true, filter: false }))
    await fixture.engine.idle()
    const [index] = fixture.engine.catalog.mustGetTable(TableName).indexes
    if (index === undefined || !isVectorIndex(index.schema)) throw new Error('no index')
    const cache = (maxBytes: number) => new VectorCache(fixture.keyspace, fixture.engine.catalog, () => fixture.environment.yieldTask(), maxBytes)
    const prefixOf = (value: string) => `${index.prefix}${value}\0`
    return { fixture, schema: index.schema, cache, prefixOf }
  }

  it('is not kept where it is too large, and searched slice by slice', async () => {
    const { schema, cache, prefixOf } = await filled()
    const small = cache(1)
    expect(await small.rows(schema, prefixOf('0'))).toBeUndefined()
    expect(await small.rows(schema, prefixOf('0'))).toBeUndefined()
    const query = { vector: Float32Array.of(10, 1, 0), topK: 3, filters: [] }
    let hits: readonly { score: number }[] = []
    await small.forEachSlice(schema, prefixOf('0'), (rows) => (hits = rows.search(query)))
    expect(hits.map(({ score }) => score)).toEqual([0, 2, 2])
  })

  it('makes room for what is searched now, and stays current meanwhile', async () => {
    const { fixture, schema, cache, prefixOf } = await filled()
    // About 5,400 bytes each.
    const one = cache(8000)
    const first = await one.rows(schema, prefixOf('0'))
    expect(first?.size).toBe(25)
    await fixture.run('DeleteItem', { TableName, Key: { id: '0' } })
    await fixture.run('PutItem', { TableName, Item: { id: 'new', tenant: '0', v: [5, 5, 5] } })
    await fixture.run('PutItem', { TableName, Item: { id: '2', tenant: '1', v: [5, 5, 5] } })
    expect(first?.size).toBe(24)
    expect((await one.rows(schema, prefixOf('1')))?.size).toBe(26)
    const again = await one.rows(schema, prefixOf('0'))
    expect(again).not.toBe(first)
    expect(again?.size).toBe(24)
  })

  it('lie in several blocks, and stay what they are when others go', async () => {
    const { schema } = await filled()
    const dimensions = 4096
    const index = { ...schema, partitionKeys: [], vector: { ...schema.vector, dimensions, distance: 'EUCLIDEAN' as const } }
    const rows = new VectorRows(index)
    const recordOf = (at: number): string => {
      const vector = new Float32Array(dimensions).fill(at)
      return `0${JSON.stringify({ v: packVector(vector), id: String(at) })}`
    }
    for (let at = 0; at < 200; at++) rows.put(`key ${at}`, recordOf(at))
    for (let at = 0; at < 200; at += 3) rows.delete(`key ${at}`)
    rows.put('key 4', recordOf(1000))
    const left = Array.from({ length: 200 }, (_, at) => at).filter((at) => at % 3 !== 0 && at !== 4)
    const hits = rows.search({ vector: new Float32Array(dimensions), topK: 200, filters: [] })
    // The distance from zero is 64 times the value.
    expect(hits).toEqual([...left.map((at) => ({ key: `key ${at}`, score: at * 64 })), { key: 'key 4', score: 64_000 }])
  })

  it('shows writes that come while it is being loaded', async () => {
    const { fixture, schema, cache, prefixOf } = await filled()
    const loading = cache(1e9).rows(schema, prefixOf('0'))
    const writes = Array.from({ length: 20 }, (_, at) =>
      fixture.run(at % 2 === 0 ? 'DeleteItem' : 'PutItem', { TableName, ...(at % 2 === 0 ? { Key: { id: String(at) } } : { Item: { id: `n${at}`, tenant: '0', v: [at, 0, 0] } }) }),
    )
    await Promise.all(writes)
    expect((await loading)?.size).toBe(25)
  })
})

describe('packed vectors', () => {
  it('come back bit by bit, for any number of dimensions and at any place', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 20 }), fc.nat(5), (floats, at) => {
        const packed = packVector(Float32Array.from(floats))
        const target = new Float32Array(floats.length + at)
        unpackVector(`xy${packed.B}"}`, 2, floats.length, target, at)
        expect([...target.subarray(at)]).toEqual(floats)
      }),
      { numRuns: 500 },
    )
  })

  it('are shown in the fewest digits that name each float', () => {
    expect(vectorValue(Float32Array.of(0.1, -2.5, 0, 16777217, 1e-3))).toEqual([0.1, -2.5, 0, 16777216, 0.001])
  })
})

// A statement and its counterpart in DynamoDB's expressions give the same result: random conditions as WHERE and as filter or
// condition, random key conditions, random updates (Developer Guide: ql-reference.select, .update, .delete). Where one is
// refused, so is the other; their texts differ.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { ConditionData, OperandData, SetData, TestData, UpdateData } from '../../src/expression/data.ts'
import { compileCondition, compileUpdate } from '../../src/expression/compile-data.ts'
import { conditions as anyConditions, items, updates } from '../expression/arbitrary-expressions.ts'
import { openEngine, type EngineFixture } from './engine-fixture.ts'
import { Rendering } from './expression-text.ts'

const SEED = 20261124

/** Data forms as parts of a statement; every value becomes a parameter. */
class StatementWriter {
  readonly parameters: AttributeValue[] = []

  path(path: string): string {
    return path.replace(/[^.[\]]+(?![^[]*\])/g, (name) => `"${name}"`)
  }
  value(value: AttributeValue): string {
    this.parameters.push(value)
    return '?'
  }
  operand(data: OperandData): string {
    return 'path' in data ? this.path(data.path) : this.value(data.value)
  }
  condition(data: ConditionData): string {
    if ('tests' in data) return data.tests.map(([path, test]) => this.#test(this.path(path), test)).join(' AND ')
    if ('and' in data) return data.and.map((part) => `(${this.condition(part)})`).join(' and ')
    if ('or' in data) return data.or.map((part) => `(${this.condition(part)})`).join(' OR ')
    if ('not' in data) return `NOT (${this.condition(data.not)})`
    throw new Error('is text already')
  }
  #test(left: string, test: TestData): string {
    switch (test[0]) {
      case 'attribute_exists':
        return `${left} IS NOT MISSING`
      case 'attribute_not_exists':
        return `${left} IS MISSING`
      case 'attribute_type':
        return `attribute_type(${left}, ${this.value(test[1])})`
      case 'begins_with':
      case 'contains':
        return `${test[0].toUpperCase()}(${left}, ${this.operand(test[1])})`
      case 'between':
        return `${left} BETWEEN ${this.operand(test[1])} AND ${this.operand(test[2])}`
      case 'in': {
        const [, ...list] = test
        return `${left} IN [${list.map((data) => this.operand(data)).join()}]`
      }
      case 'size':
        return this.#test(`SIZE(${left})`, test[1])
      default:
        return `${left} ${test[0]} ${this.operand(test[1])}`
    }
  }
  update(data: Clauses): string {
    const set = (data.set ?? []).map(([path, assigned]) => `SET ${this.#set(this.path(path), assigned)}`)
    const remove = (data.remove ?? []).map((path) => `REMOVE ${this.path(path)}`)
    const sets = (name: string, parts: Clauses['add']): string[] =>
      (parts ?? []).map(([path, value]) => `SET ${this.path(path)} = ${name}(${this.path(path)}, ${this.value(value)})`)
    return [...set, ...remove, ...sets('set_add', data.add), ...sets('set_delete', data.delete)].join(' ')
  }
  #set(left: string, data: SetData): string {
    if ('value' in data) return `${left} = ${this.value(data.value)}`
    if ('plus' in data) return `${left} = ${left} + ${this.value(data.plus)}`
    if ('append' in data) return `${left} = list_append(${left}, ${this.value(data.append)})`
    if ('prepend' in data) return `${left} = list_append(${this.value(data.prepend)}, ${left})`
    throw new Error('PartiQL has no if_not_exists')
  }
}
type Clauses = Exclude<UpdateData, { raw: string }>

/** Expressions refuse redundant parentheses, statements don't: no AND or OR of one. */
function withoutSingles(data: ConditionData): ConditionData {
  if ('not' in data) return { not: withoutSingles(data.not) }
  const parts = 'and' in data ? data.and : 'or' in data ? data.or : []
  const [only] = parts
  if (only !== undefined && parts.length === 1) return withoutSingles(only)
  if ('and' in data) return { and: parts.map(withoutSingles) }
  return 'or' in data ? { or: parts.map(withoutSingles) } : data
}
function compiles(compile: () => unknown): boolean {
  try {
    compile()
    return true
  } catch {
    return false
  }
}
/** Most of them are accepted. */
const conditions = fc.oneof(
  anyConditions.map(withoutSingles),
  { weight: 4, arbitrary: anyConditions.map(withoutSingles).filter((data) => compiles(() => compileCondition(data))) },
)

type Answer = Record<string, unknown> | 'refused' | 'failed'

let fixture: EngineFixture
async function answer(operation: string, input: object): Promise<Answer> {
  try {
    return await fixture.run(operation, input)
  } catch (error) {
    const { name } = error as Error
    if (name === 'ConditionalCheckFailedException') return 'failed'
    if (name === 'ValidationException') return 'refused'
    throw error
  }
}
function statement(Statement: string, { parameters }: StatementWriter, more: object = {}): Promise<Answer> {
  return answer('ExecuteStatement', { Statement, ...(parameters.length === 0 ? {} : { Parameters: parameters }), ...more })
}
const found = (given: Answer): unknown => (typeof given === 'string' ? given : given['Items'])

beforeAll(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', {
    TableName: 'Things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  })
  const samples = fc.sample(items, { seed: SEED, numRuns: 40 })
  for (const [i, sample] of samples.entries()) {
    await fixture.run('PutItem', { TableName: 'Things', Item: { ...sample, pk: `p${i % 3}`, sk: i } })
  }
})

describe('the same result', () => {
  it('of SELECT … WHERE and a filtered Scan', async () => {
    await fc.assert(
      fc.asyncProperty(conditions, async (condition) => {
        const writer = new StatementWriter()
        const rendering = new Rendering()
        const given = await statement(`SELECT * FROM "Things" WHERE ${writer.condition(condition)}`, writer)
        const FilterExpression = rendering.condition(condition)
        const expected = await answer('Scan', { TableName: 'Things', FilterExpression, ...rendering.placeholders })
        expect(found(given)).toEqual(found(expected))
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  const sortTests: fc.Arbitrary<TestData> = fc.oneof(
    fc.tuple(fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const), fc.integer({ min: -1, max: 41 }).map((value) => ({ value }))),
    fc.tuple(fc.integer({ min: -1, max: 41 }), fc.integer({ min: -1, max: 41 })).map(([a, b]) => ['between', { value: a }, { value: b }] as const),
  )
  it('of SELECT by key, in pages and in both directions, and Query', async () => {
    const parts = fc.tuple(fc.constantFrom('p0', 'p1', 'p9'), fc.option(sortTests), fc.option(conditions), fc.boolean(), fc.integer({ min: 1, max: 20 }))
    await fc.assert(
      fc.asyncProperty(parts, async ([pk, sortTest, filter, isForward, Limit]) => {
        const writer = new StatementWriter()
        const rendering = new Rendering()
        const key: ConditionData = {
          tests: [['pk', ['=', { value: pk }]], ...(sortTest === null ? [] : [['sk', sortTest] as const])],
        }
        const where = [key, ...(filter === null ? [] : [filter])].map((part) => `(${writer.condition(part)})`).join(' AND ')
        const input = {
          TableName: 'Things',
          KeyConditionExpression: rendering.condition(key),
          ...(filter === null ? {} : { FilterExpression: rendering.condition(filter) }),
          ScanIndexForward: isForward,
          Limit,
          ReturnConsumedCapacity: 'TOTAL',
          ...rendering.placeholders,
        }
        const text = `SELECT * FROM "Things" WHERE ${where} ORDER BY sk ${isForward ? 'ASC' : 'DESC'}`
        let more: object = {}
        let rest: object = {}
        for (;;) {
          const given = await statement(text, writer, { Limit, ReturnConsumedCapacity: 'TOTAL', ...more })
          const expected = await answer('Query', { ...input, ...rest })
          expect(found(given)).toEqual(found(expected))
          if (typeof given === 'string' || typeof expected === 'string') break
          // A range that can't have anything is not read at all.
          if (given['ConsumedCapacity'] !== undefined && found(given) !== undefined && (found(given) as unknown[]).length > 0) {
            expect(given['ConsumedCapacity']).toEqual(expected['ConsumedCapacity'])
          }
          const isPoint = filter === null && sortTest?.[0] === '='
          if (!isPoint) expect(given['LastEvaluatedKey']).toEqual(expected['LastEvaluatedKey'])
          if (given['NextToken'] === undefined) break
          more = { NextToken: given['NextToken'] }
          rest = { ExclusiveStartKey: expected['LastEvaluatedKey'] }
        }
      }),
      { seed: SEED, numRuns: 200 },
    )
  })

  const hasCounterpart = (data: Clauses): boolean =>
    !(data.set ?? []).some(([, assigned]) => 'ifNotExists' in assigned) && (data.add ?? []).every(([, value]) => typeof value === 'object' && value !== null && !('N' in value))
  const comparable = updates.filter(hasCounterpart)
  const soundUpdates = fc.oneof(comparable, { weight: 4, arbitrary: comparable.filter((data) => compiles(() => compileUpdate(data))) })
  it('of UPDATE and UpdateItem', async () => {
    await fc.assert(
      fc.asyncProperty(items, soundUpdates, fc.option(conditions, { freq: 1 }), fc.constantFrom('ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'), async (item, update, condition, ReturnValues) => {
        const key = { pk: 'updated', sk: 1 }
        const before: AttributeMap = { ...item, ...key }
        const writer = new StatementWriter()
        const changes = writer.update(update)
        const rest = condition === null ? '' : ` AND (${writer.condition(condition)})`
        const returning = ReturnValues.replace('UPDATED', 'MODIFIED').replace('_', ' ')
        await fixture.run('PutItem', { TableName: 'Things', Item: before })
        const given = await statement(`UPDATE "Things" ${changes} WHERE pk = 'updated' AND sk = 1${rest} RETURNING ${returning} *`, writer)
        const after = await fixture.run('GetItem', { TableName: 'Things', Key: key })
        await fixture.run('PutItem', { TableName: 'Things', Item: before })
        const rendering = new Rendering()
        const expected = await answer('UpdateItem', {
          TableName: 'Things',
          Key: key,
          UpdateExpression: rendering.update(update),
          ...(condition === null ? {} : { ConditionExpression: rendering.condition(condition) }),
          ReturnValues,
          ...rendering.placeholders,
        })
        const items = typeof expected === 'string' ? expected : expected['Attributes'] === undefined ? [] : [expected['Attributes']]
        expect(found(given)).toEqual(items)
        expect(await fixture.run('GetItem', { TableName: 'Things', Key: key })).toEqual(after)
      }),
      { seed: SEED, numRuns: 300 },
    )
  })

  it('of DELETE and DeleteItem', async () => {
    await fc.assert(
      fc.asyncProperty(items, conditions, async (item, condition) => {
        const key = { pk: 'deleted', sk: 1 }
        const before: AttributeMap = { ...item, ...key }
        const writer = new StatementWriter()
        const rendering = new Rendering()
        await fixture.run('PutItem', { TableName: 'Things', Item: before })
        const given = await statement(`DELETE FROM "Things" WHERE (${writer.condition(condition)}) AND sk = 1 AND pk = 'deleted' RETURNING ALL OLD *`, writer)
        await fixture.run('PutItem', { TableName: 'Things', Item: before })
        const ConditionExpression = rendering.condition(condition)
        const expected = await answer('DeleteItem', { TableName: 'Things', Key: key, ConditionExpression, ReturnValues: 'ALL_OLD', ...rendering.placeholders })
        expect(found(given)).toEqual(typeof expected === 'string' ? expected : [expected['Attributes']])
      }),
      { seed: SEED, numRuns: 200 },
    )
  })
})

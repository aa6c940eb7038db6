// The 400 KB of an UpdateItem: of the finished item, and of what the statement writes (paritysuite/dynamodb-conformance,
// tests/tier3/limits/itemSizeBySurface.test.ts, measured on AWS in August and October 2026).
import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const MAX = 409_600
const TOO_LARGE = 'Item size to update has exceeded the maximum allowed size'
/** The statement, and its first clause `SET b = :pad`. */
const PAD = 3 + 19 + 1

async function open(Item: object = {}) {
  const { run } = await openEngine()
  await run('CreateTable', simpleTable('Things'))
  await run('PutItem', { TableName: 'Things', Item: { id: 'K', ...Item } })
  const update = (clause: string, padding: number, values: object = {}) =>
    run('UpdateItem', {
      TableName: 'Things',
      Key: { id: 'K' },
      UpdateExpression: clause.startsWith('SET ') ? `SET b = :pad, ${clause.slice(4)}` : `SET b = :pad ${clause}`,
      ExpressionAttributeValues: { ...values, ':pad': 'x'.repeat(padding) },
    })
  return { run, update }
}

describe('the size of an UpdateItem', () => {
  const ten = 'y'.repeat(10)
  it.each<[clause: string, seed: object, values: object, charge: number]>([
    ['', {}, {}, 0],
    ['SET c = :c', {}, { ':c': 'y'.repeat(500) }, 19 + 1 + 500],
    ['SET c = abcdefghij', { abcdefghij: ten }, {}, 19 + 1 + 1 + 24],
    ['SET c = m.z', { m: { M: { z: ten } } }, {}, 19 + 1 + 1 + 15 + 15],
    ['SET c = l[1]', { l: ['e', ten] }, {}, 19 + 1 + 1 + 15 + 15],
    ['SET l = list_append(l, :n)', { l: ['e'] }, { ':n': [ten] }, 19 + 1 + 37 + 16 + 14],
    ['SET c = if_not_exists(c, :v)', { c: ten }, { ':v': 'v' }, 19 + 1 + 39 + 16 + 1],
    ['SET n = n + :o', { n: 1 }, { ':o': 1 }, 19 + 1 + 34 + 16 + 2],
    ['SET n = n - :o', { n: 1 }, { ':o': 1 }, 19 + 1 + 37 + 16 + 2],
    ['ADD abcdefghij :o', { abcdefghij: 1 }, { ':o': 1 }, 19 + 10 + 2],
    ['ADD ss :n', { ss: { SS: ['p'] } }, { ':n': { SS: ['s'.repeat(500)] } }, 19 + 2 + 500],
    ['REMOVE r', { r: 'z' }, {}, 2],
    ['REMOVE m.yyyyyyyyyy', { m: { M: { yyyyyyyyyy: 'r', x: ten } } }, {}, 1 + 1 + 4 + 10],
    ['REMOVE l[10]', { l: Array.from({ length: 11 }, () => 'e') }, {}, 1 + 1 + 4 + 2],
    ['DELETE ss :r', { ss: { SS: ['p', 'q'] } }, { ':r': { SS: ['q'] } }, 1 + 2],
  ])('charges %j', async (clause, seed, values, charge) => {
    const { update } = await open(seed)
    await expect(update(clause, MAX - PAD - charge + 1, values)).rejects.toMatchObject({ name: 'ValidationException', message: TOO_LARGE })
    await update(clause, MAX - PAD - charge, values)
  })

  it('is never more than that of the finished item', async () => {
    const { run } = await open()
    const Key = { id: 'k'.repeat(100) }
    const rest = MAX - 'id'.length - 100 - 'b'.length
    const update = (padding: number) =>
      run('UpdateItem', { TableName: 'Things', Key, UpdateExpression: 'SET b = :p', ExpressionAttributeValues: { ':p': 'x'.repeat(padding) } })
    await update(rest)
    await expect(update(rest + 1)).rejects.toThrow(TOO_LARGE)
  })

  it('is that of the finished item alone for AttributeUpdates and in transactions', async () => {
    const { run } = await open()
    const rest = MAX - 'idK'.length - 'b'.length
    const Key = { id: 'K' }
    await run('UpdateItem', { TableName: 'Things', Key, AttributeUpdates: { b: { Value: 'x'.repeat(rest) } } })
    const Update = { TableName: 'Things', Key, UpdateExpression: 'SET b = :p', ExpressionAttributeValues: { ':p': 'y'.repeat(rest) } }
    await run('TransactWriteItems', { TransactItems: [{ Update }] })
    await expect(run('UpdateItem', Update)).rejects.toThrow(TOO_LARGE)
  })

  it('goes before the condition', async () => {
    const { run } = await open()
    await expect(
      run('UpdateItem', {
        TableName: 'Things',
        Key: { id: 'K' },
        UpdateExpression: 'SET b = :p',
        ConditionExpression: 'attribute_not_exists(id)',
        ExpressionAttributeValues: { ':p': 'x'.repeat(MAX) },
      }),
    ).rejects.toThrow(TOO_LARGE)
  })
})

// What implementations of DynamoDB get wrong (issue 4's list), each through the whole operation. Sources at each: AWS
// Developer Guide pages, dynalite's tests, scylladb's test/alternator (which pass on AWS), paritysuite/dynamodb-conformance.
import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open(Item: object = {}) {
  const { run } = await openEngine()
  await run('CreateTable', simpleTable('Things'))
  await run('PutItem', { TableName: 'Things', Item: { id: 'a', ...Item } })
  const put = (n: unknown) => run('PutItem', { TableName: 'Things', Item: { id: 'a', n } })
  const update = (UpdateExpression: string, values?: object, more: object = {}) =>
    run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, UpdateExpression, ExpressionAttributeValues: values, ...more })
  const get = async () => (await run('GetItem', { TableName: 'Things', Key: { id: 'a' } }))['Item'] as Record<string, unknown>
  const holds = async (FilterExpression: string, values?: object): Promise<boolean> =>
    (await run('Scan', { TableName: 'Things', FilterExpression, ExpressionAttributeValues: values }))['Count'] === 1
  return { run, put, update, get, holds }
}

// scylladb, test/alternator/test_condition_expression.py.
describe('equality', () => {
  it('of what is absent: never equal, always different', async () => {
    const { holds } = await open()
    expect([await holds('q = z'), await holds('q <> z'), await holds('NOT q = z'), await holds('q = q.z')]).toEqual([false, true, true, false])
    expect(await holds('q <> :v', { ':v': 1 })).toBe(true)
    expect([await holds('q < z'), await holds('q >= z'), await holds('q BETWEEN z AND z'), await holds('q IN (z)')]).toEqual([false, false, false, false])
  })

  it('of sets and maps does not know their order, however deep; that of lists does', async () => {
    const { holds } = await open({ s: { SS: ['a', 'b'] }, deep: [{ M: { x: { NS: [1, 2] }, y: [1, 2] } }] })
    expect(await holds('s = :s', { ':s': { SS: ['b', 'a'] } })).toBe(true)
    expect(await holds('deep = :d', { ':d': [{ M: { y: [1, 2], x: { NS: [2, 1] } } }] })).toBe(true)
    expect(await holds('deep = :d', { ':d': [{ M: { y: [2, 1], x: { NS: [2, 1] } } }] })).toBe(false)
    expect(await holds('contains(deep, :e)', { ':e': { M: { y: [1, 2], x: { NS: [2, 1] } } } })).toBe(true)
  })
})

// Developer Guide: Expressions.UpdateExpressions; paritysuite, tests/tier1/updateItem/paths.test.ts.
describe('update paths', () => {
  it('mean the item as it was', async () => {
    const { update, get } = await open({ l: ['a', 'b', 'c', 'd'], x: 1, y: 2 })
    await update('REMOVE l[0], l[2] SET l[1] = :v, x = y, y = x', { ':v': 'B' })
    expect(await get()).toEqual({ id: 'a', l: ['B', 'd'], x: 2, y: 1 })
  })

  it('beyond the end of a list append, without gaps', async () => {
    const { update, get } = await open({ l: ['a'] })
    await update('SET l[9] = :x, l[5] = :y', { ':x': 9, ':y': 5 })
    expect((await get())['l']).toEqual(['a', 5, 9])
  })
})

// AWS page: UpdateItem, ReturnValues; scylladb, test/alternator/test_returnvalues.py.
describe('UPDATED_OLD and UPDATED_NEW', () => {
  it('omit Attributes where there are none', async () => {
    const { update } = await open({ n: 1 })
    expect(await update('SET fresh = :v', { ':v': 1 }, { ReturnValues: 'UPDATED_OLD' })).toEqual({})
    expect(await update('REMOVE n', undefined, { ReturnValues: 'UPDATED_NEW' })).toEqual({})
    expect(await update('REMOVE absent', undefined, { ReturnValues: 'UPDATED_OLD' })).toEqual({})
    expect(await update('SET m = :m', { ':m': { M: {} } }, { ReturnValues: 'UPDATED_NEW' })).toEqual({ Attributes: { m: { M: {} } } })
  })
})

// Developer Guide: HowItWorks.NamingRulesDataTypes; paritysuite, tests/tier3/limits/numberExponent.test.ts.
describe('numbers', () => {
  it.each<[string, unknown]>([
    ['+3', 3],
    ['.123', 0.123],
    ['0001.23', 1.23],
    ['1.2300', 1.23],
    ['-0', 0],
    ['0e125', 0],
    ['1E2', 100],
    ['1e-130', { N: `0.${'0'.repeat(129)}1` }],
    ['99999999999999999999999999999999999999', { N: '9'.repeat(38) }],
  ])('%s is stored in its plain form', async (text, stored) => {
    const { put, get } = await open()
    await put({ N: text })
    expect((await get())['n']).toEqual(stored)
  })

  const overflow = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
  const underflow = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
  const digits = 'Attempting to store more than 38 significant digits in a Number'
  it.each([
    ['1e126', overflow],
    ['-1e126', overflow],
    ['1e99999999999', overflow],
    ['1e2147483648', overflow],
    ['0e126', overflow],
    ['1e-131', underflow],
    ['1e-99999999999', underflow],
    ['0e-131', underflow],
    ['1e9223372036854775808', 'The parameter cannot be converted to a numeric value: 1e9223372036854775808'],
    ['1'.repeat(39), digits],
    ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    [' 1', 'The parameter cannot be converted to a numeric value:  1'],
    ['1e', 'The parameter cannot be converted to a numeric value: 1e'],
  ])('%s is refused', async (text, message) => {
    const { put } = await open()
    await expect(put({ N: text })).rejects.toThrow(`1 validation error detected: ${message}`)
  })

  it('are refused as results, too, and exact as long as they fit', async () => {
    const { put, update, get } = await open()
    await put({ N: '9'.repeat(38) })
    await expect(update('SET n = n + :v', { ':v': { N: '0.1' } })).rejects.toThrow(digits)
    await expect(update('ADD n :v', { ':v': { N: '0.1' } })).rejects.toThrow(digits)
    await put({ N: '9e125' })
    await expect(update('SET n = n + n')).rejects.toThrow(overflow)
    await put(0.1)
    await update('SET n = n + :v', { ':v': 0.2 })
    expect((await get())['n']).toBe(0.3)
  })
})

// Developer Guide: Constraints (expression parameters); dynalite, test/*.js.
describe('expressions', () => {
  it('have at most 4,096 bytes, 300 operators and 32 levels, and long ones are refused quickly', async () => {
    const { run } = await open()
    const check = (ConditionExpression: string, names?: object, values?: object) =>
      run('DeleteItem', {
        TableName: 'Things',
        Key: { id: 'none' },
        ConditionExpression,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      })
    const name = { '#a': 'a' }
    const operators = (count: number) => Array.from({ length: count }, () => '#a=a').join(' OR ')
    // A chain of n tests has 2n - 1 operators.
    await expect(check(operators(151), name)).rejects.toThrow(
      '1 validation error detected: Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
    )
    await expect(check(operators(150), name)).rejects.toThrow(/first operand must be distinct|conditional request failed/i)
    await expect(check(`a = :v ${' '.repeat(4090)}`, undefined, { ':v': 1 })).rejects.toThrow(
      'Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
    )
    const before = performance.now()
    for (const nested of [`${'('.repeat(2000)}a = :v${')'.repeat(2000)}`, `${'NOT '.repeat(1000)}a = :v`, `${'size('.repeat(800)}a${')'.repeat(800)} = :v`]) {
      await expect(check(nested, undefined, { ':v': 1 })).rejects.toMatchObject({ name: 'ValidationException' })
    }
    await expect(check(`a${'.a'.repeat(40)} = :v`, undefined, { ':v': 1 })).rejects.toMatchObject({ name: 'ValidationException' })
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('refuse reserved words, whatever their case', async () => {
    const { update, holds } = await open()
    await expect(update('SET Status = :v', { ':v': 1 })).rejects.toThrow(
      '1 validation error detected: Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: Status',
    )
    await expect(holds('size > :v', { ':v': 1 })).rejects.toThrow(/^Invalid FilterExpression: /)
  })

  it('name what is undefined or unused', async () => {
    const { update, holds } = await open()
    await expect(update('SET #a = :v', { ':v': 1 })).rejects.toThrow(
      'Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #a',
    )
    await expect(holds('a = :v AND b = :w', { ':v': 1 })).rejects.toThrow(
      'Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :w',
    )
    await expect(holds('a = :v', { ':v': 1, ':w': 2, ':x': 3 })).rejects.toThrow(
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w, :x}',
    )
  })
})

// Developer Guide: Limits (attributes); paritysuite, tests/tier3/limits/nestingDepth.test.ts.
describe('nesting', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 'leaf' : { M: { n: nested(levels - 1) } })

  it('goes 32 levels deep, in items and in values', async () => {
    const { put, update } = await open()
    await put(nested(31))
    const text = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'
    await expect(put(nested(32))).rejects.toThrow(`1 validation error detected: ${text}`)
    await expect(update('SET a = :a', { ':a': 1, ':deep': nested(32) })).rejects.toThrow(text)
    await expect(update('SET t = :t', { ':t': 1, ':deep': nested(31) }, { ConditionExpression: 'n = :deep' })).resolves.toEqual({})
    await expect(update('SET n.n = :deep', { ':deep': nested(31) })).rejects.toThrow(text)
  })
})

// dynalite, validations/index.js (validateKeyPaths) and actions/query.js.
describe('keys', () => {
  it('can not be reached into by projections', async () => {
    const { run } = await open()
    const text = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id"
    const projection = { ProjectionExpression: 'id.x' }
    await expect(run('GetItem', { TableName: 'Things', Key: { id: 'a' }, ...projection })).rejects.toThrow(text)
    await expect(run('BatchGetItem', { RequestItems: { Things: { Keys: [{ id: 'a' }], ...projection } } })).rejects.toThrow(text)
    await expect(run('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Things', Key: { id: 'a' }, ...projection } }] })).rejects.toMatchObject({
      cancellationReasons: [{ code: 'ValidationError', message: text }],
    })
  })
})

// AWS page: DescribeTable (ItemCount, TableSizeBytes); Developer Guide: CapacityUnitCalculations.
describe('DescribeTable', () => {
  it('knows what every way to write has left', async () => {
    const { run, update } = await open({ words: 'x'.repeat(99) })
    const described = async () => {
      const { Table } = (await run('DescribeTable', { TableName: 'Things' })) as { Table: { ItemCount: number; TableSizeBytes: number } }
      return [Table.ItemCount, Table.TableSizeBytes]
    }
    expect(await described()).toEqual([1, 3 + 104])
    await update('SET words = :t', { ':t': 'x' })
    await run('BatchWriteItem', { RequestItems: { Things: [{ PutRequest: { Item: { id: 'b', n: 1.5 } } }] } })
    await run('TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Things', Item: { id: 'c', l: [1, null] } } }, { Delete: { TableName: 'Things', Key: { id: 'absent' } } }] })
    expect(await described()).toEqual([3, 3 + 6 + (3 + 1 + 3) + (3 + 1 + 3 + 1 + 2 + 1 + 1)])
    await run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, AttributeUpdates: { words: { Action: 'DELETE' } } })
    await run('DeleteItem', { TableName: 'Things', Key: { id: 'b' } })
    expect(await described()).toEqual([2, 3 + 12])
  })
})

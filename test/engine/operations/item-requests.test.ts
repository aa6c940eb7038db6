// In which order and in which words operations on items refuse requests, before and after they look for the table.
// Sources: paritysuite/dynamodb-conformance (measured on AWS, eu-west-2 and us-east-1, October 2026), tests/tier3 and
// captures; extenddb, tests/*.py (run against AWS); dynalite, validations/ (AWS before 2026).
import { describe, expect, it } from 'vitest'
import { ValidationException } from '../../../src/model/errors.ts'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const one = (text: string): string => `1 validation error detected: ${text}`
const CAPACITY = "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
const METRICS = "Value 'BOGUS' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must satisfy enum value set: [SIZE, NONE]"
const RETURN_VALUES = 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]'
const NO_NAME = "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
const MIXED = 'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: '

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  return fixture
}

async function refusal(operation: string, input: object): Promise<string> {
  const { run } = await open()
  const error = await run(operation, input).then(
    () => new Error('nothing was refused'),
    (thrown: Error) => thrown,
  )
  expect(error.name).toBe('ValidationException')
  return error.message
}

const update = { UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 'x' } }
const absent = { TableName: 'Absent', Key: { id: 'a' } }

describe('PutItem, UpdateItem and DeleteItem', () => {
  it.each<[string, string, object, string]>([
    ['no table name', 'PutItem', { Item: { id: 'a' } }, one("Value null at 'tableName' failed to satisfy constraint: Member must not be null")],
    ['an empty table name, alone', 'PutItem', { TableName: '', Item: {}, ReturnValues: 'BOGUS' }, one(NO_NAME)],
    ['an empty table name, alone', 'DeleteItem', { TableName: '', Key: {} }, one(NO_NAME)],
    [
      'an empty table name with no key',
      'UpdateItem',
      { TableName: '', ...update, ReturnConsumedCapacity: 'BOGUS', ReturnValues: 'BOGUS' },
      `4 validation errors detected: ${CAPACITY}; Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1; ` +
        "Value 'BOGUS' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]; " +
        "Value null at 'key' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a long table name',
      'PutItem',
      { TableName: 'a'.repeat(256), Item: { id: 'a' } },
      one(`Value '${'a'.repeat(256)}' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to 255`),
    ],
    [
      'three enumerations',
      'PutItem',
      { TableName: 'Absent', Item: { id: 'a' }, ReturnConsumedCapacity: 'BOGUS', ReturnItemCollectionMetrics: 'BOGUS', ReturnValues: 'BOGUS' },
      `3 validation errors detected: ${CAPACITY}; ${RETURN_VALUES}; ReturnItemCollectionMetrics can only be SIZE or NONE`,
    ],
    ['two enumerations', 'DeleteItem', { ...absent, ReturnValues: 'BOGUS', ReturnConsumedCapacity: 'BOGUS' }, `2 validation errors detected: ${CAPACITY}; ${RETURN_VALUES}`],
    ['the first of two enumerations', 'UpdateItem', { ...absent, ReturnValues: 'BOGUS', ReturnConsumedCapacity: 'BOGUS' }, one(RETURN_VALUES)],
    ['return values of updates', 'DeleteItem', { ...absent, ReturnValues: 'UPDATED_NEW' }, one('ReturnValues can only be ALL_OLD or NONE')],
    ['mixed parameters', 'PutItem', { TableName: 'Absent', Item: {}, Expected: {}, ConditionExpression: 'a' }, one(`${MIXED}{Expected} Expression parameters: {ConditionExpression}`)],
    [
      'all mixed parameters',
      'UpdateItem',
      { ...absent, AttributeUpdates: {}, Expected: {}, ConditionalOperator: 'AND', ...update, ConditionExpression: 'attribute_exists(id)' },
      one(`${MIXED}{AttributeUpdates, Expected, ConditionalOperator} Expression parameters: {UpdateExpression, ConditionExpression}`),
    ],
    ['names without an expression', 'PutItem', { TableName: 'Absent', Item: {}, ExpressionAttributeNames: { '#a': 'a' } }, one('ExpressionAttributeNames can only be specified when using expressions')],
    ['values without an expression', 'UpdateItem', { ...absent, ExpressionAttributeValues: { ':a': 1 } }, one('ExpressionAttributeValues can only be specified when using expressions')],
    ['no names at all', 'DeleteItem', { ...absent, ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: {} }, one('ExpressionAttributeNames must not be empty')],
    ['an empty condition', 'DeleteItem', { ...absent, ConditionExpression: '' }, one('Invalid ConditionExpression: The expression can not be empty;')],
    ['an unused value', 'UpdateItem', { ...absent, ...update, ExpressionAttributeValues: { ':a': 1, ':b': 2 } }, one('Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}')],
    [
      'an undefined value',
      'UpdateItem',
      { ...absent, ...update, ConditionExpression: 'a = :v' },
      one('Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :v'),
    ],
    ['the key in an update', 'UpdateItem', { ...absent, TableName: 'Things', UpdateExpression: 'REMOVE id' }, 'One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key'],
    ['a key of other attributes', 'DeleteItem', { TableName: 'Things', Key: { id: 'a', n: 1 } }, 'The provided key element does not match the schema'],
    ['an empty attribute name', 'PutItem', { TableName: 'Absent', Item: { id: 'a', '': 1 } }, one('Empty attribute name')],
  ])('%s: %s', async (_, operation, input, text) => {
    expect(await refusal(operation, input)).toBe(text)
  })

  it('look for the table before they measure the item', async () => {
    const { run } = await open()
    const Item = { id: 'a', text: 'x'.repeat(410_000) }
    await expect(run('PutItem', { TableName: 'Absent', Item })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(run('BatchWriteItem', { RequestItems: { Absent: [{ PutRequest: { Item } }] } })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(run('PutItem', { TableName: 'Things', Item })).rejects.toThrow('Item size has exceeded the maximum allowed size')
  })
})

describe('a value that is none', () => {
  const invalidValue = new ValidationException('The parameter cannot be converted to a numeric value: abc')
  const context = { invalidValue }
  const inputs: [string, object][] = [
    ['PutItem', { TableName: 'Absent', Item: { id: 'a' } }],
    ['UpdateItem', absent],
    ['DeleteItem', absent],
    ['GetItem', absent],
    ['Query', { TableName: 'Absent', KeyConditionExpression: 'id = :a', ExpressionAttributeValues: { ':a': 'a' } }],
    ['Scan', { TableName: 'Absent' }],
    ['BatchGetItem', { RequestItems: { Absent: { Keys: [{ id: 'a' }] } } }],
    ['BatchWriteItem', { RequestItems: { Absent: [{ DeleteRequest: { Key: { id: 'a' } } }] } }],
    ['TransactGetItems', { TransactItems: [{ Get: absent }] }],
    ['TransactWriteItems', { TransactItems: [{ Delete: absent }] }],
  ]
  it.each(inputs)('is reported by %s after its members, before its table', async (operation, input) => {
    const { run } = await open()
    const isWrite = ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation)
    await expect(run(operation, input, context)).rejects.toMatchObject({
      name: 'ValidationException',
      message: isWrite ? one(invalidValue.message) : invalidValue.message,
    })
    await expect(run(operation, { ...input, ReturnConsumedCapacity: 'BOGUS' }, context)).rejects.toThrow(CAPACITY)
  })

  // valueLayers.test.ts: the current layer and the older one.
  const values: [object, string, string][] = [
    [{ N: '' }, 'The parameter cannot be converted to a numeric value: ', 'The parameter cannot be converted to a numeric value'],
    [{ N: '1e2147483647' }, 'Number overflow. Attempting to store a number with magnitude larger than supported range', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    [
      { SS: ['b', 'a', 'b'] },
      'One or more parameter values were invalid: Input collection ["a", "b", "b"] contains duplicates.',
      'One or more parameter values were invalid: Input collection [b, a, b] contains duplicates.',
    ],
    [
      { BS: ['/w==', 'AA==', 'AA=='] },
      'One or more parameter values were invalid: Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.',
      'One or more parameter values were invalid: Input collection [/w==, AA==, AA==]of type BS contains duplicates.',
    ],
    [{ NS: ['2', '1', '2'] }, 'One or more parameter values were invalid: Input collection contains duplicates.', 'Input collection contains duplicates'],
  ]
  it.each(values)('%j is worded as the operation words it', async (value, current, older) => {
    const filter = { FilterExpression: 'n = :v', ExpressionAttributeValues: { ':v': value } }
    expect(await refusal('PutItem', { TableName: 'Absent', Item: { id: 'a', n: value } })).toBe(one(current))
    expect(await refusal('PutItem', { TableName: 'Absent', Item: { id: 'a' }, Expected: { n: { Value: value } } })).toBe(one(current))
    expect(await refusal('UpdateItem', { ...absent, UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': value } })).toBe(one(current))
    expect(await refusal('UpdateItem', { ...absent, AttributeUpdates: { n: { Value: value } } })).toBe(one(current))
    expect(await refusal('DeleteItem', { TableName: 'Absent', Key: { id: value } })).toBe(one(current))
    expect(await refusal('GetItem', { TableName: 'Absent', Key: { id: value } })).toBe(current)
    expect(await refusal('BatchGetItem', { RequestItems: { Absent: { Keys: [{ id: value }] } } })).toBe(current)
    expect(await refusal('Query', { TableName: 'Absent', KeyConditionExpression: 'id = :v', ...filter })).toBe(current)
    expect(await refusal('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Absent', Key: { id: value } } }] })).toBe(older)
    expect(await refusal('TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Absent', Item: { id: 'a', n: value } } }] })).toBe(older)
    expect(await refusal('BatchWriteItem', { RequestItems: { Absent: [{ PutRequest: { Item: { id: 'a', n: value } } }] } })).toBe(older)
    expect(await refusal('Scan', { TableName: 'Absent', ...filter })).toBe(`ExpressionAttributeValues contains invalid value: ${older} for key :v`)
  })
})

describe('reads', () => {
  it.each<[string, string, object, string]>([
    ['an empty table name', 'GetItem', { TableName: '', Key: {} }, one(NO_NAME)],
    ['an empty table name', 'Query', { TableName: '' }, one(NO_NAME)],
    [
      'names without an expression',
      'GetItem',
      { ...absent, ExpressionAttributeNames: { '#a': 'a' } },
      'ExpressionAttributeNames can only be specified when using expressions',
    ],
    [
      'two expressions of one key',
      'Query',
      { TableName: 'Absent', KeyConditionExpression: 'id = :a AND n > :a AND n < :a', ExpressionAttributeValues: { ':a': 1 } },
      'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key',
    ],
    [
      'values without an expression',
      'Query',
      { TableName: 'Absent', KeyConditions: {}, ExpressionAttributeValues: { ':a': 1 } },
      'ExpressionAttributeValues can only be specified when using expressions: FilterExpression and KeyConditionExpression are null',
    ],
    ['a Limit of 0', 'Query', { TableName: 'Absent', Limit: 0 }, one("Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1")],
    ['a Limit of 0', 'Scan', { TableName: 'Absent', Limit: 0 }, one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")],
    ['an index of another table', 'Scan', { TableName: 'Things', IndexName: 'none' }, 'The table does not have the specified index: none'],
    ['COUNT with a projection', 'Scan', { TableName: 'Absent', Select: 'COUNT', ProjectionExpression: 'a' }, 'Cannot specify the ProjectionExpression when choosing to get only the Count'],
  ])('%s: %s', async (_, operation, input, text) => {
    expect(await refusal(operation, input)).toBe(text)
  })
})

describe('batches', () => {
  const put = (id: string) => ({ PutRequest: { Item: { id } } })
  const mapKeys =
    'failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
    'Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]'
  const badGet = { RequestItems: { 'bad!name': { Keys: [{ id: 'a' }] } } }

  it.each<[string, string, object, string]>([
    ['both enumerations', 'BatchWriteItem', { RequestItems: { Absent: [put('a')] }, ReturnConsumedCapacity: 'BOGUS', ReturnItemCollectionMetrics: 'BOGUS' }, `2 validation errors detected: ${CAPACITY}; ${METRICS}`],
    ['an enumeration over a bad name', 'BatchWriteItem', { RequestItems: { 'bad!name': [put('a')] }, ReturnConsumedCapacity: 'BOGUS' }, one(CAPACITY)],
    ['a bad name', 'BatchGetItem', badGet, one(`Value '{"bad!name":{"Keys":[{"id":{"S":"a"}}]}}' at 'requestItems' ${mapKeys}`)],
    [
      'a bad name and an enumeration',
      'BatchGetItem',
      { ...badGet, ReturnConsumedCapacity: 'BOGUS' },
      `2 validation errors detected: Value '{"bad!name":{"Keys":[{"id":{"S":"a"}}]}}' at 'requestItems' ${mapKeys}; ${CAPACITY}`,
    ],
    [
      'no keys',
      'BatchGetItem',
      { RequestItems: { Absent: { Keys: [] } } },
      one("Value at 'RequestItems.Absent.member.Keys' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ],
    [
      'no requests',
      'BatchWriteItem',
      { RequestItems: { Absent: [] } },
      one(
        "Value '{Absent=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: " +
          '[Member must have length less than or equal to 25, Member must have length greater than or equal to 1]',
      ),
    ],
    [
      'a put without its item',
      'BatchWriteItem',
      { RequestItems: { Absent: [{ PutRequest: {} }] } },
      one("Value null at 'requestItems.Absent.member.1.member.putRequest.item' failed to satisfy constraint: Member must not be null"),
    ],
    [
      'a put and a delete in one',
      'BatchWriteItem',
      { RequestItems: { Absent: [{ ...put('a'), DeleteRequest: { Key: { id: 'b' } } }] } },
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    ['the same key twice, of no table', 'BatchGetItem', { RequestItems: { Absent: { Keys: [{ a: 1, b: 2 }, { b: 2, a: 1 }] } } }, 'Provided list of item keys contains duplicates'],
    ['a key of another type', 'BatchWriteItem', { RequestItems: { Things: [{ PutRequest: { Item: { id: 5 } } }] } }, 'The provided key element does not match the schema'],
    [
      'an empty key',
      'BatchWriteItem',
      { RequestItems: { Things: [put('')] } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id',
    ],
    ['names without an expression', 'BatchGetItem', { RequestItems: { Absent: { Keys: [{ id: 'a' }], ExpressionAttributeNames: { '#a': 'a' } } } }, 'ExpressionAttributeNames can only be specified when using expressions'],
  ])('%s: %s', async (_, operation, input, text) => {
    expect(await refusal(operation, input)).toBe(text)
  })

  it('print the requests of a bad name as Java does', async () => {
    const Item = { pk: 'x', n: 1, l: [true, null], m: { M: { a: { SS: ['y'] } } } }
    const nulls = (given: string) =>
      's n b iNT dECIMAL dOUBLE sS nS bS iNTSET dECIMALSET dOUBLESET m l nULL bOOL'
        .split(' ')
        .map((member) => (given.startsWith(`${member}=`) ? given : `${member}=null`))
        .join(', ')
    const value = (given: string) => `AttributeValue(${nulls(given)})`
    const list = value(`l=[${value('bOOL=true')}, ${value('nULL=true')}]`)
    expect(await refusal('BatchWriteItem', { RequestItems: { 'bad!name': [{ PutRequest: { Item } }] } })).toBe(
      one(
        `Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={pk=${value('s=x')}, n=${value('n=1')}, l=${list}, ` +
          `m=${value(`m={a=${value('sS=[y]')}}`)}}, workloadProfileName=null), deleteRequest=null)]}' at 'requestItems' ${mapKeys}`,
      ),
    )
  })
})

describe('transactions', () => {
  const key = { id: 'a' }
  const syntax = { ConditionCheck: { TableName: 'Things', Key: { id: 'c' }, ConditionExpression: 'attribute_not_exists(' } }
  const unused = { ConditionCheck: { TableName: 'Things', Key: key, ConditionExpression: 'attribute_not_exists(id)', ExpressionAttributeValues: { ':v': 1 } } }
  const nested = (levels: number): object => (levels === 0 ? { M: {} } : { M: { n: nested(levels - 1) } })
  const missing = { Put: { TableName: 'Absent', Item: key } }
  const NEST = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'
  const emptyName = { Put: { TableName: 'Absent', Item: { id: 'a', '': 'x' } } }

  it.each<[string, object[], object, string]>([
    ['both enumerations before the table', [missing], { ReturnConsumedCapacity: 'BOGUS', ReturnItemCollectionMetrics: 'BOGUS' }, `2 validation errors detected: ${CAPACITY}; ${METRICS}`],
    [
      'a long token, as us-east-1 says it',
      [missing],
      { ClientRequestToken: 'x'.repeat(37), ReturnConsumedCapacity: 'BOGUS' },
      `2 validation errors detected: Value '${'x'.repeat(37)}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36; ${CAPACITY}`,
    ],
    ['a syntax error before a missing table', [missing, syntax], {}, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("'],
    ['the first of two: nesting', [{ Put: { TableName: 'Things', Item: { ...key, deep: nested(33) } } }, syntax], {}, NEST],
    ['the first of two: a name', [emptyName, { Put: { TableName: 'Things', Item: { ...key, deep: nested(33) } } }], {}, 'Empty attribute name'],
    ['an empty name, though it comes after', [{ Put: { TableName: 'Absent', Item: { deep: nested(40), '': 'x' } } }], {}, 'Empty attribute name'],
    ['an unused value before a duplicate', [{ Put: { TableName: 'Things', Item: key } }, unused], {}, 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}'],
    [
      'an update that is too long',
      [{ Update: { TableName: 'Absent', Key: key, UpdateExpression: `SET ${'a = :v, '.repeat(600)}`, ExpressionAttributeValues: { ':v': 1 } } }],
      {},
      'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;',
    ],
    [
      'an empty key',
      [{ Delete: { TableName: 'Things', Key: { id: '' } } }],
      {},
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id',
    ],
    ['a put that is too large', [{ Put: { TableName: 'Things', Item: { id: 'a', text: 'x'.repeat(410_000) } } }], {}, 'Item size has exceeded the maximum allowed size'],
    ['the same item twice', [{ Put: { TableName: 'Things', Item: key } }, { Delete: { TableName: 'Things', Key: key } }], {}, 'Transaction request cannot include multiple operations on one item'],
  ])('%s', async (_, TransactItems, more, text) => {
    expect(await refusal('TransactWriteItems', { TransactItems, ...more })).toBe(text)
  })

  it.each<[string, object, string]>([
    ['a key of another type', { Put: { TableName: 'Things', Item: { id: 5 } } }, 'One or more parameter values were invalid: Type mismatch for key id expected: S actual: N'],
    ['a key that does not fit', { Update: { TableName: 'Things', Key: { id: 5 }, UpdateExpression: 'REMOVE a' } }, 'The provided key element does not match the schema'],
    [
      'a key that is too long',
      { Delete: { TableName: 'Things', Key: { id: 'a'.repeat(2049) } } },
      'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes',
    ],
    [
      'an update that makes the item too large',
      { Update: { TableName: 'Things', Key: key, UpdateExpression: 'SET t = :t', ExpressionAttributeValues: { ':t': 'x'.repeat(410_000) } } },
      'Item size to update has exceeded the maximum allowed size',
    ],
  ])('are cancelled for %s', async (_, action, message) => {
    const { run } = await open()
    await expect(run('TransactWriteItems', { TransactItems: [action] })).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]',
      cancellationReasons: [{ code: 'ValidationError', message }],
    })
  })

  it('take names and values without an expression', async () => {
    const { run } = await open()
    const names = { ExpressionAttributeNames: { '#n': 'foo' }, ExpressionAttributeValues: { ':v': 1 } }
    await run('TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Things', Item: key, ...names } }] })
    const Get = { TableName: 'Things', Key: key, ExpressionAttributeNames: { '#n': 'foo' } }
    expect(await run('TransactGetItems', { TransactItems: [{ Get }] })).toEqual({ Responses: [{ Item: key }] })
    await run('TransactWriteItems', { TransactItems: [{ Delete: { TableName: 'Things', Key: key, ...names } }] })
    expect(await run('GetItem', { TableName: 'Things', Key: key })).toEqual({})
  })
})

// extenddb, tests/test_table_arn_as_name.py.
describe('the ARN of a table', () => {
  it('stands for its name everywhere, and comes back where the name would', async () => {
    const { run } = await open()
    const { Table } = (await run('DescribeTable', { TableName: 'Things' })) as { Table: { TableArn: string } }
    const TableName = Table.TableArn
    const capacity = { ReturnConsumedCapacity: 'TOTAL' }
    const named = { ConsumedCapacity: { TableName, CapacityUnits: 1 } }
    expect(await run('PutItem', { TableName, Item: { id: 'a' }, ...capacity })).toEqual(named)
    expect(await run('GetItem', { TableName, Key: { id: 'a' }, ConsistentRead: true, ...capacity })).toEqual({ Item: { id: 'a' }, ...named })
    expect(await run('Scan', { TableName, ConsistentRead: true, ...capacity })).toMatchObject({ Count: 1, ...named })
    expect(await run('Query', { TableName, KeyConditionExpression: 'id = :a', ExpressionAttributeValues: { ':a': 'a' } })).toMatchObject({ Count: 1 })
    expect((await run('BatchGetItem', { RequestItems: { [TableName]: { Keys: [{ id: 'a' }] } } }))['Responses']).toEqual({ [TableName]: [{ id: 'a' }] })
    const twice = { [TableName]: { Keys: [{ id: 'a' }] }, Things: { Keys: [{ id: 'a' }] } }
    expect(Object.values((await run('BatchGetItem', { RequestItems: twice }))['Responses'] as object)).toEqual([[{ id: 'a' }]])
    await run('BatchWriteItem', { RequestItems: { [TableName]: [{ PutRequest: { Item: { id: 'b' } } }] } })
    await run('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key: { id: 'b' } } }] })
    expect(await run('TransactGetItems', { TransactItems: [{ Get: { TableName, Key: { id: 'b' } } }], ...capacity })).toEqual({
      Responses: [{}],
      ConsumedCapacity: [{ TableName, CapacityUnits: 2, ReadCapacityUnits: 2 }],
    })
    await expect(run('GetItem', { TableName: `${TableName}/index/some`, Key: { id: 'a' } })).rejects.toMatchObject({ name: 'ValidationException' })
  })
})

// AWS page: ItemCollectionMetrics; paritysuite, tests/tier1/putItem/itemCollectionMetrics.test.ts.
describe('ReturnItemCollectionMetrics', () => {
  const withIndex = {
    TableName: 'Indexed',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
      { AttributeName: 'at', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: 'byTime',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  }
  const SIZE = { ReturnItemCollectionMetrics: 'SIZE' }
  const of = (pk: string) => ({ ItemCollectionKey: { pk }, SizeEstimateRangeGB: [0, 1] })

  it('is told of tables with local indexes, by every write', async () => {
    const { run } = await open()
    await run('CreateTable', withIndex)
    const TableName = 'Indexed'
    const Key = { pk: 'a', sk: 1 }
    expect(await run('PutItem', { TableName, Item: { ...Key, at: 5 }, ...SIZE })).toEqual({ ItemCollectionMetrics: of('a') })
    expect(await run('UpdateItem', { TableName, Key, UpdateExpression: 'SET b = pk', ...SIZE })).toEqual({ ItemCollectionMetrics: of('a') })
    expect(await run('DeleteItem', { TableName, Key, ...SIZE })).toEqual({ ItemCollectionMetrics: of('a') })
    expect(await run('PutItem', { TableName, Item: Key, ReturnItemCollectionMetrics: 'NONE' })).toEqual({})
    expect(await run('PutItem', { TableName: 'Things', Item: { id: 'a' }, ...SIZE })).toEqual({})
    const put = (pk: string, sk: number) => ({ PutRequest: { Item: { pk, sk } } })
    const RequestItems = { Indexed: [put('a', 1), put('b', 1), put('a', 2)], Things: [{ PutRequest: { Item: { id: 'a' } } }] }
    expect(await run('BatchWriteItem', { RequestItems, ...SIZE })).toEqual({ UnprocessedItems: {}, ItemCollectionMetrics: { Indexed: [of('a'), of('b')] } })
    const TransactItems = [
      { Put: { TableName, Item: { pk: 'c', sk: 1 } } },
      { Delete: { TableName, Key: { pk: 'b', sk: 1 } } },
      { Update: { TableName, Key, UpdateExpression: 'REMOVE b' } },
      { ConditionCheck: { TableName, Key: { pk: 'd', sk: 1 }, ConditionExpression: 'attribute_not_exists(pk)' } },
    ]
    expect(await run('TransactWriteItems', { TransactItems, ...SIZE })).toEqual({ ItemCollectionMetrics: { Indexed: [of('c'), of('b'), of('a')] } })
  })
})

// paritysuite, tests/tier3/error-messages/indexKeyValues.test.ts and transactIndexKeys.test.ts (measured on AWS).
describe('index keys that an index can not have', () => {
  const attribute = (AttributeName: string, AttributeType: string) => ({ AttributeName, AttributeType })
  const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
  const Projection = { ProjectionType: 'ALL' }
  const indexed = {
    TableName: 'Indexed',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [attribute('id', 'S'), attribute('owner', 'S'), attribute('blob', 'B')],
    KeySchema: [hash('id')],
    GlobalSecondaryIndexes: [
      { IndexName: 'byOwner', KeySchema: [hash('owner')], Projection },
      { IndexName: 'byBlob', KeySchema: [hash('blob')], Projection },
    ],
  }
  const TableName = 'Indexed'
  const empty = { B: '' }
  const mismatch = (actual: string) => `One or more parameter values were invalid: Type mismatch for Index Key owner Expected: S Actual: ${actual} IndexName: byOwner`
  const notValid = 'One or more parameter values are not valid. '
  const reason = 'The AttributeValue for a key attribute cannot contain an empty '
  const notPut = `${notValid}A value specified for a secondary index key is not supported. ${reason}`
  const notSet = `${notValid}The update expression attempted to update a secondary index key to a value that is not supported. ${reason}`

  it.each<[object, string]>([
    [{ owner: 5 }, mismatch('N')],
    [{ owner: ['x'] }, mismatch('L')],
    [{ owner: '' }, `${notPut}string value. IndexName: byOwner, IndexKey: owner`],
    [{ blob: empty }, `${notPut}binary value. IndexName: byBlob, IndexKey: blob`],
    [{ owner: 'x'.repeat(2049) }, 'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes'],
  ])('are refused by BatchWriteItem, which then writes nothing: %#', async (attributes, message) => {
    const { run } = await open()
    await run('CreateTable', indexed)
    const RequestItems = { Things: [{ PutRequest: { Item: { id: 'a' } } }], Indexed: [{ PutRequest: { Item: { id: 'a', ...attributes } } }] }
    await expect(run('BatchWriteItem', { RequestItems })).rejects.toMatchObject({ name: 'ValidationException', message })
    expect(await run('GetItem', { TableName: 'Things', Key: { id: 'a' } })).toEqual({})
  })

  const put = (attributes: object) => ({ Put: { TableName, Item: { id: 'a', ...attributes } } })
  const set = (name: string, value: unknown) => ({
    Update: {
      TableName,
      Key: { id: 'a' },
      UpdateExpression: 'SET #n = :v',
      ExpressionAttributeNames: { '#n': name },
      ExpressionAttributeValues: { ':v': value },
    },
  })

  it.each<[object, string]>([
    [put({ owner: 5 }), mismatch('N')],
    [put({ owner: ['x'] }), mismatch('L')],
    [set('owner', 5), mismatch('N')],
    [set('owner', ['x']), mismatch('L')],
  ])('cancel a transaction where they are of another type: %#', async (action, message) => {
    const { run } = await open()
    await run('CreateTable', indexed)
    await expect(run('TransactWriteItems', { TransactItems: [action] })).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [{ code: 'ValidationError', message }],
    })
  })

  it.each<[object, string]>([
    [put({ owner: '' }), `${notPut}string value. IndexName: byOwner, IndexKey: owner`],
    [put({ blob: empty }), `${notPut}binary value. IndexName: byBlob, IndexKey: blob`],
    [set('owner', ''), `${notSet}string value.`],
    [set('blob', empty), `${notSet}binary value.`],
  ])('are refused with the whole transaction where they are empty: %#', async (action, message) => {
    const { run } = await open()
    await run('CreateTable', indexed)
    await expect(run('TransactWriteItems', { TransactItems: [action] })).rejects.toMatchObject({ name: 'ValidationException', message })
  })
})

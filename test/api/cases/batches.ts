// Batches and transactions: limits, duplicates, reasons, tokens.
import { fails, includes, invalid, type Case, type Json } from '../case.ts'
import { create, createIndexed, N, put, S } from './tables.ts'

const TableName = 'table'
const putRequest = (Item: Json): Json => ({ PutRequest: { Item } })
const Key = (id: string): Json => ({ id: S(id) })
const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `${at}`)
const DUPLICATES = 'Provided list of item keys contains duplicates'
const ONE_ITEM = 'Transaction request cannot include multiple operations on one item'
const cancelled = (codes: string, CancellationReasons: readonly Json[]) =>
  fails('TransactionCanceledException', `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, { CancellationReasons })
const FAILED = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' }

export const batches: readonly Case[] = [
  {
    name: 'a batch writes and deletes in several tables',
    source: 'API_BatchWriteItem',
    steps: [
      create,
      ['CreateTable', { TableName: 'other', AttributeDefinitions: [{ AttributeName: 'k', AttributeType: 'N' }], KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }], BillingMode: 'PAY_PER_REQUEST' }, includes({})],
      put({ id: S('old') }),
      ['BatchWriteItem', { RequestItems: { table: [putRequest(Key('a')), { DeleteRequest: { Key: Key('old') } }], other: [putRequest({ k: N(1) })] } }, { UnprocessedItems: {} }],
      [
        'BatchGetItem',
        { RequestItems: { table: { Keys: [Key('a'), Key('old')] }, other: { Keys: [{ k: N(1) }], ProjectionExpression: 'k' } } },
        { Responses: { table: [Key('a')], other: [{ k: N(1) }] }, UnprocessedKeys: {} },
      ],
    ],
  },
  {
    name: 'a batch has 25 writes and 100 keys, none of them twice',
    source: 'API_BatchWriteItem, API_BatchGetItem',
    steps: [
      create,
      ['BatchWriteItem', { RequestItems: { table: [putRequest(Key('a')), { DeleteRequest: { Key: Key('a') } }] } }, invalid(DUPLICATES)],
      ['BatchGetItem', { RequestItems: { table: { Keys: [Key('a'), Key('a')] } } }, invalid(DUPLICATES)],
      ['BatchGetItem', { RequestItems: { table: { Keys: ids(100).map(Key) } } }, { Responses: { table: [] }, UnprocessedKeys: {} }],
      ['BatchWriteItem', { RequestItems: { table: ids(25).map((id) => putRequest(Key(id))) } }, { UnprocessedItems: {} }],
    ],
  },
  {
    name: 'keys of indexes are checked in batches too',
    source: 'API_BatchWriteItem; issue 4',
    steps: [
      createIndexed,
      [
        'BatchWriteItem',
        { RequestItems: { table: [putRequest({ p: S('a'), s: N(1), color: S('') })] } },
        invalid('One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byColor, IndexKey: color'),
      ],
      ['Scan', { TableName, Select: 'COUNT' }, { Count: 0, ScannedCount: 0 }],
    ],
  },
  {
    name: 'a batch on a table that is not there writes nothing',
    source: 'API_BatchWriteItem#ResourceNotFoundException',
    steps: [
      create,
      ['BatchWriteItem', { RequestItems: { table: [putRequest(Key('a'))], none: [putRequest(Key('a'))] } }, fails('ResourceNotFoundException', 'Requested resource not found')],
      ['GetItem', { TableName, Key: Key('a') }, {}],
    ],
  },
  {
    name: 'a transaction writes all',
    source: 'API_TransactWriteItems',
    steps: [
      create,
      put({ id: S('d') }),
      put({ id: S('c'), n: N(1) }),
      [
        'TransactWriteItems',
        {
          TransactItems: [
            { Put: { TableName, Item: Key('a') } },
            { Update: { TableName, Key: Key('b'), UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': N(1) } } },
            { Delete: { TableName, Key: Key('d') } },
            { ConditionCheck: { TableName, Key: Key('c'), ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': N(1) } } },
          ],
        },
        {},
      ],
      [
        'TransactGetItems',
        { TransactItems: ['a', 'b', 'd'].map((id) => ({ Get: { TableName, Key: Key(id) } })) },
        { Responses: [{ Item: Key('a') }, { Item: { id: S('b'), n: N(1) } }, {}] },
      ],
    ],
  },
  {
    name: 'a transaction writes nothing where one condition fails, and says which',
    source: 'API_TransactWriteItems#TransactionCanceledException',
    steps: [
      create,
      put({ id: S('b'), n: N(1) }),
      [
        'TransactWriteItems',
        {
          TransactItems: [
            { Put: { TableName, Item: Key('a') } },
            { Put: { TableName, Item: Key('b'), ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
          ],
        },
        cancelled('None, ConditionalCheckFailed', [{ Code: 'None' }, { ...FAILED, Item: { id: S('b'), n: N(1) } }]),
      ],
      ['GetItem', { TableName, Key: Key('a') }, {}],
    ],
  },
  {
    name: 'a transaction names an item once',
    source: 'API_TransactWriteItems',
    steps: [
      create,
      ['TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: Key('a') } }, { Delete: { TableName, Key: Key('a') } }] }, invalid(ONE_ITEM)],
      ['TransactGetItems', { TransactItems: [{ Get: { TableName, Key: Key('a') } }, { Get: { TableName, Key: Key('a') } }] }, invalid(ONE_ITEM)],
    ],
  },
  {
    name: 'a token makes a transaction happen once',
    source: 'API_TransactWriteItems, ClientRequestToken',
    steps: [
      create,
      ['TransactWriteItems', { ClientRequestToken: 'token', TransactItems: [{ Update: { TableName, Key: Key('a'), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': N(1) } } }] }, {}],
      ['TransactWriteItems', { ClientRequestToken: 'token', TransactItems: [{ Update: { TableName, Key: Key('a'), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': N(1) } } }] }, {}],
      ['GetItem', { TableName, Key: Key('a') }, { Item: { id: S('a'), n: N(1) } }],
      [
        'TransactWriteItems',
        { ClientRequestToken: 'token', TransactItems: [{ Put: { TableName, Item: Key('z') } }] },
        fails('IdempotentParameterMismatchException', 'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.'),
      ],
    ],
  },
  {
    name: 'reading many items asks for capacity of each',
    source: 'API_BatchGetItem, ConsumedCapacity',
    steps: [
      create,
      put({ id: S('a'), t: S('x'.repeat(5000)) }),
      put({ id: S('b') }),
      [
        'BatchGetItem',
        { RequestItems: { table: { Keys: [Key('a'), Key('b')], ProjectionExpression: 'id', ConsistentRead: true } }, ReturnConsumedCapacity: 'TOTAL' },
        includes({ ConsumedCapacity: [{ TableName, CapacityUnits: 3 }] }),
      ],
    ],
  },
  {
    name: 'a transaction on a table that is not there',
    source: 'API_TransactWriteItems#ResourceNotFoundException',
    steps: [
      ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'none', Item: Key('a') } }] }, fails('ResourceNotFoundException', 'Requested resource not found')],
    ],
  },
]

// Which layer of AWS words the refusal of a value, and what goes first where a request has several faults. All of it was
// measured on AWS in October 2026 (paritysuite/dynamodb-conformance, tests/tier3); of what differs by Region, us-east-1's.
import { includes, invalid, refused, type Case, type Json, type Step } from '../case.ts'
import { create, S } from './tables.ts'

const TableName = 'table'
const Key = { id: S('a') }
const NESTING = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'
const NOT_NUMERIC = 'The parameter cannot be converted to a numeric value'
const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
const UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'
const INVALID = 'One or more parameter values were invalid: '

interface Fault {
  readonly value: Json
  readonly current: string
  readonly older: string
}
const faults: readonly Fault[] = [
  { value: { N: '' }, current: `${NOT_NUMERIC}: `, older: NOT_NUMERIC },
  { value: { N: '1e2147483647' }, current: OVERFLOW, older: UNDERFLOW },
  { value: { N: '1e99999999999' }, current: OVERFLOW, older: `${NOT_NUMERIC}: 1e99999999999` },
  { value: { SS: ['b', 'a', 'b'] }, current: `${INVALID}Input collection ["a", "b", "b"] contains duplicates.`, older: `${INVALID}Input collection [b, a, b] contains duplicates.` },
  { value: { NS: ['2', '1', '2'] }, current: `${INVALID}Input collection contains duplicates.`, older: 'Input collection contains duplicates' },
]
const named = (message: string): string => `ExpressionAttributeValues contains invalid value: ${message} for key :v`
const deep = (levels: number): Json => (levels === 0 ? S('leaf') : { M: { n: deep(levels - 1) } })
const ofValue = (value: Json): Json => ({ ExpressionAttributeValues: { ':v': value } })
const put = (Item: Json): Json => ({ Put: { TableName, Item } })
const transact = (items: readonly Json[], message: string): Step => ['TransactWriteItems', { TransactItems: items }, invalid(message)]

export const wordings: readonly Case[] = [
  {
    name: 'a value that is none is worded by the operation',
    source: 'paritysuite, error-messages/valueLayers.test.ts',
    steps: [
      create,
      ...faults.flatMap(({ value, current, older }): Step[] => [
        ['PutItem', { TableName, Item: { ...Key, n: value } }, refused(current)],
        ['UpdateItem', { TableName, Key, UpdateExpression: 'SET n = :v', ...ofValue(value) }, refused(current)],
        ['DeleteItem', { TableName, Key: { id: value } }, refused(current)],
        ['GetItem', { TableName, Key: { id: value } }, invalid(current)],
        ['Query', { TableName, KeyConditionExpression: 'id = :v', ...ofValue(value) }, invalid(current)],
        ['Scan', { TableName, FilterExpression: 'n = :v', ...ofValue(value) }, invalid(named(older))],
        ['BatchWriteItem', { RequestItems: { table: [{ PutRequest: { Item: { ...Key, n: value } } }] } }, invalid(older)],
        transact([put({ ...Key, n: value })], older),
        transact([{ Update: { TableName, Key, UpdateExpression: 'SET n = :v', ...ofValue(value) } }], named(older)),
        ['TransactGetItems', { TransactItems: [{ Get: { TableName, Key: { id: value } } }] }, invalid(older)],
        ['ExecuteStatement', { Statement: 'SELECT * FROM "table" WHERE n = ?', Parameters: [value] }, invalid(older)],
      ]),
    ],
  },
  {
    name: 'a parameter that is none fails its own statement of a batch',
    source: 'paritysuite, error-messages/partiqlParameterNumbers.test.ts',
    steps: [
      create,
      ['PutItem', { TableName, Item: Key }, {}],
      [
        'BatchExecuteStatement',
        { Statements: ['a', 'b'].map((id) => ({ Statement: 'SELECT * FROM "table" WHERE id = ?', Parameters: [id === 'a' ? S(id) : { N: 'abc' }] })) },
        includes({
          Responses: [
            { TableName, Item: Key },
            { Error: { Code: 'ValidationError', Message: `${NOT_NUMERIC}: abc` } },
          ],
        }),
      ],
    ],
  },
  {
    name: 'a transaction is refused for its first action that is wrong',
    source: 'paritysuite, validation-ordering/deepRequests.test.ts',
    steps: [
      create,
      transact([put({ ...Key, '': S('x') }), put({ id: S('b'), d: deep(100) })], 'Empty attribute name'),
      transact([put({ ...Key, d: deep(40) }), put({ id: S('b'), '': S('x') })], NESTING),
      transact([put({ ...Key, d: deep(100), '': S('x') })], 'Empty attribute name'),
      transact([put({ ...Key, m: { M: { '': S('x') } }, d: deep(40) })], NESTING),
      transact([{ Delete: { TableName, Key: { id: deep(100) }, ConditionExpression: 'a = = b' } }], 'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"'),
    ],
  },
  {
    name: 'a very deep request is read by the older layer',
    source: 'paritysuite, validation-ordering/deepRequests.test.ts',
    steps: [
      create,
      [
        'DeleteItem',
        { TableName, Key: { id: deep(63) }, ReturnValues: 'BOGUS' },
        refused("Value 'BOGUS' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"),
      ],
      ['DeleteItem', { TableName, Key: { id: deep(100) }, ReturnValues: 'UPDATED_NEW' }, invalid('ReturnValues can only be ALL_OLD or NONE')],
      ['DeleteItem', { TableName, Key: { id: deep(40) }, ReturnValues: 'UPDATED_NEW' }, refused('ReturnValues can only be ALL_OLD or NONE')],
      [
        'PutItem',
        { TableName, Item: Key, Expected: { a: { Value: deep(100) }, b: { Exists: false } }, ConditionalOperator: 'XOR' },
        refused("Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value set: [OR, AND]"),
      ],
    ],
  },
  {
    name: 'sort attributes of an index are named without a gap',
    source: 'paritysuite, tier1/query/multiAttributeGsiKey.test.ts',
    steps: [
      [
        'CreateTable',
        {
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['id', 'h', 'a', 'b', 'c'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'index',
              KeySchema: ['h', 'a', 'b', 'c'].map((AttributeName) => ({ AttributeName, KeyType: AttributeName === 'h' ? 'HASH' : 'RANGE' })),
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        },
        includes({}),
      ],
      ...['h = :v AND a = :v AND c = :v', 'h = :v AND a = :v AND b > :v AND c = :v'].map(
        (KeyConditionExpression): Step => [
          'Query',
          { TableName, IndexName: 'index', KeyConditionExpression, ...ofValue(S('x')) },
          invalid('RANGE key attributes b must have equality conditions specified in the query because a condition is present on key attribute c'),
        ],
      ),
      ['Query', { TableName, IndexName: 'index', KeyConditionExpression: 'h = :v AND a = :v AND b < :v', ...ofValue(S('x')) }, { Items: [], Count: 0, ScannedCount: 0 }],
    ],
  },
]

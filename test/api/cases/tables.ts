// Tables: what CreateTable, DescribeTable, ListTables, UpdateTable and DeleteTable answer. And the tables of the other cases.
import { fails, includes, invalid, type Case, type Json, type Step } from '../case.ts'

export const S = (text: string): Json => ({ S: text })
export const N = (text: number | string): Json => ({ N: String(text) })

const hash = (AttributeName: string): Json => ({ AttributeName, KeyType: 'HASH' })
const range = (AttributeName: string): Json => ({ AttributeName, KeyType: 'RANGE' })
const attribute = (AttributeName: string, AttributeType = 'S'): Json => ({ AttributeName, AttributeType })

export const simple = (TableName = 'table'): Json => ({
  TableName,
  AttributeDefinitions: [attribute('id')],
  KeySchema: [hash('id')],
  BillingMode: 'PAY_PER_REQUEST',
})
/** Partition key p (S), sort key s (N), global index `byColor` (color, s), local index `byName` (p, name) of keys only. */
export const indexed: Json = {
  TableName: 'table',
  AttributeDefinitions: [attribute('p'), attribute('s', 'N'), attribute('color'), attribute('name')],
  KeySchema: [hash('p'), range('s')],
  GlobalSecondaryIndexes: [{ IndexName: 'byColor', KeySchema: [hash('color'), range('s')], Projection: { ProjectionType: 'ALL' } }],
  LocalSecondaryIndexes: [{ IndexName: 'byName', KeySchema: [hash('p'), range('name')], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  BillingMode: 'PAY_PER_REQUEST',
}
export const create: Step = ['CreateTable', simple(), includes({})]
export const createIndexed: Step = ['CreateTable', indexed, includes({})]
export const put = (Item: Json, TableName = 'table'): Step => ['PutItem', { TableName, Item }, {}]

const NOT_FOUND = fails('ResourceNotFoundException', 'Requested resource not found')

export const tables: readonly Case[] = [
  {
    name: 'a table is described as it was made',
    source: 'API_CreateTable, API_DescribeTable',
    steps: [
      createIndexed,
      [
        'DescribeTable',
        { TableName: 'table' },
        includes({
          Table: {
            TableName: 'table',
            TableStatus: 'ACTIVE',
            KeySchema: [hash('p'), range('s')],
            ItemCount: 0,
            TableSizeBytes: 0,
            BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
            ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
            GlobalSecondaryIndexes: [{ IndexName: 'byColor', IndexStatus: 'ACTIVE', Projection: { ProjectionType: 'ALL' } }],
            LocalSecondaryIndexes: [{ IndexName: 'byName', Projection: { ProjectionType: 'KEYS_ONLY' } }],
          },
        }),
      ],
    ],
  },
  {
    name: 'a table that exists can not be made again',
    source: 'API_CreateTable#ResourceInUseException',
    steps: [create, ['CreateTable', simple(), fails('ResourceInUseException', 'Table already exists: table')]],
  },
  {
    name: 'a table that is not there',
    source: 'API_DescribeTable#ResourceNotFoundException',
    steps: [
      ['DescribeTable', { TableName: 'none' }, fails('ResourceNotFoundException', 'Requested resource not found: Table: none not found')],
      ['DeleteTable', { TableName: 'none' }, fails('ResourceNotFoundException', 'Requested resource not found: Table: none not found')],
      ['GetItem', { TableName: 'none', Key: { id: S('a') } }, NOT_FOUND],
      ['PutItem', { TableName: 'none', Item: { id: S('a') } }, NOT_FOUND],
      ['Scan', { TableName: 'none' }, NOT_FOUND],
    ],
  },
  {
    name: 'tables are listed in order and in pages',
    source: 'API_ListTables',
    steps: [
      ['ListTables', {}, { TableNames: [] }],
      ['CreateTable', simple('bbb'), includes({})],
      ['CreateTable', simple('aaa'), includes({})],
      ['CreateTable', simple('ccc'), includes({})],
      ['ListTables', {}, { TableNames: ['aaa', 'bbb', 'ccc'] }],
      ['ListTables', { Limit: 2 }, { TableNames: ['aaa', 'bbb'], LastEvaluatedTableName: 'bbb' }],
      ['ListTables', { Limit: 2, ExclusiveStartTableName: 'bbb' }, { TableNames: ['ccc'] }],
    ],
  },
  {
    name: 'names of tables have three characters at least',
    source: "API_DescribeTable, TableName; texts: dynalite's test/describeTable.js, lab finding DDB-TABLE-457 (2026)",
    steps: [
      ...['DescribeTable', 'DeleteTable', 'UpdateTable', 'DescribeTimeToLive'].map(
        (operation) =>
          [operation, { TableName: 'a;' }, invalid('TableName must be at least 3 characters long and at most 255 characters long')] as const,
      ),
      [
        'DescribeContributorInsights',
        { TableName: 'aaa', IndexName: 'a' },
        invalid('IndexName must be at least 3 characters long and at most 255 characters long'),
      ],
      [
        'GetItem',
        { TableName: 'a;', Key: {} },
        invalid(
          "2 validation errors detected: Value 'a;' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: " +
            "[a-zA-Z0-9_.-]+; Value 'a;' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
        ),
      ],
    ],
  },
  {
    name: 'a deleted table is described in short and is gone',
    source: 'API_DeleteTable',
    steps: [
      create,
      put({ id: S('a') }),
      ['DeleteTable', { TableName: 'table' }, includes({ TableDescription: { TableName: 'table', TableStatus: 'DELETING' } })],
    ],
  },
  {
    name: 'attribute definitions are those of the keys',
    source: 'API_CreateTable, AttributeDefinitions',
    steps: [
      [
        'CreateTable',
        { ...simple(), AttributeDefinitions: [attribute('other')] },
        invalid(
          'One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [id], AttributeDefinitions: [other]',
        ),
      ],
    ],
  },
]

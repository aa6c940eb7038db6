// AWS takes a table's ARN wherever it takes its name.
import type { Case } from '../case.ts'
import { create, put, S } from './tables.ts'

const arn = 'arn:aws:dynamodb:local:000000000000:table/table'
const Key = { id: S('a') }

export const arns: readonly Case[] = [
  {
    name: 'a table answers to its ARN',
    source: 'API_GetItem, TableName: name or Amazon Resource Name',
    steps: [
      create,
      put(Key, arn),
      ['GetItem', { TableName: arn, Key }, { Item: Key }],
      ['Query', { TableName: arn, KeyConditionExpression: 'id = :a', ExpressionAttributeValues: { ':a': S('a') } }, { Items: [Key], Count: 1, ScannedCount: 1 }],
      ['TransactGetItems', { TransactItems: [{ Get: { TableName: arn, Key } }] }, { Responses: [{ Item: Key }] }],
      ['TransactWriteItems', { TransactItems: [{ Delete: { TableName: arn, Key } }] }, {}],
      ['BatchWriteItem', { RequestItems: { [arn]: [{ PutRequest: { Item: Key } }] } }, { UnprocessedItems: {} }],
      ['BatchGetItem', { RequestItems: { [arn]: { Keys: [Key] } } }, { Responses: { [arn]: [Key] }, UnprocessedKeys: {} }],
    ],
  },
]

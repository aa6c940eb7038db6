// A shop on dynamodb-toolbox, unmodified: schemas, conditions, an index, updates with operators, transactions, pages.
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import {
  $add, $append, BatchPutRequest, BatchWriteCommand, DeleteItemCommand, Entity, executeBatchWrite, executeTransactWrite, GetItemCommand, item, list,
  number, PutItemCommand, PutTransaction, QueryCommand, set, string, Table, UpdateItemCommand, UpdateTransaction,
} from 'dynamodb-toolbox'

export async function toolboxApp(client: DynamoDBClient): Promise<object> {
  const name = 'Shop'
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'state', AttributeType: 'S' },
        { AttributeName: 'total', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byState',
          KeySchema: [
            { AttributeName: 'state', KeyType: 'HASH' },
            { AttributeName: 'total', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: name })
  const Shop = new Table({
    documentClient: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    name,
    partitionKey: { name: 'pk', type: 'string' },
    sortKey: { name: 'sk', type: 'string' },
    indexes: { byState: { type: 'global', partitionKey: { name: 'state', type: 'string' }, sortKey: { name: 'total', type: 'number' } } },
  })
  const Order = new Entity({
    name: 'Order',
    table: Shop,
    timestamps: false,
    schema: item({
      pk: string().key(),
      sk: string().key(),
      state: string().enum('new', 'paid').default('new'),
      total: number(),
      lines: list(string()).optional(),
      coupons: set(string()).optional(),
    }),
  })
  const key = (at: number) => ({ pk: 'customer', sk: `order${at}` })
  await executeBatchWrite(Shop.build(BatchWriteCommand).requests(...[1, 2, 3, 4, 5].map((at) => Order.build(BatchPutRequest).item({ ...key(at), total: at * 10, lines: ['x'] }))))
  const again = await Order.build(PutItemCommand)
    .item({ ...key(1), total: 1 })
    .options({ condition: { attr: 'pk', exists: false } })
    .send()
    .then(() => 'put', (error: Error) => error.name)
  const { Attributes } = await Order.build(UpdateItemCommand)
    .item({ ...key(2), total: $add(5), lines: $append(['y']), coupons: $add(new Set(['c'])) })
    .options({ returnValues: 'ALL_NEW', condition: { attr: 'state', eq: 'new' } })
    .send()
  await executeTransactWrite(
    Order.build(PutTransaction).item({ ...key(6), total: 60, state: 'paid' }),
    Order.build(UpdateTransaction).item({ ...key(3), state: 'paid' }).options({ condition: { attr: 'total', gte: 30 } }),
  )
  const page = await Shop.build(QueryCommand).query({ partition: 'customer', range: { beginsWith: 'order' } }).entities(Order).options({ limit: 4 }).send()
  const rest = await Shop.build(QueryCommand)
    .query({ partition: 'customer' })
    .entities(Order)
    .options({ ...(page.LastEvaluatedKey === undefined ? {} : { exclusiveStartKey: page.LastEvaluatedKey }), maxPages: Infinity })
    .send()
  const paid = await Shop.build(QueryCommand).query({ index: 'byState', partition: 'paid', range: { gt: 30 } }).entities(Order).send()
  await Order.build(DeleteItemCommand).key(key(1)).send()
  const gone = await Order.build(GetItemCommand).key(key(1)).send()
  return {
    again,
    updated: { total: Attributes?.total, lines: Attributes?.lines, coupons: [...(Attributes?.coupons ?? [])] },
    page: page.Items?.map(({ sk }) => sk),
    rest: rest.Items?.map(({ sk }) => sk),
    paid: paid.Items?.map(({ total }) => total),
    gone: gone.Item === undefined,
  }
}

export const toolboxAppResult = {
  again: 'ConditionalCheckFailedException',
  updated: { total: 25, lines: ['x', 'y'], coupons: ['c'] },
  page: ['order1', 'order2', 'order3', 'order4'],
  rest: ['order5', 'order6'],
  paid: [60],
  gone: true,
}

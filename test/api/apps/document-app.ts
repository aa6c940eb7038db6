// A bank on the document client: accounts, transfers as transactions, statements in pages. Free of Node.
import { type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument, paginateQuery } from '@aws-sdk/lib-dynamodb'

export async function documentApp(client: DynamoDBClient): Promise<object> {
  const TableName = 'Bank'
  await client.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: ['pk', 'sk', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [{ IndexName: 'byOwner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName })
  const documents = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } })
  const account = (id: string) => ({ pk: `ACCOUNT#${id}`, sk: 'ACCOUNT' })
  for (const [id, owner] of [['1', 'ada'], ['2', 'bob'], ['3', 'ada']] as const) {
    await documents.put({ TableName, Item: { ...account(id), owner, balance: 100, tags: new Set(['new']), note: undefined }, ConditionExpression: 'attribute_not_exists(pk)' })
  }
  const transfer = (from: string, to: string, amount: number, number: string) =>
    documents.transactWrite({
      TransactItems: [
        { Update: { TableName, Key: account(from), UpdateExpression: 'SET balance = balance - :a', ConditionExpression: 'balance >= :a', ExpressionAttributeValues: { ':a': amount } } },
        { Update: { TableName, Key: account(to), UpdateExpression: 'SET balance = balance + :a', ExpressionAttributeValues: { ':a': amount } } },
        { Put: { TableName, Item: { pk: `ACCOUNT#${from}`, sk: `TX#${number}`, to, amount } } },
      ],
    })
  for (let n = 0; n < 7; n++) await transfer('1', '2', 10, `${n}`)
  const refused = await transfer('1', '2', 50, '9').then(
    () => 'done',
    (error: Error & { CancellationReasons?: { Code?: string }[] }) => `${error.name} ${error.CancellationReasons?.map(({ Code }) => Code).join()}`,
  )
  const statement: unknown[] = []
  let pages = 0
  const query = { TableName, KeyConditionExpression: 'pk = :p AND begins_with(sk, :t)', ExpressionAttributeValues: { ':p': 'ACCOUNT#1', ':t': 'TX#' } }
  for await (const page of paginateQuery({ client: documents, pageSize: 3 }, query)) {
    pages++
    for (const item of page.Items ?? []) statement.push(item['amount'])
  }
  const owned = await documents.query({ TableName, IndexName: 'byOwner', KeyConditionExpression: '#o = :o', ExpressionAttributeNames: { '#o': 'owner' }, ExpressionAttributeValues: { ':o': 'ada' } })
  const { Responses } = await documents.transactGet({ TransactItems: ['1', '2'].map((id) => ({ Get: { TableName, Key: account(id) } })) })
  const { Responses: batch } = await documents.batchGet({ RequestItems: { [TableName]: { Keys: [account('1'), account('4')] } } })
  return {
    refused,
    statement,
    pages,
    owned: owned.Items?.map((item) => item['pk'] as string).sort(),
    balances: Responses?.map(({ Item }) => Item?.['balance'] as number),
    found: batch?.[TableName]?.length,
    tags: [...((batch?.[TableName]?.[0]?.['tags'] ?? []) as Set<string>)],
  }
}

export const documentAppResult = {
  refused: 'TransactionCanceledException ConditionalCheckFailed,None,None',
  statement: [10, 10, 10, 10, 10, 10, 10],
  pages: 3,
  owned: ['ACCOUNT#1', 'ACCOUNT#3'],
  balances: [30, 170],
  found: 1,
  tags: ['new'],
}

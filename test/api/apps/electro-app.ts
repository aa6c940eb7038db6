// A task list on ElectroDB, unmodified: two entities in one table, a service, an index, conditions, transactions, cursors.
import { CreateTableCommand, type DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb'
import { Entity, Service } from 'electrodb'

export async function electroApp(client: DynamoDBClient): Promise<object> {
  const table = 'Electro'
  await client.send(
    new CreateTableCommand({
      TableName: table,
      AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'gsi1',
          KeySchema: [
            { AttributeName: 'gsi1pk', KeyType: 'HASH' },
            { AttributeName: 'gsi1sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1 }, { TableName: table })
  const Task = new Entity(
    {
      model: { entity: 'task', version: '1', service: 'todo' },
      attributes: {
        project: { type: 'string', required: true },
        task: { type: 'string', required: true },
        owner: { type: 'string', required: true },
        status: { type: ['open', 'done'] as const, default: 'open' },
        points: { type: 'number', default: 0 },
        labels: { type: 'set', items: 'string' },
        history: { type: 'list', items: { type: 'string' } },
      },
      indexes: {
        primary: { pk: { field: 'pk', composite: ['project'] }, sk: { field: 'sk', composite: ['task'] } },
        owned: { collection: 'workload', index: 'gsi1', pk: { field: 'gsi1pk', composite: ['owner'] }, sk: { field: 'gsi1sk', composite: ['project', 'task'] } },
      },
    },
    { client, table },
  )
  const Person = new Entity(
    {
      model: { entity: 'person', version: '1', service: 'todo' },
      attributes: { owner: { type: 'string', required: true }, name: { type: 'string' }, open: { type: 'number', default: 0 } },
      indexes: {
        primary: { pk: { field: 'pk', composite: ['owner'] }, sk: { field: 'sk', composite: [] } },
        workload: { collection: 'workload', index: 'gsi1', pk: { field: 'gsi1pk', composite: ['owner'] }, sk: { field: 'gsi1sk', composite: [] } },
      },
    },
    { client, table },
  )
  const app = new Service({ task: Task, person: Person }, { client, table })
  await Person.create({ owner: 'ada', name: 'Ada' }).go()
  await Task.put(Array.from({ length: 12 }, (_, at) => ({ project: 'p', task: `t${String(at).padStart(2, '0')}`, owner: at % 3 === 0 ? 'ada' : 'bob', points: at, labels: ['a'] }))).go()
  const again = await Task.create({ project: 'p', task: 't00', owner: 'ada' }).go().then(() => 'made', (error: Error) => /The conditional request failed/.exec(error.message)?.[0])
  await Task.patch({ project: 'p', task: 't03' }).set({ status: 'done' }).add({ points: 10, labels: ['b'] }).append({ history: ['closed'] }).where(({ status }, { eq }) => eq(status, 'open')).go()
  const updated = await Task.get({ project: 'p', task: 't03' }).go()
  const first = await Task.query.primary({ project: 'p' }).go({ limit: 5 })
  const second = await Task.query.primary({ project: 'p' }).go({ limit: 5, cursor: first.cursor })
  const between = await Task.query.primary({ project: 'p' }).between({ task: 't02' }, { task: 't04' }).where(({ points }, { gt }) => gt(points, 2)).go()
  const workload = await app.collections.workload({ owner: 'ada' }).go()
  const { canceled } = await app.transaction
    .write(({ task, person }) => [
      task.remove({ project: 'p', task: 't06' }).commit(),
      person.update({ owner: 'ada' }).add({ open: -1 }).commit(),
    ])
    .go()
  const after = await Task.query.owned({ owner: 'ada' }).go({ pages: 'all' })
  return {
    again,
    updated: { ...updated.data, labels: [...(updated.data?.labels ?? [])] },
    first: first.data.map(({ task }) => task),
    second: second.data.map(({ task }) => task),
    between: between.data.map(({ task }) => task),
    workload: [workload.data.task.length, workload.data.person.length],
    canceled,
    after: after.data.map(({ task }) => task),
    person: (await Person.get({ owner: 'ada' }).go()).data,
  }
}

export const electroAppResult = {
  again: 'The conditional request failed',
  updated: { project: 'p', task: 't03', owner: 'ada', status: 'done', points: 13, labels: ['a', 'b'], history: ['closed'] },
  first: ['t00', 't01', 't02', 't03', 't04'],
  second: ['t05', 't06', 't07', 't08', 't09'],
  between: ['t03', 't04'],
  workload: [4, 1],
  canceled: false,
  after: ['t00', 't03', 't09'],
  person: { owner: 'ada', name: 'Ada', open: -1 },
}

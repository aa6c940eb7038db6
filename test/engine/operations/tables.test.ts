import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const INVALID = 'One or more parameter values were invalid: '
const attribute = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType })
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const ALL = { ProjectionType: 'ALL' }
const index = (IndexName: string, KeySchema: object[], more: object = {}) => ({ IndexName, KeySchema, Projection: ALL, ...more })
const sorted = (more: object = {}) => ({
  TableName: 'Sorted',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [attribute('pk'), attribute('sk', 'N')],
  KeySchema: [hash('pk'), range('sk')],
  ...more,
})

describe('CreateTable', () => {
  it('answers CREATING, without what AWS works out later; Describe has it', async () => {
    const { run } = await openEngine()
    const { TableDescription } = await run('CreateTable', simpleTable('Things'))
    expect(TableDescription).toEqual({
      AttributeDefinitions: [attribute('id')],
      TableName: 'Things',
      KeySchema: [hash('id')],
      TableStatus: 'CREATING',
      CreationDateTime: Date.UTC(2026, 0, 1) / 1000,
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      TableSizeBytes: 0,
      ItemCount: 0,
      TableArn: 'arn:aws:dynamodb:local:000000000000:table/Things',
      TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      DeletionProtectionEnabled: false,
    })
    expect((await run('DescribeTable', { TableName: 'Things' }))['Table']).toEqual({
      ...(TableDescription as object),
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: Date.UTC(2026, 0, 1) / 1000 },
      WarmThroughput: { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
    })
  })

  it('describes indexes, stream, throughput and class as they were given', async () => {
    const { run } = await openEngine()
    const throughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 2 }
    const { TableDescription } = await run('CreateTable', {
      ...sorted(),
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: throughput,
      AttributeDefinitions: [...sorted().AttributeDefinitions, attribute('a'), attribute('b', 'B'), attribute('c', 'N')],
      LocalSecondaryIndexes: [index('local', [hash('pk'), range('a')], { Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] } })],
      GlobalSecondaryIndexes: [
        index('global', [hash('b')], { ProvisionedThroughput: throughput, Projection: { ProjectionType: 'KEYS_ONLY' } }),
        index('multi', [hash('a'), hash('b'), range('c'), range('sk')], { ProvisionedThroughput: throughput }),
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      DeletionProtectionEnabled: true,
    })
    const units = { NumberOfDecreasesToday: 0, ...throughput }
    const arn = 'arn:aws:dynamodb:local:000000000000:table/Sorted'
    expect(TableDescription).toMatchObject({
      ProvisionedThroughput: units,
      AttributeDefinitions: [attribute('pk'), attribute('sk', 'N'), attribute('a'), attribute('b', 'B'), attribute('c', 'N')],
      LocalSecondaryIndexes: [
        {
          IndexName: 'local',
          KeySchema: [hash('pk'), range('a')],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
          IndexSizeBytes: 0,
          ItemCount: 0,
          IndexArn: `${arn}/index/local`,
        },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'global', IndexStatus: 'CREATING', ProvisionedThroughput: units, Projection: { ProjectionType: 'KEYS_ONLY' } },
        { IndexName: 'multi', KeySchema: [hash('a'), hash('b'), range('c'), range('sk')] },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      LatestStreamLabel: '2026-01-01T00:00:00.000',
      LatestStreamArn: `${arn}/stream/2026-01-01T00:00:00.000`,
      TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
      DeletionProtectionEnabled: true,
    })
    expect(TableDescription).not.toHaveProperty('BillingModeSummary')
  })

  it('refuses a name that is taken, also by a table still on its way to the disk', async () => {
    const { run } = await openEngine()
    const outcomes = await Promise.allSettled([run('CreateTable', simpleTable('Things')), run('CreateTable', simpleTable('Things'))])
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { name: 'ResourceInUseException', message: 'Table already exists: Things' } },
    ])
    await expect(run('CreateTable', simpleTable('Things'))).rejects.toThrow('Table already exists: Things')
  })

  const refusals: [what: string, input: object, message: string][] = [
    ['a missing name', { TableName: undefined }, "The parameter 'TableName' is required but was not present in the request"],
    [
      'a short name',
      { TableName: 'ab' },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      'strange characters',
      { TableName: 'a/b!' },
      "1 validation error detected: Value 'a/b!' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      'an unknown key type',
      { AttributeDefinitions: [attribute('pk', 'X'), attribute('sk')] },
      "1 validation error detected: Value 'X' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]",
    ],
    [
      'no throughput for provisioned tables, which is the default',
      { BillingMode: undefined },
      `${INVALID}ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED`,
    ],
    [
      'throughput for on-demand tables',
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`,
    ],
    ['repeated definitions', { AttributeDefinitions: [attribute('pk'), attribute('pk')] }, 'Attribute Name is duplicated: pk'],
    ['undefined keys', { AttributeDefinitions: [attribute('pk')] }, 'Invalid KeySchema: Some index key attribute have no definition'],
    [
      'other definitions than keys',
      { AttributeDefinitions: [attribute('pk'), attribute('xx')] },
      `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, sk], AttributeDefinitions: [pk, xx]`,
    ],
    [
      'definitions without use',
      { AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('x')] },
      `${INVALID}Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions`,
    ],
    [
      'definitions without use beside indexes',
      {
        AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('x')],
        GlobalSecondaryIndexes: [index('global', [hash('sk')])],
      },
      `${INVALID}Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk, x], keys used: [pk, sk]`,
    ],
    ['a range key first', { KeySchema: [range('pk'), hash('sk')] }, 'Invalid KeySchema: The first KeySchemaElement is not a HASH key type'],
    ['two hash keys', { KeySchema: [hash('pk'), hash('sk')] }, 'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type'],
    [
      'one attribute as both keys',
      { AttributeDefinitions: [attribute('pk')], KeySchema: [hash('pk'), range('pk')] },
      'Invalid KeySchema: Some index key attribute have no definition',
    ],
    [
      'one attribute as both keys, and another one defined',
      { KeySchema: [hash('pk'), range('pk')] },
      'Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'three keys, printed as the Java class prints itself (paritysuite, error-messages/createTable)',
      { AttributeDefinitions: [attribute('pk'), attribute('sk'), attribute('x')], KeySchema: [hash('pk'), range('sk'), range('x')] },
      "1 validation error detected: Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, keyType=RANGE), " +
        "KeySchemaElement(attributeName=x, keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      'index names too short, the GSI first (paritysuite, validation-ordering/createTable, 2026-10-09)',
      {
        LocalSecondaryIndexes: [index('aa', [hash('pk'), range('x')])],
        GlobalSecondaryIndexes: [index('zz', [hash('x')])],
      },
      "2 validation errors detected: Value 'zz' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 3; Value 'aa' at 'localSecondaryIndexes.1.member.indexName' failed to satisfy " +
        'constraint: Member must have length greater than or equal to 3',
    ],
    ['an empty list of indexes', { GlobalSecondaryIndexes: [] }, `${INVALID}List of GlobalSecondaryIndexes is empty`],
    [
      'local indexes without a sort key',
      {
        AttributeDefinitions: [attribute('pk')],
        KeySchema: [hash('pk')],
        LocalSecondaryIndexes: [index('local', [hash('pk')])],
      },
      `${INVALID}Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex`,
    ],
    [
      'local indexes of their own partition key',
      { LocalSecondaryIndexes: [index('local', [hash('sk'), range('pk')])] },
      `${INVALID}Index KeySchema does not have the same leading hash key as table KeySchema for index: local. index hash key: sk, table hash key: pk`,
    ],
    [
      'local indexes without a sort key of their own',
      { LocalSecondaryIndexes: [index('local', [hash('pk')])] },
      `${INVALID}Index KeySchema does not have a range key for index: local`,
    ],
    [
      'a projection of no type',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')], { Projection: {} })] },
      `${INVALID}Unknown ProjectionType: null`,
    ],
    [
      'names with a projection that takes none',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')], { Projection: { ProjectionType: 'ALL', NonKeyAttributes: ['x'] } })] },
      `${INVALID}ProjectionType is ALL, but NonKeyAttributes is specified`,
    ],
    [
      'a projection that lacks its names',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')], { Projection: { ProjectionType: 'INCLUDE' } })] },
      `${INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
    ],
    [
      'repeated projected names',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')], { Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x', 'x'] } })] },
      `${INVALID}Duplicate element in NonKeyAttributes: x`,
    ],
    [
      'two indexes of one name',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')]), index('global', [hash('pk')])] },
      `${INVALID}Duplicate index name: global`,
    ],
    [
      '21 global indexes',
      { GlobalSecondaryIndexes: Array.from({ length: 21 }, (_, at) => index(`global${at}`, [hash('sk')])) },
      `${INVALID}GlobalSecondaryIndex count exceeds the per-table limit of 20`,
    ],
    [
      '6 local indexes',
      { LocalSecondaryIndexes: Array.from({ length: 6 }, (_, at) => index(`local${at}`, [hash('pk'), range('sk')])) },
      `${INVALID}Number of LocalSecondaryIndexes exceeds per-table limit of 5`,
    ],
    [
      'throughput of an index of an on-demand table',
      { GlobalSecondaryIndexes: [index('global', [hash('sk')], { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } })] },
      `${INVALID}ProvisionedThroughput should not be specified for index: global when BillingMode is PAY_PER_REQUEST`,
    ],
    [
      'multi-attribute keys out of order',
      {
        AttributeDefinitions: ['pk', 'sk', 'a'].map((name) => attribute(name)),
        GlobalSecondaryIndexes: [index('global', [hash('pk'), range('sk'), hash('a')])],
      },
      `${INVALID}All HASH key attributes must precede RANGE key attributes in the KeySchema`,
    ],
    [
      'five partition key attributes',
      {
        AttributeDefinitions: ['pk', 'sk', 'a', 'b', 'c'].map((name) => attribute(name)),
        GlobalSecondaryIndexes: [index('global', ['pk', 'sk', 'a', 'b', 'c'].map(hash))],
      },
      `${INVALID}The KeySchema exceeds the maximum allowed number of HASH key attributes`,
    ],
    [
      'an attribute twice in a multi-attribute key',
      { GlobalSecondaryIndexes: [index('global', [hash('pk'), hash('sk'), range('pk')])] },
      'The KeySchema contains multiple key attributes with the same name',
    ],
    [
      'a stream without a view type',
      { StreamSpecification: { StreamEnabled: true } },
      `${INVALID}Table is being created with a stream enabled, UpdateViewType is required`,
    ],
    [
      'a view type without a stream',
      { StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
      `${INVALID}Table is being created with a stream disabled, UpdateViewType should not be specified`,
    ],
    [
      'an unknown class',
      { TableClass: 'FAST' },
      'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
    ],
  ]
  it.each(refusals)('refuses %s', async (_, input, message) => {
    const { run } = await openEngine()
    await expect(run('CreateTable', sorted(input))).rejects.toMatchObject({ name: 'ValidationException', message })
    expect((await run('ListTables', {}))['TableNames']).toEqual([])
  })
})

describe('DescribeTable', () => {
  it('names the table that is not there', async () => {
    const { run } = await openEngine()
    await expect(run('DescribeTable', { TableName: 'Nothing' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: Nothing not found',
    })
  })

  it('counts exactly: items, bytes, and entries of every index', async () => {
    const { run, reopen } = await openEngine()
    const definition = sorted({
      AttributeDefinitions: [attribute('pk'), attribute('sk', 'N'), attribute('a')],
      GlobalSecondaryIndexes: [index('byA', [hash('a')], { Projection: { ProjectionType: 'KEYS_ONLY' } })],
    })
    await run('CreateTable', definition)
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'p', sk: 1, a: 'x', text: 'abc' } })
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'p', sk: 2 } })
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'p', sk: 2, text: 'four' } })
    await run('UpdateItem', { TableName: 'Sorted', Key: { pk: 'p', sk: 3 }, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 'y' } })
    await run('DeleteItem', { TableName: 'Sorted', Key: { pk: 'p', sk: 3 } })
    await run('DeleteItem', { TableName: 'Sorted', Key: { pk: 'p', sk: 4 } })
    const counts = {
      ItemCount: 2,
      // pk: 2 + 1, sk: 2 + 2, a: 1 + 1, text: 4 + 3; pk, sk and text: 4 + 4
      TableSizeBytes: 7 + 2 + 7 + (7 + 8),
      GlobalSecondaryIndexes: [{ ItemCount: 1, IndexSizeBytes: 7 + 2 }],
    }
    expect((await run('DescribeTable', { TableName: 'Sorted' }))['Table']).toMatchObject(counts)
    const after = await reopen()
    expect((await after.run('DescribeTable', { TableName: 'Sorted' }))['Table']).toMatchObject(counts)
  })
})

describe('ListTables', () => {
  it('pages through names in order', async () => {
    const { run } = await openEngine()
    for (const name of ['ccc', 'aaa', 'BBB', 'ddd']) await run('CreateTable', simpleTable(name))
    expect(await run('ListTables', {})).toEqual({ TableNames: ['BBB', 'aaa', 'ccc', 'ddd'] })
    expect(await run('ListTables', { Limit: 2 })).toEqual({ TableNames: ['BBB', 'aaa'], LastEvaluatedTableName: 'aaa' })
    expect(await run('ListTables', { Limit: 2, ExclusiveStartTableName: 'aaa' })).toEqual({ TableNames: ['ccc', 'ddd'] })
    expect(await run('ListTables', { ExclusiveStartTableName: 'bbb' })).toEqual({ TableNames: ['ccc', 'ddd'] })
  })

  it('takes limits from 1 to 100', async () => {
    const { run } = await openEngine()
    await expect(run('ListTables', { Limit: 0 })).rejects.toThrow(
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    )
    await expect(run('ListTables', { Limit: 101 })).rejects.toThrow(
      "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 100",
    )
  })
})

describe('DeleteTable', () => {
  it('removes a table and everything of it, and a new one of its name starts empty at once', async () => {
    const { run, engine, disk } = await openEngine()
    await run('CreateTable', simpleTable('Things', { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }))
    await run('BulkWrite', { TableName: 'Things', Put: Array.from({ length: 1000 }, (_, at) => ({ id: String(at) })) })
    const { TableDescription } = await run('DeleteTable', { TableName: 'Things' })
    expect(TableDescription).toMatchObject({ TableName: 'Things', TableStatus: 'DELETING', ItemCount: 1000 })
    await expect(run('DescribeTable', { TableName: 'Things' })).rejects.toThrow('Requested resource not found: Table: Things not found')
    await run('CreateTable', simpleTable('Things'))
    expect((await run('Scan', { TableName: 'Things' }))['Items']).toEqual([])
    await run('PutItem', { TableName: 'Things', Item: { id: 'new' } })
    await engine.idle()
    expect((await run('Scan', { TableName: 'Things' }))['Items']).toEqual([{ id: 'new' }])
    const ids = new Set<number>()
    const cursor = disk.entries.cursor({ start: '\0\0\0\u0001', end: '\uffff' })
    // The journal of a table with a stream is read for 24 hours more (test/services/stream-lifetime.test.ts).
    while (cursor.next()) if (!cursor.key.startsWith('\xff\xff', 4)) ids.add(cursor.key.charCodeAt(3))
    expect([...ids]).toEqual([2])
  })

  it('goes on with the sweep after a crash, and never uses an id twice', async () => {
    // The first engine never gets its sweep to the disk.
    const { run, reopen, disk } = await openEngine({ beforeCommit: (batch) => (batch.drops === undefined ? undefined : new Promise(() => {})) })
    await run('CreateTable', simpleTable('Things'))
    await run('BulkWrite', { TableName: 'Things', Put: Array.from({ length: 10 }, (_, at) => ({ id: String(at) })) })
    await run('DeleteTable', { TableName: 'Things' })
    const after = await reopen()
    await after.run('CreateTable', simpleTable('Things'))
    await after.engine.idle()
    const left: string[] = []
    const cursor = disk.entries.cursor({ start: '\0\0\0\u0001', end: '\uffff' })
    while (cursor.next()) left.push(cursor.key)
    expect(left).toEqual([])
    expect((await after.run('Scan', { TableName: 'Things' }))['Items']).toEqual([])
  })

  it('takes the items of writes that were under way', async () => {
    const { run, engine, disk } = await openEngine()
    await run('CreateTable', simpleTable('Things'))
    const outcomes = await Promise.allSettled([
      run('DeleteTable', { TableName: 'Things' }),
      run('PutItem', { TableName: 'Things', Item: { id: 'late' } }),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'fulfilled'])
    await engine.idle()
    const cursor = disk.entries.cursor({ start: '\0\0\0\u0001', end: '\uffff' })
    expect(cursor.next()).toBe(false)
  })

  it('refuses protected and missing tables', async () => {
    const { run } = await openEngine()
    await run('CreateTable', simpleTable('Things', { DeletionProtectionEnabled: true }))
    await expect(run('DeleteTable', { TableName: 'Things' })).rejects.toThrow(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
    await expect(run('DeleteTable', { TableName: 'Nothing' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: Nothing not found',
    })
    await expect(run('DeleteTable', {})).rejects.toThrow("The parameter 'TableName' is required but was not present in the request")
  })
})

describe('the catalog', () => {
  it('is there after a crash', async () => {
    const { run, reopen } = await openEngine()
    await run('CreateTable', simpleTable('Things'))
    await run('PutItem', { TableName: 'Things', Item: { id: 'a' } })
    const before = await run('DescribeTable', { TableName: 'Things' })
    const after = await reopen()
    expect(await after.run('DescribeTable', { TableName: 'Things' })).toEqual(before)
    expect(await after.run('GetItem', { TableName: 'Things', Key: { id: 'a' } })).toEqual({ Item: { id: 'a' } })
  })

  it('refuses operations that it does not know', async () => {
    const { run } = await openEngine()
    await expect(run('PaintItem', {})).rejects.toMatchObject({ name: 'ValidationException', message: 'Unknown operation: PaintItem' })
    await expect(run('toString', {})).rejects.toThrow('Unknown operation: toString')
  })
})

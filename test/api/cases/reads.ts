// Query and Scan: key conditions, filters, pages, indexes, segments.
import { includes, invalid, type Case, type Json, type Step } from '../case.ts'
import { create, createIndexed, N, put, S } from './tables.ts'

const TableName = 'table'
const ITEMS = [1, 2, 3, 4, 5].map((s) => ({ p: S('a'), s: N(s), color: S(s % 2 === 0 ? 'red' : 'blue'), name: S(`n${6 - s}`), size: N(s * 10) }))
const filled: readonly Step[] = [createIndexed, ...ITEMS.map((item) => put(item)), put({ p: S('b'), s: N(1), color: S('red') })]
const at = (...numbers: number[]): readonly Json[] => numbers.map((s) => ITEMS[s - 1] as Json)
const query = (KeyConditionExpression: string, values: Json, more: Json = {}): Json => ({ TableName, KeyConditionExpression, ExpressionAttributeValues: values, ...more })
const page = (Items: readonly Json[], ScannedCount = Items.length): Json => ({ Items, Count: Items.length, ScannedCount })
const P = { ':p': S('a') }

export const reads: readonly Case[] = [
  {
    name: 'a query walks a partition in order of the sort key',
    source: 'Query, API_Query',
    steps: [
      ...filled,
      ['Query', query('p = :p', P), page(at(1, 2, 3, 4, 5))],
      ['Query', query('p = :p', P, { ScanIndexForward: false }), page(at(5, 4, 3, 2, 1))],
      ['Query', query('p = :p', { ':p': S('none') }), page([])],
    ],
  },
  {
    name: 'conditions on the sort key',
    source: 'Query.KeyConditionExpressions',
    steps: [
      ...filled,
      ['Query', query('p = :p AND s = :s', { ...P, ':s': N('2.0') }), page(at(2))],
      ['Query', query('p = :p AND s < :s', { ...P, ':s': N(3) }), page(at(1, 2))],
      ['Query', query('p = :p AND s >= :s', { ...P, ':s': N(4) }), page(at(4, 5))],
      ['Query', query('s BETWEEN :s AND :t AND p = :p', { ...P, ':s': N(2), ':t': N(4) }), page(at(2, 3, 4))],
      ['Query', query('p = :p AND begins_with(s, :s)', { ...P, ':s': S('a') }), invalid('One or more parameter values were invalid: Condition parameter type does not match schema type')],
      ['Query', query('s = :s', { ':s': N(1) }), invalid('Query condition missed key schema element: p')],
      ['Query', query('p = :p AND q = :s', { ...P, ':s': N(1) }), invalid('Query condition missed key schema element: s')],
      ['Query', query('p > :p', P), invalid('Query key condition not supported')],
      ['Query', { TableName }, invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')],
    ],
  },
  {
    name: 'pages end at Limit, and go on from there',
    source: 'Query.Pagination',
    steps: [
      ...filled,
      ['Query', query('p = :p', P, { Limit: 2 }), { ...page(at(1, 2)), LastEvaluatedKey: { p: S('a'), s: N(2) } }],
      ['Query', query('p = :p', P, { Limit: 2, ExclusiveStartKey: { p: S('a'), s: N(2) } }), { ...page(at(3, 4)), LastEvaluatedKey: { p: S('a'), s: N(4) } }],
      ['Query', query('p = :p', P, { Limit: 2, ExclusiveStartKey: { p: S('a'), s: N(4) } }), page(at(5))],
      ['Query', query('p = :p', P, { Limit: 1, ScanIndexForward: false, ExclusiveStartKey: { p: S('a'), s: N(2) } }), { ...page(at(1)), LastEvaluatedKey: { p: S('a'), s: N(1) } }],
      ['Query', query('p = :p', P, { ExclusiveStartKey: { p: S('a') } }), invalid('The provided starting key is invalid')],
    ],
  },
  {
    name: 'Limit is one at least, in different words',
    source: 'API_Query, API_Scan; issue 4: texts of Limit 0',
    steps: [
      create,
      ['Query', { TableName, Limit: 0, KeyConditionExpression: 'id = :p', ExpressionAttributeValues: P }, invalid("1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1")],
      ['Scan', { TableName, Limit: 0 }, invalid("1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")],
    ],
  },
  {
    name: 'filters come after the page',
    source: 'Query.FilterExpression',
    steps: [
      ...filled,
      ['Query', query('p = :p', { ...P, ':c': S('red') }, { FilterExpression: 'color = :c' }), page(at(2, 4), 5)],
      ['Query', query('p = :p', { ...P, ':c': S('red') }, { FilterExpression: 'color = :c', Limit: 3 }), { ...page(at(2), 3), LastEvaluatedKey: { p: S('a'), s: N(3) } }],
      ['Query', query('p = :p', { ...P, ':c': N(1) }, { FilterExpression: 's = :c' }), invalid('Filter Expression can only contain non-primary key attributes: Primary key attribute: s')],
    ],
  },
  {
    name: 'counting gives no items',
    source: 'API_Query, Select',
    steps: [
      ...filled,
      ['Query', query('p = :p', P, { Select: 'COUNT' }), { Count: 5, ScannedCount: 5 }],
      ['Scan', { TableName, Select: 'COUNT' }, { Count: 6, ScannedCount: 6 }],
      ['Scan', { TableName, Select: 'COUNT', ProjectionExpression: 'p' }, invalid('Cannot specify the ProjectionExpression when choosing to get only the Count')],
    ],
  },
  {
    name: 'a global index is queried by its own key',
    source: 'GSI',
    steps: [
      ...filled,
      ['Query', query('color = :c', { ':c': S('blue') }, { IndexName: 'byColor' }), page(at(1, 3, 5))],
      [
        'Query',
        query('color = :c', { ':c': S('blue') }, { IndexName: 'byColor', Limit: 1 }),
        { ...page(at(1)), LastEvaluatedKey: { p: S('a'), s: N(1), color: S('blue') } },
      ],
      ['Query', query('color = :c', { ':c': S('blue') }, { IndexName: 'byColor', ConsistentRead: true }), invalid('Consistent reads are not supported on global secondary indexes')],
      ['Query', query('color = :c', { ':c': S('blue') }, { IndexName: 'none' }), invalid('The table does not have the specified index: none')],
    ],
  },
  {
    name: 'an index forgets items without its key, and follows updates',
    source: 'GSI, sparse indexes',
    steps: [
      ...filled,
      ['UpdateItem', { TableName, Key: { p: S('a'), s: N(1) }, UpdateExpression: 'REMOVE color' }, {}],
      ['UpdateItem', { TableName, Key: { p: S('a'), s: N(2) }, UpdateExpression: 'SET color = :c', ExpressionAttributeValues: { ':c': S('blue') } }, {}],
      ['Query', query('color = :c', { ':c': S('blue') }, { IndexName: 'byColor', ProjectionExpression: 's' }), page([{ s: N(2) }, { s: N(3) }, { s: N(5) }])],
    ],
  },
  {
    name: 'a local index sorts otherwise, and fetches what it lacks',
    source: 'LSI, LSI.Projections',
    steps: [
      ...filled,
      ['Query', query('p = :p AND #n > :n', { ...P, ':n': S('n3') }, { IndexName: 'byName', ExpressionAttributeNames: { '#n': 'name' } }), page([{ p: S('a'), s: N(2), name: S('n4') }, { p: S('a'), s: N(1), name: S('n5') }])],
      ['Query', query('p = :p', P, { IndexName: 'byName', Select: 'ALL_ATTRIBUTES', Limit: 1, ConsistentRead: true }), { ...page(at(5)), LastEvaluatedKey: { p: S('a'), s: N(5), name: S('n1') } }],
    ],
  },
  {
    name: 'a scan reads everything, segment by segment',
    source: 'Scan, API_Scan',
    steps: [
      ...filled,
      ['Scan', { TableName }, includes({ Count: 6, ScannedCount: 6 })],
      ['Scan', { TableName, FilterExpression: '#s > :s', ExpressionAttributeNames: { '#s': 'size' }, ExpressionAttributeValues: { ':s': N(40) } }, page(at(5), 6)],
      ['Scan', { TableName, Segment: 0, TotalSegments: 1 }, includes({ Count: 6 })],
      ['Scan', { TableName, Segment: 1 }, invalid('The TotalSegments parameter is required but was not present in the request when Segment parameter is present')],
      ['Scan', { TableName, TotalSegments: 1 }, invalid('The Segment parameter is required but was not present in the request when parameter TotalSegments is present')],
      ['Scan', { TableName, Segment: 2, TotalSegments: 2 }, invalid('The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2')],
      ['Scan', { TableName, IndexName: 'byColor' }, includes({ Count: 6 })],
    ],
  },
  {
    name: 'SPECIFIC_ATTRIBUTES wants a projection',
    source: 'API_Query, Select',
    steps: [
      create,
      ['Scan', { TableName, Select: 'SPECIFIC_ATTRIBUTES' }, invalid('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES')],
      ['Scan', { TableName, Select: 'ALL_PROJECTED_ATTRIBUTES' }, invalid('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')],
    ],
  },
  {
    name: 'an index that is added later has what was there before',
    source: 'GSI.OnlineOps',
    steps: [
      ...filled,
      [
        'UpdateTable',
        {
          TableName,
          AttributeDefinitions: [{ AttributeName: 'size', AttributeType: 'N' }],
          GlobalSecondaryIndexUpdates: [
            { Create: { IndexName: 'bySize', KeySchema: [{ AttributeName: 'size', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } } },
          ],
        },
        includes({ TableDescription: { TableName } }),
      ],
      [
        'Query',
        query('#s = :s', { ':s': N(20) }, { IndexName: 'bySize', ExpressionAttributeNames: { '#s': 'size' } }),
        page([{ p: S('a'), s: N(2), size: N(20) }]),
      ],
      ['UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'bySize' } }] }, includes({})],
    ],
  },
  {
    name: 'pages of a scan meet every item once',
    source: 'Scan, pagination',
    steps: [
      create,
      put({ id: S('a') }),
      ['Scan', { TableName, Limit: 1 }, { Items: [{ id: S('a') }], Count: 1, ScannedCount: 1, LastEvaluatedKey: { id: S('a') } }],
      ['Scan', { TableName, Limit: 1, ExclusiveStartKey: { id: S('a') } }, page([])],
      ['Scan', { TableName, Limit: 2 }, page([{ id: S('a') }])],
    ],
  },
  {
    name: 'capacity of a page counts what was read',
    source: 'read-write-operations',
    steps: [
      ...filled,
      ['Query', query('p = :p', P, { ReturnConsumedCapacity: 'TOTAL', Select: 'COUNT' }), { Count: 5, ScannedCount: 5, ConsumedCapacity: { TableName, CapacityUnits: 0.5 } }],
      [
        'Query',
        query('color = :c', { ':c': S('blue') }, { IndexName: 'byColor', ReturnConsumedCapacity: 'INDEXES', Select: 'COUNT' }),
        {
          Count: 3,
          ScannedCount: 3,
          ConsumedCapacity: { TableName, CapacityUnits: 0.5, Table: { CapacityUnits: 0 }, GlobalSecondaryIndexes: { byColor: { CapacityUnits: 0.5 } } },
        },
      ],
    ],
  },
]

// A table for tests: partition key `list` (S), sort key `due` (N), and whatever a test wants otherwise.
import type { IndexSchema, TableSchema } from '../../src/model/table.ts'

export function exampleTable(changes: Partial<TableSchema> = {}): TableSchema {
  return {
    id: 1,
    uuid: '00000000-0000-4000-8000-000000000001',
    name: 'Tasks',
    partitionKey: { name: 'list', type: 'S' },
    sortKey: { name: 'due', type: 'N' },
    indexes: [],
    nextIndexId: 1,
    status: 'ACTIVE',
    billingMode: 'PAY_PER_REQUEST',
    createdAt: 0,
    ...changes,
  }
}

export function exampleIndex(changes: Partial<IndexSchema> = {}): IndexSchema {
  return {
    id: 1,
    name: 'byOwner',
    kind: 'GLOBAL',
    partitionKeys: [{ name: 'owner', type: 'S' }],
    sortKeys: [],
    projection: { type: 'ALL' },
    status: 'ACTIVE',
    ...changes,
  }
}

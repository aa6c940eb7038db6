// All operations by name. One line each: the file has the rest.
// `execute` finds them here; operations that use another's parts import its file, never this one.
import type { Operation } from '../operation.ts'
import { batchExecuteStatement } from './batch-execute-statement.ts'
import { batchGetItem } from './batch-get-item.ts'
import { batchWriteItem } from './batch-write-item.ts'
import { bulkWrite } from './bulk-write.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'
import { createTable } from './create-table.ts'
import { declareTable } from './declare-table.ts'
import { deleteItem } from './delete-item.ts'
import { deleteTable } from './delete-table.ts'
import { describeBulkOperation } from './describe-bulk-operation.ts'
import { describeTable } from './describe-table.ts'
import { executeStatement } from './execute-statement.ts'
import { executeTransaction } from './execute-transaction.ts'
import { getItem } from './get-item.ts'
import { listBulkOperations } from './list-bulk-operations.ts'
import { listTables } from './list-tables.ts'
import { putItem } from './put-item.ts'
import { query } from './query.ts'
import { scan } from './scan.ts'
import { searchVectors } from './search-vectors.ts'
import { startBulkPutItems } from './start-bulk-put-items.ts'
import { transactCommit } from './transact-commit.ts'
import { transactGetItems } from './transact-get-items.ts'
import { transactWriteItems } from './transact-write-items.ts'
import { updateItem } from './update-item.ts'
import { updateTable } from './update-table.ts'

/** Inputs and outputs are checked by each operation itself: what arrives came over a wire. */
export type AnyOperation = Operation<never, object>

const all: readonly AnyOperation[] = [
  batchExecuteStatement,
  batchGetItem,
  batchWriteItem,
  bulkWrite,
  cancelBulkOperation,
  createTable,
  declareTable,
  deleteItem,
  deleteTable,
  describeBulkOperation,
  describeTable,
  executeStatement,
  executeTransaction,
  getItem,
  listBulkOperations,
  listTables,
  putItem,
  query,
  scan,
  searchVectors,
  startBulkPutItems,
  transactCommit,
  transactGetItems,
  transactWriteItems,
  updateItem,
  updateTable,
]

const byName: ReadonlyMap<string, AnyOperation> = new Map(all.map((operation) => [operation.name, operation]))

export function getOperation(name: string): AnyOperation | undefined {
  return byName.get(name)
}

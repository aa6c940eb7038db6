// All operations by name. One line each: the file has the rest.
// `execute` finds them here; operations that use another's parts import its file, never this one.
import type { Operation } from '../operation.ts'
import { batchExecuteStatement } from './batch-execute-statement.ts'
import { batchGetItem } from './batch-get-item.ts'
import { batchWriteItem } from './batch-write-item.ts'
import { bulkWrite } from './bulk-write.ts'
import { cancelBulkOperation } from './cancel-bulk-operation.ts'
import { createBackup } from './create-backup.ts'
import { createGlobalTable } from './create-global-table.ts'
import { wellFormed } from '../well-formed.ts'
import { createTable } from './create-table.ts'
import { declareTable } from './declare-table.ts'
import { deleteBackup } from './delete-backup.ts'
import { deleteItem } from './delete-item.ts'
import { deleteResourcePolicy } from './delete-resource-policy.ts'
import { deleteTable } from './delete-table.ts'
import { describeBackup } from './describe-backup.ts'
import { describeBulkOperation } from './describe-bulk-operation.ts'
import { describeContinuousBackups } from './describe-continuous-backups.ts'
import { describeContributorInsights } from './describe-contributor-insights.ts'
import { describeEndpoints } from './describe-endpoints.ts'
import { describeExport } from './describe-export.ts'
import { describeGlobalTable } from './describe-global-table.ts'
import { describeGlobalTableSettings } from './describe-global-table-settings.ts'
import { describeImport } from './describe-import.ts'
import { describeKinesisStreamingDestination } from './describe-kinesis-streaming-destination.ts'
import { describeLimits } from './describe-limits.ts'
import { describeTable } from './describe-table.ts'
import { describeTableReplicaAutoScaling } from './describe-table-replica-auto-scaling.ts'
import { describeTimeToLive } from './describe-time-to-live.ts'
import { disableKinesisStreamingDestination } from './disable-kinesis-streaming-destination.ts'
import { enableKinesisStreamingDestination } from './enable-kinesis-streaming-destination.ts'
import { executeStatement } from './execute-statement.ts'
import { executeTransaction } from './execute-transaction.ts'
import { exportTableToPointInTime } from './export-table-to-point-in-time.ts'
import { getItem } from './get-item.ts'
import { getResourcePolicy } from './get-resource-policy.ts'
import { importTable } from './import-table.ts'
import { listBackups } from './list-backups.ts'
import { listBulkOperations } from './list-bulk-operations.ts'
import { listContributorInsights } from './list-contributor-insights.ts'
import { listExports } from './list-exports.ts'
import { listGlobalTables } from './list-global-tables.ts'
import { listImports } from './list-imports.ts'
import { listTables } from './list-tables.ts'
import { listTagsOfResource } from './list-tags-of-resource.ts'
import { putItem } from './put-item.ts'
import { putResourcePolicy } from './put-resource-policy.ts'
import { query } from './query.ts'
import { restoreTableFromBackup } from './restore-table-from-backup.ts'
import { restoreTableToPointInTime } from './restore-table-to-point-in-time.ts'
import { scan } from './scan.ts'
import { searchVectors } from './search-vectors.ts'
import { startBulkPutItems } from './start-bulk-put-items.ts'
import { tagResource } from './tag-resource.ts'
import { transactCommit } from './transact-commit.ts'
import { transactGetItems } from './transact-get-items.ts'
import { transactWriteItems } from './transact-write-items.ts'
import { untagResource } from './untag-resource.ts'
import { updateContinuousBackups } from './update-continuous-backups.ts'
import { updateContributorInsights } from './update-contributor-insights.ts'
import { updateGlobalTableSettings } from './update-global-table-settings.ts'
import { updateGlobalTable } from './update-global-table.ts'
import { updateItem } from './update-item.ts'
import { updateKinesisStreamingDestination } from './update-kinesis-streaming-destination.ts'
import { updateTableReplicaAutoScaling } from './update-table-replica-auto-scaling.ts'
import { updateTable } from './update-table.ts'
import { updateTimeToLive } from './update-time-to-live.ts'

/** Inputs and outputs are checked by each operation itself: what arrives came over a wire. */
export type AnyOperation = Operation<never, object>

const items: readonly AnyOperation[] = [
  batchExecuteStatement,
  batchGetItem,
  batchWriteItem,
  bulkWrite,
  declareTable,
  deleteItem,
  executeStatement,
  executeTransaction,
  getItem,
  putItem,
  query,
  scan,
  searchVectors,
  startBulkPutItems,
  transactCommit,
  transactGetItems,
  transactWriteItems,
  updateItem,
]

/** Operations on tables and settings: their requests are brought into shape first (well-formed.ts). */
const control: readonly AnyOperation[] = [
  cancelBulkOperation,
  createBackup,
  createGlobalTable,
  createTable,
  deleteBackup,
  deleteResourcePolicy,
  deleteTable,
  describeBackup,
  describeBulkOperation,
  describeContinuousBackups,
  describeContributorInsights,
  describeEndpoints,
  describeExport,
  describeGlobalTable,
  describeGlobalTableSettings,
  describeImport,
  describeKinesisStreamingDestination,
  describeLimits,
  describeTable,
  describeTableReplicaAutoScaling,
  describeTimeToLive,
  disableKinesisStreamingDestination,
  enableKinesisStreamingDestination,
  exportTableToPointInTime,
  getResourcePolicy,
  importTable,
  listBackups,
  listBulkOperations,
  listContributorInsights,
  listExports,
  listGlobalTables,
  listImports,
  listTables,
  listTagsOfResource,
  putResourcePolicy,
  restoreTableFromBackup,
  restoreTableToPointInTime,
  startBulkPutItems,
  tagResource,
  untagResource,
  updateContinuousBackups,
  updateContributorInsights,
  updateGlobalTable,
  updateGlobalTableSettings,
  updateKinesisStreamingDestination,
  updateTable,
  updateTableReplicaAutoScaling,
  updateTimeToLive,
]

function shaped(operation: AnyOperation): AnyOperation {
  return { ...operation, run: async (engine, input, context) => operation.run(engine, wellFormed<object>(input) as never, context) }
}

const byName: ReadonlyMap<string, AnyOperation> = new Map([...items, ...control.map(shaped)].map((operation) => [operation.name, operation]))

export function getOperation(name: string): AnyOperation | undefined {
  return byName.get(name)
}

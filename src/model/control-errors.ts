// DynamoDB's exceptions of the control plane and of the services over a table, by AWS's names. Apart from errors.ts,
// which is in the page's size budget; whoever rebuilds errors by name for these operations imports this file.
import { named } from './errors.ts'

export const BackupNotFoundException = named('BackupNotFoundException')
export const BackupInUseException = named('BackupInUseException')
export const ContinuousBackupsUnavailableException = named('ContinuousBackupsUnavailableException')
export const ExportNotFoundException = named('ExportNotFoundException')
export const ExportConflictException = named('ExportConflictException')
export const GlobalTableNotFoundException = named('GlobalTableNotFoundException')
export const ImportNotFoundException = named('ImportNotFoundException')
export const ImportConflictException = named('ImportConflictException')
export const InvalidExportTimeException = named('InvalidExportTimeException')
export const InvalidRestoreTimeException = named('InvalidRestoreTimeException')
export const PointInTimeRecoveryUnavailableException = named('PointInTimeRecoveryUnavailableException')
export const PolicyNotFoundException = named('PolicyNotFoundException')
export const TableAlreadyExistsException = named('TableAlreadyExistsException')

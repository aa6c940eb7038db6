// ARNs of backups, exports and imports, which end `table/<name>/<kind>/<id>`. There is none of the kind yet in this
// database, so the checks are of form only; texts as AWS answers them (lab findings DDB-EXPORT-006, DDB-BACKUP-012).
import { AccessDeniedException, ValidationException } from '../model/errors.ts'

const TITLES = { backup: 'Backup', export: 'Export', import: 'Import' } as const
export type ServiceKind = keyof typeof TITLES

/** Throws ValidationException for what is no such ARN, AccessDeniedException for another account's. */
export function checkServiceArn(kind: ServiceKind, arn: string): void {
  const [scheme, , service, , account, ...rest] = arn.split(':')
  const [type, tableName, found, id] = rest.join(':').split('/')
  if (scheme !== 'arn' || service !== 'dynamodb' || type !== 'table' || tableName === undefined || found !== kind || id === undefined || id === '') {
    throw new ValidationException(`Invalid ${TITLES[kind]} ARN`)
  }
  if (account !== '000000000000') throw new AccessDeniedException('Access is denied')
}

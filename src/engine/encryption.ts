// SSESpecification: checked as AWS does (lab findings DDB-TABLE-036, -044, -437), and refused where the application has
// given no key: nothing here encrypts without one, and a description that says so would be a lie.
import { ValidationException } from '../model/errors.ts'
import type { EngineOptions } from './engine-options.ts'
import type { TableRow } from './table-row.ts'
import type { SSESpecification } from './table-shapes.ts'

const INVALID = 'One or more parameter values were invalid: '
const DEFAULT_KEY = 'arn:aws:kms:local:000000000000:alias/aws/dynamodb'

/** What can be refused by looking at the request alone. Throws ValidationException. */
export function checkEncryption({ Enabled: enabled, SSEType: type, KMSMasterKeyId: key }: SSESpecification): void {
  if (enabled === false) {
    if (type !== undefined) throw new ValidationException(`${INVALID}SSEType can not be specified if Enabled is false`)
    if (key !== undefined) throw new ValidationException(`${INVALID}KMSMasterKeyId can not be specified if Enabled is false`)
  }
  if (type === 'AES256') throw new ValidationException(`${INVALID}SSEType AES256 is not supported`)
  if (key !== undefined && type === undefined) throw new ValidationException(`${INVALID}SSEType KMS is required if KMSMasterKeyId is specified`)
}

/** ARN of the key that a new table is encrypted with; undefined without SSESpecification. Throws ValidationException. */
export function encryptionKeyOf(sse: SSESpecification | undefined, options: EngineOptions): string | undefined {
  if (sse === undefined || !(sse.Enabled ?? sse.SSEType === 'KMS')) return undefined
  const { encryptionKeyArn: known } = options
  const asked = sse.KMSMasterKeyId ?? known ?? DEFAULT_KEY
  if (known === undefined || !(asked === known || known.endsWith(`/${asked}`))) throw noSuchKey(asked)
  return known
}

function noSuchKey(key: string): ValidationException {
  const what = key.includes('alias/') ? `Alias ${key} is not found.` : `Key '${key}' does not exist`
  return new ValidationException(
    `KMS validation error: com.amazonaws.services.kms.model.NotFoundException: ${what} ` +
      '(Service: AWSKMS; Status Code: 400; Error Code: NotFoundException; Proxy: null)',
  )
}

/** UpdateTable. Throws ValidationException. */
export function withEncryption(row: TableRow, sse: SSESpecification | undefined, options: EngineOptions): TableRow {
  if (sse === undefined) return row
  const { encryptionKeyArn: before, ...rest } = row
  const after = encryptionKeyOf(sse, options)
  if (after === undefined && before === undefined) throw new ValidationException(`${INVALID}Table is already encrypted by default`)
  if (after !== undefined && after === before && sse.KMSMasterKeyId !== undefined) {
    throw new ValidationException(
      `${INVALID}Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want to change Master Key`,
    )
  }
  return after === undefined ? rest : { ...rest, encryptionKeyArn: after }
}

// ARNs that requests name: a table's or a stream's of it. Texts as AWS answers them (lab findings DDB-TABLE-212, -442).
// Region and account are `local` and twelve zeros; every other one is somebody else's.
import { ValidationException } from '../model/errors.ts'

const INVALID = 'One or more parameter values were invalid: '
const REGION = 'local'
export const ACCOUNT = '000000000000'

export interface ResourceArn {
  readonly tableName: string
  /** Of a stream. */
  readonly streamLabel?: string
}

/** A well-formed ARN of a table of another account, wherever it is. */
export function isOthersTable(arn: string): boolean {
  const account = /^arn:aws:dynamodb:[a-z0-9-]+:(\d{12}):table\/./.exec(arn)?.[1]
  return account !== undefined && account !== ACCOUNT
}

/** Throws ValidationException. */
export function parseResourceArn(arn: string): ResourceArn {
  if (!arn.startsWith('arn:')) throw new ValidationException(`${INVALID}ARNs must start with 'arn:': ${arn}`)
  const [, partition, service, region, account, ...rest] = arn.split(':')
  // `table/<name>`, `table/<name>/stream/<label>`: labels have colons, not slashes.
  const [type, tableName, part, label] = rest.join(':').split('/')
  if (service !== 'dynamodb' || type !== 'table' || tableName === undefined || tableName === '') {
    throw new ValidationException(`${INVALID}Provided Arn is not a DynamoDB resource arn: ${arn}`)
  }
  if (part === 'backup' || part === 'export' || part === 'import') {
    throw new ValidationException(`${INVALID}Provided Arn is not a DynamoDB resource arn: ${arn}`)
  }
  if (partition !== 'aws' || region !== REGION) throw new ValidationException(`${INVALID}Invalid resource Arn: ${arn}`)
  if (account !== ACCOUNT) {
    throw new ValidationException('This action is only supported by accounts that match the resource owner’s account.')
  }
  if (part === undefined) return { tableName }
  if (part === 'stream' && label !== undefined) return { tableName, streamLabel: label }
  throw new ValidationException(`${INVALID}Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ${arn}`)
}

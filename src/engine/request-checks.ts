// How operations on items refuse a request before they look for its table. Since 2026 AWS checks PutItem, UpdateItem and
// DeleteItem in a framework that puts every refusal into the envelope `1 validation error detected: …`; GetItem,
// BatchGetItem and Query say the same without it; BatchWriteItem, Scan and transactions have older wordings (the latter two
// in 29 and 30 of 33 Regions in October 2026, us-east-1 among them; hence the two texts of Limit 0).
// (Findings: paritysuite/dynamodb-conformance, tests/tier3 and captures, eu-west-2 and us-east-1, June to October 2026.)
import type { AttributeValue } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import { currentWording } from '../model/value-wording.ts'
import type { RequestContext } from './request-context.ts'

const ENVELOPED = /^[0-9]+ validation errors? detected: /
const VALUE_WRAPPER = /^ExpressionAttributeValues contains invalid value: (.*) for key :[0-9A-Za-z_]+$/s

/** Who words a refusal. */
export type Wording = 'enveloped' | 'current' | 'older'

/** Runs checks; their ValidationExceptions come out in the operation's wording. */
export function worded<Result>(wording: Wording, run: () => Result): Result {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error
    throw reworded(wording, error)
  }
}

/** Whether a refusal says which value of an expression it means, as the older wording does. */
export function namesValue(message: string): boolean {
  return VALUE_WRAPPER.test(message)
}

/** Throws what the edge found to be no attribute value, where AWS would: once the members have been checked. */
export function refuseInvalidValue({ invalidValue }: Pick<RequestContext, 'invalidValue'>): void {
  if (invalidValue !== undefined) throw invalidValue
}

/** Throws what the edge found in these values, one after the other, if it was anything. */
export function lookInto(values: Iterable<AttributeValue> | undefined): void {
  for (const value of values ?? []) {
    if (typeof value === 'object' && value !== null && 'M' in value) void value.M
  }
}

/** Who words the refusals of PutItem, UpdateItem and DeleteItem. */
export function writeWording({ isDeep }: Pick<RequestContext, 'isDeep'>): Wording {
  return isDeep === true ? 'older' : 'enveloped'
}

/** `N validation errors detected: …`; nothing for none. Throws ValidationException. */
export function refuseAll(failures: readonly string[]): void {
  if (failures.length === 0) return
  throw new ValidationException(`${failures.length} validation error${failures.length === 1 ? '' : 's'} detected: ${failures.join('; ')}`)
}

/** One failure of a member that is named without its value: `Limit`, `RequestItems`. */
export function memberFailure(member: string, constraint: string): string {
  return `Value at '${member}' failed to satisfy constraint: ${constraint}`
}

/** AWS stops at an empty TableName, which it names without its value. Throws ValidationException. */
export function refuseEmptyTableName(tableName: unknown): void {
  if (tableName === '') refuseAll([memberFailure('TableName', 'Member must have length greater than or equal to 1')])
}

function reworded(wording: Wording, error: ValidationException): ValidationException {
  if (wording === 'older') return new ValidationException(error.message)
  const wrapped = VALUE_WRAPPER.exec(error.message)
  const current = currentWording(error)
  const message = current === error.message ? (wrapped?.[1] ?? current) : current
  if (wording === 'current' || ENVELOPED.test(message)) return new ValidationException(message)
  return new ValidationException(`1 validation error detected: ${message}`)
}

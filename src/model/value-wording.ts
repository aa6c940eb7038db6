// Refusals of attribute values that DynamoDB words in two ways: one layer of it checks the values of PutItem, UpdateItem,
// DeleteItem, GetItem, BatchGetItem and Query ("current"), an older one those of BatchWriteItem, Scan and transactions.
// The exception says it in the older way and carries the current one as a field, so that it survives being sent.
// (Findings: paritysuite/dynamodb-conformance, tests/tier3/error-messages/valueLayers.test.ts, October 2026.)
import { ValidationException } from './errors.ts'

interface WordedException extends ValidationException {
  readonly currentWording?: string
}

export function valueError(older: string, current: string): ValidationException {
  const wording = { currentWording: current }
  return new ValidationException(older, wording)
}

/** What the current layer says; the message itself where both say the same. */
export function currentWording(error: ValidationException): string {
  return (error as WordedException).currentWording ?? error.message
}

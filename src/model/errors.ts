// Holdfast's exceptions: AWS's names, fields and message texts, and a few of our own for storage and the host.
// They cross worker boundaries as `ErrorData` and are rebuilt by name, so `instanceof` holds on both sides.
// `name`, `fault` and `retryable` live on the prototypes: an instance owns only its fields, which are what travels.
// In the page's size budget: keep it small and free of imports.

/** An exception on its way: own fields as plain JSON, items as compact attribute maps. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  readonly fields?: { readonly [name: string]: unknown }
}

/** An item in an exception: an `Item` in the engine, a compact map once it has travelled, native values at the client's door. */
export type ExceptionItem = { readonly [name: string]: unknown }
/** Item (item.ts) as far as exceptions know it: items know exceptions. */
export interface ItemSource {
  toJSON(): object
}

/** What an exception is made from, beside its message. */
export type ExceptionDetails<Fields = object> = Fields & { readonly cause?: unknown }

export class HoldfastException<Fields extends object = object> extends Error {
  constructor(message?: string, details?: ExceptionDetails<Fields>) {
    const { cause, ...fields }: ExceptionDetails = details ?? {}
    super(message, cause === undefined ? undefined : { cause })
    Object.assign(this, fields)
  }
  override get name(): string {
    return 'HoldfastException'
  }
  /** Who has to change something: the caller or the database. */
  get fault(): 'client' | 'server' {
    return 'client'
  }
  /** The same request may succeed if it is simply sent again. */
  get retryable(): boolean {
    return false
  }
}

type ExceptionClass = new (message: string | undefined, details: never) => HoldfastException
/** By name: what `errorFromData` rebuilds from. */
const exceptions = new Map<string, ExceptionClass>()

/** A class with nothing of its own but a name; `errorFromData` knows it from then on (control-errors.ts and stream-errors.ts have more). */
export function named<const Name extends string>(name: Name, retryable = false) {
  const Exception = class extends HoldfastException {
    override get name(): Name {
      return name
    }
    override get retryable(): boolean {
      return retryable
    }
  }
  exceptions.set(name, Exception)
  return Exception
}

/** The request itself is wrong. */
export const ValidationException = named('ValidationException')
export type ValidationException = InstanceType<typeof ValidationException>
/** The request's JSON does not have the shape of the operation's input. */
export const SerializationException = named('SerializationException')
export type SerializationException = InstanceType<typeof SerializationException>
export class ConditionalCheckFailedException extends HoldfastException {
  /** With ReturnValuesOnConditionCheckFailure. */
  declare readonly item?: ExceptionItem
  constructor(message = 'The conditional request failed', details?: ExceptionDetails<{ readonly item?: ExceptionItem | ItemSource }>) {
    super(message, details)
  }
  override get name() {
    return 'ConditionalCheckFailedException' as const
  }
}
export const ResourceNotFoundException = named('ResourceNotFoundException')
export type ResourceNotFoundException = InstanceType<typeof ResourceNotFoundException>
export const ResourceInUseException = named('ResourceInUseException')
export type ResourceInUseException = InstanceType<typeof ResourceInUseException>
export const TableNotFoundException = named('TableNotFoundException')
export type TableNotFoundException = InstanceType<typeof TableNotFoundException>

/** Why one action of a transaction failed; code `None` where it didn't. */
export interface CancellationReason {
  readonly code: string
  readonly message?: string
  readonly item?: ExceptionItem | ItemSource
}
/** One reason per action, in the order of the request. */
export class TransactionCanceledException extends HoldfastException {
  declare readonly cancellationReasons: readonly CancellationReason[]
  constructor(message: string | undefined, details: ExceptionDetails<{ readonly cancellationReasons: readonly CancellationReason[] }>) {
    const codes = details.cancellationReasons.map((reason) => reason.code).join(', ')
    super(message ?? `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`, details)
  }
  override get name() {
    return 'TransactionCanceledException' as const
  }
}
export const TransactionConflictException = named('TransactionConflictException', true)
export type TransactionConflictException = InstanceType<typeof TransactionConflictException>
export const TransactionInProgressException = named('TransactionInProgressException', true)
export type TransactionInProgressException = InstanceType<typeof TransactionInProgressException>
/** A ClientRequestToken came again with another request. */
export const IdempotentParameterMismatchException = named('IdempotentParameterMismatchException')
export type IdempotentParameterMismatchException = InstanceType<typeof IdempotentParameterMismatchException>
export const ItemCollectionSizeLimitExceededException = named('ItemCollectionSizeLimitExceededException')
export type ItemCollectionSizeLimitExceededException = InstanceType<typeof ItemCollectionSizeLimitExceededException>
export const DuplicateItemException = named('DuplicateItemException')
export type DuplicateItemException = InstanceType<typeof DuplicateItemException>
export const AccessDeniedException = named('AccessDeniedException')
export type AccessDeniedException = InstanceType<typeof AccessDeniedException>
export const LimitExceededException = named('LimitExceededException', true)
export type LimitExceededException = InstanceType<typeof LimitExceededException>

/** Which limit of which table or index throttled a request. */
export interface ThrottlingReason {
  readonly reason: string
  readonly resource: string
}
class ThrottledException extends HoldfastException<{ readonly throttlingReasons?: readonly ThrottlingReason[] }> {
  declare readonly throttlingReasons?: readonly ThrottlingReason[]
  override get retryable() {
    return true
  }
}
export class ProvisionedThroughputExceededException extends ThrottledException {
  override get name() {
    return 'ProvisionedThroughputExceededException' as const
  }
}
export class RequestLimitExceeded extends ThrottledException {
  override get name() {
    return 'RequestLimitExceeded' as const
  }
}
export class ThrottlingException extends ThrottledException {
  override get name() {
    return 'ThrottlingException' as const
  }
}

/** Something broke on our side; `cause` says what, where it did not cross a worker boundary. */
export class InternalServerError extends HoldfastException {
  override get name() {
    return 'InternalServerError' as const
  }
  override get fault() {
    return 'server' as const
  }
  override get retryable() {
    return true
  }
}

/** The origin's storage quota is used up: growth is refused, deletes go on (S7). */
export const QuotaExceededException = named('QuotaExceededException')
export type QuotaExceededException = InstanceType<typeof QuotaExceededException>

/**
 * UNAVAILABLE: can't be opened or was lost; BLOCKED: an old tab holds an older version open; TIMEOUT: no answer;
 * VERSION_CHANGED: a newer release wants the database; CLOSED: by us; LEASE_LOST: another host took over (S5);
 * DAMAGED: a checksum or format is wrong; UNKNOWN_OUTCOME: lost before the commit was confirmed or refused;
 * LOST: the browser threw everything away and the database began anew: a notice, not a failure.
 */
export type StorageReason =
  | 'UNAVAILABLE'
  | 'BLOCKED'
  | 'TIMEOUT'
  | 'VERSION_CHANGED'
  | 'CLOSED'
  | 'LEASE_LOST'
  | 'DAMAGED'
  | 'UNKNOWN_OUTCOME'
  | 'LOST'

export interface StorageFields {
  readonly reason: StorageReason
  /** The damaged table, where it is known. */
  readonly tableId?: number
  readonly detail?: string
}
export class StorageException extends HoldfastException {
  declare readonly reason: StorageReason
  declare readonly tableId?: number
  declare readonly detail?: string
  // oxlint-disable-next-line no-useless-constructor -- makes the reason mandatory
  constructor(message: string | undefined, details: ExceptionDetails<StorageFields>) {
    super(message, details)
  }
  override get name() {
    return 'StorageException' as const
  }
  override get fault() {
    return 'server' as const
  }
  override get retryable() {
    return !['CLOSED', 'DAMAGED', 'UNKNOWN_OUTCOME', 'LOST'].includes(this.reason)
  }
}
/** Page and host are of different releases: reload the page. */
export const UpdateRequiredException = named('UpdateRequiredException')
export type UpdateRequiredException = InstanceType<typeof UpdateRequiredException>
/** A request came again after its answer was forgotten: it was not applied a second time (T1). */
export const RequestExpiredException = named('RequestExpiredException')
export type RequestExpiredException = InstanceType<typeof RequestExpiredException>

for (const Exception of [
  ConditionalCheckFailedException,
  TransactionCanceledException,
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
  InternalServerError,
  StorageException,
]) {
  exceptions.set(Exception.prototype.name, Exception)
}

/** Any thrown value as data; what is not ours becomes an InternalServerError with its message. */
export function errorToData(error: unknown): ErrorData {
  if (!(error instanceof HoldfastException)) {
    return { name: 'InternalServerError', message: error instanceof Error ? error.message : String(error) }
  }
  const { name, message } = error
  // Through JSON, so that an Item becomes its attributes (toJSON).
  const fields = JSON.stringify(error)
  return fields === '{}' ? { name, message } : { name, message, fields: JSON.parse(fields) }
}

/** The exception that `data` tells of. An unknown name becomes an InternalServerError that mentions it. */
export function errorFromData({ name, message, fields }: ErrorData): HoldfastException {
  const Exception = exceptions.get(name) as (new (message: string, details: unknown) => HoldfastException) | undefined
  return Exception ? new Exception(message, fields) : new InternalServerError(`${name}: ${message}`)
}

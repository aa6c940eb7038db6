// The public API of the package `holdfast`: its only barrel. What is neither here nor under a subpath is not public.
// With all that it imports it stays under 10 KB gzipped (test/client/size.test.ts).
export {
  ANY,
  B,
  BOOL,
  BS,
  L,
  M,
  N,
  NS,
  NULL,
  S,
  SS,
  TEXT,
  type Attribute,
  type Attributes,
  type NativeAttributeValue,
  type NumberMode,
  type Presence,
  type StoredItem,
  type TypeCode,
} from './client/attribute.ts'
export { type BatchWriteOptions } from './client/batch.ts'
export {
  and,
  attributeExists,
  attributeNotExists,
  attributeType,
  beginsWith,
  between,
  contains,
  eq,
  ge,
  gt,
  isIn,
  le,
  lt,
  ne,
  not,
  or,
  path,
  raw,
  size,
  type BeginsWith,
  type Combined,
  type Condition,
  type Contains,
  type Existence,
  type OfType,
  type Operator,
  type RawExpression,
  type Reference,
  type Size,
} from './client/condition.ts'
export { openDatabase, type Database, type DatabaseOptions, type DatabaseStatus } from './client/database.ts'
export {
  table,
  type GlobalTableKind,
  type IndexDefinition,
  type Item,
  type Key,
  type LocalIndexDefinition,
  type NewItem,
  type StreamViewType,
  type TableDefinition,
  type TableShape,
} from './client/definition.ts'
export { type Live, type Observer, type Subscription } from './client/live.ts'
export { type Change, type LiveItems } from './client/live-query.ts'
export { NumberValue } from './client/number-value.ts'
export { type Operations } from './client/operations.ts'
export { type Path, type PathValue } from './client/path.ts'
export { type Page, type PageOptions, type Queries, type Query, type QueryOptions, type ScanOptions } from './client/query.ts'
export {
  capacityMeter,
  type CapacityMeter,
  type Durability,
  type ReadOptions,
  type RequestOptions,
  type WriteOptions,
} from './client/request-options.ts'
export { type DatabaseStorage, type StorageStatus } from './client/storage-status.ts'
export { type StreamOptions, type StreamRecord, type TriggerOptions } from './client/stream.ts'
export { type Table } from './client/table.ts'
export { type Transaction, type TransactOptions } from './client/transaction.ts'
export { ifNotExists, listAppend, listPrepend, plus, type Assignment, type Update } from './client/update.ts'
export {
  AccessDeniedException,
  ConditionalCheckFailedException,
  HoldfastException,
  IdempotentParameterMismatchException,
  InternalServerError,
  ItemCollectionSizeLimitExceededException,
  LimitExceededException,
  ProvisionedThroughputExceededException,
  QuotaExceededException,
  RequestExpiredException,
  ResourceInUseException,
  ResourceNotFoundException,
  SerializationException,
  StorageException,
  ThrottlingException,
  TransactionCanceledException,
  TransactionConflictException,
  UpdateRequiredException,
  ValidationException,
  type CancellationReason,
} from './model/errors.ts'

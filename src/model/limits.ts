// DynamoDB's limits, by the names of the things they bound (Developer Guide: Constraints, ServiceQuotas).
// Sizes are in bytes; one KB is 1,024 bytes.

/** Item with attribute names; with LSIs, the item plus its LSI entries. */
export const MAX_ITEM_BYTES = 400 * 1024
export const MAX_PARTITION_KEY_BYTES = 2048
export const MAX_SORT_KEY_BYTES = 1024
/** Levels of values in one attribute, itself the first; and levels of an expression. */
export const MAX_NESTING_LEVELS = 32

export const MIN_TABLE_NAME_LENGTH = 3
export const MAX_TABLE_NAME_LENGTH = 255
export const MAX_ATTRIBUTE_NAME_BYTES = 64 * 1024 - 1
/** Names of key attributes and of projected ones. */
export const MAX_KEY_NAME_BYTES = 255

export const MAX_NUMBER_DIGITS = 38
/** Exponents of the first digit: 1e-130 to 9.99…e125. */
export const MIN_NUMBER_EXPONENT = -130
export const MAX_NUMBER_EXPONENT = 125

export const MAX_EXPRESSION_BYTES = 4096
export const MAX_PLACEHOLDER_BYTES = 255
export const MAX_EXPRESSION_PARAMETER_BYTES = 2 * 1024 * 1024
export const MAX_EXPRESSION_OPERATORS = 300
export const MAX_IN_OPERANDS = 100

export const MAX_BATCH_GET_KEYS = 100
export const MAX_BATCH_GET_BYTES = 16 * 1024 * 1024
export const MAX_BATCH_GET_PARTITION_BYTES = 1024 * 1024
export const MAX_BATCH_WRITE_REQUESTS = 25
export const MAX_BATCH_WRITE_BYTES = 16 * 1024 * 1024
export const MAX_TRANSACTION_ITEMS = 100
export const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
/** A ClientRequestToken is remembered this long after completion. */
export const REQUEST_TOKEN_LIFETIME_MS = 10 * 60 * 1000

/** PartiQL: characters of a statement, and statements of a batch; a transaction has as many as any other. */
export const MAX_STATEMENT_LENGTH = 8192
export const MAX_BATCH_STATEMENTS = 25
export const MAX_NEXT_TOKEN_LENGTH = 32_768

/** A page of Query or Scan ends past this many evaluated bytes. */
export const MAX_PAGE_BYTES = 1024 * 1024
export const MAX_SCAN_SEGMENTS = 1_000_000

export const MAX_LOCAL_INDEXES = 5
export const MAX_GLOBAL_INDEXES = 20
export const MAX_VECTOR_INDEXES = 5
export const MAX_VECTOR_DIMENSIONS = 4096
/** Beside one HASH (AWS page: VectorSearchWorkingWith). */
export const MAX_INLINE_FILTERS = 18
export const MAX_SEARCH_RESULTS = 100
export const MAX_SEARCH_BYTES = 16 * 1024 * 1024
/** Less is metered as this much, by writes and by searches. */
export const MIN_VECTOR_REQUEST_BYTES = 1024
export const MAX_INDEX_PARTITION_KEYS = 4
export const MAX_INDEX_SORT_KEYS = 4
export const MAX_INCLUDED_ATTRIBUTES = 20
/** Over all indexes of a table; a name in two indexes counts twice. */
export const MAX_INCLUDED_ATTRIBUTES_PER_TABLE = 100
/** A partition key's items in the table and its LSIs. */
export const MAX_ITEM_COLLECTION_BYTES = 10 * 1024 * 1024 * 1024

export const READ_UNIT_BYTES = 4096
export const WRITE_UNIT_BYTES = 1024

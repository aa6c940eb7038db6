// What page and worker agree on beyond the engine's operations: a table's definition as it travels, and `send`.
// In the page's size budget: types and constants only.

/** Behind an operation's name: input and output are one compact value each, of the document client's shapes. */
export const DOCUMENT = '/document'

/** Behind an operation's name: the input is a WireMessage, the output a WireAnswerMessage. */
export const WIRE = '/wire'

/** A request in DynamoDB's own JSON, as AWS's SDK makes it. */
export interface WireMessage {
  /** The header X-Amz-Target. */
  readonly Target: string
  readonly Body: string
}
/** What is no fault of ours is answered here too. */
export interface WireAnswerMessage {
  readonly Status: number
  readonly Body: string
}

/** An operation without input: deletes all tables and what they stored. */
export const ERASE = 'EraseDatabase'

/** Without input, read: what the store holds, as StoreStatistics. A browser's estimate leaves out what is in open files. */
export const DESCRIBE_STORAGE = 'DescribeStorage'

/** Likewise: the notice that the browser threw everything away is not wanted any more. */
export const DISMISS_LOSS = 'DismissLoss'

type Names = string | readonly string[]
export interface IndexMessage {
  /** Local indexes have the table's. */
  readonly partitionKey?: Names
  readonly sortKey?: Names
  readonly projection?: 'ALL' | 'KEYS_ONLY' | readonly string[]
}
/** A table definition without what only the page needs. */
export interface DefinitionMessage {
  readonly tableName: string
  readonly partitionKey: string
  readonly sortKey?: string
  /** Type code by name: key attributes are S, N or B. */
  readonly types: { readonly [attribute: string]: string }
  readonly globalSecondaryIndexes?: { readonly [index: string]: IndexMessage }
  readonly localSecondaryIndexes?: { readonly [index: string]: IndexMessage }
  readonly timeToLive?: string
  readonly streamViewType?: string
  readonly pointInTimeRecovery?: boolean
}
/** DeclareTable's input from the page. */
export interface DeclareTableMessage {
  readonly Definition: DefinitionMessage
}

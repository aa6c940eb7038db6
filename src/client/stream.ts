// Types of change streams and triggers: what a table that declares `streamViewType` will offer.
// Types only: the services behind them come later, and `stream` and `trigger` are not there at run time yet.
import type { Condition } from './condition.ts'
import type { TableShape } from './definition.ts'

type ImageOf<T, W, Views> = [W] extends [Views] ? T : never
export interface StreamRecord<T, K, W> {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly keys: K
  readonly newImage?: ImageOf<T, W, 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES'>
  readonly oldImage?: ImageOf<T, W, 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'>
  readonly sequenceNumber: string
  readonly approximateCreationDateTime: Date
  readonly origin: 'LOCAL' | 'REPLICATED'
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}
export interface StreamOptions {
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST'
  readonly afterSequenceNumber?: string
  readonly signal?: AbortSignal
}
export interface TriggerOptions<T> {
  /** Default LOCAL: a replicated change reaches every device's stream, so ANY runs once per device. */
  readonly origin?: 'LOCAL' | 'ANY'
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST'
  readonly batchSize?: number
  readonly maximumBatchingWindowInSeconds?: number
  readonly maximumRetryAttempts?: number
  readonly bisectBatchOnFunctionError?: boolean
  readonly filter?: Condition<T>
}
type RecordOf<T extends TableShape> = StreamRecord<T['read'], T['key'], T['stream']>
export type StreamOf<T extends TableShape> = [T['stream']] extends [never]
  ? 'declare streamViewType first'
  : (options?: StreamOptions) => AsyncIterable<RecordOf<T>>
export type TriggerOf<T extends TableShape> = [T['stream']] extends [never]
  ? 'declare streamViewType first'
  : (
      name: string,
      options: TriggerOptions<T['read']>,
      handler: (records: readonly RecordOf<T>[], context: { readonly signal: AbortSignal }) => Promise<void>,
    ) => Disposable

// What whoever opens an engine may choose, beyond the store and the environment.
// Every member has a default that suits a database in a page.
import type { Buckets } from './bucket.ts'

/**
 * How long states such as CREATING and UPDATING last. `instant`: the answer that begins one tells it, the next request
 * finds it passed. `short`: some milliseconds, so that waiters see it move. `served`: the same, but a vector index that is
 * added to a table is under way for seconds, so that pollers see both of its phases (for the hub). `aws`: seconds as on
 * AWS, and AWS's cooldowns and daily budgets (FACTS: capacity) apply.
 */
export type Timing = 'instant' | 'short' | 'served' | 'aws'

export interface EngineOptions {
  /** Where bulk operations read and write; none by default. */
  readonly buckets?: Buckets
  /** Default: `short`. */
  readonly timing?: Timing
  /**
   * The application's key, as the ARN that SSEDescription shows. Without one there is nothing that could encrypt, and
   * SSESpecification with Enabled is refused as AWS refuses a key that does not exist.
   */
  readonly encryptionKeyArn?: string
  /** Host and port that DescribeEndpoints answers with. */
  readonly endpointAddress?: string
  /** False: provisioned tables and on-demand maxima never throttle. Default: they do, with 300 s of burst credit. */
  readonly throttling?: boolean
}

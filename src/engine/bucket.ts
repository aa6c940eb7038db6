// What stands for an S3 bucket: a registered place of objects under keys. The platform's adapters implement it (a directory
// at the hub, memory in tests); operations name buckets, and an unregistered name is S3NoSuchBucket.

export interface BucketObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
}

/** What it rejects with fails the operation that uses it; the message is shown. */
export interface Bucket {
  /** Objects whose keys begin with the raw prefix, in any order. */
  list(prefix: string): AsyncIterable<BucketObject>
  /** The object's bytes, in chunks. Rejects where there is none. */
  read(key: string): AsyncIterable<Uint8Array>
  /** Makes or replaces the object, whole: a reader never sees a part of it. */
  write(key: string, bytes: Uint8Array): Promise<void>
}

/** By bucket name. */
export type Buckets = ReadonlyMap<string, Bucket>

// What stands for S3 at the hub: directories by bucket name, which operations read from and write to.
// Invariant: a registered bucket's directory existed when it was registered; unknown names are S3NoSuchBucket to who asks.
import { statSync } from 'node:fs'
import type { Buckets } from '../engine/bucket.ts'
import { DirectoryBucket } from './directory-bucket.ts'

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/i

/** Throws TypeError for a bad name or for what is no directory. */
export function directoryBuckets(directories: { readonly [name: string]: string }): Buckets {
  return new Map(
    Object.entries(directories).map(([name, directory]) => {
      if (!BUCKET_NAME.test(name)) throw new TypeError(`'${name}' is no bucket name: 3 to 63 letters, digits, dots and hyphens`)
      if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new TypeError(`The directory of bucket '${name}' does not exist: ${directory}`)
      }
      return [name, new DirectoryBucket(directory)]
    }),
  )
}

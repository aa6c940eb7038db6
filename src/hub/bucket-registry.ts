// What stands for S3 at the hub: directories by bucket name, which exports write to and imports read from.
// Invariant: a registered bucket's directory existed when it was registered; unknown names are S3NoSuchBucket to who asks.
import { statSync } from 'node:fs'
import { resolve } from 'node:path'

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/i

export class BucketRegistry {
  readonly #directories = new Map<string, string>()

  /** Throws TypeError for a bad name or for what is no directory. */
  constructor(buckets: { readonly [name: string]: string }) {
    for (const [name, directory] of Object.entries(buckets)) {
      if (!BUCKET_NAME.test(name)) throw new TypeError(`'${name}' is no bucket name: 3 to 63 letters, digits, dots and hyphens`)
      if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
        throw new TypeError(`The directory of bucket '${name}' does not exist: ${directory}`)
      }
      this.#directories.set(name, resolve(directory))
    }
  }

  get names(): readonly string[] {
    return [...this.#directories.keys()]
  }

  /** The absolute path, or undefined where there is no such bucket. */
  directoryOf(name: string): string | undefined {
    return this.#directories.get(name)
  }
}

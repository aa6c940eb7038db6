// A bucket in memory, for tests: objects come in small chunks, and reading may be held up or fail.
import type { Bucket, BucketObject } from '../../src/engine/bucket.ts'

export class MemoryBucket implements Bucket {
  readonly objects = new Map<string, Uint8Array>()
  /** Runs before each chunk. */
  onChunk: (key: string) => Promise<void> | void = () => undefined
  chunkBytes = 1000

  put(key: string, content: string | Uint8Array): void {
    this.objects.set(key, typeof content === 'string' ? new TextEncoder().encode(content) : content)
  }
  text(key: string): string {
    return new TextDecoder().decode(this.objects.get(key))
  }
  async *list(prefix: string): AsyncGenerator<BucketObject> {
    for (const [key, { length: size }] of [...this.objects].reverse()) if (key.startsWith(prefix)) yield { key, size }
  }
  async *read(key: string): AsyncGenerator<Uint8Array> {
    const bytes = this.objects.get(key)
    if (bytes === undefined) throw new Error(`The specified key does not exist: ${key}`)
    for (let at = 0; at < bytes.length; at += this.chunkBytes) {
      await this.onChunk(key)
      yield bytes.subarray(at, at + this.chunkBytes)
    }
  }
  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.objects.set(key, bytes)
  }
}

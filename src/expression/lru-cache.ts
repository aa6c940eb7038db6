// A bounded memo of a pure function of a text: what was asked for least recently goes first. Shared by everybody, since
// nobody can see it but by the clock.

export class LruCache<Value> {
  private readonly entries = new Map<string, Value>()
  private readonly compute: (text: string) => Value
  private readonly maxEntries: number

  /** What `compute` throws is not kept. */
  constructor(maxEntries: number, compute: (text: string) => Value) {
    this.maxEntries = maxEntries
    this.compute = compute
  }

  get(text: string): Value {
    let value = this.entries.get(text)
    if (value === undefined) {
      value = this.compute(text)
      if (this.entries.size >= this.maxEntries) {
        for (const oldest of this.entries.keys()) {
          this.entries.delete(oldest)
          break
        }
      }
    } else this.entries.delete(text)
    this.entries.set(text, value)
    return value
  }

  get size(): number {
    return this.entries.size
  }
}

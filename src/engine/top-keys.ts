// The keys that come most often, in bounded memory: the space-saving algorithm (Metwally, Agrawal, El Abbadi 2005).
// A key that is among the most frequent is never missing; a count may be too high by what its place counted before.

const PLACES = 256

export interface KeyCount {
  readonly key: string
  readonly count: number
}

export class TopKeys {
  readonly #counts = new Map<string, number>()

  add(key: string): void {
    const count = this.#counts.get(key)
    if (count !== undefined || this.#counts.size < PLACES) {
      this.#counts.set(key, (count ?? 0) + 1)
      return
    }
    let rarest = ''
    let least = Infinity
    for (const [other, times] of this.#counts) {
      if (times >= least) continue
      rarest = other
      least = times
    }
    this.#counts.delete(rarest)
    this.#counts.set(key, least + 1)
  }

  /** The highest count first. */
  list(): KeyCount[] {
    return [...this.#counts].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count)
  }
}

// Which runs to merge next, and into what. Folding into the base costs up to the whole base, so that waits until the runs
// are worth it; until then, runs of like size are merged into one larger run. So a byte is rewritten a few times in its
// life, however large the base, and runs stay few. (Folding every four 8 MB runs into a base of 280 MB wrote 11 bytes
// for each byte changed, and commits then waited for merges.)
import type { Level, Run, Version } from './directory.ts'

/** Merge the newest `count` runs: into the level that follows, or into a new run of their own. */
export interface MergePlan {
  readonly count: number
  readonly intoNext: boolean
}

/** Runs of like size that are worth one merge. */
const LIKE_RUNS = 4
/** Of the base's size: so much in runs is worth rewriting it. */
const BASE_SHARE = 0.5

/** Undefined: nothing is worth it now. `unitBytes`: what one flush writes. */
export function planMerge({ runs, base }: Version, maxRuns: number, unitBytes: number): MergePlan | undefined {
  if (runs.length < LIKE_RUNS) return undefined
  const sizes = runs.map(({ level }) => level.pageBytes)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total >= base.pageBytes * BASE_SHARE) return { count: runs.length, intoNext: true }
  const newestClass = sizeClass(sizes[0] ?? 0, unitBytes)
  // Newest first, sizes grow: the newest runs, up to the first of a larger class.
  let count = 0
  let widest = newestClass
  while (count < sizes.length && sizeClass(sizes[count] as number, unitBytes) <= widest) count++
  for (; count < LIKE_RUNS && count < sizes.length; ) {
    widest = sizeClass(sizes[count] as number, unitBytes)
    let next = count
    while (next < sizes.length && sizeClass(sizes[next] as number, unitBytes) <= widest) next++
    // A few small ones go along with a full class of larger ones, not for their own sake.
    if (next - count < LIKE_RUNS && runs.length < maxRuns - 1) return undefined
    count = next
  }
  return count < 2 ? undefined : { count, intoNext: false }
}

/** Everything into the base. */
export function planOfAll({ runs }: { readonly runs: readonly Run[]; readonly base: Level }): MergePlan | undefined {
  return runs.length === 0 ? undefined : { count: runs.length, intoNext: true }
}

/** 0 up to twice a flush, 1 up to eight times, 2 up to 32 times, … */
function sizeClass(bytes: number, unitBytes: number): number {
  return Math.max(0, Math.ceil(Math.log(bytes / (2 * unitBytes)) / Math.log(4)))
}

// How near two vectors are: floats of 32 bits, sums in 64, the score again in 32 and never beyond its range, as captured from
// AWS (dynoxide, 2026-08-12 and 2026-08-13): a vector without length scores exactly 1 under COSINE.
// These loops are what a search costs: four sums each, so that additions need not wait for one another.
import type { DistanceFunction } from '../model/table.ts'

const LARGEST = 3.4028234663852886e38

/** Sum of products of two rows of `dimensions` floats. */
export function dotProduct(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, dimensions: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let at = 0
  for (; at + 4 <= dimensions; at += 4) {
    s0 += (a[aFrom + at] as number) * (b[bFrom + at] as number)
    s1 += (a[aFrom + at + 1] as number) * (b[bFrom + at + 1] as number)
    s2 += (a[aFrom + at + 2] as number) * (b[bFrom + at + 2] as number)
    s3 += (a[aFrom + at + 3] as number) * (b[bFrom + at + 3] as number)
  }
  for (; at < dimensions; at++) s0 += (a[aFrom + at] as number) * (b[bFrom + at] as number)
  return s0 + s1 + (s2 + s3)
}

/** Sum of squared differences. */
export function squaredDistance(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, dimensions: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let at = 0
  for (; at + 4 <= dimensions; at += 4) {
    const d0 = (a[aFrom + at] as number) - (b[bFrom + at] as number)
    const d1 = (a[aFrom + at + 1] as number) - (b[bFrom + at + 1] as number)
    const d2 = (a[aFrom + at + 2] as number) - (b[bFrom + at + 2] as number)
    const d3 = (a[aFrom + at + 3] as number) - (b[bFrom + at + 3] as number)
    s0 += d0 * d0
    s1 += d1 * d1
    s2 += d2 * d2
    s3 += d3 * d3
  }
  for (; at < dimensions; at++) {
    const d = (a[aFrom + at] as number) - (b[bFrom + at] as number)
    s0 += d * d
  }
  return s0 + s1 + (s2 + s3)
}

/** COSINE distance from a dot product and two squared lengths: 0 (same direction) to 2 (opposite). */
export function cosineDistance(dot: number, aSquare: number, bSquare: number): number {
  if (aSquare === 0 || bSquare === 0) return 1
  return Math.min(2, Math.max(0, 1 - dot / Math.sqrt(aSquare * bSquare)))
}

/** As it leaves in an answer. */
export function scoreOf(value: number): number {
  return Math.fround(Math.min(LARGEST, Math.max(-LARGEST, value)))
}

/** Below zero where score `a` is the nearer one. */
export function compareScores(distance: DistanceFunction, a: number, b: number): number {
  return distance === 'DOT_PRODUCT' ? b - a : a - b
}

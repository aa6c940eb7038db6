// Types of document paths such as `address.lines[0]`: which exist in an item type and what they lead to.
// Types only. Depth is bounded, so that recursive and open types stay cheap to check.
import type { NumberValue } from './number-value.ts'

type Scalar = string | number | bigint | boolean | null | undefined | Uint8Array | ReadonlySet<unknown> | NumberValue
type Deeper = [never, 0, 1, 2, 3]
type Tail<T, D extends number> = [D] extends [never]
  ? never
  : T extends Scalar
    ? never
    : T extends readonly (infer E)[]
      ? `[${number}]` | `[${number}]${Tail<NonNullable<E>, Deeper[D]>}`
      : T extends object
        ? { [K in keyof T & string]: `.${K}` | `.${K}${Tail<NonNullable<T[K]>, Deeper[D]>}` }[keyof T & string]
        : never
/** The document paths of `T`: up to four levels below a top-level attribute. */
export type Path<T> = T extends object ? { [K in keyof T & string]: K | `${K}${Tail<NonNullable<T[K]>, 3>}` }[keyof T & string] : never

type Head<P extends string> = P extends `${infer H}.${infer R}`
  ? H extends `${infer A}[${infer I}`
    ? [A, `[${I}.${R}`]
    : [H, `.${R}`]
  : P extends `${infer A}[${infer I}`
    ? [A, `[${I}`]
    : [P, '']
type Walk<T, P extends string> = P extends ''
  ? T
  : P extends `.${infer R}`
    ? PathValue<NonNullable<T>, R>
    : P extends `[${number}]${infer R}`
      ? NonNullable<T> extends readonly (infer E)[]
        ? Walk<E, R>
        : never
      : never
/** The type of what is at path `P` of `T`. */
export type PathValue<T, P extends string> = T extends object
  ? Head<P> extends [infer H extends string, infer R extends string]
    ? H extends keyof T
      ? Walk<T[H], R>
      : never
    : never
  : never
/** What is at path `N` where it is. */
export type At<T, N extends string> = NonNullable<PathValue<T, N>>

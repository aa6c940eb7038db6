// Types of key conditions and of what indexes return, derived from a table's shape. Types only.
// Equality on every partition key attribute; sort key attributes left to right, the last given one may be a range.
import type { Simplify } from './attribute.ts'
import type { BeginsWith, Operator } from './condition.ts'
import type { TableShape } from './definition.ts'
import type { At } from './path.ts'

type SortTest<V> = V | Extract<Operator<V>, object> | (V extends string | Uint8Array ? BeginsWith : never)
type List<K> = [K] extends [never] ? readonly [] : K extends readonly string[] ? K : K extends string ? readonly [K] : readonly []
/** Sort key attributes go left to right: equality on all but the last one given. */
type SortConditions<T, K extends readonly string[]> = K extends readonly [infer H extends string, ...infer R extends readonly string[]]
  ?
      | { readonly [N in K[number]]?: never }
      | Simplify<{ readonly [N in H]: SortTest<At<T, N>> } & { readonly [N in R[number]]?: never }>
      | (R extends readonly [] ? never : Simplify<{ readonly [N in H]: At<T, N> } & SortConditions<T, R>>)
  : // oxlint-disable-next-line typescript/no-empty-object-type -- no sort key, no conditions
    {}
export type KeyCondition<T, P, K> = Simplify<{ readonly [N in List<P>[number]]: At<T, N> }> & SortConditions<T, List<K>>

export type SortKeyOf<I> = I extends { readonly sortKey: infer K } ? K : never
export type PartitionKeyOf<I> = I extends { readonly partitionKey: infer K } ? K : never
type IndexKeyNames<I> = List<PartitionKeyOf<I>>[number] | List<SortKeyOf<I>>[number]
type Pluck<T, N> = T extends object ? Pick<T, N & keyof T> : never
/** What an index returns: its projection, with its own key attributes present (indexes are sparse). */
export type IndexItem<T extends TableShape, I> = Simplify<
  (I extends { readonly projection: readonly (infer N)[] }
    ? Pluck<T['read'], N | keyof T['key'] | IndexKeyNames<I>>
    : I extends { readonly projection: 'KEYS_ONLY' }
      ? Pluck<T['read'], keyof T['key'] | IndexKeyNames<I>>
      : T['read']) & { [N in IndexKeyNames<I>]: At<T['read'], N> }
>
export type IndexKey<T extends TableShape, I> = Simplify<T['key'] & { [N in IndexKeyNames<I>]: At<T['read'], N> }>

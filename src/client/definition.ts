// Table definitions: plain data that says what a table's items look like and which indexes it has, and the item, key
// and index types that follow from it. Declaring merges into what exists: definitions only add.
import type {
  AttributeData,
  Attributes,
  KeyName,
  NumberName,
  ReadShape,
  Simplify,
  StoredItem,
  WriteShape,
} from './attribute.ts'

type Names<K extends string> = K | readonly [K, ...K[]]
/** Keys of up to four attributes each, as global secondary indexes have them. */
export interface IndexDefinition<K extends string, N extends string> {
  readonly partitionKey: Names<K>
  readonly sortKey?: Names<K>
  /** Default ALL. */
  readonly projection?: 'ALL' | 'KEYS_ONLY' | readonly N[]
}
export interface LocalIndexDefinition<K extends string, N extends string> {
  readonly sortKey: K
  readonly projection?: 'ALL' | 'KEYS_ONLY' | readonly N[]
}
export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'
export type GlobalTableKind = 'EVENTUAL' | 'STRONG' | 'MERGE'

/** Everything that the compiler knows of a table. */
export interface TableShape {
  readonly read: object
  readonly write: object
  readonly key: object
  readonly attributes: object
  readonly partitionKey: string
  readonly sortKey: string
  readonly indexes: object
  readonly stream: StreamViewType
}
declare const shapeOf: unique symbol
export interface HasShape<T extends TableShape> {
  readonly [shapeOf]?: T
}
export interface TableDefinition<T extends TableShape> extends HasShape<T> {
  readonly tableName: string
}

type VariantRead<A, V> = [keyof V] extends [never] ? ReadShape<A> : { [K in keyof V]: Simplify<ReadShape<A> & ReadShape<V[K]>> }[keyof V]
type VariantWrite<A, V> = [keyof V] extends [never] ? WriteShape<A> : { [K in keyof V]: Simplify<WriteShape<A> & WriteShape<V[K]>> }[keyof V]
type WithLocal<PK extends string, X> = { [I in keyof X]: X[I] & { readonly partitionKey: PK } }
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- none of them
type None = Record<never, never>

/** What the client reads of a definition; `TableDefinition` is its public face. */
export interface DefinitionData {
  readonly tableName: string
  readonly partitionKey: string
  readonly sortKey?: string
  readonly attributes: { readonly [name: string]: AttributeData }
  readonly variants?: { readonly [variant: string]: { readonly [name: string]: AttributeData } }
  readonly globalSecondaryIndexes?: { readonly [index: string]: IndexDefinition<string, string> }
  readonly localSecondaryIndexes?: { readonly [index: string]: LocalIndexDefinition<string, string> }
  readonly timeToLive?: string
  readonly streamViewType?: StreamViewType
  readonly pointInTimeRecovery?: boolean
  readonly globalTable?: GlobalTableKind
  readonly read?: (stored: StoredItem) => object
}

/** Describes a table; nothing happens until `Database.table` uses it. */
export function table<
  const A extends Attributes,
  const PK extends KeyName<A, 'required'>,
  const SK extends KeyName<A, 'required'> = never,
  const G extends { readonly [index: string]: IndexDefinition<KeyName<A>, keyof A & string> } = None,
  const X extends { readonly [index: string]: LocalIndexDefinition<KeyName<A>, keyof A & string> } = None,
  const V extends { readonly [variant: string]: Attributes } = None,
  const W extends StreamViewType = never,
>(
  tableName: string,
  definition: {
    readonly partitionKey: PK
    readonly sortKey?: SK
    readonly attributes: A
    /** Single-table design: attributes by kind of item; the item type becomes a union. */
    readonly variants?: V
    readonly globalSecondaryIndexes?: G
    readonly localSecondaryIndexes?: X
    readonly timeToLive?: NumberName<A>
    /** Absent: no stream, so `stream` and `trigger` don't compile. */
    readonly streamViewType?: W
    readonly pointInTimeRecovery?: boolean
    /** Absent: the table stays on this device. */
    readonly globalTable?: GlobalTableKind
    /** Idempotent view of items that other releases wrote. Runs in the page on every read, before defaults. */
    readonly read?: (stored: StoredItem) => Partial<ReadShape<A>>
  },
): TableDefinition<{
  read: VariantRead<A, V>
  write: VariantWrite<A, V>
  key: Pick<ReadShape<A>, (PK | SK) & keyof ReadShape<A>>
  attributes: A
  partitionKey: PK
  sortKey: SK
  indexes: G & WithLocal<PK, X>
  stream: W
}> {
  return { tableName, ...definition }
}

export type Item<D> = D extends { readonly [shapeOf]?: infer T extends TableShape } ? T['read'] : never
export type NewItem<D> = D extends { readonly [shapeOf]?: infer T extends TableShape } ? T['write'] : never
export type Key<D> = D extends { readonly [shapeOf]?: infer T extends TableShape } ? T['key'] : never

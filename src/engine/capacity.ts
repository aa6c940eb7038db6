// Consumed capacity units (Developer Guide: read-write-operations, GSI, LSI, provisioned-capacity-mode). Worked out
// only where a request asks for it. Invariant: it never changes what an operation does.
import type { AttributeMap } from '../model/attribute-value.ts'
import type { Item } from '../model/item.ts'
import { MIN_VECTOR_REQUEST_BYTES, READ_UNIT_BYTES, WRITE_UNIT_BYTES } from '../model/limits.ts'
import { projectItem } from '../model/projection.ts'
import { billedSize } from '../model/vector-entry.ts'
import type { MaintainedIndex, Table } from './table.ts'
import { sameItem } from './write-item.ts'

export type ReturnConsumedCapacity = 'INDEXES' | 'TOTAL' | 'NONE'

export interface Capacity {
  readonly CapacityUnits: number
  readonly ReadCapacityUnits?: number
  readonly WriteCapacityUnits?: number
}
export interface ConsumedCapacity extends Capacity {
  readonly TableName: string
  readonly Table?: Capacity
  readonly LocalSecondaryIndexes?: { readonly [indexName: string]: Capacity }
  readonly GlobalSecondaryIndexes?: { readonly [indexName: string]: Capacity }
  readonly VectorIndexes?: { readonly [indexName: string]: { readonly VectorWriteRequestBytes: number } }
}

/** Which columns a response shows: transactions tell reads and writes apart, other operations only the sum. */
type UnitKind = 'plain' | 'read' | 'write'

/** Units per index id; 0 is the table. */
export class CapacityMeter {
  readonly #table: Table
  readonly #name: string
  readonly #units = new Map<number, number>()
  /** Of vector indexes, which are metered in bytes and apart from units (AWS page: VectorSearchMonitoring). */
  #vectorBytes: Map<number, number> | undefined

  /** `name`: what the request calls the table, its name or its ARN; AWS answers with the same. */
  constructor(table: Table, name = table.name) {
    this.#table = table
    this.#name = name
  }

  /** Per index id; 0 is the table. */
  get units(): ReadonlyMap<number, number> {
    return this.#units
  }

  add(indexId: number, units: number): void {
    this.#units.set(indexId, (this.#units.get(indexId) ?? 0) + units)
  }

  /** A write of one item that took place. `factor` is 2 in transactions. */
  addWrite(oldItem: Item | undefined, newItem: Item | undefined, factor = 1): void {
    this.add(0, factor * writeUnits(Math.max(this.#billed(oldItem), this.#billed(newItem))))
    for (const index of this.#table.indexes) {
      if (index.schema.kind === 'VECTOR') {
        const bytes = vectorWriteBytes(this.#table, index, oldItem, newItem)
        if (bytes > 0) (this.#vectorBytes ??= new Map()).set(index.schema.id, (this.#vectorBytes.get(index.schema.id) ?? 0) + bytes)
        continue
      }
      const units = indexWriteUnits(this.#table, index, oldItem, newItem)
      if (units > 0) this.add(index.schema.id, factor * units)
    }
  }

  #billed(item: Item | undefined): number {
    if (item === undefined) return 0
    return this.#table.vectorIndexes.length === 0 ? item.size : billedSize(this.#table.vectorIndexes, item)
  }

  /** An item that was read by its key, or not found. `factor`: 0.5 eventual, 1 strong, 2 transactional. */
  addRead(sizeBytes: number, factor: number): void {
    this.add(0, factor * readUnits(sizeBytes))
  }

  /** Undefined where the request doesn't want it. */
  report(detail: ReturnConsumedCapacity | undefined, kind: UnitKind = 'plain'): ConsumedCapacity | undefined {
    if (detail === undefined || detail === 'NONE') return undefined
    let total = 0
    for (const units of this.#units.values()) total += units
    const summary = { TableName: this.#name, ...capacityOf(total, kind) }
    if (detail === 'TOTAL') return summary
    return {
      ...summary,
      Table: capacityOf(this.#units.get(0) ?? 0, kind),
      ...this.#indexReport('LOCAL', 'LocalSecondaryIndexes', kind),
      ...this.#indexReport('GLOBAL', 'GlobalSecondaryIndexes', kind),
      ...this.#vectorReport(),
    }
  }

  #vectorReport(): Pick<ConsumedCapacity, 'VectorIndexes'> {
    const bytes = this.#vectorBytes
    if (bytes === undefined) return {}
    const written = this.#table.schema.indexes.filter((index) => bytes.has(index.id))
    return { VectorIndexes: Object.fromEntries(written.map(({ id, name }) => [name, { VectorWriteRequestBytes: bytes.get(id) ?? 0 }])) }
  }

  #indexReport(kind: 'LOCAL' | 'GLOBAL', member: string, unitKind: UnitKind): { readonly [member: string]: object } {
    const entries = this.#table.schema.indexes
      .filter((index) => index.kind === kind && this.#units.has(index.id))
      .map((index) => [index.name, capacityOf(this.#units.get(index.id) ?? 0, unitKind)])
    return entries.length === 0 ? {} : { [member]: Object.fromEntries(entries) }
  }
}

interface CapacityRequest {
  readonly TableName: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity | undefined
}

/** The ConsumedCapacity member of a single write's answer, or nothing. */
export function reportWrite(
  { table, oldItem, newItem }: { readonly table: Table; readonly oldItem: Item | undefined; readonly newItem: Item | undefined },
  { TableName: name, ReturnConsumedCapacity: detail }: CapacityRequest,
): { readonly ConsumedCapacity?: ConsumedCapacity } | undefined {
  if (detail === undefined || detail === 'NONE') return undefined
  const meter = new CapacityMeter(table, name)
  meter.addWrite(oldItem, newItem)
  const ConsumedCapacity = meter.report(detail)
  return ConsumedCapacity === undefined ? undefined : { ConsumedCapacity }
}

/** The ConsumedCapacity member of a single read's answer, or nothing. `factor`: 0.5 eventual, 1 strong. */
export function reportRead(
  table: Table,
  item: Item | undefined,
  factor: number,
  { TableName: name, ReturnConsumedCapacity: detail }: CapacityRequest,
): { readonly ConsumedCapacity?: ConsumedCapacity } | undefined {
  if (detail === undefined || detail === 'NONE') return undefined
  const meter = new CapacityMeter(table, name)
  meter.addRead(item?.size ?? 0, factor)
  const ConsumedCapacity = meter.report(detail)
  return ConsumedCapacity === undefined ? undefined : { ConsumedCapacity }
}

function capacityOf(units: number, kind: UnitKind): Capacity {
  if (kind === 'plain') return { CapacityUnits: units }
  return kind === 'read' ? { CapacityUnits: units, ReadCapacityUnits: units } : { CapacityUnits: units, WriteCapacityUnits: units }
}

/** Strongly consistent units of so many bytes: one for each 4 KB begun, one for nothing. */
export function readUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES))
}

/** One for each KB begun, one for nothing. */
export function writeUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / WRITE_UNIT_BYTES))
}

/** Absent before and after, or nothing projected changed: 0; appears, disappears or changes: 1 per KB; its key changes: both. */
function indexWriteUnits(table: Table, index: MaintainedIndex, oldItem: Item | undefined, newItem: Item | undefined): number {
  const oldKey = keyIn(table, index, oldItem?.attributes)
  const newKey = keyIn(table, index, newItem?.attributes)
  const oldEntry = oldItem === undefined || oldKey === undefined ? undefined : projectItem(index.schema, table.schema, oldItem)
  const newEntry = newItem === undefined || newKey === undefined ? undefined : projectItem(index.schema, table.schema, newItem)
  if (oldKey === newKey && sameItem(oldEntry, newEntry)) return 0
  if (oldEntry !== undefined && newEntry !== undefined && oldKey !== newKey) return writeUnits(oldEntry.size) + writeUnits(newEntry.size)
  return writeUnits(Math.max(oldEntry?.size ?? 0, newEntry?.size ?? 0))
}

/** As `indexWriteUnits`, in bytes of entries, of which each counts at least 1 KB. */
function vectorWriteBytes(table: Table, index: MaintainedIndex, oldItem: Item | undefined, newItem: Item | undefined): number {
  const oldKey = keyIn(table, index, oldItem?.attributes)
  const newKey = keyIn(table, index, newItem?.attributes)
  const oldEntry = oldItem === undefined || oldKey === undefined ? undefined : projectItem(index.schema, table.schema, oldItem)
  const newEntry = newItem === undefined || newKey === undefined ? undefined : projectItem(index.schema, table.schema, newItem)
  if (oldKey === newKey && sameItem(oldEntry, newEntry)) return 0
  const metered = (bytes: number): number => Math.max(MIN_VECTOR_REQUEST_BYTES, bytes)
  if (oldEntry !== undefined && newEntry !== undefined && oldKey !== newKey) return metered(oldEntry.size) + metered(newEntry.size)
  return metered(Math.max(oldEntry?.size ?? 0, newEntry?.size ?? 0))
}

function keyIn(table: Table, index: MaintainedIndex, attributes: AttributeMap | undefined): string | undefined {
  return attributes === undefined ? undefined : table.entryKey(index, attributes)
}

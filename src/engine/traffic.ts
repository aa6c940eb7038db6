// What tables and GSIs are used for, in units: buckets that throttle (burst: what was unused of the last 300 s, AWS page:
// burst-adaptive-capacity), minutes for auto scaling, top keys for contributor insights. In memory only: a restart begins
// with full buckets. Tables that need none of it never come here (`Table.metered`).
import type { Environment } from '../model/environment.ts'
import type { ThrottlingReason } from '../model/errors.ts'
import type { Table } from './table.ts'
import { tableArnOf, throughputSettings } from './table-row.ts'
import { TopKeys, type KeyCount } from './top-keys.ts'

export type Dimension = 'read' | 'write'
/** Units per index id; 0 is the table. */
export type Units = ReadonlyMap<number, number>

const BURST_SECONDS = 300
/** An on-demand maximum is there to be met: no more than this is made up for. */
const ON_DEMAND_BURST_SECONDS = 10
const MINUTES_KEPT = 16

interface Limit {
  readonly unitsPerSecond: number
  readonly burstSeconds: number
  readonly kind: 'ProvisionedThroughputExceeded' | 'MaxOnDemandThroughputExceeded'
}

class Bucket {
  #rate = 0
  #capacity = 0
  #balance = 0
  #at = 0

  /** Fills up to `nowMs`; a new bucket is full, a changed one keeps what it has. */
  refill({ unitsPerSecond, burstSeconds }: Limit, nowMs: number): void {
    const isNew = this.#capacity === 0
    const elapsed = Math.max(0, nowMs - this.#at) / 1000
    this.#balance = isNew ? unitsPerSecond * burstSeconds : this.#balance + elapsed * this.#rate
    this.#rate = unitsPerSecond
    this.#capacity = unitsPerSecond * burstSeconds
    this.#balance = Math.min(this.#balance, this.#capacity)
    this.#at = nowMs
  }

  /** A request may cost more than is there, but it must meet something. */
  get isEmpty(): boolean {
    return this.#balance <= 0
  }

  take(units: number): void {
    this.#balance -= units
  }
}

/** Of a table or index, in one dimension. */
class Flow {
  readonly bucket = new Bucket()
  readonly accessed = new Map<string, TopKeys>()
  readonly throttled = new Map<string, TopKeys>()
  /** Units by minute since the epoch. */
  readonly minutes = new Map<number, number>()

  count(minute: number, units: number): void {
    this.minutes.set(minute, (this.minutes.get(minute) ?? 0) + units)
    for (const known of this.minutes.keys()) if (known <= minute - MINUTES_KEPT) this.minutes.delete(known)
  }
}

/** The rules of contributor insights: partition keys, or whole keys. */
export type KeyPart = 'PK' | 'SK'

export class Traffic {
  readonly #environment: Environment
  readonly #throttles: boolean
  readonly #flows = new Map<number, Map<string, Flow>>()

  constructor(environment: Environment, throttles: boolean) {
    this.#environment = environment
    this.#throttles = throttles
  }

  /** The reasons for which these units may not be used now. LSIs use their table's units. */
  check(table: Table, units: Units, dimension: Dimension): readonly ThrottlingReason[] | undefined {
    const reasons: ThrottlingReason[] = []
    const now = this.#environment.monotonicNow()
    for (const [indexId] of sharesOf(table, units)) {
      const limit = this.#throttles ? limitOf(table, indexId, dimension) : undefined
      if (limit === undefined) continue
      const { bucket } = this.#flowOf(table.id, indexId, dimension)
      bucket.refill(limit, now)
      if (bucket.isEmpty) reasons.push(reasonOf(table, indexId, dimension, limit))
    }
    return reasons.length === 0 ? undefined : reasons
  }

  /** Charges the units, or gives the reasons for which none of them may be used. */
  charge(table: Table, units: Units, dimension: Dimension): readonly ThrottlingReason[] | undefined {
    const reasons = this.check(table, units, dimension)
    if (reasons !== undefined) return reasons
    const minute = Math.floor(this.#environment.now() / 60_000)
    for (const [indexId, share] of sharesOf(table, units)) {
      const flow = this.#flowOf(table.id, indexId, dimension)
      flow.bucket.take(share)
      flow.count(minute, share)
    }
    return undefined
  }

  /** One use of a key, for the rules of the index (0: the table). `parts` are the values of the key, the partition's first. */
  noteKey(tableId: number, indexId: number, dimension: Dimension, keys: Readonly<Record<KeyPart, string | undefined>>, isThrottled: boolean): void {
    const flow = this.#flowOf(tableId, indexId, dimension)
    const rules = isThrottled ? flow.throttled : flow.accessed
    for (const part of ['PK', 'SK'] as const) {
      const key = keys[part]
      if (key === undefined) continue
      let top = rules.get(part)
      if (top === undefined) rules.set(part, (top = new TopKeys()))
      top.add(key)
    }
  }

  /** The most used, or most throttled, keys; reads and writes together, the highest first. */
  topKeys(tableId: number, indexId: number, part: KeyPart, which: 'accessed' | 'throttled', limit: number): readonly KeyCount[] {
    const sums = new Map<string, number>()
    for (const dimension of ['read', 'write'] as const) {
      const top = this.#flows.get(tableId)?.get(`${indexId} ${dimension}`)?.[which].get(part)
      for (const { key, count } of top?.list() ?? []) sums.set(key, (sums.get(key) ?? 0) + count)
    }
    return [...sums].map(([key, count]) => ({ key, count })).sort((a, b) => b.count - a.count).slice(0, limit)
  }

  /** Units per second of the last `count` whole minutes, the oldest first. */
  perSecond(tableId: number, indexId: number, dimension: Dimension, count: number): number[] {
    const current = Math.floor(this.#environment.now() / 60_000)
    const minutes = this.#flows.get(tableId)?.get(`${indexId} ${dimension}`)?.minutes
    return Array.from({ length: count }, (_, at) => (minutes?.get(current - count + at) ?? 0) / 60)
  }

  forget(tableId: number): void {
    this.#flows.delete(tableId)
  }

  #flowOf(tableId: number, indexId: number, dimension: Dimension): Flow {
    let flows = this.#flows.get(tableId)
    if (flows === undefined) this.#flows.set(tableId, (flows = new Map()))
    const key = `${indexId} ${dimension}`
    let flow = flows.get(key)
    if (flow === undefined) flows.set(key, (flow = new Flow()))
    return flow
  }
}

function sharesOf(table: Table, units: Units): Map<number, number> {
  const shares = new Map<number, number>()
  for (const [indexId, share] of units) {
    const isLocal = table.schema.indexes.some(({ id, kind }) => id === indexId && kind === 'LOCAL')
    const payer = isLocal ? 0 : indexId
    shares.set(payer, (shares.get(payer) ?? 0) + share)
  }
  return shares
}

function limitOf({ schema }: Table, indexId: number, dimension: Dimension): Limit | undefined {
  if (schema.billingMode === 'PROVISIONED') {
    const throughput = indexId === 0 ? schema.throughput : schema.indexes.find(({ id }) => id === indexId)?.throughput
    if (throughput === undefined) return undefined
    const unitsPerSecond = dimension === 'read' ? throughput.readCapacityUnits : throughput.writeCapacityUnits
    return { unitsPerSecond, burstSeconds: BURST_SECONDS, kind: 'ProvisionedThroughputExceeded' }
  }
  const { onDemandThroughput: maximum } = throughputSettings(schema, indexId)
  const unitsPerSecond = dimension === 'read' ? maximum?.MaxReadRequestUnits : maximum?.MaxWriteRequestUnits
  if (unitsPerSecond === undefined) return undefined
  return { unitsPerSecond, burstSeconds: ON_DEMAND_BURST_SECONDS, kind: 'MaxOnDemandThroughputExceeded' }
}

/** AWS page: ThrottlingReason. */
function reasonOf({ schema }: Table, indexId: number, dimension: Dimension, { kind }: Limit): ThrottlingReason {
  const operation = dimension === 'read' ? 'Read' : 'Write'
  const arn = tableArnOf(schema.name)
  if (indexId === 0) return { reason: `Table${operation}${kind}`, resource: arn }
  const name = schema.indexes.find(({ id }) => id === indexId)?.name ?? ''
  return { reason: `Index${operation}${kind}`, resource: `${arn}/index/${name}` }
}

// The state that an UpdateTable passes through: which row is shown meanwhile, and which other UpdateTables it keeps out
// (lab findings DDB-TABLE-370, -163, -410: throughput, billing, stream, class and indexes pass through UPDATING;
// deletion protection, encryption, on-demand and warm throughput change while the table stays ACTIVE).
import { LimitExceededException } from '../model/errors.ts'
import type { IndexSchema } from '../model/table.ts'
import type { EngineCore } from './engine-core.ts'
import { inUse, tablePhase, type TablePhase } from './table-phase.ts'
import { tableNameOf, throughputSettings, withThroughputSettings, type TableRow } from './table-row.ts'
import type { TransitionKind } from './transitions.ts'
import { ONE_ONLINE_INDEX, type UpdateTableInput } from './update-table-input.ts'

export interface UpdatePhase extends TablePhase {
  readonly kind: TransitionKind
  /** False: only the answer says UPDATING, because nothing changes. */
  readonly passes: boolean
  /** An index is being added or dropped: one at a time. */
  readonly changesIndex?: boolean
  /** Name of the index that is being added: it can't be dropped yet (lab findings: ResourceInUseException). */
  readonly allocates?: string
}

/** Throws ResourceInUseException where the table is in a state that keeps this change out. */
export function checkTablePhase(engine: EngineCore, input: UpdateTableInput): void {
  const phase = tablePhase(engine, input.TableName)
  if (phase === undefined) return
  if (phase.status === 'UPDATING' && !needsQuiet(input)) return
  const { changesIndex: isOnline, allocates } = phase as Partial<UpdatePhase>
  if (isOnline === true && changesIndex(input)) {
    if (allocates !== undefined && input.VectorIndexUpdates?.[0]?.Create?.IndexName === allocates) {
      // Two spaces, as measured.
      throw inUse(`Index is being created.  Table: ${tableNameOf(input.TableName)} Index: ${allocates}`)
    }
    if (allocates === undefined || droppedName(input) !== allocates) throw new LimitExceededException(ONE_ONLINE_INDEX)
    throw inUse(
      'Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. ' +
        `Table: ${tableNameOf(input.TableName)} Index: ${allocates}`,
    )
  }
  throw inUse(phase.blocks)
}

function changesIndex({ GlobalSecondaryIndexUpdates: updates = [], VectorIndexUpdates: vectors = [] }: UpdateTableInput): boolean {
  return vectors.length > 0 || updates.some(({ Create, Delete }) => Create !== undefined || Delete !== undefined)
}

/** The name of an index that the update drops. */
function droppedName({ GlobalSecondaryIndexUpdates: updates = [], VectorIndexUpdates: vectors = [] }: UpdateTableInput): string | undefined {
  return [...updates, ...vectors].find(({ Delete }) => Delete !== undefined)?.Delete?.IndexName
}

function needsQuiet(input: UpdateTableInput): boolean {
  return (
    input.BillingMode !== undefined ||
    input.ProvisionedThroughput !== undefined ||
    input.StreamSpecification !== undefined ||
    input.TableClass !== undefined ||
    input.GlobalSecondaryIndexUpdates !== undefined ||
    input.VectorIndexUpdates !== undefined
  )
}

/** Undefined for what changes while the table is ACTIVE. */
export function updatePhaseOf(before: TableRow, after: TableRow, input: UpdateTableInput): UpdatePhase | undefined {
  const base = { tableId: after.id, status: 'UPDATING' as const }
  const updating = (row: TableRow): TableRow => ({ ...row, status: 'UPDATING' })
  const name = after.name
  const updates = [...(input.GlobalSecondaryIndexUpdates ?? []), ...(input.VectorIndexUpdates ?? [])]
  const changed = updates.find(({ Create, Delete }) => Create !== undefined || Delete !== undefined)
  if (changed?.Create !== undefined) {
    const blocks = `Can't change table IOPS when an index is being created. Table: ${name} Indexes: [${changed.Create.IndexName}]`
    const kind = 'VectorAttribute' in changed.Create ? 'addVectorIndex' : 'addIndex'
    const allocates = changed.Create.IndexName
    return { ...base, kind, passes: true, changesIndex: true, allocates, blocks, show: (row) => updating(withAllocation(row, after)) }
  }
  if (changed?.Delete !== undefined) {
    const dropped = before.indexes.find((index) => index.name === changed.Delete?.IndexName)
    const blocks = `Index is being deleted. Table: ${name} Index: ${changed.Delete.IndexName}`
    return { ...base, kind: 'dropIndex', passes: true, changesIndex: true, blocks, show: (row) => updating(withDropped(row, dropped)) }
  }
  if (input.BillingMode !== undefined && input.BillingMode !== before.billingMode) {
    const blocks = `Table IOPS are currently being updated. Table: ${name}`
    return { ...base, kind: 'billing', passes: true, blocks, show: (row) => updating(withoutSwitchTime(row, before)) }
  }
  if (input.ProvisionedThroughput !== undefined || input.GlobalSecondaryIndexUpdates !== undefined) {
    const blocks = `Table IOPS are currently being updated. Table: ${name}`
    return { ...base, kind: 'throughput', passes: true, blocks, show: (row) => withOldThroughput(row, before, input) }
  }
  if (input.StreamSpecification !== undefined) {
    const label = after.stream?.label ?? after.latestStreamLabel ?? ''
    const operation = input.StreamSpecification.StreamEnabled ? 'ENABLE' : 'DISABLE'
    const blocks = `A stream status change is currently in progress. Table: ${name} Stream: ${label} Operation: ${operation}`
    return { ...base, kind: 'stream', passes: true, blocks, show: updating }
  }
  if (input.TableClass !== undefined) {
    const blocks = `Can't update table class when a table class update is in progress. Table: ${name} TableClassUpdateInProgress: ${input.TableClass}`
    const passes = after.tableClass !== before.tableClass
    return { ...base, kind: 'tableClass', passes, blocks, show: (row) => updating(withOldClass(row, before)) }
  }
  return input.BillingMode === undefined ? undefined : { ...base, kind: 'billing', passes: false, blocks: '', show: updating }
}

/** An added index does not fill yet. */
function withAllocation(row: TableRow, after: TableRow): TableRow {
  const added = after.indexes.find(({ id }) => id === after.nextIndexId - 1)
  const indexes = row.indexes.map((index) => (index.id === added?.id ? { ...index, status: 'CREATING' as const, backfilling: false } : index))
  return { ...row, indexes }
}

function withDropped(row: TableRow, dropped: IndexSchema | undefined): TableRow {
  if (dropped === undefined) return row
  const { backfilling: _, ...rest } = dropped
  const deleting: IndexSchema = { ...rest, status: 'DELETING' }
  return { ...row, indexes: [...row.indexes, deleting].sort((a, b) => a.id - b.id) }
}

function withoutSwitchTime(row: TableRow, before: TableRow): TableRow {
  const { lastUpdateToPayPerRequestAt: _, ...rest } = row
  const { lastUpdateToPayPerRequestAt: at } = before
  return at === undefined ? rest : { ...rest, lastUpdateToPayPerRequestAt: at }
}

function withOldClass(row: TableRow, before: TableRow): TableRow {
  const { tableClass: _, ...rest } = row
  return before.tableClass === undefined ? rest : { ...rest, tableClass: before.tableClass }
}

/** The new units are told when they hold; that something rose or fell is told at once. */
function withOldThroughput(row: TableRow, before: TableRow, input: UpdateTableInput): TableRow {
  let next = row
  if (input.ProvisionedThroughput !== undefined && before.throughput !== undefined) {
    next = withOldCount({ ...next, status: 'UPDATING', throughput: before.throughput }, before, 0)
  }
  for (const { Update: update } of input.GlobalSecondaryIndexUpdates ?? []) {
    const old = before.indexes.find((index) => index.name === update?.IndexName)
    if (old === undefined) continue
    const indexes = next.indexes.map((index) =>
      index.id === old.id
        ? { ...index, status: 'UPDATING' as const, ...(old.throughput === undefined ? {} : { throughput: old.throughput }) }
        : index,
    )
    next = withOldCount({ ...next, indexes }, before, old.id)
  }
  return next
}

/** The time of the change is that of the request first, and moves on once it holds (dynalite's test/updateTable.js). */
function withOldCount(row: TableRow, before: TableRow, indexId: number): TableRow {
  const settings = throughputSettings(row, indexId)
  const { throughputChanges: changes } = settings
  if (changes === undefined) return row
  const old = throughputSettings(before, indexId).throughputChanges
  const asked = (at: number | undefined, was: number | undefined): number | undefined => (at === undefined || at === was ? at : at - 1)
  const increaseAt = asked(changes.lastIncreaseAt, old?.lastIncreaseAt)
  const decreaseAt = asked(changes.lastDecreaseAt, old?.lastDecreaseAt)
  const throughputChanges = {
    ...changes,
    ...(increaseAt === undefined ? {} : { lastIncreaseAt: increaseAt }),
    ...(decreaseAt === undefined ? {} : { lastDecreaseAt: decreaseAt }),
    ...(changes.decreases === undefined ? {} : { decreases: old?.decreases ?? 0 }),
  }
  return withThroughputSettings(row, indexId, { ...settings, throughputChanges })
}

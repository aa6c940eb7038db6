// Contributor insights of a table and its GSIs: settings, states, and the names of the rules that count keys
// (lab findings DDB-TABLE-089 to -095, -341). The counters themselves are in traffic.ts.
import { ResourceNotFoundException } from '../model/errors.ts'
import { getIndex, keyAttributes } from '../model/table.ts'
import type { EngineCore } from './engine-core.ts'
import { throughputSettings, type InsightsMode, type TableRow } from './table-row.ts'

export type InsightsStatus = 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED'

export interface InsightsTarget {
  readonly row: TableRow
  /** 0: the table. */
  readonly indexId: number
  readonly indexName?: string
}

/** Throws ResourceNotFoundException; LSIs have none of their own. */
export function insightsTarget(row: TableRow, indexName: string | undefined): InsightsTarget {
  if (indexName === undefined) return { row, indexId: 0 }
  const index = getIndex(row, indexName)
  if (index?.kind === 'GLOBAL') return { row, indexId: index.id, indexName }
  throw new ResourceNotFoundException(`Requested resource not found: Index: ${indexName} not found for table: ${row.name}`)
}

const keyOf = ({ row, indexId }: InsightsTarget): string => `insights/${row.id}/${indexId}`

export function beginInsights(engine: EngineCore, target: InsightsTarget, status: InsightsStatus): void {
  engine.transitions.begin(keyOf(target), 'insights', { status })
}

/** The state that is being passed through, or the final one. */
export function insightsStatus(engine: EngineCore, target: InsightsTarget): InsightsStatus {
  const passing = engine.transitions.get(keyOf(target)) as { readonly status: InsightsStatus } | undefined
  if (passing !== undefined) return passing.status
  return throughputSettings(target.row, target.indexId).insights?.enabled === true ? 'ENABLED' : 'DISABLED'
}

/** `PK` and `SK`: partition and whole keys; `C` and `T`: most accessed and most throttled. */
export function insightsRules({ row, indexId, indexName }: InsightsTarget, mode: InsightsMode, changedAt: number): string[] {
  const index = row.indexes.find(({ id }) => id === indexId)
  const hasSortKey = index === undefined ? keyAttributes(row).length > 1 : index.sortKeys.length > 0
  const kinds = mode === 'THROTTLED_KEYS' ? ['T'] : ['C', 'T']
  const subject = indexName === undefined ? row.name : `${row.name}-${indexName}`
  return ['PK', ...(hasSortKey ? ['SK'] : [])].flatMap((part) => kinds.map((kind) => `DynamoDBContributorInsights-${part}${kind}-${subject}-${changedAt}`))
}

// UpdateContributorInsights: counting of keys on or off, for a table or a GSI; a change of the mode is an ENABLE again.
// What is already so answers with the settled state and changes nothing (lab findings DDB-TABLE-090 to -092).
import { checkTableName as checkName } from '../../model/names.ts'
import { ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import { beginInsights, insightsTarget, type InsightsStatus, type InsightsTarget } from '../contributor-insights.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { tablePhase } from '../table-phase.ts'
import { throughputSettings, withThroughputSettings, type InsightsMode } from '../table-row.ts'

const MODES = ['ACCESSED_AND_THROTTLED_KEYS', 'THROTTLED_KEYS'] as const
const NOT_VALID = 'Table or Index is not in a valid state to update Key Access Insights: '

export interface UpdateContributorInsightsInput {
  readonly TableName: string
  readonly IndexName?: string
  readonly ContributorInsightsAction: 'ENABLE' | 'DISABLE'
  readonly ContributorInsightsMode?: InsightsMode
}
export interface ContributorInsightsSummary {
  readonly TableName: string
  readonly IndexName?: string
  readonly ContributorInsightsStatus: InsightsStatus
  readonly ContributorInsightsMode?: InsightsMode
}

/** AWS page: UpdateContributorInsights. Throws ValidationException, ResourceNotFoundException. */
export const updateContributorInsights: Operation<UpdateContributorInsightsInput, ContributorInsightsSummary> = {
  name: 'UpdateContributorInsights',
  kind: 'write',
  async run(engine, input, context) {
    checkInput(input)
    const enable = input.ContributorInsightsAction === 'ENABLE'
    const mode = input.ContributorInsightsMode ?? 'ACCESSED_AND_THROTTLED_KEYS'
    let begun: { readonly target: InsightsTarget; readonly status: InsightsStatus } | undefined
    const output = await changeTable<ContributorInsightsSummary>(engine, context, input.TableName, (row, write) => {
      begun = undefined
      const target = insightsTarget(row, input.IndexName)
      if (enable) checkActive(engine, target)
      const settings = throughputSettings(row, target.indexId)
      const { insights: known } = settings
      const isSettled = enable ? known?.enabled === true && known.mode === mode : known?.enabled !== true
      const kept = enable ? mode : known?.mode
      const status = statusOf(enable, isSettled)
      const summary = {
        TableName: row.name,
        ...(input.IndexName === undefined ? {} : { IndexName: input.IndexName }),
        ContributorInsightsStatus: status,
        ...(kept === undefined ? {} : { ContributorInsightsMode: kept }),
      }
      if (isSettled || kept === undefined) return { row, output: summary }
      begun = { target, status }
      const insights = { enabled: enable, mode: kept, changedAt: write.committedAt }
      return { row: withThroughputSettings(row, target.indexId, { ...settings, insights }), output: summary }
    })
    if (begun !== undefined) beginInsights(engine, begun.target, begun.status)
    return output
  },
}

function statusOf(enable: boolean, isSettled: boolean): InsightsStatus {
  if (enable) return isSettled ? 'ENABLED' : 'ENABLING'
  return isSettled ? 'DISABLED' : 'DISABLING'
}

function checkInput(input: UpdateContributorInsightsInput): void {
  checkTableName(input.TableName)
  const constraints = new Constraints()
  // A text of its own (lab finding DDB-TABLE-457).
  if (input.IndexName !== undefined) checkName(input.IndexName, 'IndexName')
  if (constraints.notNull('contributorInsightsAction', input.ContributorInsightsAction)) {
    constraints.oneOf('contributorInsightsAction', input.ContributorInsightsAction, ['ENABLE', 'DISABLE'])
  }
  constraints.oneOf('contributorInsightsMode', input.ContributorInsightsMode, MODES)
  constraints.done()
}

function checkActive(engine: EngineCore, { row, indexId }: InsightsTarget): void {
  const phase = tablePhase(engine, row.name)
  if (phase?.status === 'CREATING' || phase?.status === 'DELETING') {
    throw new ValidationException(`${NOT_VALID}TableStatus must be ACTIVE to enable ContributorInsights.`)
  }
  if (row.indexes.find(({ id }) => id === indexId)?.status === 'CREATING') {
    throw new ValidationException(`${NOT_VALID}IndexStatus must be ACTIVE to enable ContributorInsights.`)
  }
}

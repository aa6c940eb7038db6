// DescribeContributorInsights: state, mode and rules of a table's or GSI's counting of keys.
// One that was never switched has a state only (lab finding DDB-TABLE-089).
import { checkTableName as checkName } from '../../model/names.ts'
import { insightsRules, insightsStatus, insightsTarget } from '../contributor-insights.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { mustShowRow } from '../table-phase.ts'
import { throughputSettings } from '../table-row.ts'
import type { ContributorInsightsSummary } from './update-contributor-insights.ts'

export interface DescribeContributorInsightsInput {
  readonly TableName: string
  readonly IndexName?: string
}
export interface DescribeContributorInsightsOutput extends ContributorInsightsSummary {
  readonly ContributorInsightsRuleList?: readonly string[]
  /** Epoch seconds. */
  readonly LastUpdateDateTime?: number
}

/** AWS page: DescribeContributorInsights. Throws ValidationException, ResourceNotFoundException. */
export const describeContributorInsights: Operation<DescribeContributorInsightsInput, DescribeContributorInsightsOutput> = {
  name: 'DescribeContributorInsights',
  kind: 'read',
  async run(engine, { TableName, IndexName }) {
    checkTableName(TableName)
    // A text of its own (lab finding DDB-TABLE-457).
    if (IndexName !== undefined) checkName(IndexName, 'IndexName')
    const target = insightsTarget(mustShowRow(engine, TableName), IndexName)
    const { insights } = throughputSettings(target.row, target.indexId)
    const status = insightsStatus(engine, target)
    return {
      TableName: target.row.name,
      ...(IndexName === undefined ? {} : { IndexName }),
      ...(insights?.enabled === true ? { ContributorInsightsRuleList: insightsRules(target, insights.mode, insights.changedAt) } : {}),
      ContributorInsightsStatus: status,
      ...(insights === undefined ? {} : { LastUpdateDateTime: insights.changedAt / 1000, ContributorInsightsMode: insights.mode }),
    }
  },
}

// ListContributorInsights: what counts keys, or is about to: tables in the order of their names, each before its GSIs.
// What is DISABLED is left out (lab findings DDB-TABLE-095, -343).
import { ValidationException } from '../../model/errors.ts'
import { tableNotFound } from '../catalog.ts'
import { Constraints } from '../constraints.ts'
import { insightsStatus, type InsightsTarget } from '../contributor-insights.ts'
import type { Operation } from '../operation.ts'
import { decodeToken, encodeToken } from '../page-token.ts'
import { shownRow } from '../table-phase.ts'
import { throughputSettings, type TableRow } from '../table-row.ts'
import type { ContributorInsightsSummary } from './update-contributor-insights.ts'

const DEFAULT_PAGE = 100

export interface ListContributorInsightsInput {
  readonly TableName?: string
  readonly NextToken?: string
  readonly MaxResults?: number
}
export interface ListContributorInsightsOutput {
  readonly ContributorInsightsSummaries: readonly ContributorInsightsSummary[]
  readonly NextToken?: string
}

/** AWS page: ListContributorInsights. Throws ValidationException, ResourceNotFoundException. */
export const listContributorInsights: Operation<ListContributorInsightsInput, ListContributorInsightsOutput> = {
  name: 'ListContributorInsights',
  kind: 'read',
  async run(engine, { TableName: tableName, NextToken: token, MaxResults: limit = DEFAULT_PAGE }) {
    const constraints = new Constraints()
    if (tableName !== undefined) constraints.tableName(tableName)
    constraints.range('maxResults', limit, 1, 100)
    constraints.done()
    const after = token === undefined ? undefined : decodeToken(token)
    if (token !== undefined && after === undefined) throw new ValidationException('Invalid NextToken')
    const rows = tableName === undefined ? engine.catalog.tables().map(({ schema }) => schema) : [shownRow(engine, tableName)]
    const all: { readonly place: string; readonly summary: ContributorInsightsSummary }[] = []
    for (const row of rows) {
      if (row === undefined) throw tableNotFound(tableName ?? '')
      for (const target of targetsOf(row)) {
        const status = insightsStatus(engine, target)
        if (status === 'DISABLED') continue
        const mode = throughputSettings(row, target.indexId).insights?.mode
        const summary = {
          TableName: row.name,
          ...(target.indexName === undefined ? {} : { IndexName: target.indexName }),
          ContributorInsightsStatus: status,
          ...(mode === undefined ? {} : { ContributorInsightsMode: mode }),
        }
        all.push({ place: `${row.name}/${target.indexName ?? ''}`, summary })
      }
    }
    const rest = after === undefined ? all : all.filter(({ place }) => place > after)
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    const ContributorInsightsSummaries = page.map(({ summary }) => summary)
    if (rest.length <= limit || last === undefined) return { ContributorInsightsSummaries }
    return { ContributorInsightsSummaries, NextToken: encodeToken(last.place) }
  },
}

/** The table, then its GSIs by name, so that places are in order. */
function targetsOf(row: TableRow): InsightsTarget[] {
  const globals = row.indexes.filter(({ kind }) => kind === 'GLOBAL').sort((a, b) => (a.name < b.name ? -1 : 1))
  return [{ row, indexId: 0 }, ...globals.map(({ id, name }) => ({ row, indexId: id, indexName: name }))]
}

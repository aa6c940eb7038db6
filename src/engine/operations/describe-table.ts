// DescribeTable: the catalog's row with exact counts, all as of the last durable commit.
// It reads memory and one small row: cheap enough to poll.
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { TableCounters } from '../table-counters.ts'
import { describeTableRow } from '../table-description.ts'
import { mustShowRow } from '../table-phase.ts'
import type { TableDescription } from '../table-shapes.ts'

export interface DescribeTableInput {
  readonly TableName: string
}
export interface DescribeTableOutput {
  readonly Table: TableDescription
}

/** AWS page: DescribeTable. Throws ResourceNotFoundException. */
export const describeTable: Operation<DescribeTableInput, DescribeTableOutput> = {
  name: 'DescribeTable',
  kind: 'read',
  async run(engine, input) {
    checkTableName(input.TableName)
    return engine.read((reader) => {
      const row = mustShowRow(engine, input.TableName)
      return { Table: describeTableRow(row, TableCounters.read(reader, row.id), engine.environment.now()) }
    })
  },
}

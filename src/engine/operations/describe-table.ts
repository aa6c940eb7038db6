// DescribeTable: the catalog's row with exact counts, all as of the last durable commit.
// It reads memory and one small row: cheap enough to poll.
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { TableCounters } from '../table-counters.ts'
import { describeTableRow } from '../table-description.ts'
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
      const { schema } = engine.catalog.mustGetNamedTable(input.TableName)
      return { Table: describeTableRow(schema, TableCounters.read(reader, schema.id)) }
    })
  },
}

// BatchExecuteStatement: what AWS answers, by its pages (API_BatchExecuteStatement, API_BatchStatementError) and by what public
// conformance suites pinned against AWS (nubo-db/dynamodb-conformance: tests/tier2/partiql/batchExecuteStatement.test.ts).
import { beforeEach, describe, expect, it } from 'vitest'
import { ValidationException } from '../../../src/model/errors.ts'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

let fixture: EngineFixture
beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Music', {
    AttributeDefinitions: ['id', 'g'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [{ IndexName: 'all', KeySchema: [{ AttributeName: 'g', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  }))
  for (const id of ['a', 'b']) await fixture.run('PutItem', { TableName: 'Music', Item: { id, v: id } })
})

type Member = string | object
async function batch(members: readonly Member[], more: object = {}): Promise<Record<string, unknown>> {
  const Statements = members.map((member) => (typeof member === 'string' ? { Statement: member } : member))
  return fixture.run('BatchExecuteStatement', { Statements, ...more })
}
async function responses(...members: readonly Member[]): Promise<unknown> {
  return (await batch(members)).Responses
}
const failed = (Code: string, Message: string): object => ({ Error: { Code, Message } })
const NEEDS_KEY = failed('ValidationError', 'Select statements within BatchExecuteStatement must specify the primary key in the where clause.')

describe('reads', () => {
  it('answer in order, with their tables, and without an Item where there is none', async () => {
    expect(
      await responses(
        `SELECT * FROM "Music" WHERE id = 'b'`,
        { Statement: `SELECT v FROM "Music" WHERE id = ?`, Parameters: ['a'] },
        `SELECT * FROM "Music" WHERE id IN ['never']`,
      ),
    ).toEqual([{ TableName: 'Music', Item: { id: 'b', v: 'b' } }, { TableName: 'Music', Item: { v: 'a' } }, { TableName: 'Music' }])
  })

  it('must name one item of a table and nothing else; the others run', async () => {
    expect(
      await responses(
        `SELECT * FROM "Music" WHERE v = 'a'`,
        `SELECT * FROM "Music"."all" WHERE g = 'x'`,
        `SELECT * FROM "Music"."all" WHERE id = 'a' AND g = 'x'`,
        `SELECT * FROM "Music" WHERE id = 'a' AND v = 'a'`,
        `SELECT * FROM "Music" WHERE id = 'a' AND id = 'b'`,
        `SELECT * FROM "Music" WHERE id = 'a'`,
      ),
    ).toEqual([NEEDS_KEY, NEEDS_KEY, NEEDS_KEY, NEEDS_KEY, NEEDS_KEY, { TableName: 'Music', Item: { id: 'a', v: 'a' } }])
  })

  it('cost what each asks for', async () => {
    const Statement = `SELECT * FROM "Music" WHERE id = ?`
    const { ConsumedCapacity } = await batch(
      [{ Statement, Parameters: ['a'], ConsistentRead: true }, { Statement, Parameters: ['b'] }],
      { ReturnConsumedCapacity: 'TOTAL' },
    )
    expect(ConsumedCapacity).toEqual([{ TableName: 'Music', CapacityUnits: 1.5 }])
  })
})

describe('writes', () => {
  it('are each for themselves', async () => {
    expect(
      await responses(
        `INSERT INTO "Music" VALUE {'id': 'c'}`,
        `INSERT INTO "Music" VALUE {'id': 'a'}`,
        `UPDATE "Music" SET v = 'new' WHERE id = 'b' RETURNING MODIFIED OLD *`,
        `DELETE FROM "Music" WHERE id = 'x' AND v = 1`,
        `UPDATE "Music" SET v = 'new' WHERE id = 'y'`,
        `UPDATE "Nowhere" SET v = 'new' WHERE id = 'y'`,
        `SLECT * FROM "Music" WHERE id = 'a'`,
        `DELETE FROM "Music" WHERE id = 'z' RETURNING MODIFIED OLD *`,
        `EXISTS(SELECT * FROM "Music" WHERE id = 'a' AND v = 'a')`,
      ),
    ).toEqual([
      { TableName: 'Music' },
      { TableName: 'Music', ...failed('DuplicateItem', 'Duplicate primary key exists in table') },
      { TableName: 'Music', Item: { v: 'b' } },
      { TableName: 'Music' },
      { TableName: 'Music', ...failed('ConditionalCheckFailed', 'The conditional request failed') },
      { TableName: 'Nowhere', ...failed('ResourceNotFound', 'Requested resource not found') },
      failed('ValidationError', "Statement wasn't well formed, can't be processed: Expected data manipulation"),
      failed('ValidationError', 'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.'),
      failed('ValidationError', 'EXISTS can only be used in ExecuteTransaction write requests.'),
    ])
    const { Items } = await fixture.run('Scan', { TableName: 'Music' })
    expect(Items).toEqual([{ id: 'a', v: 'a' }, { id: 'b', v: 'new' }, { id: 'c' }])
  })

  it('omit an Item of which RETURNING leaves nothing', async () => {
    expect(await responses(`UPDATE "Music" REMOVE v WHERE id = 'a' RETURNING MODIFIED NEW *`)).toEqual([{ TableName: 'Music' }])
  })

  it('tell the item that failed a condition, where it is asked for', async () => {
    const Statement = `UPDATE "Music" SET v = 1 WHERE id = 'a' AND v = 'b'`
    expect(await responses({ Statement, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).toEqual([
      { TableName: 'Music', Error: { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { id: 'a', v: 'a' } } },
    ])
  })

  it('cost also where they failed, in the total', async () => {
    const { ConsumedCapacity } = await batch(
      [`INSERT INTO "Music" VALUE {'id': 'a'}`, `INSERT INTO "Music" VALUE {'id': 'c'}`, { Statement: `INSERT INTO "Music" VALUE {'id': 'b', 'd': ?}`, Parameters: ['x'.repeat(2500)] }],
      { ReturnConsumedCapacity: 'INDEXES' },
    )
    expect(ConsumedCapacity).toEqual([{ TableName: 'Music', CapacityUnits: 5, Table: { CapacityUnits: 1 } }])
  })
})

describe('a batch as a whole', () => {
  const refused = (members: readonly Member[], message: unknown): Promise<void> =>
    expect(batch(members)).rejects.toMatchObject({ name: 'ValidationException', message })

  it('has one to 25 statements', async () => {
    await refused([], "1 validation error detected: Value '[]' at 'statements' failed to satisfy constraint: Member must have length greater than or equal to 1")
    await refused(Array<string>(26).fill('x'), expect.stringMatching(/at 'statements' failed to satisfy constraint: Member must have length less than or equal to 25$/))
    await refused([{}], "1 validation error detected: Value null at 'statements.1.member.statement' failed to satisfy constraint: Member must not be null")
  })

  it('reads or writes, and names no item twice', async () => {
    const read = `SELECT * FROM "Music" WHERE id = 'a'`
    const write = `DELETE FROM "Music" WHERE id = 'a'`
    await refused([read, write], 'Read and write requests together in the same batch is not supported.')
    await refused([read, read], 'Provided list of item keys contains duplicates')
    await refused([write, write], 'Provided list of item keys contains duplicates')
    expect(await responses('nonsense', read)).toMatchObject([{ Error: { Code: 'ValidationError' } }, { Item: { id: 'a' } }])
  })

  it('fails the statement alone whose parameter was no value', async () => {
    const invalidValue = new ValidationException('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
    // As the edge puts it there: it throws when it is looked into.
    const placeholder = Object.defineProperty({}, 'M', { enumerable: true, get: () => { throw invalidValue } })
    const input = {
      Statements: [
        { Statement: `DELETE FROM "Music" WHERE id = ?`, Parameters: [placeholder] },
        { Statement: `DELETE FROM "Music" WHERE id = ?`, Parameters: ['b'] },
      ],
    }
    const answer = (await fixture.engine.execute('BatchExecuteStatement', input, { invalidValue })) as { Responses: object[] }
    expect(answer.Responses).toEqual([failed('ValidationError', invalidValue.message), { TableName: 'Music' }])
    expect((await fixture.run('Scan', { TableName: 'Music' })).Items).toEqual([{ id: 'a', v: 'a' }])
  })
})

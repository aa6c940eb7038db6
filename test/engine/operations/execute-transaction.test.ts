// ExecuteTransaction: what AWS answers, by its pages (API_ExecuteTransaction, Developer Guide
// ql-reference.multiplestatements.transactions, ql-functions.exists) and by what public conformance suites pinned against AWS
// (nubo-db and paritysuite/dynamodb-conformance: executeTransaction, writeResponses; floci: DynamoDbPartiQLEdgeCase).
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, type EngineFixture } from '../engine-fixture.ts'

let fixture: EngineFixture
beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', {
    TableName: 'Music',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    BillingMode: 'PAY_PER_REQUEST',
  })
  for (const pk of ['a', 'b']) await fixture.run('PutItem', { TableName: 'Music', Item: { pk, sk: '1', n: 0 } })
})

type Member = string | object
function transaction(members: readonly Member[], more: object = {}): Promise<Record<string, unknown>> {
  const TransactStatements = members.map((member) => (typeof member === 'string' ? { Statement: member } : member))
  return fixture.run('ExecuteTransaction', { TransactStatements, ...more })
}
const refused = (message: unknown, ...members: readonly Member[]): Promise<void> =>
  expect(transaction(members)).rejects.toMatchObject({ name: 'ValidationException', message })
const inFirst = (message: string): string => `Validation failed in TransactStatements[0]: ${message}`

async function cancelled(...members: readonly Member[]): Promise<unknown> {
  const error = await transaction(members).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'TransactionCanceledException' })
  const { cancellationReasons, message } = error as { cancellationReasons: readonly { code: string }[]; message: string }
  const codes = cancellationReasons.map(({ code }) => code).join(', ')
  expect(message).toBe(`Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`)
  return JSON.parse(JSON.stringify(cancellationReasons))
}
async function stored(pk: string, sk = '1'): Promise<unknown> {
  return (await fixture.run('GetItem', { TableName: 'Music', Key: { pk, sk } })).Item
}
const at = (pk: string): string => `pk = '${pk}' AND sk = '1'`
const update = (pk: string, set = 'n = n + 1'): string => `UPDATE "Music" SET ${set} WHERE ${at(pk)}`
const select = (where: string): string => `SELECT * FROM "Music" WHERE ${where}`
const NONE = { code: 'None' }
const WRONG_KEY = { code: 'ValidationError', message: 'The provided key element does not match the schema' }

describe('writes', () => {
  it('take place all at once and answer with an empty Responses list', async () => {
    const answer = await transaction(
      [`INSERT INTO "Music" VALUE {'pk': 'c', 'sk': '1'}`, update('a'), `DELETE FROM "Music" WHERE ${at('b')}`, `FROM "Music" WHERE pk = 'd' AND sk = '1' SET n = 1`].slice(0, 3),
      { ReturnConsumedCapacity: 'TOTAL' },
    )
    expect(answer).toEqual({ Responses: [], ConsumedCapacity: [{ TableName: 'Music', CapacityUnits: 6, WriteCapacityUnits: 6 }] })
    expect(await stored('c')).toEqual({ pk: 'c', sk: '1' })
    expect(await stored('a')).toMatchObject({ n: 1 })
    expect(await stored('b')).toBeUndefined()
  })

  it('or not at all, with a reason for each', async () => {
    const reasons = await cancelled(
      `INSERT INTO "Music" VALUE {'pk': 'a', 'sk': '1'}`,
      update('b'),
      update('ghost'),
      { Statement: `DELETE FROM "Music" WHERE pk = 'a' AND sk = '2' AND n = 1` },
    )
    expect(reasons).toEqual([
      { code: 'DuplicateItem', message: 'Duplicate primary key exists in table' },
      NONE,
      { code: 'ConditionalCheckFailed', message: 'The conditional request failed' },
      NONE,
    ])
    expect(await stored('b')).toMatchObject({ n: 0 })
    expect(await cancelled({ Statement: `${update('b')} AND n = 7`, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })).toEqual([
      { code: 'ConditionalCheckFailed', message: 'The conditional request failed', item: { pk: 'b', sk: '1', n: 0 } },
    ])
  })

  it('are cancelled by keys that name no item, and by tables that are not there', async () => {
    expect(
      await cancelled(
        `UPDATE "Music" SET n = 1 WHERE pk = 'a'`,
        `UPDATE "Music" SET n = 1 WHERE pk IN ['a'] AND sk = '1'`,
        `${update('a')} AND pk = 'other'`,
        `UPDATE "Music" SET n = 1 WHERE pk = 'a' AND sk = 1`,
        `INSERT INTO "Music" VALUE {'pk': 'x'}`,
        update('b'),
      ),
    ).toEqual([
      WRONG_KEY,
      WRONG_KEY,
      WRONG_KEY,
      WRONG_KEY,
      { code: 'ValidationError', message: 'One or more parameter values were invalid: Missing the key sk in the item' },
      NONE,
    ])
    const missing = `UPDATE "Nowhere" SET n = 1 WHERE ${at('a')}`
    const noTable = { code: 'ResourceNotFound', message: 'Requested resource not found' }
    expect(await cancelled(`${missing} RETURNING ALL NEW *`, update('a'))).toEqual([noTable, NONE])
    await refused('Validation failed in TransactStatements[1]: RETURNING clause is not supported in ExecuteTransaction.', missing, `${update('a')} RETURNING ALL NEW *`)
  })

  it('are refused as a whole where a statement can not be right', async () => {
    await refused(inFirst("Statement wasn't well formed, can't be processed: Unexpected term"), 'SELECT * FROM "Music" WHERE')
    await refused(inFirst('RETURNING clause is not supported in ExecuteTransaction.'), `${update('a')} RETURNING ALL NEW *`)
    await refused(inFirst('One or more parameter values were invalid: Input collection [a, a] contains duplicates.'), `INSERT INTO "Music" VALUE {'pk':'x','sk':'1','x':[<<'a','a'>>]}`)
    await refused(inFirst('Incorrect operand type for operator or function; operator or function: +, operand type: L'), update('a', 'n = n + [1]'))
    await refused('One or more parameter values were invalid: Input collection [a, a] contains duplicates.', 'nonsense', { Statement: update('a', 'n = ?'), Parameters: [{ SS: ['a', 'a'] }] })
    await refused('Transaction request cannot include multiple operations on one item', update('a'), `DELETE FROM "Music" WHERE ${at('a')}`)
    await refused('ExecuteTransaction API does not support both read and write operations in the same request.', select(at('a')), update('b'))
  })

  it('check with EXISTS', async () => {
    await transaction([`EXISTS(${select(`(${at('a')}) AND awards IS MISSING`)})`, update('b')])
    expect(await stored('b')).toMatchObject({ n: 1 })
    const failed = { code: 'ConditionalCheckFailed', message: 'The conditional request failed' }
    expect(await cancelled(`exists(${select(`${at('a')} AND n > 5`)})`, update('b'))).toEqual([failed, NONE])
    expect(await cancelled(`EXISTS(${select(`${at('a')} AND pk = 'other' AND n = 0`)})`, update('b'))).toEqual([failed, NONE])
    const more = inFirst('EXISTS() must contain a single item read with additional condition')
    await refused(more, `EXISTS(${select(at('a'))})`, update('b'))
    await refused(more, `EXISTS(${select(`pk IN ['a'] AND sk = '1' AND n = 0`)})`, update('b'))
    await refused('ExecuteTransaction API does not support both read and write operations in the same request.', `EXISTS(${select(`${at('a')} AND n = 0`)})`, select(at('b')))
  })

  it('take place once per ClientRequestToken', async () => {
    const more = { ClientRequestToken: 'token', ReturnConsumedCapacity: 'INDEXES' }
    const first = await transaction([update('a')], more)
    const second = await transaction([update('a')], more)
    expect(await stored('a')).toMatchObject({ n: 1 })
    expect(first).toMatchObject({ Responses: [], ConsumedCapacity: [{ WriteCapacityUnits: 2 }] })
    expect(second).toMatchObject({ Responses: [], ConsumedCapacity: [{ ReadCapacityUnits: 2 }] })
    await expect(transaction([update('b')], more)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
  })
})

describe('reads', () => {
  it('answer in order, empty for what is not there', async () => {
    expect(
      await transaction([select(at('b')), `SELECT n FROM "Music" WHERE sk IN ['1'] AND 'a' = pk`, select(`${at('a')} AND pk = 'a'`).replace("'1'", "'9'")], {
        ReturnConsumedCapacity: 'TOTAL',
      }),
    ).toEqual({
      Responses: [{ Item: { pk: 'b', sk: '1', n: 0 } }, { Item: { n: 0 } }, {}],
      ConsumedCapacity: [{ TableName: 'Music', CapacityUnits: 6, ReadCapacityUnits: 6 }],
    })
  })

  it('name one item each, and no other', async () => {
    const needsKey = inFirst('Select statements within ExecuteTransaction must specify the primary key in the where clause.')
    for (const where of [`${at('a')} AND n = 0`, `${at('a')} AND pk = 'b'`, `pk = 'a'`, `attribute_exists(n)`, `pk IN ['other'] AND ${at('a')}`]) {
      await refused(needsKey, select(where))
    }
    await refused(inFirst('Overlapping conditions with range keys are not supported in where clause'), select(`pk IN ['a', 'a'] AND sk = '1'`))
    await refused(inFirst('Reads on indices are not supported within transactions.'), `SELECT * FROM "Music"."i" WHERE pk = 'a'`)
    await refused('Transaction request cannot include multiple operations on one item', select(at('a')), select(`sk = '1' AND pk = 'a'`))
    expect(await cancelled(select(at('a')), select(at('a')), select(`pk = 1 AND sk = '1'`))).toEqual([NONE, NONE, WRONG_KEY])
    expect(await cancelled(select(at('a')), `SELECT * FROM "Nowhere"."i" WHERE pk = 'x'`)).toEqual([
      NONE,
      { code: 'ResourceNotFound', message: 'Requested resource not found' },
    ])
  })
})

it('has one to 100 statements', async () => {
  await refused("1 validation error detected: Value '[]' at 'transactStatements' failed to satisfy constraint: Member must have length greater than or equal to 1")
  await refused(expect.stringMatching(/at 'transactStatements' failed to satisfy constraint: Member must have length less than or equal to 100$/), ...Array<string>(101).fill('x'))
})

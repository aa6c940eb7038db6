// Put-, Get- and DeleteResourcePolicy: canonical form, revisions, refusals. Lab findings DDB-TABLE-205 to -212, -351 to
// -356; AWS page PutResourcePolicy.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const ResourceArn = 'arn:aws:dynamodb:local:000000000000:table/Things'
const ROOT = 'arn:aws:iam::111122223333:root'
const allow = (more: object = {}) => ({ Sid: 'a', Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'dynamodb:GetItem', Resource: ResourceArn, ...more })
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })
const NOT_FOUND = 'Resource-based policy not found for the provided ResourceArn: '

let fixture: EngineFixture
const put = (Policy: string, more: object = {}) => fixture.run('PutResourcePolicy', { ResourceArn, Policy, ...more }) as Promise<{ RevisionId: string }>
const get = (arn = ResourceArn) => fixture.run('GetResourcePolicy', { ResourceArn: arn })
const remove = (more: object = {}) => fixture.run('DeleteResourcePolicy', { ResourceArn, ...more })

beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things', { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }))
})

describe('a resource policy', () => {
  it('is kept in canonical form; an equal one changes nothing', async () => {
    const { RevisionId } = await put(policy(allow()))
    expect(RevisionId).toMatch(/^\d{13}$/)
    const equal = JSON.stringify(
      { Statement: { Resource: [ResourceArn], Action: ['dynamodb:GetItem'], Principal: { AWS: ['111122223333', ROOT] }, Effect: 'allow', Sid: 'a' }, Version: '2012-10-17' },
      null,
      2,
    )
    expect(await put(equal)).toEqual({ RevisionId })
    expect(await get()).toEqual({ Policy: policy(allow()), RevisionId })
    const other = await put(policy(allow({ Action: ['dynamodb:GetItem', 'dynamodb:Query'] })))
    expect(Number(other.RevisionId)).toBeGreaterThan(Number(RevisionId))
    fixture = await fixture.reopen()
    expect(await get()).toMatchObject(other)
  })

  it('without a version reads back with the old one, and is not its equal', async () => {
    const { RevisionId } = await put(JSON.stringify({ Statement: [allow()] }))
    const answer = await get()
    expect(answer['Policy']).toContain('{"Version":"2008-10-17",')
    expect(await put(answer['Policy'] as string)).not.toEqual({ RevisionId })
  })

  it('may come with CreateTable', async () => {
    await fixture.run('CreateTable', simpleTable('Others', { ResourcePolicy: policy(allow()) }))
    expect(await get(ResourceArn.replace('Things', 'Others'))).toMatchObject({ Policy: policy(allow()) })
  })

  it('changes under the expected revision only', async () => {
    await expect(put(policy(allow()), { ExpectedRevisionId: '1' })).rejects.toMatchObject({
      name: 'PolicyNotFoundException',
      message: `${NOT_FOUND}Requested update for policy with revision id 1, but table Things has no associated resource-based policy`,
    })
    const { RevisionId } = await put(policy(allow()), { ExpectedRevisionId: 'NO_POLICY' })
    await expect(put(policy(allow({ Sid: 'b' })), { ExpectedRevisionId: 'NO_POLICY' })).rejects.toMatchObject({ name: 'PolicyNotFoundException' })
    await expect(remove({ ExpectedRevisionId: '1' })).rejects.toMatchObject({ name: 'PolicyNotFoundException' })
    expect(await remove({ ExpectedRevisionId: RevisionId })).toEqual({ RevisionId })
    await expect(get()).rejects.toMatchObject({ name: 'PolicyNotFoundException', message: NOT_FOUND + ResourceArn })
  })

  it('can be deleted again, which tells the deletion, or nothing where there never was one', async () => {
    expect(await remove()).toEqual({})
    const { RevisionId } = await put(policy(allow()))
    await remove()
    const again = (await remove()) as { RevisionId: string }
    expect(Number(again.RevisionId)).toBeGreaterThan(Number(RevisionId))
  })

  it('has a place of its own for each stream', async () => {
    const { Table } = (await fixture.run('DescribeTable', { TableName: 'Things' })) as { Table: { LatestStreamArn: string } }
    await fixture.run('PutResourcePolicy', { ResourceArn: Table.LatestStreamArn, Policy: policy(allow({ Resource: Table.LatestStreamArn })) })
    await expect(get()).rejects.toThrow(NOT_FOUND)
    expect(await get(Table.LatestStreamArn)).toHaveProperty('RevisionId')
    await expect(get(`${ResourceArn}/stream/2020-01-01T00:00:00.000`)).rejects.toThrow(
      'Requested resource not found: Stream: 2020-01-01T00:00:00.000 not found for Table: Things',
    )
    await expect(get(ResourceArn.replace('Things', 'Nothing'))).rejects.toThrow('Requested resource not found: Table: Nothing not found')
  })

  const DOCUMENT = 'One or more parameter values were invalid: Invalid policy document: '
  const refused: [string, string, string][] = [
    ['no JSON', '', `${DOCUMENT}This policy contains invalid Json`],
    ['an empty object', '{}', `${DOCUMENT}Syntax error at position (1,3)`],
    ['null', 'null', `${DOCUMENT}This text appears not to be a policy`],
    ['no statements', '{"Statement":[]}', `${DOCUMENT}Could not parse the policy: Statement is empty!`],
    ['a statement without effect', '{"Statement":[{}]}', `${DOCUMENT}Missing required field Effect`],
    ['a statement without resource', policy({ ...allow(), Resource: undefined }), `${DOCUMENT}Missing required field Resource`],
    ['repeated ids', policy(allow(), allow()), `${DOCUMENT}The Statement Ids in the policy are not unique`],
    ["other services' actions", policy(allow({ Action: 's3:GetObject' })), `${DOCUMENT}The following action names are invalid: s3:GetObject`],
    ['a bare principal', policy(allow({ Principal: '111122223333' })), 'Invalid principal in policy document.'],
    ['a public grant', policy(allow({ Principal: '*' })), 'Resource-based policy grants unbounded access in one or more elements.'],
    ['a public grant in a list', policy(allow({ Principal: { AWS: ['*'] } })), 'Resource-based policy grants unbounded access in one or more elements.'],
    ['20 KB and a byte', policy(allow()).padEnd(20_481), 'One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded'],
  ]
  it.each(refused)('is not %s', async (_, text, message) => {
    await expect(put(text)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
  })

  it('locks its writer out only if that is confirmed', async () => {
    const deny = policy(allow({ Effect: 'Deny', Principal: '*', Action: 'dynamodb:Put*' }))
    await expect(put(deny)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'The new resource policy will not allow you to update the resource policy in the future.',
    })
    await put(deny, { ConfirmRemoveSelfResourceAccess: true })
    await put(policy(allow({ Effect: 'Deny', Principal: '*', Action: 'dynamodb:DeleteResourcePolicy' })))
  })
})

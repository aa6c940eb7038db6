// TagResource, UntagResource, ListTagsOfResource: texts and limits from lab findings DDB-TABLE-105 to -108, -372, -446;
// AWS page ListTagsOfResource.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const ResourceArn = 'arn:aws:dynamodb:local:000000000000:table/Things'
let fixture: EngineFixture
const tag = (Tags: object[], arn = ResourceArn) => fixture.run('TagResource', { ResourceArn: arn, Tags })
const untag = (TagKeys: string[]) => fixture.run('UntagResource', { ResourceArn, TagKeys })
const list = (more: object = {}) => fixture.run('ListTagsOfResource', { ResourceArn, ...more })
const many = (count: number, prefix = 'k') => Array.from({ length: count }, (_, at) => ({ Key: `${prefix}${String(at).padStart(2, '0')}`, Value: String(at) }))

beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things', { Tags: [{ Key: 'first', Value: 'x' }] }))
})

describe('tags', () => {
  it('come with CreateTable, are replaced, removed, and are there after a restart', async () => {
    expect(await list()).toEqual({ Tags: [{ Key: 'first', Value: 'x' }] })
    expect(await tag([{ Key: 'first', Value: 'y' }, { Key: 'Env', Value: '' }])).toEqual({})
    fixture = await fixture.reopen()
    expect(await list()).toEqual({ Tags: [{ Key: 'Env', Value: '' }, { Key: 'first', Value: 'y' }] })
    expect(await untag(['first', 'never'])).toEqual({})
    expect(await list()).toEqual({ Tags: [{ Key: 'Env', Value: '' }] })
  })

  it('are listed all at once, in order', async () => {
    await tag(many(49))
    const { Tags, NextToken } = (await list()) as { Tags: { Key: string }[]; NextToken?: string }
    expect(Tags.map(({ Key }) => Key)).toEqual(['first', ...many(49).map(({ Key }) => Key)].sort())
    expect(NextToken).toBeUndefined()
    await expect(list({ NextToken: '!' })).rejects.toThrow('Invalid NextToken')
  })

  it('are at most 50, counted after the change', async () => {
    const text = 'Number of Tags exceed the current limit for the provided ResourceArn'
    await tag(many(49))
    await expect(tag([{ Key: 'one-more', Value: '' }])).rejects.toMatchObject({ name: 'ValidationException', message: text })
    await tag(many(49))
    await expect(tag(many(51, 'z'))).rejects.toThrow(text)
  })

  const refused: [Record<string, unknown>[], string][] = [
    [[], 'Atleast one Tag needs to be provided as Input.'],
    [[{ Key: '', Value: 'x' }], 'The Tag Key provided is invalid, Key: '],
    [[{ Key: 'k'.repeat(129), Value: 'x' }], 'The Tag Key provided is invalid, Key: kkk'],
    [[{ Key: 'k' }], 'The Tag Value provided is invalid, Value: null'],
    [[{ Key: 'k', Value: 'v'.repeat(257) }], 'The Tag Value provided is invalid, Value: vvv'],
    [[{ Key: 'k', Value: '100%' }], 'The Tag Value provided is invalid, Value: 100%'],
    [[{ Key: 'AWS:k', Value: 'x' }], 'Tag Key cannot be prefixed with aws:, Key: AWS:k'],
    [[{ Key: 'd', Value: 'x' }, { Key: 'd', Value: 'y' }], 'Duplicate Tag Keys provided as input: Duplicate Tag Key found d'],
  ]
  it.each(refused)('refuses %j, all or nothing', async (tags, message) => {
    await expect(tag([{ Key: 'good', Value: 'x' }].slice(0, tags.length).concat(tags as never))).rejects.toThrow(message)
    expect(await list()).toEqual({ Tags: [{ Key: 'first', Value: 'x' }] })
  })

  it('take letters of every script', async () => {
    await tag([{ Key: 'ключ 表', Value: 'a+b-c=d.e_f:g/h@i café' }])
    await expect(untag([])).rejects.toThrow('Atleast one Tag Key needs to be provided as Input.')
  })

  it('belong to tables of this account only', async () => {
    const cases: [string | undefined, string][] = [
      [undefined, 'Invalid TableArn'],
      ['Things', "One or more parameter values were invalid: ARNs must start with 'arn:': Things"],
      [`${ResourceArn}/backup/01-x`, 'One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: '],
      [`${ResourceArn}/index/byA`, 'One or more parameter values were invalid: Invalid resource arn provided, only table or stream is accepted. Provided resource arn: '],
      [ResourceArn.replace('Things', 'Nothing'), `Requested resource not found: ResourceArn: ${ResourceArn.replace('Things', 'Nothing')} not found`],
    ]
    for (const [arn, message] of cases) {
      await expect(fixture.run('ListTagsOfResource', { ResourceArn: arn }), message).rejects.toThrow(message)
    }
  })
})

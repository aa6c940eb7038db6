// Time to live: expired items are deleted in the background, with the service's identity in the stream
// (AWS pages: TTL, time-to-live-ttl-streams, time-to-live-ttl-before-you-start).
import { describe, expect, it } from 'vitest'
import { isExpired } from '../../src/services/time-to-live.ts'
import { Item } from '../../src/model/item.ts'
import { simpleTable, type FixtureOptions } from '../engine/engine-fixture.ts'
import { MINUTE, openServices, readStream, type ServiceFixture } from './service-fixture.ts'

const NOW = Date.UTC(2026, 0, 1) / 1000
const INDEX = {
  GlobalSecondaryIndexes: [{ IndexName: 'by-id', KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
}

async function openExpiring(options: FixtureOptions = {}): Promise<ServiceFixture> {
  const fixture = await openServices(options)
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
  await fixture.run('DeclareTable', {
    ...simpleTable('tab', { StreamSpecification, ...INDEX }),
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  })
  await fixture.engine.idle()
  return fixture
}
const put = ({ run }: ServiceFixture, id: string, ttl?: unknown) => run('PutItem', { TableName: 'tab', Item: { id, ...(ttl === undefined ? {} : { ttl }) } })
const idsLeft = async ({ run }: ServiceFixture, more: object = {}): Promise<unknown[]> =>
  ((await run('Scan', { TableName: 'tab', ...more }))['Items'] as { id: string }[]).map(({ id }) => id).sort()

describe('time to live', () => {
  it('knows what has expired: numbers of seconds, at most five years ago', () => {
    const expired = (ttl: unknown): boolean => isExpired(Item.of({ id: 'a', ttl } as never), 'ttl', NOW * 1000)
    expect(expired(NOW)).toBe(true)
    expect(expired(NOW + 1)).toBe(false)
    expect(expired(NOW - 5 * 365 * 86_400 + 1)).toBe(true)
    expect(expired(NOW - 5 * 365 * 86_400)).toBe(false)
    expect(expired(String(NOW))).toBe(false)
    expect(expired({ NS: [NOW] })).toBe(false)
    expect(expired(NOW * 1000)).toBe(false)
    expect(isExpired(Item.of({ id: 'a' }), 'ttl', NOW * 1000)).toBe(false)
  })

  it('deletes expired items and their index entries, as a service', async () => {
    const fixture = await openExpiring()
    const { run, engine, environment } = fixture
    await put(fixture, 'soon', NOW + 60)
    await put(fixture, 'later', NOW + 600)
    await put(fixture, 'never')
    await put(fixture, 'text', 'x')
    environment.advance(MINUTE)
    await engine.idle()
    expect(await idsLeft(fixture)).toEqual(['later', 'never', 'text'])
    expect(await idsLeft(fixture, { IndexName: 'by-id' })).toEqual(['later', 'never', 'text'])
    const [{ StreamArn = '' } = {}] = (await run('ListStreams', {}))['Streams'] as { StreamArn?: string }[]
    const last = (await readStream(run, StreamArn)).at(-1)
    expect(last).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' },
      dynamodb: { Keys: { id: 'soon' }, OldImage: { id: 'soon', ttl: NOW + 60 } },
    })
    for (let minutes = 1; minutes < 10; minutes++) {
      environment.advance(MINUTE)
      await engine.idle()
    }
    expect(await idsLeft(fixture)).toEqual(['never', 'text'])
    await engine.close()
  })

  it('sweeps at opening, with pages that fault', async () => {
    const fixture = await openExpiring()
    for (let at = 0; at < 500; at++) await put(fixture, `k${at}`, at % 2 === 0 ? NOW + 10 : NOW + 10_000)
    await fixture.engine.close()
    fixture.environment.time += 10 * MINUTE
    const again = await fixture.reopen({ faultEvery: 7 })
    await again.engine.idle()
    expect(await idsLeft(again)).toHaveLength(250)
    await again.engine.close()
  })

  it('goes on after a commit that failed in the middle of a sweep, whole and once', async () => {
    const fixture = await openExpiring()
    for (let at = 0; at < 300; at++) await put(fixture, `k${at}`, NOW + 10)
    await fixture.engine.close()
    fixture.environment.time += MINUTE
    let commits = 0
    const failing = await fixture.reopen({
      beforeCommit: () => {
        if (++commits === 3) throw new Error('an injected failure')
      },
    })
    await failing.engine.idle()
    // Two batches of fifty were durable; what the third held is there, whole.
    expect(await idsLeft(failing)).toHaveLength(200)
    expect(await idsLeft(failing, { IndexName: 'by-id' })).toHaveLength(200)
    failing.environment.advance(MINUTE)
    await failing.engine.idle()
    expect(await idsLeft(failing)).toEqual([])
    const [{ StreamArn = '' } = {}] = (await failing.run('ListStreams', {}))['Streams'] as { StreamArn?: string }[]
    const removed = (await readStream(failing.run, StreamArn)).filter(({ eventName }) => eventName === 'REMOVE')
    expect(new Set(removed.map(({ dynamodb }) => dynamodb.Keys['id'])).size).toBe(300)
    expect(removed).toHaveLength(300)
    await failing.engine.close()
  })

  it('has no timer where no table wants it', async () => {
    const fixture = await openServices()
    await fixture.run('CreateTable', simpleTable('tab'))
    await fixture.engine.idle()
    expect(fixture.environment.timers).toBe(0)
    await fixture.engine.close()
  })
})

// AttributeUpdates (AWS page: UpdateItem). Texts: dynalite, validations/updateItem.js and actions/updateItem.js, in the
// envelope of 2026; what makes an item: scylladb, test/alternator/test_item.py.
import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open(Item?: object) {
  const { run } = await openEngine()
  await run('CreateTable', simpleTable('Things'))
  if (Item !== undefined) await run('PutItem', { TableName: 'Things', Item })
  const update = (AttributeUpdates: object | undefined, more: object = {}) =>
    run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, AttributeUpdates, ...more })
  const get = async () => (await run('GetItem', { TableName: 'Things', Key: { id: 'a' } }))['Item']
  return { run, update, get }
}

describe('AttributeUpdates', () => {
  it('put by default, delete, and add to numbers, sets and lists', async () => {
    const { update, get } = await open({ id: 'a', n: 1, tags: { SS: ['a', 'b'] }, list: [1], gone: true })
    await update({
      text: { Value: 'new' },
      other: { Value: null, Action: 'PUT' },
      n: { Value: 5, Action: 'ADD' },
      fresh: { Value: { NS: [1] }, Action: 'ADD' },
      tags: { Value: { SS: ['b', 'c'] }, Action: 'DELETE' },
      list: { Value: [2], Action: 'ADD' },
      gone: { Action: 'DELETE' },
      absent: { Action: 'DELETE' },
    })
    expect(await get()).toEqual({ id: 'a', n: 6, tags: { SS: ['a'] }, list: [1, 2], text: 'new', other: null, fresh: { NS: [1] } })
  })

  it('return what they touched', async () => {
    const { update } = await open({ id: 'a', n: 1, rest: 1 })
    const n = { n: { Value: 1, Action: 'ADD' } }
    expect(await update(n, { ReturnValues: 'UPDATED_NEW' })).toEqual({ Attributes: { n: 2 } })
    expect(await update(n, { ReturnValues: 'UPDATED_OLD' })).toEqual({ Attributes: { n: 2 } })
    expect(await update({ q: { Value: 1 } }, { ReturnValues: 'UPDATED_OLD' })).toEqual({})
  })

  it.each<[string, object | undefined, object | undefined]>([
    ['none at all', undefined, { id: 'a' }],
    ['an empty map', {}, { id: 'a' }],
    ['ADD', { n: { Value: 3, Action: 'ADD' } }, { id: 'a', n: 3 }],
    ['only DELETE', { n: { Action: 'DELETE' } }, undefined],
  ])('of an item that is missing: %s', async (_, updates, outcome) => {
    const { update, get } = await open()
    await update(updates)
    expect(await get()).toEqual(outcome)
  })

  it('by expression make none that only removes', async () => {
    const { update, get } = await open()
    await update(undefined, { UpdateExpression: 'REMOVE n' })
    expect(await get()).toBeUndefined()
  })

  const invalid = '1 validation error detected: One or more parameter values were invalid: '
  it.each<[string, object, string]>([
    ['no value', { n: { Action: 'PUT' } }, `${invalid}Only DELETE action is allowed when no attribute value is specified`],
    ['DELETE of a number', { n: { Action: 'DELETE', Value: 1 } }, `${invalid}DELETE action with value is not supported for the type N`],
    ['ADD of text', { n: { Action: 'ADD', Value: 'x' } }, `${invalid}ADD action is not supported for the type S`],
    [
      'another action',
      { n: { Action: 'INC', Value: 1 } },
      "1 validation error detected: Value 'INC' at 'attributeUpdates.n.member.action' failed to satisfy constraint: Member must satisfy enum value set: [ADD, PUT, DELETE]",
    ],
    [
      'the key',
      { id: { Value: 'b' } },
      'One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key',
    ],
    ['ADD to another type', { s: { Action: 'ADD', Value: 1 } }, 'Type mismatch for attribute to update'],
    ['DELETE from another type', { s: { Action: 'DELETE', Value: { SS: ['x'] } } }, 'Type mismatch for attribute to update'],
  ])('refuse %s', async (_, updates, text) => {
    const { update } = await open({ id: 'a', s: 'text' })
    await expect(update(updates)).rejects.toMatchObject({ name: 'ValidationException', message: text })
  })
})

// Exceptions keep their class, text and fields on the way between worker and page.
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/model/errors.ts'
import {
  ConditionalCheckFailedException,
  errorFromData,
  errorToData,
  HoldfastException,
  InternalServerError,
  StorageException,
  ThrottlingException,
  TransactionCanceledException,
  ValidationException,
} from '../../src/model/errors.ts'
import { Item } from '../../src/model/item.ts'

const travelled = (error: unknown) => errorFromData(JSON.parse(JSON.stringify(errorToData(error))))

type ExceptionClass = new (message: string, details: object) => HoldfastException
const isExceptionClass = (value: unknown): value is ExceptionClass =>
  typeof value === 'function' && value.prototype instanceof HoldfastException
const classes = Object.entries<unknown>(errors).flatMap(([name, value]): [string, ExceptionClass][] =>
  isExceptionClass(value) ? [[name, value]] : [],
)

describe('every exception', () => {
  it.each(classes)('%s comes back as itself', (name, Exception) => {
    const error = new Exception('why', { cancellationReasons: [], reason: 'CLOSED' })
    const back = travelled(error)
    expect(back).toBeInstanceOf(Exception)
    expect(back).toBeInstanceOf(HoldfastException)
    expect(back).toBeInstanceOf(Error)
    expect([back.name, back.message, back.fault, back.retryable]).toEqual([name, 'why', error.fault, error.retryable])
    expect(Object.entries(back)).toEqual(Object.entries(error))
    expect(String(back)).toBe(`${name}: why`)
    expect(back.stack).toMatch(new RegExp(`^${name}: why`))
  })

  it('is a client fault and final unless it says otherwise', () => {
    const server = classes.filter(([, Exception]) => new Exception('', { cancellationReasons: [], reason: 'CLOSED' }).fault === 'server')
    expect(server.map(([name]) => name).sort()).toEqual(['InternalServerError', 'StorageException'])
    const retryable = classes.filter(([, Exception]) => new Exception('', { cancellationReasons: [], reason: 'CLOSED' }).retryable)
    expect(retryable.map(([name]) => name).sort()).toEqual([
      'InternalServerError',
      'LimitExceededException',
      'ProvisionedThroughputExceededException',
      'RequestLimitExceeded',
      'ThrottlingException',
      'TransactionConflictException',
      'TransactionInProgressException',
    ])
  })
})

describe('fields', () => {
  it('carry the item of a failed condition as a compact map', () => {
    const error = new ConditionalCheckFailedException(undefined, { item: Item.fromRecord('9{"id":"a","__proto__":{"B":"YQ=="}}') })
    const back = travelled(error)
    expect(back.message).toBe('The conditional request failed')
    if (!(back instanceof ConditionalCheckFailedException)) throw new Error('another class')
    expect(JSON.stringify(back.item)).toBe('{"id":"a","__proto__":{"B":"YQ=="}}')
    expect('item' in new ConditionalCheckFailedException()).toBe(false)
  })

  it('carry the reasons of a cancelled transaction', () => {
    const cancellationReasons = [{ code: 'None' }, { code: 'ConditionalCheckFailed', message: 'm', item: Item.of({ id: 'a' }) }]
    const back = travelled(new TransactionCanceledException(undefined, { cancellationReasons }))
    expect(back.message).toBe(
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
    )
    expect((back as TransactionCanceledException).cancellationReasons).toEqual([
      { code: 'None' },
      { code: 'ConditionalCheckFailed', message: 'm', item: { id: 'a' } },
    ])
  })

  it('carry throttling reasons and what is wrong with the storage', () => {
    const throttlingReasons = [{ reason: 'TableWriteKeyRangeThroughputExceeded', resource: 'Tasks' }]
    expect(travelled(new ThrottlingException('slow', { throttlingReasons }))).toMatchObject({ throttlingReasons })
    expect(travelled(new StorageException('bad page', { reason: 'DAMAGED', tableId: 7 }))).toMatchObject({ reason: 'DAMAGED', tableId: 7, retryable: false })
    expect(new StorageException('', { reason: 'TIMEOUT' }).retryable).toBe(true)
  })

  it('leave the cause at home', () => {
    const cause = new Error('inner')
    const error = new ValidationException('outer', { cause })
    expect(error.cause).toBe(cause)
    expect(errorToData(error)).toEqual({ name: 'ValidationException', message: 'outer' })
    expect('cause' in new ValidationException('outer')).toBe(false)
  })
})

describe('foreign errors', () => {
  it('become InternalServerErrors with their message', () => {
    expect(travelled(new TypeError('x is not a function'))).toBeInstanceOf(InternalServerError)
    expect(travelled(new TypeError('x is not a function')).message).toBe('x is not a function')
    expect(travelled('thrown text').message).toBe('thrown text')
    expect(travelled(undefined).message).toBe('undefined')
  })

  it('of a name that this release does not know are InternalServerErrors too', () => {
    for (const name of ['NewException', 'toString', '__proto__']) {
      const error = errorFromData({ name, message: 'm' })
      expect(error).toBeInstanceOf(InternalServerError)
      expect(error.message).toBe(`${name}: m`)
    }
  })
})

// DynamoDB's JSON protocol without its transport: target and body text in, status and body text out. The hub stands behind it
// with HTTP, the page's SDK adapter through the worker.
// Invariant: every request is answered, with a body of AWS's form; nothing that a request holds makes it throw.
import { unknownOperation } from '../engine/engine.ts'
import type { RequestContext } from '../engine/operation.ts'
import { HoldfastException, SerializationException } from '../model/errors.ts'
import { wireErrorAnswer, wireOutputText, wireRefusal, type WireAnswer } from './wire-output.ts'
import { readWireInput } from './wire-input.ts'
import { inputShape } from './wire-shapes.ts'

export type { WireAnswer } from './wire-output.ts'

export type EngineExecute = (operation: string, input: object, context: RequestContext) => Promise<object>

/** `DynamoDB_20120810.GetItem` or `DynamoDBStreams_20120810.GetRecords`: the operation, undefined where it is none. */
export function operationOfTarget(target: string | undefined): string | undefined {
  const dot = target?.indexOf('.') ?? -1
  if (target === undefined || dot < 0) return undefined
  const operation = target.slice(dot + 1)
  if (inputShape(operation) === undefined) return undefined
  return target.slice(0, dot) === (STREAM_OPERATIONS.has(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810') ? operation : undefined
}

const STREAM_OPERATIONS = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'])

/** What a body's text says; undefined for an empty one. Throws SerializationException without a message, as AWS. */
export function parseBody(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new SerializationException()
  }
}

/** Runs one operation on a parsed body. Rejects with the operation's exceptions, or throws them; resolves with the output. */
export async function runWireRequest(execute: EngineExecute, operation: string, parsed: unknown, context: RequestContext): Promise<object> {
  const { input, invalidValue, isDeep = false } = readWireInput(operation, parsed)
  if (invalidValue === undefined) return execute(operation, input, context)
  const output = await execute(operation, input, { ...context, invalidValue, isDeep })
  // A batch says of each statement what is wrong with it.
  if (operation === 'BatchExecuteStatement') return output
  // Nobody looked at the value: it is wrong nevertheless.
  throw invalidValue
}

/** Never rejects. */
export async function answerWireRequest(
  execute: EngineExecute,
  target: string | undefined,
  body: string,
  context: RequestContext = {},
): Promise<WireAnswer> {
  try {
    const parsed = parseBody(body)
    const operation = operationOfTarget(target)
    if (operation === undefined) return wireRefusal('UnknownOperationException')
    return await answerParsedRequest(execute, operation, parsed, context)
  } catch (error) {
    return wireErrorAnswer(error)
  }
}

/** The part behind parsing, where what lies between is somebody else's (the hub checks signatures there). Never rejects. */
export async function answerParsedRequest(
  execute: EngineExecute,
  operation: string,
  parsed: unknown,
  context: RequestContext = {},
): Promise<WireAnswer> {
  try {
    if (parsed === undefined) return wireRefusal('SerializationException')
    return { status: 200, body: wireOutputText(operation, await runWireRequest(execute, operation, parsed, context)) }
  } catch (error) {
    return wireFailure(operation, error)
  }
}

/** What an operation was refused with, or broke with. */
export function wireFailure(operation: string, error: unknown): WireAnswer {
  const isUnknown = error instanceof HoldfastException && error.message === unknownOperation(operation)
  return isUnknown ? wireRefusal('UnknownOperationException') : wireErrorAnswer(error)
}

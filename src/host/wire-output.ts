// Operation outputs and exceptions as texts of DynamoDB's JSON. An Item's compact text is rewritten in one walk and never parsed.
// Invariant: what wire-shapes.ts names as attribute values comes out in DynamoDB's form, everything else as it is.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { HoldfastException, type CancellationReason } from '../model/errors.ts'
import { Item } from '../model/item.ts'
import { wireTextOfMap } from '../model/wire-text.ts'
import { toWire, toWireMap } from '../model/wire.ts'
import { outputShape, type StructureShape, type WireShape } from './wire-shapes.ts'

/** The answer's body. */
export function wireOutputText(operation: string, output: object): string {
  const shape = outputShape(operation)
  return shape === undefined ? JSON.stringify(output) : structureText(output, shape)
}

function structureText(value: object, { members }: StructureShape): string {
  let text = '{'
  for (const name in value) {
    const member: unknown = value[name as never]
    if (member === undefined) continue
    const shape = members.find(([known]) => known === name)?.[1]
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${shape === undefined ? JSON.stringify(member) : valueText(member, shape)}`
  }
  return `${text}}`
}

function valueText(value: unknown, shape: WireShape): string {
  if (value === null) return 'null'
  switch (shape.kind) {
    case 'map':
      return shape.element.kind === 'V' ? attributesText(value as Item | AttributeMap) : mapText(value as object, shape.element)
    case 'list':
      return listText(value as readonly unknown[], shape.element)
    case 'structure':
      return structureText(value as object, shape)
    case 'V':
      return JSON.stringify(toWire(value as AttributeValue))
    default:
      return JSON.stringify(value)
  }
}

function attributesText(value: Item | AttributeMap): string {
  return value instanceof Item ? wireTextOfMap(value.text) : JSON.stringify(toWireMap(value))
}

function listText(values: readonly unknown[], element: WireShape): string {
  let text = '['
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ','
    text += valueText(values[at], element)
  }
  return `${text}]`
}

function mapText(map: object, element: WireShape): string {
  let text = '{'
  for (const name in map) {
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${valueText(map[name as never], element)}`
  }
  return `${text}}`
}

export interface WireAnswer {
  readonly status: number
  readonly body: string
}

const CORAL_SERVICE = 'com.amazon.coral.service#'
const CORAL = new Set([
  'SerializationException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'AccessDeniedException',
  'InternalFailure',
])
/** AWS writes `Message` here and `message` elsewhere. */
const CAPITAL_MESSAGE = new Set(['SerializationException', 'TransactionCanceledException', 'AccessDeniedException'])

/** AWS's name for the type of an error: `__type`. */
export function wireErrorType(name: string): string {
  if (name === 'ValidationException') return 'com.amazon.coral.validate#ValidationException'
  return `${CORAL.has(name) ? CORAL_SERVICE : 'com.amazonaws.dynamodb.v20120810#'}${name}`
}

/** An error of our own making, that has no more than name and message. */
export function wireRefusal(name: string, message?: string, status = 400): WireAnswer {
  const text = message === undefined ? {} : { [CAPITAL_MESSAGE.has(name) ? 'Message' : 'message']: message }
  return { status, body: JSON.stringify({ __type: wireErrorType(name), ...text }) }
}

/** What was thrown, as AWS answers it: 500 where the fault is ours. */
export function wireErrorAnswer(error: unknown): WireAnswer {
  if (!(error instanceof HoldfastException)) {
    return wireRefusal('InternalServerError', 'The request processing has failed because of an unknown error, exception or failure.', 500)
  }
  const { name, message, fault } = error
  if (fault === 'server') return wireRefusal('InternalServerError', message, 500)
  const body = {
    __type: wireErrorType(name),
    ...(message === '' ? undefined : { [CAPITAL_MESSAGE.has(name) ? 'Message' : 'message']: message }),
    ...fieldsOf(error),
  }
  return { status: 400, body: JSON.stringify(body) }
}

/** Fields have AWS's names but for the first letter; how else an error could have been worded is nobody's. */
function fieldsOf(error: object): object {
  const fields: [string, unknown][] = []
  for (const [name, value] of Object.entries(error)) {
    if (value === undefined || name === 'cause' || name === 'currentWording') continue
    if (name === 'item') fields.push(['Item', wireItem(value as ItemLike)])
    else if (name === 'cancellationReasons') fields.push(['CancellationReasons', (value as CancellationReason[]).map(wireReason)])
    else fields.push([`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value])
  }
  return Object.fromEntries(fields)
}

function wireReason({ code, message, item }: CancellationReason): object {
  return {
    Code: code,
    ...(item === undefined ? undefined : { Item: wireItem(item as ItemLike) }),
    ...(message === undefined ? undefined : { Message: message }),
  }
}

type ItemLike = Item | AttributeMap
function wireItem(item: ItemLike): object {
  return toWireMap(item instanceof Item ? item.attributes : item)
}

// Random requests, some right, most nearly so, some hostile: by the shapes of the operations, with expressions from a loose
// grammar, then maybe damaged as text. Seeded: the same seed gives the same requests.
import { inputShape, WIRE_OPERATIONS, type StructureShape, type WireShape } from '../../src/host/wire-shapes.ts'

export interface RandomRequest {
  readonly operation: string
  readonly body: string
}

/** Mulberry32: in [0, 1). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const ITEM_OPERATIONS = ['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem', 'TransactWriteItems', 'TransactGetItems']
const NAMES = ['id', 's', 'color', 'n', 'a', 'b', 'size', '#n', '#a', '__proto__', 'constructor', '', 'é', 'x'.repeat(300)]
const TEXTS = ['a', 'b', 'fuzz', 'other', '', 'ALL_OLD', 'NONE', 'UPDATED_NEW', 'ALL_NEW', 'TOTAL', 'INDEXES', 'COUNT', 'SPECIFIC_ATTRIBUTES', 'byColor', '\u0000', '😀', '\ud800', 'x'.repeat(1025), 'HASH', 'RANGE', 'S', 'N', 'B', 'ALL', 'KEYS_ONLY', 'INCLUDE', 'PAY_PER_REQUEST', 'PROVISIONED', 'EQ', 'BETWEEN', 'PUT', 'ADD', 'OR', 'AND', 'arn:aws:dynamodb:local:000000000000:table/fuzz']
const NUMBERS = ['0', '1', '-1', '1.5', '+3', '.1', '1e125', '1e126', '-1e-131', '00012.50', '', 'x', '9'.repeat(38), '9'.repeat(40), '1e999999999', 'NaN', '0x10']
const OPERATORS = ['=', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN', '(', ')', ',', '.', '[0]', '[99999999999]', '[', ']', '+', '-', 'SET', 'REMOVE', 'ADD', 'DELETE']
const FUNCTIONS = ['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains', 'size', 'if_not_exists', 'list_append', 'nothing']
const PLACEHOLDERS = [':a', ':b', ':c', ':', '#n', '#a', '#']

/** Right texts of members. */
const RIGHT: { readonly [member: string]: readonly string[] } = {
  ReturnValues: ['NONE', 'ALL_OLD'],
  ReturnConsumedCapacity: ['TOTAL', 'INDEXES', 'NONE'],
  ReturnItemCollectionMetrics: ['SIZE', 'NONE'],
  ReturnValuesOnConditionCheckFailure: ['ALL_OLD', 'NONE'],
  Select: ['COUNT', 'ALL_ATTRIBUTES'],
  IndexName: ['byColor'],
}
const RIGHT_CONDITIONS = ['attribute_exists(id)', 'attribute_not_exists(id)', 'attribute_type(n, :a) OR n <> :b', '#n > :a OR #a <> :b', 'contains(a, :a) OR NOT b IN (:a, :b)']
const RIGHT_UPDATES = ['SET n = :a', 'REMOVE a, b', 'SET #n = if_not_exists(#n, :a), b = :b', 'SET a = :a REMOVE b', 'ADD n :a']

export class RequestSource {
  readonly #random: () => number
  /** Of the present request: the share of what is made wrong on purpose. */
  #wildness = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  next(): RandomRequest {
    const operation = this.#chance(0.8) ? this.#pick(ITEM_OPERATIONS) : this.#pick(WIRE_OPERATIONS)
    // Tables stay: without them nothing gets far.
    if (operation === 'DeleteTable') return this.next()
    this.#wildness = this.#pick([0, 0, 0.02, 0.1, 1])
    const shape = inputShape(operation) as StructureShape
    const body = JSON.stringify(this.#structure(shape, 0))
    if (this.#chance(0.08)) return { operation, body: this.#damaged(body) }
    if (this.#chance(0.01)) return { operation, body: this.#nested(body) }
    return { operation, body }
  }

  #structure({ members }: StructureShape, depth: number): object {
    const structure: [string, unknown][] = []
    for (const [name, shape] of members) {
      if (this.#chance(this.#isNeeded(name) ? this.#wildness * 0.1 : 0.85)) continue
      structure.push([name, this.#isWild(0.1) ? this.#anything() : this.#member(name, shape, depth)])
    }
    const whole = Object.fromEntries(structure)
    return this.#wildness < 0.1 ? consistent(whole) : whole
  }

  #isWild(share = 1): boolean {
    return this.#chance(this.#wildness * share)
  }

  #isNeeded(name: string): boolean {
    return ['TableName', 'Key', 'Item', 'RequestItems', 'TransactItems', 'KeyConditionExpression', 'Keys', 'PutRequest', 'Get', 'ExpressionAttributeValues', 'ExpressionAttributeNames'].includes(name)
  }

  #member(name: string, shape: WireShape, depth: number): unknown {
    if (name === 'TableName') return this.#isWild(0.3) ? this.#pick(TEXTS) : 'fuzz'
    const right = RIGHT[name]
    if (right !== undefined && !this.#isWild()) return this.#pick(right)
    if (name === 'RequestItems' && shape.kind === 'map') return { fuzz: this.#shaped(shape.element, depth + 1) }
    if (name === 'Key' || (name === 'Keys' && shape.kind !== 'list') || name === 'ExclusiveStartKey') return this.#key()
    if (name === 'Keys') return Array.from({ length: this.#below(4) }, () => this.#key())
    if (name === 'Item') return { ...(this.#shaped(shape, depth) as object), ...this.#key() }
    if (name === 'ExpressionAttributeValues') return Object.fromEntries([':a', ':b', ':c'].slice(this.#isWild() ? this.#below(3) : 0).map((each) => [each, this.#value(0)]))
    if (name === 'ExpressionAttributeNames') return this.#isWild() ? { '#n': this.#pick(NAMES) } : { '#n': 'n', '#a': 'a' }
    if (name === 'KeyConditionExpression') return !this.#isWild(0.6) ? this.#pick(['id = :a', 'id = :a AND s > :b', 'id = :a AND s BETWEEN :b AND :c', 'color = :a']) : this.#expression()
    if (name === 'UpdateExpression' && !this.#isWild(0.8)) return this.#pick(RIGHT_UPDATES)
    if ((name === 'ConditionExpression' || name === 'FilterExpression') && !this.#isWild(0.8)) return this.#pick(RIGHT_CONDITIONS)
    if (name === 'ProjectionExpression' && !this.#isWild(0.8)) return this.#pick(['id, n', '#n, b', 'a[0].b, id'])
    if (name === 'UpdateExpression') return `${this.#pick(['SET', 'REMOVE', 'ADD', 'DELETE'])} ${this.#expression()}`
    if (name.endsWith('Expression') || name === 'Statement') return this.#expression()
    return this.#shaped(shape, depth)
  }

  #shaped(shape: WireShape, depth: number): unknown {
    switch (shape.kind) {
      case 'S':
        return this.#pick(TEXTS)
      case 'B':
        return this.#chance(0.5)
      case 'I':
      case 'L':
      case 'D':
      case 'T':
        return this.#pick([0, 1, 2, 10, -1, 1e9, 2 ** 53, 1.5])
      case 'V':
        return this.#value(0)
      case 'list':
        return Array.from({ length: this.#below(depth > 3 ? 1 : 4) }, () => this.#shaped(shape.element, depth + 1))
      case 'map':
        return Object.fromEntries(Array.from({ length: this.#below(4) }, () => [this.#name(), this.#shaped(shape.element, depth + 1)]))
      case 'structure':
        return this.#structure(shape, depth + 1)
    }
  }

  #key(): object {
    const id = !this.#isWild(0.2) ? { S: this.#pick(['a', 'b', 'c']) } : this.#value(0)
    const s = !this.#isWild(0.2) ? { N: this.#pick(['0', '1', '2', '1e125']) } : this.#value(0)
    return this.#isWild(0.1) ? { id } : { id, s }
  }

  #value(depth: number): unknown {
    if (this.#isWild(0.1)) return this.#anything()
    if (!this.#isWild() && this.#chance(0.7)) return this.#pick([{ S: 'a' }, { N: '1' }, { N: '-1.5' }, { SS: ['a'] }, { L: [{ S: 'x' }] }, { M: { a: { N: '2' } } }, { BOOL: true }])
    switch (this.#below(depth > 4 ? 5 : 11)) {
      case 0:
      case 1:
        return { S: this.#pick(TEXTS) }
      case 2:
        return { N: this.#pick(NUMBERS) }
      case 3:
        return { BOOL: this.#chance(0.5) }
      case 4:
        return { NULL: this.#chance(0.9) }
      case 5:
        return { B: this.#pick(['', 'AA==', 'AAECAw==', 'A', '====', '!!!!']) }
      case 6:
        return { L: Array.from({ length: this.#below(4) }, () => this.#value(depth + 1)) }
      case 7:
        return { M: Object.fromEntries(Array.from({ length: this.#below(4) }, () => [this.#name(), this.#value(depth + 1)])) }
      case 8:
        return { SS: Array.from({ length: this.#below(4) }, () => this.#pick(TEXTS)) }
      case 9:
        return { NS: Array.from({ length: this.#below(4) }, () => this.#pick(NUMBERS)) }
      default:
        return { BS: Array.from({ length: this.#below(3) }, () => this.#pick(['', 'AA==', 'AQ==', 'x'])) }
    }
  }

  #expression(): string {
    if (this.#chance(0.02)) return `${'('.repeat(this.#below(2000))}a = :a${')'.repeat(this.#below(2000))}`
    if (this.#chance(0.02)) return Array.from({ length: this.#below(500) }, () => 'a = :a').join(this.#pick([' AND ', ' OR ', ' ']))
    if (this.#chance(0.02)) return `a${'.a'.repeat(this.#below(2000))} = :a`
    if (this.#chance(0.3)) return this.#pick(['attribute_exists(id)', 'n = :a', '#n > :a AND a <> :b', 'size(a) < :c', 'a = :a, b = b + :c', 'n :a', 'a[0], b.c', 'contains(a, :a) OR NOT b IN (:a, :b)', "SELECT * FROM fuzz WHERE id = 'a'"])
    const tokens = Array.from({ length: 1 + this.#below(12) }, () => {
      const kind = this.#below(4)
      if (kind === 0) return this.#pick(NAMES)
      if (kind === 1) return this.#pick(PLACEHOLDERS)
      return kind === 2 ? this.#pick(OPERATORS) : `${this.#pick(FUNCTIONS)}(${this.#pick(NAMES)}, ${this.#pick(PLACEHOLDERS)})`
    })
    return tokens.join(this.#chance(0.9) ? ' ' : '')
  }

  #anything(): unknown {
    return this.#pick([null, true, 0, 1.5, '', 'text', [], {}, [[]], { a: {} }, { S: {} }, { L: [null] }, { M: { a: null } }, [null], { S: 'a', N: '1' }, { '': '' }])
  }

  #damaged(body: string): string {
    let text = body
    for (let count = 1 + this.#below(3); count > 0; count--) {
      const at = this.#below(text.length)
      const insertion = this.#chance(0.5) ? this.#pick(['{', '}', '[', ']', '"', ',', ':', '\\', '\u0000', 'null', '1e999', '\ufeff']) : ''
      text = text.slice(0, at) + insertion + text.slice(at + this.#below(3))
    }
    return text
  }

  #nested(body: string): string {
    const count = this.#below(20_000)
    const [open, close] = this.#pick([['{"M":{"a":', '}}'], ['{"L":[', ']}'], ['[', ']'], ['{"a":', '}']] as const)
    return body.replace(/"(S|N)":"[^"]*"/, `"M":{"a":${open.repeat(count)}{"S":"a"}${close.repeat(count)}}`)
  }

  #name(): string {
    return this.#isWild() ? this.#pick(NAMES) : this.#pick(['n', 'a', 'b', 'c', 'size', 'é', '__proto__'])
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }
  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)] as T
  }
}

/** Only the placeholders that the expressions name, and all of them; no member that excludes another. */
function consistent(input: { [name: string]: unknown }): object {
  const expressions = Object.entries(input).filter(([name]) => name.endsWith('Expression')).map(([, value]) => String(value)).join(' ')
  const legacy = ['Expected', 'AttributeUpdates', 'AttributesToGet', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'ConditionalOperator', 'ExclusiveStartKey', 'Segment', 'TotalSegments', 'ReturnItemCollectionMetrics']
  const kept: [string, unknown][] = Object.entries(input).filter(([name]) => !legacy.includes(name))
  for (const entry of kept) {
    const [name, value] = entry
    if (name !== 'ExpressionAttributeValues' && name !== 'ExpressionAttributeNames') continue
    entry[1] = Object.fromEntries(Object.entries(value ?? {}).filter(([placeholder]) => expressions.includes(placeholder)))
  }
  return Object.fromEntries(kept.filter(([, value]) => JSON.stringify(value) !== '{}'))
}

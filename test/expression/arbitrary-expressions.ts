// Arbitrary expressions: as token soup, as plain data, and plain data written as text with placeholders.
import fc from 'fast-check'
import type { ExpressionNames } from '../../src/expression/aliases.ts'
import type { Comparator, ConditionData, OperandData, SetData, TestData, UpdateData } from '../../src/expression/data.ts'
import { parsePathText } from '../../src/expression/parse-path.ts'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { values } from '../model/arbitrary-values.ts'

/** What looks nearly like an expression. */
export const soups: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        ...'( ) [ ] , . = <> < <= > >= + - 0 17 a b c.d abort name #a #b :v :w # : _ ! " \u{1F600} SET REMOVE ADD DELETE AND OR NOT BETWEEN IN'.split(' '),
        'size(',
        'begins_with(a',
        'if_not_exists(',
        'list_append(',
        'attribute_exists(',
        'foo(',
        '\n',
        'a = :v',
        'a[0]',
      ),
      { maxLength: 40 },
    )
    .map((tokens) => tokens.join(' ')),
  fc.string({ maxLength: 60, unit: 'binary' }),
)

/** Few names, so that paths meet. */
export const pathTexts: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('a', 'b', 'c', '__proto__', 'size of', 'constructor'), fc.array(fc.constantFrom('.a', '.b', '.__proto__', '[0]', '[1]', '[5]'), { maxLength: 2 }))
  .map(([head, elements]) => head + elements.join(''))

const someValues: fc.Arbitrary<AttributeValue> = fc.oneof(fc.constantFrom<AttributeValue>(0, 1, 2, 'a', 'b', 'ab', '', true, null, { SS: ['a'] }, ['a'], { B: 'AQ==' }), values)
const operands: fc.Arbitrary<OperandData> = fc.oneof(someValues.map((value) => ({ value })), pathTexts.map((path) => ({ path })))
const comparators = fc.constantFrom<Comparator[]>('=', '<>', '<', '<=', '>', '>=')

const { test: tests } = fc.letrec<{ test: TestData }>((tie) => ({
  test: fc.oneof(
    { maxDepth: 2 },
    fc.tuple(comparators, operands),
    fc.tuple(fc.constant('between' as const), operands, operands),
    fc.array(operands, { minLength: 1, maxLength: 3 }).map((candidates) => ['in', ...candidates] as const),
    fc.tuple(fc.constantFrom('begins_with' as const, 'contains' as const), operands),
    fc.constantFrom<TestData[]>(['attribute_exists'], ['attribute_not_exists'], ['attribute_type', 'S'], ['attribute_type', 'nonsense']),
    tie('test').map((test) => ['size', test] as const),
  ),
}))

const { condition } = fc.letrec<{ condition: ConditionData }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    fc.array(fc.tuple(pathTexts, tests), { minLength: 1, maxLength: 2 }).map((tests) => ({ tests })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    tie('condition').map((not) => ({ not })),
  ),
}))
export const conditions: fc.Arbitrary<ConditionData> = condition

const numbers = fc.constantFrom<AttributeValue[]>(0, 1, -0.5, { N: '12345678901234567890.5' })
const sets = fc.constantFrom<AttributeValue[]>({ SS: ['a', 'x'] }, { SS: ['a'] }, { NS: [1, 2] }, { NS: [1] }, { BS: ['AQ=='] })
const assignments: fc.Arbitrary<SetData> = fc.oneof(
  { weight: 3, arbitrary: someValues.map((value) => ({ value })) },
  { weight: 2, arbitrary: someValues.map((ifNotExists) => ({ ifNotExists })) },
  fc.constantFrom(1, -2).map((plus) => ({ plus })),
  fc.array(someValues, { maxLength: 2 }).map((append) => ({ append })),
  fc.array(someValues, { maxLength: 2 }).map((prepend) => ({ prepend })),
)

/** Where items (below) have, or could have, something; some elsewhere. */
const targets: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('m.a', 'm.b', 'm.__proto__', 'm.l[0]', 'm.l[3]', 'l[0]', 'l[1]', 'l[2]', 'l[7]', 'l[5]', 'l[1].a', 'n', 's', 'm', 'l', 'new', '__proto__', '__proto__.a') },
  { weight: 1, arbitrary: pathTexts },
)
type Clauses = Exclude<UpdateData, { raw: string }>
const clause: fc.Arbitrary<Clauses> = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.tuple(targets, assignments), { minLength: 1, maxLength: 2 }).map((set) => ({ set })) },
  { weight: 2, arbitrary: fc.array(targets, { minLength: 1, maxLength: 3 }).map((remove) => ({ remove })) },
  fc.tuple(targets, fc.oneof(numbers, sets)).map((action) => ({ add: [action] })),
  fc.tuple(targets, sets).map((action) => ({ delete: [action] })),
)
export const updates: fc.Arbitrary<Clauses> = fc.tuple(clause, fc.option(clause)).map(([one, two]) => ({ ...one, ...two }))

/** Items that the targets lead into, more often than not. */
const attributes = {
  a: someValues,
  n: fc.oneof(numbers, someValues),
  s: fc.oneof(sets, someValues),
  l: fc.array(fc.oneof(numbers, sets, fc.constantFrom<AttributeValue[]>({ M: { a: 1 } }, ['x', 'y'])), { maxLength: 4 }),
  m: fc
    .record({ a: fc.oneof(numbers, sets), b: someValues, l: fc.array(someValues, { maxLength: 3 }), ['__proto__']: fc.constant(1) }, { requiredKeys: ['l'] })
    .map((M) => ({ M: { ...M } })),
}
export const items: fc.Arbitrary<AttributeMap> = fc
  .tuple(
    fc.record(attributes, { requiredKeys: ['l', 'm'] }),
    fc.array(fc.tuple(fc.constantFrom('__proto__', 'constructor', 'b', 'size of'), fc.oneof(someValues, fc.constant({ M: { a: 1 } }))), { maxLength: 2 }),
  )
  .map(([record, others]) => Object.fromEntries([...Object.entries(record), ...others]))

/** Writes plain data as text: every name and value becomes a placeholder. */
export class ExpressionWriter {
  private readonly nameOf = new Map<string, string>()
  private readonly valueList: AttributeValue[] = []

  get names(): ExpressionNames | undefined {
    return this.nameOf.size === 0 ? undefined : Object.fromEntries(Array.from(this.nameOf, ([name, alias]) => [alias, name]))
  }
  get values(): { [placeholder: string]: AttributeValue } | undefined {
    return this.valueList.length === 0 ? undefined : Object.fromEntries(this.valueList.map((value, i) => [`:v${i}`, value]))
  }

  condition(data: ConditionData): string {
    if ('raw' in data) return data.raw
    if ('not' in data) return `NOT ${this.grouped(data.not)}`
    if ('tests' in data) return data.tests.map(([path, test]) => this.test(this.path(path), test)).join(' AND ')
    const parts = 'and' in data ? data.and : data.or
    const [first] = parts
    return parts.length === 1 && first !== undefined ? this.condition(first) : parts.map((part) => this.grouped(part)).join('and' in data ? ' AND ' : ' OR ')
  }

  update(data: Exclude<UpdateData, { raw: string }>): string {
    const clauses = [
      ['SET', data.set?.map(([path, assignment]) => this.assignment(this.path(path), assignment))],
      ['REMOVE', data.remove?.map((path) => this.path(path))],
      ['ADD', data.add?.map(([path, value]) => `${this.path(path)} ${this.value(value)}`)],
      ['DELETE', data.delete?.map(([path, value]) => `${this.path(path)} ${this.value(value)}`)],
    ] as const
    return clauses.flatMap(([section, actions]) => (actions === undefined ? [] : [`${section} ${actions.join(', ')}`])).join(' ')
  }

  path(text: string): string {
    return parsePathText(text)
      .map((element, i) => (typeof element === 'number' ? `[${element}]` : `${i === 0 ? '' : '.'}${this.name(element)}`))
      .join('')
  }

  /** Parentheses where they are needed, never twice. */
  private grouped(data: ConditionData): string {
    return `(${this.condition(data)})`
  }

  private test(operand: string, test: TestData): string {
    switch (test[0]) {
      case 'size':
        return this.test(`size(${operand})`, test[1])
      case 'between':
        return `${operand} BETWEEN ${this.operand(test[1])} AND ${this.operand(test[2])}`
      case 'in': {
        const [, ...candidates] = test
        return `${operand} IN (${candidates.map((each) => this.operand(each)).join(', ')})`
      }
      case 'attribute_exists':
      case 'attribute_not_exists':
        return `${test[0]}(${operand})`
      case 'attribute_type':
        return `attribute_type(${operand}, ${this.value(test[1])})`
      case 'begins_with':
      case 'contains':
        return `${test[0]}(${operand}, ${this.operand(test[1])})`
      default:
        return `${operand} ${test[0]} ${this.operand(test[1])}`
    }
  }

  private assignment(path: string, data: SetData): string {
    if ('value' in data) return `${path} = ${this.value(data.value)}`
    if ('ifNotExists' in data) return `${path} = if_not_exists(${path}, ${this.value(data.ifNotExists)})`
    if ('plus' in data) return `${path} = ${path} + ${this.value(data.plus)}`
    return 'append' in data ? `${path} = list_append(${path}, ${this.value(data.append)})` : `${path} = list_append(${this.value(data.prepend)}, ${path})`
  }

  private operand(data: OperandData): string {
    return 'path' in data ? this.path(data.path) : this.value(data.value)
  }

  private name(name: string): string {
    const alias = this.nameOf.get(name) ?? `#n${this.nameOf.size}`
    this.nameOf.set(name, alias)
    return alias
  }

  private value(value: AttributeValue): string {
    return `:v${this.valueList.push(value) - 1}`
  }
}

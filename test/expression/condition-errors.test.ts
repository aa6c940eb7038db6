// What conditions, filters and key conditions are refused for before an item is read, with DynamoDB's texts: those that
// dynalite's suite and public conformance suites verified against AWS.
import { describe, expect, it } from 'vitest'
import type { ExpressionNames } from '../../src/expression/aliases.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { refusalOf } from './refusal.ts'

const VALUES: AttributeMap = {
  ':s': 'a',
  ':n': 1,
  ':m': 2,
  ':b': { B: 'YQ==' },
  ':bool': true,
  ':null': null,
  ':ss': { SS: ['a'] },
  ':l': [],
  ':map': { M: {} },
  ':type': 'SS',
}
const NAMES: ExpressionNames = { '#a': 'a', '#b': 'b' }

function refused(text: string): string {
  const prefix = 'Invalid ConditionExpression: '
  const message = refusalOf(() => new ExpressionContext(NAMES, VALUES).condition(text))
  expect(message.startsWith(prefix)).toBe(true)
  return message.slice(prefix.length)
}

describe('syntax errors of conditions', () => {
  it.each([
    ['foo', '<EOF>', 'foo'],
    ['a b', 'b', 'a b'],
    ['a  b = :n', 'b', 'a  b ='],
    ['!!!', '!', '!!'],
    ['a > 4', '4', '> 4'],
    ['a = :n AND', '<EOF>', 'AND'],
    ['a = :n b = :n', 'b', ':n b ='],
    ['begins_with()', ')', '()'],
    ['a IN ()', ')', '()'],
    ['a IN :n', ':n', 'IN :n'],
    ['a BETWEEN :n OR :m', 'OR', ':n OR :m'],
    ['a AND b = :n', 'AND', 'a AND b'],
    ['(a) AND b = :n', 'AND', ') AND b'],
    ['NOT (a)', '<EOF>', ')'],
    ['NOT a', '<EOF>', 'a'],
    ['(a = :n', '<EOF>', ':n'],
    ['a = :n)', ')', ':n)'],
    ['(a = :n) = :n', '=', ') = :n'],
    ['_a = :n', '_', '_a'],
    ['a = #', '#', '= #'],
    ['begins_with(a, G_M#)', '#', 'G_M#)'],
    ['a.and = :n', 'and', '.and ='],
    ['a[b] = :n', 'b', '[b]'],
    ['a[0 = :n', '=', '0 = :n'],
    ['a[-1] = :n', '-', '[-1'],
    ['a. = :n', '=', '. = :n'],
    ['= :n', '=', '= :n'],
    ['(size(a))[0] > :n', '[', ')[0'],
    ['a = "x"', '"', '= "x'],
    ['a 😀 b', '😀', 'a 😀 b'],
    [':n', '<EOF>', ':n'],
    ['things are not gonna be ok', 'are', 'things are not'],
  ])('finds %s out of place at %s', (text, token, near) => {
    expect(refused(text)).toBe(`Syntax error; token: "${token}", near: "${near}"`)
  })

  it('takes the parameter into the text', () => {
    const context = new ExpressionContext()
    expect(refusalOf(() => context.filter('a b'))).toBe('Invalid FilterExpression: Syntax error; token: "b", near: "a b"')
    expect(refusalOf(() => context.keyCondition('a b'))).toBe('Invalid KeyConditionExpression: Syntax error; token: "b", near: "a b"')
  })

  it.each(['', ' ', '\t\r\n'])('refuses an empty expression %j', (text) => {
    expect(refused(text)).toBe('The expression can not be empty;')
  })
})

describe('what is wrong whatever the placeholders stand for', () => {
  it.each(['((a = :n))', '((a)) = :n', 'a = ((:n))', '(((a = :n AND b = :m)))', 'size(((a))) = :n', 'a IN (((b)), :n)', 'NOT ((a = :n))'])(
    'finds redundant parentheses in %s',
    (text) => {
      expect(refused(text)).toBe('The expression has redundant parentheses;')
    },
  )

  it.each(['(a) = :n', '((a) = :n)', '(a = :n) AND (b = :m)', '((a = :n) OR (b = :m))', '(a).b = (:n)', 'size((a)) = :n', 'NOT (a = :n)', 'NOT NOT a = :n'])(
    'finds none in %s',
    (text) => {
      expect(() => new ExpressionContext(undefined, VALUES).condition(text)).not.toThrow()
    },
  )

  it.each(['foo(a)', 'foo(a) = :n', 'a = foo(:n)', 'size(a, foo(b)) = :n', 'begins_with(foo(a), attribute_exists(b))'])('knows no function foo in %s', (text) => {
    expect(refused(text)).toBe('Invalid function name; function: foo')
  })

  it('tells functions apart by case', () => {
    expect(refused('Attribute_Exists(a)')).toBe('Invalid function name; function: Attribute_Exists')
  })

  it.each([
    ['size(a)', 'size'],
    ['a = :n AND size(b)', 'size'],
    ['NOT size(a)', 'size'],
    ['attribute_exists(a) = :n', 'attribute_exists'],
    ['a = begins_with(b, :s)', 'begins_with'],
    ['contains(a, attribute_type(b, :s))', 'attribute_type'],
    ['a BETWEEN contains(b, :s) AND :n', 'contains'],
    ['a IN (:n, begins_with(b, :s))', 'begins_with'],
    ['contains(a, b) IN (:n, size(begins_with(b, :s)))', 'begins_with'],
  ])('refuses a function out of place in %s', (text, name) => {
    expect(refused(text)).toBe(`The function is not allowed to be used this way in an expression; function: ${name}`)
  })

  it.each([
    ['abort = :n', 'abort'],
    ['a.Name = :n', 'Name'],
    ['a = :n AND b[0].data > size(value)', 'data'],
    ['attribute_exists(add)', 'add'],
  ])('refuses the reserved word in %s', (text, word) => {
    expect(refused(text)).toBe(`Attribute name is a reserved keyword; reserved keyword: ${word}`)
  })

  it('reports parentheses, then unknown functions, misused ones, reserved words, and only then placeholders', () => {
    expect(refused('((foo(a))) = size(abort) AND a = :zz')).toBe('The expression has redundant parentheses;')
    expect(refused('attribute_exists(a) = foo(abort) AND a = :zz')).toBe('Invalid function name; function: foo')
    expect(refused('attribute_exists(a) = abort AND a = :zz')).toContain('The function is not allowed')
    expect(refused('a = :zz AND abort = :n')).toContain('reserved keyword: abort')
  })
})

describe('limits of conditions', () => {
  it('takes 4096 bytes and no more', () => {
    const context = new ExpressionContext(undefined, VALUES)
    expect(() => context.condition('a = :n'.padEnd(4096))).not.toThrow()
    expect(refused('a = :n'.padEnd(4097))).toBe('Expression size has exceeded the maximum allowed size; expression size: 4097')
    expect(refused(`a = :n ${'é'.repeat(2045)}`)).toBe('Expression size has exceeded the maximum allowed size; expression size: 4097')
  })

  it('takes 300 operators and no more', () => {
    const chain = (tests: number) => Array(tests).fill('a=:n').join(' AND ')
    const context = new ExpressionContext(undefined, VALUES)
    expect(() => context.condition(`NOT ${chain(150)}`)).not.toThrow()
    expect(refused(chain(151))).toBe('The expression contains too many operators; operator count: 301')
    expect(refused(`NOT ${chain(150)} AND size(a) BETWEEN :n AND :m`)).toBe('The expression contains too many operators; operator count: 303')
  })

  it('takes 100 operands of IN and no more', () => {
    const candidates = (count: number) => Array(count).fill(':n').join(',')
    expect(() => new ExpressionContext(undefined, VALUES).condition(`a IN (${candidates(100)})`)).not.toThrow()
    expect(refused(`a IN (${candidates(163)})`)).toBe('The IN operator is provided with too many operands; number of operands: 163')
  })

  it('takes paths of 32 levels and no more', () => {
    expect(() => new ExpressionContext(undefined, VALUES).condition(`a${'.b'.repeat(32)} = :n`)).not.toThrow()
    expect(refused(`a${'[0]'.repeat(33)} = :n`)).toBe('The document path has too many nesting elements; nesting levels: 33')
    expect(refused('a[2147483648] = :n')).toBe('List index is not within the allowable range; index: [2147483648]')
  })

  it.each([
    '('.repeat(4096),
    'size('.repeat(819),
    'f('.repeat(2048),
    'NOT('.repeat(1024),
    'NOT '.repeat(1024),
    `${'('.repeat(2000)}a=:n${')'.repeat(2000)}`,
    `a=${'('.repeat(2000)}:n${')'.repeat(2000)}`,
    'a=:n AND('.repeat(450),
    `${'('.repeat(290)}a=:n${' AND b=:n)'.repeat(290)}`,
    'a['.repeat(2048),
    'a.'.repeat(2048),
  ])('refuses deep nesting: %#', (text) => {
    expect(() => refused(text)).not.toThrow()
  })
})

describe('what is wrong once names and values are known', () => {
  it.each([
    ['a = :zz', 'An expression attribute value used in expression is not defined; attribute value: :zz'],
    ['a.#zz = :n', 'An expression attribute name used in the document path is not defined; attribute name: #zz'],
    ['a = :zz AND #zz = :n', 'An expression attribute value used in expression is not defined; attribute value: :zz'],
    ['#zz = :zz', 'An expression attribute name used in the document path is not defined; attribute name: #zz'],
    ['size(:n) = :zz', 'An expression attribute value used in expression is not defined; attribute value: :zz'],
  ])('misses the placeholder of %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })

  it('does not take inherited properties for placeholders', () => {
    const names = JSON.parse('{"#x":"a"}') as ExpressionNames
    expect(refusalOf(() => new ExpressionContext(names, { ':x': 1 }).condition('#constructor = :x'))).toContain('attribute name: #constructor')
    expect(refusalOf(() => new ExpressionContext(undefined, { ':x': 1 }).condition('a = :toString'))).toContain('attribute value: :toString')
  })

  it.each([
    ['attribute_exists(a, b)', 'attribute_exists', 2],
    ['attribute_type(a)', 'attribute_type', 1],
    ['begins_with(a)', 'begins_with', 1],
    ['contains(a, :s, :s)', 'contains', 3],
    ['size(a, b) = :n', 'size', 2],
    ['size(size(a, b), a) = size(a, b, c)', 'size', 2],
  ])('counts the operands of %s', (text, name, count) => {
    expect(refused(text)).toBe(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
    )
  })

  it.each([
    ['a = a', '=', '[a]'],
    ['a.b[1] <> #a.#b[1]', '<>', '[a, b, [1]]'],
    ['begins_with(a, #a)', 'begins_with', '[a]'],
    ['contains(a, a)', 'contains', '[a]'],
    ['attribute_type(a, a)', 'attribute_type', '[a]'],
  ])('wants distinct operands in %s', (text, operator, first) => {
    expect(refused(text)).toBe(
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${first}`,
    )
  })

  it.each([
    ['attribute_exists(:n)', 'attribute_exists'],
    ['attribute_not_exists(size(a))', 'attribute_not_exists'],
  ])('wants a path in %s', (text, name) => {
    expect(refused(text)).toBe(`Operator or function requires a document path; operator or function: ${name}`)
  })

  it.each([
    ['begins_with(a, :n)', 'begins_with', 'N'],
    ['begins_with(:ss, a)', 'begins_with', 'SS'],
    ['begins_with(a, size(b))', 'begins_with', 'N'],
    ['attribute_type(a, :n)', 'attribute_type', 'N'],
    ['attribute_type(a, b)', 'attribute_type', '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}'],
    ['size(:n) = :n', 'size', 'N'],
    ['a = size(:bool)', 'size', 'BOOL'],
    ['size(:null) = :n', 'size', 'NULL'],
    ['size(size(a)) = :n', 'size', 'N'],
    ['a < :bool', '<', 'BOOL'],
    [':null >= a', '>=', 'NULL'],
    ['a <= :map', '<=', 'M'],
    ['a > :l', '>', 'L'],
    ['a BETWEEN :ss AND :ss', 'BETWEEN', 'SS'],
  ])('finds a wrong type in %s', (text, name, type) => {
    expect(refused(text)).toBe(
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    )
  })

  it('knows the names of types', () => {
    expect(refused('attribute_type(a, :s)')).toBe(
      'Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}',
    )
    expect(() => new ExpressionContext(undefined, VALUES).condition('attribute_type(a, :type)')).not.toThrow()
  })

  it.each([
    ['a BETWEEN :n AND :s', 'same data type for lower and upper bounds', '{N:1}', '{S:a}'],
    ['a BETWEEN :m AND :n', 'upper bound to be greater than or equal to lower bound', '{N:2}', '{N:1}'],
    ['a BETWEEN :b AND :s', 'same data type for lower and upper bounds', '{B:YQ==}', '{S:a}'],
  ])('checks the bounds of %s', (text, requirement, lower, upper) => {
    expect(refused(text)).toBe(
      `The BETWEEN operator requires ${requirement}; lower bound operand: AttributeValue: ${lower}, upper bound operand: AttributeValue: ${upper}`,
    )
  })

  it('prints exact numbers as they are', () => {
    const values = { ':x': { N: '12345678901234567890.5' }, ':y': 1 }
    expect(refusalOf(() => new ExpressionContext(undefined, values).condition('a BETWEEN :x AND :y'))).toContain('{N:12345678901234567890.5}')
  })

  it('reports, within a test, placeholders, counts, equal operands, then types', () => {
    expect(refused('begins_with(a, size(b, c), :zz)')).toContain('not defined')
    expect(refused('begins_with(a, size(b, c))')).toContain('operator or function: size, number of operands: 2')
    expect(refused('a BETWEEN size(:n) AND :bool')).toContain('operator or function: size, operand type: N')
    // The first test that has an error decides.
    expect(refused('begins_with(a, :n) AND a = :zz')).toContain('Incorrect operand type')
  })
})

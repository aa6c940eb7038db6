// What updates are refused for before an item is read, with DynamoDB's texts (those that dynalite's suite and public
// conformance suites verified against AWS).
import { describe, expect, it } from 'vitest'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { refusalOf } from './refusal.ts'

const VALUES: AttributeMap = {
  ':a': 'a',
  ':b': 1,
  ':c': { B: 'YQ==' },
  ':d': true,
  ':e': null,
  ':f': { SS: ['a'] },
  ':g': { NS: [1] },
  ':h': { BS: ['YQ=='] },
  ':i': { M: {} },
  ':j': [],
}

function refused(text: string): string {
  const prefix = 'Invalid UpdateExpression: '
  const message = refusalOf(() => new ExpressionContext({ '#a': 'a', '#c': 'c', '#d': '[3]' }, VALUES).update(text))
  expect(message.startsWith(prefix)).toBe(true)
  return message.slice(prefix.length)
}

describe('syntax errors of updates', () => {
  it.each([
    ['INVALID SYNTAX HERE', 'INVALID', 'INVALID SYNTAX'],
    ['whatever', 'whatever', 'whatever'],
    ['set', '<EOF>', 'set'],
    ['set a', '<EOF>', 'a'],
    ['add a', '<EOF>', 'a'],
    ['delete a', '<EOF>', 'a'],
    ['set a=set', 'set', '=set'],
    ['remove a = b', '=', 'a = b'],
    ['add a = b', '=', 'a = b'],
    ['delete a b', 'b', 'a b'],
    ['delete a if_not_exist(b)', 'if_not_exist', 'a if_not_exist('],
    ['add abort b', 'b', 'abort b'],
    ['remove a b', 'b', 'a b'],
    ['set a b', 'b', 'a b'],
    ['set :a = b', ':a', 'set :a ='],
    ['remove :a', ':a', 'remove :a'],
    ['set numx = numx / :b', '/', 'numx / :b'],
    ['set a = b * c', '*', 'b * c'],
    ['set a[1] = "eight"', '"', '= "eight'],
    ['set a[1] = 1', '1', '= 1'],
    ['SET a = if_not_exist(a, 100)', '100', ', 100)'],
    ['SET if_not_exist(a, b) = a', '(', 'if_not_exist(a'],
    ['set (a = (b + c))', '(', 'set (a'],
    ['set a = (b.c).d + e', '.', ').d'],
    ['set a = (b.c)[0] + e', '[', ')[0'],
    ['set a = b + c + d', '+', 'c + d'],
    ['set a = (b + c) - d', '-', ') - d'],
    ['set a = (((b)))', '(', '((b'],
    ['set a = b +', '<EOF>', '+'],
    ['SET _123 = :a', '_', 'SET _123'],
    ['set a = b,', '<EOF>', ','],
    ['set a = b, remove c', 'remove', ', remove c'],
    ['set a.set = b', 'set', '.set ='],
    ['set a = if_not_exists(a, b', '<EOF>', 'b'],
    ['set a = list_append()', ')', '()'],
  ])('finds in %s %s out of place', (text, token, near) => {
    expect(refused(text)).toBe(`Syntax error; token: "${token}", near: "${near}"`)
  })

  it.each([
    'set a[1] = b',
    'set a.b = b',
    'SET a = if_not_exists(a, b) + b',
    'SET a = if_not_exists(a, if_not_exists(a, b))',
    'set a = (b + c)',
    'set a = ((b.c.d)+(e))',
    'set a = ((b))',
    'set a = (b) - (c)',
    'SET a=b REMOVE d, e[0] ADD g :b DELETE h :f',
    'delete h :f set a . b [ 0 ] = ( c )',
  ])('finds none in %s', (text) => {
    expect(() => new ExpressionContext(undefined, VALUES).update(text)).not.toThrow()
  })

  it.each(['', ' \n'])('refuses an empty expression %j', (text) => {
    expect(refused(text)).toBe('The expression can not be empty;')
  })
})

describe('what is wrong whatever the placeholders stand for', () => {
  it.each([
    [' set #zz = :zz set abOrt = true ', 'abOrt'],
    [' remove Absolute ', 'Absolute'],
    ['set a = b.name', 'name'],
    ['set a = b and', ''],
  ])('refuses reserved words in %j', (text, word) => {
    if (word === '') expect(refused(text)).toBe('Syntax error; token: "and", near: "b and"')
    else expect(refused(text)).toBe(`Attribute name is a reserved keyword; reserved keyword: ${word}`)
  })

  it('knows its functions', () => {
    expect(refused('set #zz = if_not_exist(:zz) set c = d')).toBe('Invalid function name; function: if_not_exist')
    expect(refused('set a = size(b)')).toBe('Invalid function name; function: size')
  })

  it.each([
    ['set a = #zz set c = :zz', 'SET'],
    ['remove #zz set a = b remove e', 'REMOVE'],
    ['add #zz :e set a = b add e :f', 'ADD'],
    ['delete #zz :e set a = b delete e :f', 'DELETE'],
  ])('refuses a section twice in %s', (text, section) => {
    expect(refused(text)).toBe(`The "${section}" section can only be used once in an update expression;`)
  })

  it('reports reserved words, then functions, sections, names, values, paths, ADD and DELETE, other functions', () => {
    expect(refused('set abort = foo(b) set #zz = :zz')).toContain('reserved keyword: abort')
    expect(refused('set a = foo(b) set #zz = :zz')).toContain('function: foo')
    expect(refused('set a = :zz set #zz = :zz')).toContain('can only be used once')
    expect(refused('set a = :zz, #zz = b')).toContain('attribute name: #zz')
    expect(refused('set a = :zz, a = b')).toContain('attribute value: :zz')
    expect(refused('set a = list_append(:b, c), d[0] = b, d.x = b, a = b add b :a')).toContain('overlap with each other')
    expect(refused('set d[0] = if_not_exists(a), d.x = b add b :a')).toContain('conflict with each other')
    expect(refused('set b = list_append(:a, a), c = if_not_exists(a) add a.b :a')).toContain('operator: ADD, operand type: STRING')
    expect(refused('set b = list_append(:a, a), c = if_not_exists(a)')).toContain('operator or function: list_append, operand type: S')
  })
})

describe('limits of updates', () => {
  it('takes 4096 bytes and no more', () => {
    expect(refused(`SET ${'a'.repeat(4088)} = :a`)).toBe('Expression size has exceeded the maximum allowed size;')
    expect(() => new ExpressionContext(undefined, VALUES).update(`SET ${'a'.repeat(4087)} = :a`)).not.toThrow()
  })

  it('takes 300 operators and functions and no more; an assignment is none', () => {
    const sets = (count: number, term: string) => `SET ${Array.from({ length: count }, (_, i) => `a[${i}]=${term}`).join(',')}`
    const context = new ExpressionContext(undefined, VALUES)
    expect(() => context.update(sets(300, 'b+c'))).not.toThrow()
    expect(refused(sets(301, 'b+c'))).toBe('The expression contains too many operators; operator count: 301')
    expect(() => context.update(sets(400, 'b'))).not.toThrow()
  })

  it.each(['SET a = ' + 'f('.repeat(2040), 'SET a = ' + 'list_append(b,'.repeat(280), 'SET a = ' + '('.repeat(4000), 'SET a' + '[0]'.repeat(1300) + ' = b'])(
    'refuses deep nesting: %#',
    (text) => {
      refused(text)
    },
  )
})

describe('what is wrong once names and values are known', () => {
  it.each([
    ['set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)', 'overlap', '[c, [1], a]', '[c]'],
    ['set c.b.#c = a, c = a', 'overlap', '[c, b, c]', '[c]'],
    ['set a = b remove a, #c', 'overlap', '[a]', '[a]'],
    ['set #c[3].#d = a, #c[3] = a', 'overlap', '[c, [3], [3]]', '[c, [3]]'],
    ['remove c, #c.a', 'overlap', '[c]', '[c, a]'],
    ['remove a, b.c, #a', 'overlap', '[a]', '[a]'],
    ['set #c[3].#d = a, #c.#d[3] = if_not_exists(a)', 'conflict', '[c, [3], [3]]', '[c, [3], [3]]'],
    ['remove a.#c set a[1] = b', 'conflict', '[a, c]', '[a, [1]]'],
  ])('compares the paths of %s', (text, relation, one, two) => {
    expect(refused(text)).toBe(
      `Two document paths ${relation} with each other; must remove or rewrite one of these paths; path one: ${one}, path two: ${two}`,
    )
  })

  it('lets paths apart that only resemble each other', () => {
    const context = new ExpressionContext({ '#0': '0' }, VALUES)
    expect(() => context.update('SET a.b = :a, a.c = :a, ab = :a, l[0] = :a, l[1] = :a, m.#0 = :a')).not.toThrow()
  })

  it.each([
    [':a', 'STRING'],
    [':c', 'BINARY'],
    [':d', 'BOOLEAN'],
    [':e', 'NULL'],
    [':i', 'MAP'],
    [':j', 'LIST'],
  ])('can neither ADD nor DELETE %s', (value, type) => {
    expect(refused(`add a.b ${value}`)).toBe(`Incorrect operand type for operator or function; operator: ADD, operand type: ${type}`)
    expect(refused(`delete a.b ${value}`)).toBe(`Incorrect operand type for operator or function; operator: DELETE, operand type: ${type}`)
  })

  it('can ADD a number, but not DELETE it', () => {
    expect(() => new ExpressionContext(undefined, VALUES).update('add a :b')).not.toThrow()
    expect(refused('delete a.b :b')).toBe('Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER')
  })

  it.each([
    ['set a = if_not_exists(c)', 'if_not_exists', 1],
    ['set a = list_append(c)', 'list_append', 1],
    ['set a = list_append(c, d, e)', 'list_append', 3],
  ])('counts the operands of %s', (text, name, count) => {
    expect(refused(text)).toBe(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${count}`,
    )
  })

  it.each(['set a = if_not_exists(:a, c)', 'set a = if_not_exists(if_not_exists(a, b), c)'])('wants a path in %s', (text) => {
    expect(refused(text)).toBe('Operator or function requires a document path; operator or function: if_not_exists')
  })

  it.each([
    ['set a = list_append(:a, a)', 'list_append', 'S'],
    ['set a = list_append(a, :b)', 'list_append', 'N'],
    ['set a = list_append(:i, a)', 'list_append', 'M'],
    ['set a = a + :a', '+', 'S'],
    ['set a = :a + :c', '+', 'S'],
    ['set a = :c + a', '+', 'B'],
    ['set a = a - :d', '-', 'BOOL'],
    ['set a = a - :e', '-', 'NULL'],
    ['set a = a - :f', '-', 'SS'],
    ['set a = a - :g', '-', 'NS'],
    ['set a = a - :h', '-', 'BS'],
    ['set a = a - :j', '-', 'L'],
    ['set a = if_not_exists(a, :b + :a)', '', ''],
  ])('finds a wrong type in %s', (text, name, type) => {
    if (name === '') expect(refused(text)).toContain('Syntax error; token: "+"')
    else expect(refused(text)).toBe(`Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`)
  })
})

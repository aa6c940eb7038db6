// The grammar of statements, by what comes of it: conditions, updates and items as expressions have them, or AWS's error.
// Sources: Developer Guide, ql-reference.* and ql-functions.*; texts pinned against AWS by public conformance suites
// (nubo-db and paritysuite/dynamodb-conformance: tests/tier3/error-messages/partiql*.test.ts; floci: DynamoDbPartiQLEdgeCase).
import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../../../src/model/attribute-value.ts'
import { translateColumns, translateStatement, type Statement } from '../../../src/expression/partiql/translate-statement.ts'

const MALFORMED = "Statement wasn't well formed, can't be processed: "
const LEFTOVER = `${MALFORMED}Unexpected token after expression`

function refusal(statement: string, parameters: readonly AttributeValue[] = []): string {
  try {
    const translated = translateStatement(statement, parameters)
    if (translated.kind === 'select') translateColumns(translated)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

function where(condition: string, parameters: readonly AttributeValue[] = []): unknown {
  const statement = translateStatement(`SELECT * FROM "Music" WHERE ${condition}`, parameters)
  return statement.kind === 'select' ? statement.where : undefined
}

function update(changes: string, parameters: readonly AttributeValue[] = []): unknown {
  const statement = translateStatement(`UPDATE "Music" ${changes} WHERE pk = 'a'`, parameters)
  return statement.kind === 'update' ? statement.update.actions : undefined
}

const path = (...elements: (string | number)[]): object => ({ kind: 'path', path: elements })
const value = (literal: unknown): object => ({ kind: 'value', value: literal })
const compare = (operator: string, left: object, right: object): object => ({ kind: 'compare', operator, left, right })
const equal = (name: string, literal: unknown): object => compare('=', path(name), value(literal))
const not = (condition: object): object => ({ kind: 'not', condition })

describe('SELECT', () => {
  it.each<[string, Partial<Extract<Statement, { kind: 'select' }>>]>([
    ['SELECT * FROM Music', { tableName: 'Music', indexName: undefined, items: undefined, orderBy: [] }],
    ['select * from "My.Table-1" ;', { tableName: 'My.Table-1' }],
    ['SELECT * FROM "Music"."by-year" WHERE a = 1', { tableName: 'Music', indexName: 'by-year' }],
    ['SELECT * FROM "a""bc" -- the end'.replace('a""bc', 'Music'), { tableName: 'Music' }],
    [
      `SELECT * FROM Music WHERE pk = 'a' ORDER BY sk DESC, "p k" ASC, c`,
      {
        orderBy: [
          { attribute: 'sk', descending: true },
          { attribute: 'p k', descending: false },
          { attribute: 'c', descending: false },
        ],
      },
    ],
  ])('%s', (statement, expected) => {
    expect(translateStatement(statement, [])).toMatchObject({ kind: 'select', ...expected })
  })

  it('names columns by the last name of their path', () => {
    const statement = translateStatement(`SELECT pk, m.k[0], "x.y", m['z'].q FROM "Music"`, [])
    expect(statement.kind === 'select' && translateColumns(statement)).toEqual([
      { name: 'pk', path: ['pk'] },
      { name: 'k[0]', path: ['m', 'k', 0] },
      { name: 'x.y', path: ['x.y'] },
      { name: 'q', path: ['m', 'z', 'q'] },
    ])
  })

  it.each([
    ['SELECT COUNT(*) FROM "Music"', 'Unexpected path component at 1:8:5'],
    ['SELECT\n COUNT(*) FROM "Music"', 'Unexpected path component at 2:2:5'],
    ['SELECT attribute_exists(ss) FROM "Music"', 'Unexpected path component at 1:8:16'],
    ['SELECT l[-1] FROM "Music"', 'List index is not within the allowable range; index: [-1] at 1:11:1'],
    ['SELECT l[2147483648] FROM "Music"', 'List index is not within the allowable range; index: [2147483648] at 1:10:10'],
    ['SELECT a.z, b.z FROM "Music"', 'Duplicate identifiers in select clause: z'],
    ['SELECT a AS b FROM "Music"', 'Aliasing is not supported'],
    ['SELECT l[-0], l[2147483647] FROM "Music"', 'accepted'],
    ['SELECT * FROM "Music" t WHERE pk = 1', 'Aliasing is not supported'],
    ['SELECT * FROM "Music" AS t WHERE pk = 1', 'Aliasing is not supported'],
    ['SELECT * FROM "Music" LIMIT 5', 'Unsupported clause: LIMIT'],
    ['SELECT a FROM "Music" GROUP BY a', 'Unsupported clause: GROUP BY'],
    ['SELECT *, a FROM "Music"', `${MALFORMED}Other expressions may not be present in the select list when '*' is used without dot notation.`],
    ['SELECT * FROM "Music"."i"."x" WHERE pk = 1', 'A path may contain at most 2 components in the FROM clause'],
    ['SELECT * FROM "Music"."" WHERE pk = 1', 'Path component cannot be an empty string'],
    ['SELECT * FROM "" WHERE pk = 1', 'Path component cannot be an empty string'],
    ['SELECT * FROM', `${MALFORMED}Unexpected term`],
    ['SELECT * "Music"', `${MALFORMED}Expected FROM after SELECT list`],
    ['SELECT * FROM "Music', MALFORMED],
    ['SELECT * FROM "Music" ORDER BY pk WHERE pk = 1', LEFTOVER],
    ['SELECT * FROM (SELECT * FROM "Music" AS x', `${MALFORMED}Expected RIGHT_PAREN`],
  ])('%s: %s', (statement, message) => {
    expect(refusal(statement)).toBe(message)
  })
})

describe('statements that are none', () => {
  it.each([
    ['SLECT * FROM "Music" WHERE pk = 1', `${MALFORMED}Expected data manipulation`],
    ['SELECTT * FROMM "Music"', LEFTOVER],
    ['NOT A STATEMENT', LEFTOVER],
    ['   ', `${MALFORMED}Unexpected term`],
    ['x IS INT4', 'Unsupported operation: IsType'],
    ['x IS DOUBLE PRECISION', 'Unsupported operation: IsType'],
    ['x IS CHARACTER VARYING', 'Unsupported operation: IsType'],
    ['UPDATE Payment-test SET a = 1 WHERE pk = 1', `${MALFORMED}Expected data manipulation`],
    ['INSERT INTO urls (key, clicks) VALUES (?, ?)', `${MALFORMED}Unexpected keyword`],
    ['SELECT * FROM "Music"; SELECT * FROM "Music"', `${MALFORMED}Unexpected token after semicolon. (Only one query is allowed.)`],
    ['DELETE FROM', `${MALFORMED}Expected identifier for simple path`],
    ['DELETE FROM;', `${MALFORMED}Expected identifier for simple path`],
    ["DELETE FROM WHERE pk = 'a'", `${MALFORMED}Expected identifier for simple path`],
    ['DELETE "Music"', `${MALFORMED}Expected FROM after DELETE`],
    ['SELECT * FROM "Music" WHERE pk = 1 # note', MALFORMED],
    ['SELECT * FROM "Music" WHERE pk = 1 /* note', MALFORMED],
    ['SELECT * FROM "Music" WHERE pk = `1`', MALFORMED],
  ])('%s: %s', (statement, message) => {
    expect(refusal(statement)).toBe(message)
  })
})

describe('WHERE', () => {
  it.each<[string, object]>([
    ["pk = 'it''s'", equal('pk', "it's")],
    ["'a' = pk", equal('pk', 'a')],
    ['5 < n', compare('>', path('n'), value(5))],
    ['n != 4', compare('<>', path('n'), value(4))],
    ['n = -.73e1', equal('n', -7.3)],
    ['n = - - 1', equal('n', 1)],
    ['n = +5', equal('n', 5)],
    ['a = 1 AND b = 2 OR NOT c = 3', {
      kind: 'or',
      conditions: [{ kind: 'and', conditions: [equal('a', 1), equal('b', 2)] }, not(equal('c', 3))],
    }],
    ['a = 1 and (b = 2 oR c = 3)', {
      kind: 'and',
      conditions: [equal('a', 1), { kind: 'or', conditions: [equal('b', 2), equal('c', 3)] }],
    }],
    ['a BETWEEN 1 AND 2 AND b = 3', {
      kind: 'and',
      conditions: [{ kind: 'between', operand: path('a'), lower: value(1), upper: value(2) }, equal('b', 3)],
    }],
    ['a NOT BETWEEN 1 AND 2', not({ kind: 'between', operand: path('a'), lower: value(1), upper: value(2) })],
    ['a IN [1, 2]', { kind: 'in', operand: path('a'), candidates: [value(1), value(2)] }],
    ['a IN (1)', { kind: 'in', operand: path('a'), candidates: [value(1)] }],
    ['a NOT IN (1, b)', not({ kind: 'in', operand: path('a'), candidates: [value(1), path('b')] })],
    ['a IS MISSING', { kind: 'attribute_not_exists', path: ['a'] }],
    ['m.k[2] IS NOT MISSING', not({ kind: 'attribute_not_exists', path: ['m', 'k', 2] })],
    ['a IS NULL', { kind: 'attribute_type', operand: path('a'), type: 'NULL' }],
    ['a IS NOT NULL', not({ kind: 'attribute_type', operand: path('a'), type: 'NULL' })],
    ['a IS BOOL', { kind: 'attribute_type', operand: path('a'), type: 'BOOL' }],
    ['a IS string', { kind: 'attribute_type', operand: path('a'), type: 'S' }],
    ['begins_with("a b", \'x\')', { kind: 'begins_with', operand: path('a b'), prefix: value('x') }],
    ['CONTAINS(tags, 1)', { kind: 'contains', operand: path('tags'), sought: value(1) }],
    ["Attribute_Type(a, 'SS')", { kind: 'attribute_type', operand: path('a'), type: 'SS' }],
    ['attribute_not_exists(a)', { kind: 'attribute_not_exists', path: ['a'] }],
    ['SIZE(a) >= 3', compare('>=', { kind: 'size', operand: path('a') }, value(3))],
    ['attribute_exists(a) = true', { kind: 'attribute_exists', path: ['a'] }],
    ['attribute_exists(a) <> true', not({ kind: 'attribute_exists', path: ['a'] })],
    ['false = attribute_exists(a)', not({ kind: 'attribute_exists', path: ['a'] })],
    ["a = <<'y','x'>> -- set", equal('a', { SS: ['x', 'y'] })],
    ["a = <<10, 1>>", equal('a', { NS: [1, 10] })],
    ["a = [1, {'k': null, 'l': [true]}]", equal('a', [1, { M: { k: null, l: [true] } }])],
    ["data = 'x' AND year = 1", { kind: 'and', conditions: [equal('data', 'x'), equal('year', 1)] }],
  ])('%s', (text, condition) => {
    expect(where(text)).toEqual(condition)
  })

  it('puts parameters in their places', () => {
    expect(where("a = ? AND b IN [?, 'x'] AND c BETWEEN ? AND ?", [{ BS: ['AQ=='] }, 2, 3, 4])).toMatchObject({
      conditions: [
        equal('a', { BS: ['AQ=='] }),
        { candidates: [value(2), value('x')] },
        { lower: value(3), upper: value(4) },
      ],
    })
  })

  const mismatch = 'Incorrect operand type for operator or function; operator or function:'
  it.each<[string, string, AttributeValue[]?]>([
    ['', 'Unexpected term'],
    [';', 'Unexpected term'],
    ['NOT', 'Unexpected term'],
    ['(', 'Unexpected term'],
    ["pk = 'p1' AND", 'Missing right-hand side expression of infix operator'],
    ["pk = 'p1' OR", 'Missing right-hand side expression of infix operator'],
    ['ORDER BY pk', 'Unexpected keyword'],
    ['user = 1', 'Unexpected keyword'],
    ['IS NULL', 'Unexpected operator'],
    ['pk = LIKE', 'Unexpected operator'],
    ['x IS FOO', 'Expected type name'],
    ['attribute_exists(m.inner)', 'Invalid path dot component'],
    ['pk = 1 foo', 'Unexpected token after expression'],
    ['pk = 1 e5', 'Unexpected token after expression'],
    ['pk = 1)', 'Unexpected token after expression'],
    ['pk = 1e2147483648', ''],
    ['pk = 1e99999999999', ''],
    ['pk = 1.5e-2147483647', ''],
    ['pk = 1e', ''],
  ])('%s: not well formed: %s', (condition, detail) => {
    expect(refusal(`SELECT * FROM "Music" WHERE ${condition}`)).toBe(MALFORMED + detail)
  })

  it.each<[string, string, AttributeValue[]?]>([
    ["attribute_exists('ss')", 'Operator or function requires a document path; operator or function: attribute_exists'],
    ['attribute_exists(?)', 'Operator or function requires a document path; operator or function: attribute_exists', ['ss']],
    ['attribute_exists()', 'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0'],
    ['attribute_exists(ss, ns)', 'Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2'],
    ['EXISTS(ss)', 'Unrecognized function: exists at 1:29:6'],
    ["set_add(ss, <<'x'>>) = ss", 'Unrecognized function: set_add at 1:29:7'],
    ["attribute_type(a, 'X')", 'Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}'],
    ['attribute_type(a, 1)', `${mismatch} attribute_type, operand type: N`],
    ['attribute_type(a, true)', `${mismatch} attribute_type, operand type: BOOL`],
    ['val < ?', `${mismatch} <, operand type: BOOL`, [true]],
    ['val >= ?', `${mismatch} >=, operand type: NS`, [{ NS: [1] }]],
    ['val BETWEEN ? AND ?', `${mismatch} BETWEEN, operand type: BOOL`, [true, false]],
    ['attribute_exists(n) > false', `${mismatch} >, operand type: BOOL`],
    ['n > -?', 'Unsupported operator in Condition Expression. Operator: -', [1]],
    ['n > -n', 'Unsupported operator in Condition Expression. Operator: -'],
    ['n = n * 2', 'Unsupported operator in Condition Expression. Operator: *'],
    ["a LIKE 'x%'", 'Unsupported operator in Condition Expression. Operator: like'],
    ['a = ?', "Number of parameters in request and statement don't match."],
    ['a = [?]', 'Unsupported data type: Parameter under key root[0] at 1:34:1', [1]],
    ['a = <<>>', 'Empty bags are not supported'],
    ["a = <<1, 'a'>>", 'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags'],
    ["a = <<'a', 'a'>>", 'One or more parameter values were invalid: Input collection [a, a] contains duplicates.'],
    ['a = <<2, 2.0>>', 'One or more parameter values were invalid: Input collection [2, 2.0] contains duplicates! under root'],
    ['pk = 1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range under root'],
    ['pk = 1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range under root'],
    ['pk = 123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number under root'],
    [`a IN [${Array(101).fill('1').join()}]`, 'The IN operator is provided with too many operands; number of operands: 101'],
    ['a BETWEEN 2 AND 1', 'The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}'],
  ])('%s: %s', (condition, message, parameters) => {
    expect(refusal(`SELECT * FROM "Music" WHERE ${condition}`, parameters)).toBe(message)
  })
})

describe('UPDATE, FROM … SET, DELETE, INSERT', () => {
  it.each<[string, readonly object[]]>([
    ['SET a = 1, b.c[0] = d SET e = f + 1 REMOVE g REMOVE h[2]', [
      { kind: 'set', path: ['a'], operand: value(1) },
      { kind: 'set', path: ['b', 'c', 0], operand: path('d') },
      { kind: 'set', path: ['e'], operand: { kind: 'plus', left: path('f'), right: value(1) } },
      { kind: 'remove', path: ['g'] },
      { kind: 'remove', path: ['h', 2] },
    ]],
    ['SET n=n-1', [{ kind: 'set', path: ['n'], operand: { kind: 'minus', left: path('n'), right: value(1) } }]],
    ['SET l = LIST_APPEND(l, [1])', [{ kind: 'set', path: ['l'], operand: { kind: 'list_append', first: path('l'), second: value([1]) } }]],
    ["SET s = Set_Add(s, <<'x'>>)", [{ kind: 'add', path: ['s'], value: { SS: ['x'] } }]],
    ['SET m.s = set_delete(m.s, <<2>>)', [{ kind: 'delete', path: ['m', 's'], value: { NS: [2] } }]],
  ])('%s', (changes, actions) => {
    expect(update(changes)).toEqual(actions)
  })

  it('has the FROM-first form and RETURNING', () => {
    expect(translateStatement(`from "Music" where pk = ? set a = ? returning modified new *`, ['x', 2])).toMatchObject({
      kind: 'update',
      tableName: 'Music',
      where: equal('pk', 'x'),
      returning: { scope: 'MODIFIED', age: 'NEW' },
    })
    expect(translateStatement(`DELETE FROM "Music" WHERE pk = 'x' RETURNING ALL OLD *`, [])).toMatchObject({
      kind: 'delete',
      returning: { scope: 'ALL', age: 'OLD' },
    })
  })

  it('inserts items with parameters for attributes', () => {
    expect(translateStatement(`INSERT INTO "Music" value {'pk': ?, 'q': 'it''s', 'n': 1E3, '__proto__': -0, 'm': {}}`, ['a'])).toMatchObject({
      tableName: 'Music',
      item: JSON.parse('{"pk":"a","q":"it\'s","n":1000,"__proto__":0,"m":{"M":{}}}') as object,
    })
  })

  const deep = (count: number): string => `${"{'a':".repeat(count)}1${'}'.repeat(count)}`
  const from = (text: string): string => `UPDATE "Music" SET ${text} WHERE pk = 'a'`
  it.each<[string, string, AttributeValue[]?]>([
    [from("t = set_add(ss, <<'x'>>)"), 'The first argument to SET_ADD must equal the assignment value at 1:24:7'],
    [from("ss = set_add(<<'a'>>, <<'b'>>)"), 'The first argument to SET_ADD must equal the assignment value at 1:25:7'],
    [from("ss = set_add(ss, 'x')"), 'The second argument to SET_ADD must be a value with type SET at 1:33:2'],
    [from(`"ss" = set_delete("ss", ['x'])`), 'The second argument to SET_DELETE must be a value with type SET at 1:38:4'],
    [from('ss = set_add(ss)'), 'SET_ADD must have exactly two arguments at 1:25:7'],
    [from("ss = set_add(ss, <<'x'>>, <<'y'>>)"), 'SET_ADD must have exactly two arguments at 1:25:7'],
    [from('ss = set_add(ss, <<>>)'), 'Empty bags are not supported'],
    [from("n = 'a' + 1"), 'Incorrect operand type for operator or function; operator or function: +, operand type: S'],
    [from('n = n - null'), 'Incorrect operand type for operator or function; operator or function: -, operand type: NULL'],
    [from('n = n * 2'), 'Unsupported operator in Update Expression. Operator: *'],
    [from('n = foo(n)'), 'Unrecognized function: foo at 1:24:3'],
    [from(`d = ${deep(32)}`), `Nesting Levels have exceeded supported limits under root${'.a'.repeat(32)}`],
    [from(`d = {'a':${'['.repeat(31)}1${']'.repeat(31)}}`), `Nesting Levels have exceeded supported limits under root.a${'[0]'.repeat(31)}`],
    [from(`d = ${deep(31)}`), 'accepted'],
    ['UPDATE "Music" t SET a = 3 WHERE pk = 1', 'Aliasing is not supported'],
    ['UPDATE "Music"."i" SET a = 3 WHERE pk = 1', 'This operation is not supported on an index'],
    ['UPDATE "Music" SET a = 9 WHERE pk = 1 foo', LEFTOVER],
    ['UPDATE "Music" SET WHERE pk = 1', `${MALFORMED}Expected identifier for simple path`],
    ['UPDATE "Music" SET a = 1, a.b = 2 WHERE pk = 1', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]'],
    ['FROM "Music" SET c = 1 WHERE pk = 1', LEFTOVER],
    ['DELETE FROM "Music" t WHERE pk = 1', 'Aliasing is not supported'],
    ['DELETE FROM "Music"."i" WHERE pk = 1', 'This operation is not supported on an index'],
    ['DELETE FROM "Music" WHERE pk = 1 ORDER BY pk', LEFTOVER],
    [`DELETE FROM "Music" WHERE pk = 'x' RETURNING MODIFIED OLD *`, 'Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.'],
    [`INSERT INTO "Music" VALUE {'pk': 1} foo`, LEFTOVER],
    [`INSERT INTO "Music" t VALUE {'pk': 1}`, LEFTOVER],
    [`INSERT INTO "Music" VALUE {'pk': 1} IF NOT EXISTS`, LEFTOVER],
    [`INSERT INTO "Music"."i" VALUE {'pk': 1}`, 'FROM clause may only contain a single table name'],
    [`INSERT INTO "Music" VALUE {'pk': 1} RETURNING ALL OLD *`, 'RETURNING is not supported in INSERT'],
    [`INSERT INTO "Music" VALUE {'pk': 1, 'm': {'x': 1e126}}`, 'Number overflow. Attempting to store a number with magnitude larger than supported range under root.x'],
    [`INSERT INTO "Music" VALUE {'pk': 1, 'l': [1, 1e126]}`, 'Number overflow. Attempting to store a number with magnitude larger than supported range under root[1]'],
    [`INSERT INTO "Music" VALUE {'m': {'k': ?}}`, 'Unsupported data type: Parameter under key root.k at 1:39:1', [1]],
    [`INSERT INTO "Music" VALUE {'pk': 1, 'ss': set_add(<<'a'>>, <<'b'>>)}`, 'Unsupported data type: set_add under key root at 1:43:7'],
  ])('%s: %s', (statement, message, parameters) => {
    expect(refusal(statement, parameters)).toBe(message)
  })
})

describe('hostile statements', () => {
  it.each([
    ['parentheses', 'SELECT * FROM "Music" WHERE ' + '('.repeat(8000)],
    ['brackets', 'SELECT * FROM "Music" WHERE a = ' + '['.repeat(8000)],
    ['braces', 'INSERT INTO "Music" VALUE ' + "{'a':".repeat(1600)],
    ['NOT', 'SELECT * FROM "Music" WHERE ' + 'NOT '.repeat(2000) + 'a = 1'],
    ['signs', 'SELECT * FROM "Music" WHERE a = ' + '- '.repeat(4000) + '1'],
    ['sums', 'UPDATE "Music" SET a = ' + 'a+'.repeat(4000) + 'a WHERE pk = 1'],
    ['ANDs', 'SELECT * FROM "Music" WHERE ' + 'a=1 AND '.repeat(1000) + 'a=1'],
    ['comparisons', 'SELECT * FROM "Music" WHERE ' + 'a='.repeat(4000) + '1'],
    ['lines', 'SELECT * FROM "Music" WHERE ' + 'a=\n'.repeat(2500) + '1'],
    ['quotes', 'SELECT * FROM "Music" WHERE a = ' + "''".repeat(4000) + "'"],
    ['comments', '/*'.repeat(4000)],
    ['selects', 'SELECT * FROM '.repeat(580)],
  ])('%s are refused in less than 10 ms', (_, statement) => {
    // The best of some: other processes share the machine.
    let best = Infinity
    for (let run = 0; run < 40 && best >= 10; run++) {
      const start = performance.now()
      expect(refusal(statement)).not.toBe('accepted')
      best = Math.min(best, performance.now() - start)
    }
    expect(best).toBeLessThan(10)
  })
})

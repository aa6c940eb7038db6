// Cuts a statement into tokens, once, before parsing. Comments (`--` to the end of the line, block comments) count as white
// space; keywords know no case; quotes are doubled within quotes (Developer Guide: ql-reference; partiql-lang, SqlLexer).
// What no statement can hold is refused here with the bare text that AWS has for it.
import { ValidationException } from '../../model/errors.ts'
import { KEYWORDS } from './keywords.ts'

/** `name`: a plain identifier, `quoted`: one in double quotes; `keyword`: words, in lower case; `symbol`: the rest. */
export type StatementTokenKind = 'name' | 'quoted' | 'string' | 'number' | 'keyword' | 'symbol' | 'end'

export interface StatementToken {
  readonly kind: StatementTokenKind
  /** Unquoted, and doubled quotes single. */
  readonly text: string
  readonly start: number
  readonly end: number
}

const TOKEN =
  /(?:[ \t\r\n\v\f]+|--[^\r\n]*|\/\*[^]*?\*\/)|([A-Za-z_$][A-Za-z0-9_$]*)|("(?:[^"]|"")*")|('(?:[^']|'')*')|((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)|(<<|>>|<=|>=|<>|!=|\|\||[()[\]{}:,.*;?<>=+\-/%^@])/y

const INT32_MAX = 2 ** 31 - 1
/** Brackets within brackets. Values nest 32 levels and conditions not much deeper; AWS documents no bound. */
export const MAX_DEPTH = 256

/** The statement is no statement; AWS says so with or without a detail. */
export function malformed(detail: string): ValidationException {
  return new ValidationException(`Statement wasn't well formed, can't be processed: ${detail}`)
}

/** All tokens, then one of kind `end`. Throws ValidationException. */
export function tokenizeStatement(statement: string): readonly StatementToken[] {
  const tokens: StatementToken[] = []
  let start = 0
  let depth = 0
  while (start < statement.length) {
    TOKEN.lastIndex = start
    const match = TOKEN.exec(statement)
    if (match === null) throw malformed('')
    const [all, word, quoted, text, number, symbol] = match
    const end = start + all.length
    if (word !== undefined) tokens.push(wordToken(word, start, end))
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replaceAll('""', '"'), start, end })
    else if (text !== undefined) tokens.push({ kind: 'string', text: text.slice(1, -1).replaceAll("''", "'"), start, end })
    else if (number !== undefined) tokens.push(numberToken(statement, number, start, end))
    else if (symbol === '/' && statement.charAt(end) === '*') throw malformed('')
    else if (symbol !== undefined) {
      if (symbol === '(' || symbol === '[' || symbol === '{' || symbol === '<<') depth++
      else if (symbol === ')' || symbol === ']' || symbol === '}' || symbol === '>>') depth--
      if (depth > MAX_DEPTH) throw malformed('')
      tokens.push({ kind: 'symbol', text: symbol === '!=' ? '<>' : symbol, start, end })
    }
    start = end
  }
  tokens.push({ kind: 'end', text: '', start, end: start })
  return tokens
}

function wordToken(word: string, start: number, end: number): StatementToken {
  const lower = word.toLowerCase()
  return KEYWORDS.has(lower) ? { kind: 'keyword', text: lower, start, end } : { kind: 'name', text: word, start, end }
}

/** An exponent without digits, or one that Java's BigDecimal could not hold, makes the whole statement unreadable. */
function numberToken(statement: string, text: string, start: number, end: number): StatementToken {
  const [mantissa = '', exponentText] = text.toLowerCase().split('e')
  if (exponentText === undefined) {
    if (/[eE]/.test(statement.charAt(end))) throw malformed('')
    return { kind: 'number', text, start, end }
  }
  const exponent = Number(exponentText)
  const point = mantissa.indexOf('.')
  const scale = (point < 0 ? 0 : mantissa.length - point - 1) - exponent
  if (Math.abs(exponent) > INT32_MAX || Math.abs(scale) > INT32_MAX) throw malformed('')
  return { kind: 'number', text, start, end }
}

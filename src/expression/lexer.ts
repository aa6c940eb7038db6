// Cuts an expression's text into tokens, once, before parsing. What no expression can hold becomes an `unknown` token of
// one character, which no rule of the grammar accepts, so that it is reported like any other token out of place.

export type TokenKind = 'name' | 'nameAlias' | 'valueAlias' | 'index' | 'symbol' | 'unknown' | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where it stands in the expression. */
  readonly start: number
  readonly end: number
}

const TOKEN =
  /[ \t\r\n]*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]+)|(:[A-Za-z0-9_]+)|([0-9]+)|(<>|<=|>=|[<>=()[\],.+-])|([^ \t\r\n]))/uy

const KINDS: readonly TokenKind[] = ['name', 'nameAlias', 'valueAlias', 'index', 'symbol', 'unknown']

/** All tokens, then one of kind `end`. Never throws. */
export function tokenize(expression: string): readonly Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(expression); match !== null; match = TOKEN.exec(expression)) {
    const group = match.findIndex((text, index) => index > 0 && text !== undefined)
    const text = match[group] ?? ''
    tokens.push({ kind: KINDS[group - 1] ?? 'unknown', text, start: TOKEN.lastIndex - text.length, end: TOKEN.lastIndex })
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: expression.length, end: expression.length })
  return tokens
}

// Document paths: `a`, `#a.b[0]`, in every kind of expression, and as texts of their own in the plain-data forms.
// A path reaches at most as deep as values may nest.
import { ValidationException } from '../model/errors.ts'
import { MAX_NESTING_LEVELS } from '../model/limits.ts'
import type { AliasedPath, PathSyntax } from './syntax.ts'
import type { TokenCursor } from './token-cursor.ts'
import { isReservedWord } from './reserved-words.ts'
import type { Path, PathOperand } from './tree.ts'

/** AWS documents no bound for an index; beyond 2^31 - 1 nothing can be meant. */
const MAX_LIST_INDEX = 2 ** 31 - 1

/** What the grammar at hand says about names. */
export interface NameRules {
  /** Upper case; these end or begin something and are no names. */
  readonly keywords: ReadonlySet<string>
  /** Told of each reserved word that stands for a name: an error, but not the first that DynamoDB reports. */
  onReservedWord(name: string): void
}

/** At a name or a `#` placeholder; a syntax error anywhere else. */
export function parsePath(cursor: TokenCursor, rules: NameRules): PathSyntax {
  return continuePath(cursor, rules, [parseName(cursor, rules)])
}

/** Goes on from the elements that were read, if `.` or `[` follows. */
export function continuePath(cursor: TokenCursor, rules: NameRules, start: Path): PathSyntax {
  const [head, ...elements] = start
  for (;;) {
    if (cursor.accept('.')) elements.push(parseName(cursor, rules))
    else if (cursor.accept('[')) elements.push(parseIndex(cursor))
    else break
  }
  if (elements.length > MAX_NESTING_LEVELS) {
    throw cursor.invalid(`The document path has too many nesting elements; nesting levels: ${elements.length}`)
  }
  const path: Path = [head, ...elements]
  return path.some(isAlias) ? { kind: 'aliasedPath', elements: path } : { kind: 'path', path }
}

export function isAlias(element: string | number): boolean {
  return typeof element === 'string' && element.charCodeAt(0) === 35
}

export function elementsOf(path: PathOperand | AliasedPath): Path {
  return path.kind === 'path' ? path.path : path.elements
}

/** As DynamoDB prints it: `[a, b, [0]]`. */
export function pathText(path: Path): string {
  return `[${path.map((element) => (typeof element === 'number' ? `[${element}]` : element)).join(', ')}]`
}

function parseName(cursor: TokenCursor, rules: NameRules): string {
  const { kind, text } = cursor.next
  if (kind !== 'nameAlias') {
    if (kind !== 'name' || rules.keywords.has(text.toUpperCase())) throw cursor.syntaxError()
    if (isReservedWord(text)) rules.onReservedWord(text)
  }
  cursor.position++
  return text
}

function parseIndex(cursor: TokenCursor): number {
  const { kind, text } = cursor.next
  if (kind !== 'index') throw cursor.syntaxError()
  cursor.position++
  cursor.expect(']')
  const index = Number(text)
  if (index > MAX_LIST_INDEX) throw cursor.invalid(`List index is not within the allowable range; index: [${text}]`)
  return index
}

const PATH_PART = /(?:^|(?!^)\.)([^.[\]]+)|\[([0-9]+)\]/y

/**
 * A path of the plain-data forms, such as `address.lines[0]`: names are meant literally (nothing is reserved) and hold
 * no `.`, `[` or `]`. Throws ValidationException.
 */
export function parsePathText(text: string): Path {
  const elements: (string | number)[] = []
  PATH_PART.lastIndex = 0
  let end = 0
  for (let part = PATH_PART.exec(text); part !== null; part = PATH_PART.exec(text)) {
    elements.push(part[1] ?? Number(part[2]))
    end = PATH_PART.lastIndex
  }
  const [head, ...rest] = elements
  if (end !== text.length || typeof head !== 'string' || rest.some((element) => typeof element === 'number' && element > MAX_LIST_INDEX)) {
    throw new ValidationException(`Invalid document path: ${text}`)
  }
  if (rest.length > MAX_NESTING_LEVELS) {
    throw new ValidationException(
      `Invalid document path: The document path has too many nesting elements; nesting levels: ${rest.length}`,
    )
  }
  return [head, ...rest]
}

// A request's ExpressionAttributeNames and ExpressionAttributeValues: checked, looked up, and in the end those that no
// expression used. Undefined ones are noted, not thrown, because DynamoDB reports them in an order of its own.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { MAX_EXPRESSION_PARAMETER_BYTES, MAX_PLACEHOLDER_BYTES } from '../model/limits.ts'
import { attributeSize, utf8Length } from '../model/size.ts'
import { isAlias } from './parse-path.ts'
import type { PathSyntax } from './syntax.ts'
import { invalidExpression } from './token-cursor.ts'
import type { ExpressionParameter, Path, PathOperand } from './tree.ts'

/** AWS's ExpressionAttributeNames. */
export type ExpressionNames = { readonly [placeholder: string]: string }

const NAME_ALIAS = /^#[0-9a-zA-Z_]+$/
const VALUE_ALIAS = /^:[0-9a-zA-Z_]+$/

export class Aliases {
  private readonly names: ExpressionNames | undefined
  private readonly values: AttributeMap | undefined
  private readonly count: number
  private readonly used = new Set<string>()
  /** The first placeholder of each kind that the expression at hand uses in vain, and the first of both. */
  private undefinedName: string | undefined
  private undefinedValue: string | undefined
  private firstUndefined: string | undefined

  /** Throws ValidationException for an empty map, an invalid placeholder, and for more than 2 MB. */
  constructor(names: ExpressionNames | undefined, values: AttributeMap | undefined) {
    this.names = names
    this.values = values
    const nameCount = names === undefined ? 0 : checkPlaceholders('ExpressionAttributeNames', names, NAME_ALIAS)
    if (names !== undefined) checkNames(names)
    this.count = nameCount + (values === undefined ? 0 : checkPlaceholders('ExpressionAttributeValues', values, VALUE_ALIAS))
    if (values !== undefined) checkValueSize(values)
  }

  bindPath(syntax: PathSyntax): PathOperand {
    if (syntax.kind === 'path') return syntax
    const [head, ...rest] = syntax.elements
    const path: Path = [this.name(head), ...rest.map((element) => (typeof element === 'string' ? this.name(element) : element))]
    return { kind: 'path', path }
  }

  value(placeholder: string): AttributeValue {
    const value = this.values === undefined ? undefined : attributeOf(this.values, placeholder)
    if (value !== undefined) {
      this.used.add(placeholder)
      return value
    }
    this.undefinedValue ??= placeholder
    this.firstUndefined ??= placeholder
    return null
  }

  /** Throws the first of what was undefined, names or values. */
  checkDefined(parameter: ExpressionParameter): void {
    if (this.firstUndefined !== undefined) throw this.undefinedError(parameter, this.firstUndefined)
  }

  /** Throws the first undefined name, or else the first undefined value. */
  checkNamesThenValues(parameter: ExpressionParameter): void {
    const placeholder = this.undefinedName ?? this.undefinedValue
    if (placeholder !== undefined) throw this.undefinedError(parameter, placeholder)
  }

  /** Throws ValidationException where a name or else a value was used by no expression. */
  checkUsed(): void {
    if (this.used.size === this.count) return
    for (const [parameter, given] of [
      ['ExpressionAttributeNames', this.names],
      ['ExpressionAttributeValues', this.values],
    ] as const) {
      const unused = Object.keys(given ?? {}).filter((placeholder) => !this.used.has(placeholder))
      if (unused.length > 0) {
        throw new ValidationException(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(', ')}}`)
      }
    }
  }

  private name(element: string): string {
    if (!isAlias(element)) return element
    if (this.names !== undefined && Object.hasOwn(this.names, element)) {
      const name = this.names[element]
      if (name !== undefined) {
        this.used.add(element)
        return name
      }
    }
    this.undefinedName ??= element
    this.firstUndefined ??= element
    return element
  }

  private undefinedError(parameter: ExpressionParameter, placeholder: string): ValidationException {
    return invalidExpression(
      parameter,
      isAlias(placeholder)
        ? `An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`
        : `An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
    )
  }
}

/** Returns how many there are. */
function checkPlaceholders(parameter: string, given: object, pattern: RegExp): number {
  const placeholders = Object.keys(given)
  if (placeholders.length === 0) throw new ValidationException(`${parameter} must not be empty`)
  for (const placeholder of placeholders) {
    // Valid ones are ASCII, and too long goes before invalid (extenddb, tests/test_expression_attribute_map_validation.py).
    if (placeholder.length > MAX_PLACEHOLDER_BYTES) {
      const size = parameter === 'ExpressionAttributeNames' ? ` size of key: ${utf8Length(placeholder)}` : ''
      throw new ValidationException(`${parameter} contains invalid key: The expression attribute map contains a key that is too long;${size}`)
    }
    if (!pattern.test(placeholder)) {
      throw new ValidationException(`${parameter} contains invalid key: Syntax error; key: "${placeholder}"`)
    }
  }
  return placeholders.length
}

function checkNames(names: ExpressionNames): void {
  let size = 0
  for (const placeholder of Object.keys(names)) {
    const name: unknown = names[placeholder]
    if (typeof name !== 'string' || name === '') {
      throw new ValidationException(`ExpressionAttributeNames contains invalid value: Empty attribute name for key ${placeholder}`)
    }
    size += placeholder.length + (name.length < 64 ? name.length : utf8Length(name))
  }
  if (size > MAX_EXPRESSION_PARAMETER_BYTES) throw new ValidationException('ExpressionAttributeNames exceeds max size')
}

function checkValueSize(values: AttributeMap): void {
  let size = 0
  for (const placeholder of Object.keys(values)) {
    const value = values[placeholder] ?? null
    size += placeholder.length + (typeof value === 'object' || typeof value === 'string' ? attributeSize(value) : 8)
  }
  if (size > MAX_EXPRESSION_PARAMETER_BYTES) throw new ValidationException('ExpressionAttributeValues exceeds max size')
}

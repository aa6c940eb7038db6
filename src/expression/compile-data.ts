// The plain-data forms of conditions, key conditions, updates and projections (data.ts), compiled to the trees that the
// parsers build, through the same checks. Raw parts bring names and values of their own and go through the parser.
import type { AttributeValue } from '../model/attribute-value.ts'
import type { ValidationException } from '../model/errors.ts'
import { MAX_EXPRESSION_OPERATORS, MAX_IN_OPERANDS } from '../model/limits.ts'
import { buildTest, operandCountError } from './build-condition.ts'
import { buildUpdate, type AssignedOperand, type DraftAction } from './build-update.ts'
import type { ConditionData, KeyConditionData, OperandData, RawData, SetData, TestData, UpdateData } from './data.ts'
import { ExpressionContext } from './expression-context.ts'
import { LruCache } from './lru-cache.ts'
import { parsePathText } from './parse-path.ts'
import { buildProjection } from './project.ts'
import { invalidExpression } from './token-cursor.ts'
import type { Condition, ExpressionParameter, Operand, PathOperand, Projection, Update } from './tree.ts'

type ConditionParameter = 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression'

const MAX_CACHED_PATHS = 2048
const paths = new LruCache<PathOperand>(MAX_CACHED_PATHS, (text) => ({ kind: 'path', path: parsePathText(text) }))

/** Throws ValidationException with DynamoDB's texts, as `ExpressionContext.condition` and `.filter` do. */
export function compileCondition(data: ConditionData, parameter: ConditionParameter = 'ConditionExpression'): Condition {
  return new ConditionCompiler(parameter).compile(data, 0)
}

/** For `splitKeyCondition`. Throws ValidationException with DynamoDB's texts. */
export function compileKeyCondition(data: KeyConditionData): Condition {
  const compiler = new ConditionCompiler('KeyConditionExpression')
  // Names of key attributes are no paths: they may hold dots.
  return compiler.all(data.tests.map(([name, test]) => compiler.test({ kind: 'path', path: [name] }, test)))
}

/** Throws ValidationException with DynamoDB's texts, as `ExpressionContext.update` does. */
export function compileUpdate(data: UpdateData): Update {
  if (isRaw(data)) return compileRaw(data, (context) => context.update(data.raw))
  const drafts: DraftAction[] = []
  for (const [text, assignment] of data.set ?? []) {
    const operand = paths.get(text)
    drafts.push({ kind: 'set', path: operand.path, operand: assignedOperand(operand, assignment) })
  }
  for (const text of data.remove ?? []) drafts.push({ kind: 'remove', path: paths.get(text).path })
  for (const [text, value] of data.add ?? []) drafts.push({ kind: 'add', path: paths.get(text).path, value })
  for (const [text, value] of data.delete ?? []) drafts.push({ kind: 'delete', path: paths.get(text).path, value })
  if (drafts.length === 0) throw invalidExpression('UpdateExpression', 'The expression can not be empty;')
  if (drafts.length > MAX_EXPRESSION_OPERATORS) checkOperatorCount(drafts)
  return buildUpdate(drafts)
}

/** Of document path texts. Throws ValidationException with DynamoDB's texts, as `ExpressionContext.projection` does. */
export function compileProjection(texts: readonly string[]): Projection {
  if (texts.length === 0) throw invalidExpression('ProjectionExpression', 'The expression can not be empty;')
  return buildProjection(texts.map((text) => paths.get(text).path))
}

function isRaw(data: object): data is RawData {
  return 'raw' in data
}

function compileRaw<Tree>({ names, values }: RawData, compile: (context: ExpressionContext) => Tree): Tree {
  const context = new ExpressionContext(names, values)
  const tree = compile(context)
  context.finish()
  return tree
}

function assignedOperand(path: PathOperand, assignment: SetData): AssignedOperand {
  if ('value' in assignment) return literal(assignment.value)
  if ('ifNotExists' in assignment) return call('if_not_exists', path, literal(assignment.ifNotExists))
  if ('plus' in assignment) return call('+', path, literal(assignment.plus))
  if ('append' in assignment) return call('list_append', path, literal(assignment.append))
  return call('list_append', literal(assignment.prepend), path)
}

function checkOperatorCount(drafts: readonly DraftAction[]): void {
  const count = drafts.filter((draft) => draft.kind === 'set' && draft.operand.kind === 'call').length
  if (count > MAX_EXPRESSION_OPERATORS) throw tooManyOperators('UpdateExpression', count)
}

function tooManyOperators(parameter: ExpressionParameter, count: number): ValidationException {
  return invalidExpression(parameter, `The expression contains too many operators; operator count: ${count}`)
}

function literal(value: AttributeValue): AssignedOperand {
  return { kind: 'value', value }
}

function call(name: 'if_not_exists' | 'list_append' | '+', ...operands: readonly AssignedOperand[]): AssignedOperand {
  return { kind: 'call', name, operands }
}

class ConditionCompiler {
  private readonly parameter: ConditionParameter
  private operatorCount = 0

  constructor(parameter: ConditionParameter) {
    this.parameter = parameter
  }

  /** `depth` bounds recursion: no text can nest deeper than it may have operators. */
  compile(data: ConditionData, depth: number): Condition {
    if (depth > MAX_EXPRESSION_OPERATORS) throw tooManyOperators(this.parameter, depth)
    if (isRaw(data)) return compileRaw(data, (context) => this.raw(context, data.raw))
    if ('tests' in data) return this.all(data.tests.map(([path, test]) => this.test(paths.get(path), test)))
    if ('not' in data) {
      this.countOperators(1)
      return { kind: 'not', condition: this.compile(data.not, depth + 1) }
    }
    if ('and' in data) return this.all(data.and.map((each) => this.compile(each, depth + 1)))
    return this.joined('or', data.or.map((each) => this.compile(each, depth + 1)))
  }

  all(conditions: readonly Condition[]): Condition {
    return this.joined('and', conditions)
  }

  test(operand: Operand, test: TestData): Condition {
    this.countOperators(1)
    switch (test[0]) {
      case 'size':
        return this.test({ kind: 'size', operand }, test[1])
      case 'between':
        return this.build('BETWEEN', operand, operandOf(test[1]), operandOf(test[2]))
      case 'in': {
        const [, ...candidates] = test
        if (candidates.length === 0) throw operandCountError(this.parameter, 'IN', 0)
        if (candidates.length > MAX_IN_OPERANDS) {
          throw invalidExpression(
            this.parameter,
            `The IN operator is provided with too many operands; number of operands: ${candidates.length}`,
          )
        }
        return this.build('IN', operand, ...candidates.map(operandOf))
      }
      case 'attribute_exists':
      case 'attribute_not_exists':
        return this.build(test[0], operand)
      case 'attribute_type':
        return this.build(test[0], operand, { kind: 'value', value: test[1] })
      case 'begins_with':
      case 'contains':
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.build(test[0], operand, operandOf(test[1]))
      default:
        // From another release's client, or no client of ours.
        throw invalidExpression(this.parameter, `Invalid function name; function: ${String(test[0])}`)
    }
  }

  private raw(context: ExpressionContext, text: string): Condition {
    switch (this.parameter) {
      case 'ConditionExpression':
        return context.condition(text)
      case 'FilterExpression':
        return context.filter(text)
      case 'KeyConditionExpression':
        return context.keyCondition(text)
    }
  }

  private build(operator: Parameters<typeof buildTest>[1], ...operands: readonly Operand[]): Condition {
    return buildTest(this.parameter, operator, operands)
  }

  private joined(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
    const [first] = conditions
    if (first === undefined) throw invalidExpression(this.parameter, 'The expression can not be empty;')
    this.countOperators(conditions.length - 1)
    return conditions.length === 1 ? first : { kind, conditions }
  }

  private countOperators(count: number): void {
    this.operatorCount += count
    if (this.operatorCount > MAX_EXPRESSION_OPERATORS) throw tooManyOperators(this.parameter, this.operatorCount)
  }
}

function operandOf(data: OperandData): Operand {
  return 'path' in data ? paths.get(data.path) : { kind: 'value', value: data.value }
}

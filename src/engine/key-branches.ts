// Which stretches of a table or index a WHERE clause can select: the clause as alternatives, each with the range of storage
// keys that its conditions on the key leave. A clause all of whose alternatives name a partition is read by its ranges,
// any other by a scan (Developer Guide: ql-reference.select). Works on conditions, whatever language they came in.
import type { AttributeValue } from '../model/attribute-value.ts'
import { typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { encodeKeyPart, isKeyValue, prefixEnd } from '../model/key-encoding.ts'
import type { KeyAttribute } from '../model/table.ts'
import type { KeyRangeTest } from '../expression/key-condition.ts'
import type { Condition } from '../expression/tree.ts'
import type { Key, KeyRange } from '../storage/store.ts'
import { keyConditionRange } from './key-range.ts'

/** One partition attribute, and at most one sort attribute. */
export interface BranchKeys {
  readonly space: Key
  readonly partitionKey: KeyAttribute
  readonly sortKey: KeyAttribute | undefined
}
export interface Branch {
  /** Encoded; undefined where the alternative names no partition, or two. */
  readonly partition: Key | undefined
  /** What its key conditions leave of the partition; empty where start is not below end. */
  readonly range: KeyRange
  /** What else the alternative asks. */
  readonly filters: readonly Condition[]
}
export interface Branches {
  readonly branches: readonly Branch[]
  /** Every alternative names exactly one partition. */
  readonly isKeyed: boolean
}

/** Alternatives beyond this are not told apart. */
const MAX_BRANCHES = 1000
/** Reads that one statement may be taken apart into. */
const MAX_READS = 50

/** A condition on the partition or sort attribute that a key range can express. */
interface KeyTest {
  readonly isPartition: boolean
  readonly range: KeyRangeTest | { readonly operator: '='; readonly values: readonly AttributeValue[] }
}
interface Alternative {
  readonly tests: readonly KeyTest[]
  readonly filters: readonly Condition[]
}
const ANYTHING: readonly Alternative[] = [{ tests: [], filters: [] }]

/** Throws ValidationException with AWS's texts for values that are none of the key's, and for too many reads. */
export class KeyBranches implements Branches {
  readonly branches: readonly Branch[]
  readonly isKeyed: boolean
  private readonly keys: BranchKeys
  private readonly pinsEveryPartition: boolean
  private readonly tested: { readonly attribute: KeyAttribute; readonly values: readonly AttributeValue[] }[] = []
  private tooMany = false

  constructor(where: Condition | undefined, keys: BranchKeys) {
    this.keys = keys
    this.pinsEveryPartition = where !== undefined && this.pins(where)
    const alternatives = where === undefined ? ANYTHING : this.spread(where)
    const whole: readonly Alternative[] = where === undefined ? ANYTHING : [{ tests: [], filters: [where] }]
    this.branches = (this.tooMany ? whole : alternatives).map((alternative) => this.branchOf(alternative))
    this.isKeyed = this.branches.every((branch) => branch.partition !== undefined)
  }

  checkTypes(): void {
    for (const { attribute, values } of this.tested) for (const value of values) checkKeyType(attribute, value)
  }

  checkReads(): void {
    if (!this.pinsEveryPartition || (!this.tooMany && this.branches.length <= MAX_READS)) return
    throw new ValidationException('Too many decomposed read operations for a given query.')
  }

  /** Alternatives of one partition may not select the same keys, unless one of them rules sort keys out. */
  checkOverlap(): void {
    if (!this.isKeyed || this.branches.length < 2) return
    const checked = this.branches.filter(({ range, filters }) => range.start < range.end && !filters.some((filter) => this.excludesSortKeys(filter)))
    const sorted = [...checked].sort((a, b) => (a.range.start < b.range.start ? -1 : 1))
    let reach: Key = ''
    for (const { range } of sorted) {
      if (range.start < reach) throw new ValidationException('Overlapping conditions with range keys are not supported in where clause')
      if (range.end > reach) reach = range.end
    }
  }

  private excludesSortKeys(filter: Condition): boolean {
    const name = this.keys.sortKey?.name
    if (name === undefined) return false
    if (filter.kind === 'not') return this.isOn(filter.condition, name)
    return filter.kind === 'compare' && filter.operator === '<>' && this.isOn(filter, name)
  }

  private isOn(condition: Condition, name: string): boolean {
    switch (condition.kind) {
      case 'compare':
        return condition.left.kind === 'path' && condition.left.path.length === 1 && condition.left.path[0] === name
      case 'between':
      case 'in':
      case 'begins_with':
        return condition.operand.kind === 'path' && condition.operand.path.length === 1 && condition.operand.path[0] === name
      default:
        return false
    }
  }

  /** Whether every way to fulfil the condition names a partition. */
  private pins(condition: Condition): boolean {
    switch (condition.kind) {
      case 'and':
        return condition.conditions.some((each) => this.pins(each))
      case 'or':
        return condition.conditions.every((each) => this.pins(each))
      default:
        return this.testsOf(condition)?.some((test) => test.isPartition) === true
    }
  }

  private namesKey(condition: Condition): boolean {
    if (condition.kind === 'and' || condition.kind === 'or') return condition.conditions.some((each) => this.namesKey(each))
    return this.testsOf(condition) !== undefined
  }

  private spread(condition: Condition): readonly Alternative[] {
    if (condition.kind === 'and') {
      return condition.conditions.reduce<readonly Alternative[]>((all, each) => this.both(all, this.spread(each)), ANYTHING)
    }
    if (condition.kind === 'or' && this.namesKey(condition)) {
      const alternatives = condition.conditions.flatMap((each) => this.spread(each))
      if (alternatives.length > MAX_BRANCHES) this.tooMany = true
      return alternatives
    }
    const tests = this.testsOf(condition)
    if (tests === undefined) return [{ tests: [], filters: [condition] }]
    const attribute = tests[0]?.isPartition === true ? this.keys.partitionKey : this.keys.sortKey
    if (attribute !== undefined) this.tested.push({ attribute, values: tests.flatMap((test) => test.range.values) })
    return tests.map((test) => ({ tests: [test], filters: [] }))
  }

  private both(left: readonly Alternative[], right: readonly Alternative[]): readonly Alternative[] {
    if (left.length * right.length > MAX_BRANCHES) {
      this.tooMany = true
      return left
    }
    return left.flatMap((one) =>
      right.map((two) => ({ tests: [...one.tests, ...two.tests], filters: [...one.filters, ...two.filters] })),
    )
  }

  /** One test per alternative (several for IN), or undefined for what is no test of a key attribute with values. */
  private testsOf(condition: Condition): readonly KeyTest[] | undefined {
    const { partitionKey, sortKey } = this.keys
    const isPartition = this.isOn(condition, partitionKey.name)
    if (!isPartition && (sortKey === undefined || !this.isOn(condition, sortKey.name))) return undefined
    switch (condition.kind) {
      case 'compare': {
        const { operator, right } = condition
        if (right.kind !== 'value' || operator === '<>' || (isPartition && operator !== '=')) return undefined
        return [{ isPartition, range: { operator, values: [right.value] } }]
      }
      case 'in': {
        const values = condition.candidates.flatMap((candidate) => (candidate.kind === 'value' ? [candidate.value] : []))
        if (values.length < condition.candidates.length) return undefined
        return values.map((value) => ({ isPartition, range: { operator: '=', values: [value] } }))
      }
      case 'between': {
        const { lower, upper } = condition
        if (isPartition || lower.kind !== 'value' || upper.kind !== 'value') return undefined
        return [{ isPartition, range: { operator: 'BETWEEN', values: [lower.value, upper.value] } }]
      }
      case 'begins_with':
        if (isPartition || condition.prefix.kind !== 'value') return undefined
        return [{ isPartition, range: { operator: 'begins_with', values: [condition.prefix.value] } }]
      default:
        return undefined
    }
  }

  private branchOf({ tests, filters }: Alternative): Branch {
    const partitions = new Set(tests.filter((test) => test.isPartition).map(({ range }) => encoded(range.values[0] ?? null)))
    const [partition] = partitions.size === 1 ? partitions : []
    const prefix = this.keys.space + (partition ?? '')
    let { start, end }: KeyRange = { start: prefix, end: prefixEnd(prefix) }
    for (const { isPartition, range } of tests) {
      if (isPartition) continue
      const left = rangeOf(prefix, range)
      if (left.start > start) start = left.start
      if (left.end < end) end = left.end
    }
    return { partition, range: { start, end }, filters }
  }
}

function rangeOf(prefix: Key, range: KeyTest['range']): KeyRange {
  const sort = range.operator === '=' ? { equal: range.values } : { equal: [], last: range }
  return keyConditionRange(prefix, { partition: [], sort })
}

function encoded(value: AttributeValue): Key {
  return isKeyValue(value) ? encodeKeyPart(value) : ''
}

/** Throws ValidationException for what can't be the value of this key attribute. */
export function checkKeyType({ name, type }: KeyAttribute, value: AttributeValue): void {
  const actual = typeOf(value)
  if (actual !== 'S' && actual !== 'N' && actual !== 'B') {
    throw new ValidationException(`Key value must be of type S, N, or B. Key name: ${name}, Key type: ${actual}`)
  }
  if (actual !== type) {
    throw new ValidationException(`Key attribute's data type should match its data type in table's schema: Key ${name}`)
  }
  if (value === '' || (typeof value === 'object' && value !== null && 'B' in value && value.B === '')) {
    throw new ValidationException(
      'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
        `cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. Key: ${name}`,
    )
  }
}

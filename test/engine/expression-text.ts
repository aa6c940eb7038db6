// Data forms rendered as DynamoDB's expression strings, so that a history runs through the parsers too.
// One Rendering per request: it gathers the names and values of all its expressions.
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { ConditionData, KeyConditionData, OperandData, SetData, TestData, UpdateData } from '../../src/expression/data.ts'

export class Rendering {
  readonly #names = new Map<string, string>()
  readonly #values: AttributeValue[] = []

  /** What goes into the request beside the expressions. */
  get placeholders(): { ExpressionAttributeNames?: { [name: string]: string }; ExpressionAttributeValues?: AttributeMap } {
    const names = Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name]))
    const values = Object.fromEntries(this.#values.map((value, i) => [`:v${i}`, value]))
    return {
      ...(this.#names.size === 0 ? {} : { ExpressionAttributeNames: names }),
      ...(this.#values.length === 0 ? {} : { ExpressionAttributeValues: values }),
    }
  }

  path(path: string): string {
    return path.replace(/[^.[\]]+(?![^[]*\])/g, (name) => {
      const placeholder = this.#names.get(name) ?? `#n${this.#names.size}`
      this.#names.set(name, placeholder)
      return placeholder
    })
  }
  value(value: AttributeValue): string {
    this.#values.push(value)
    return `:v${this.#values.length - 1}`
  }
  operand(data: OperandData): string {
    return 'path' in data ? this.path(data.path) : this.value(data.value)
  }

  #test(left: string, test: TestData): string {
    switch (test[0]) {
      case 'attribute_exists':
      case 'attribute_not_exists':
        return `${test[0]}(${left})`
      case 'attribute_type':
        return `attribute_type(${left}, ${this.value(test[1])})`
      case 'begins_with':
      case 'contains':
        return `${test[0]}(${left}, ${this.operand(test[1])})`
      case 'between':
        return `${left} BETWEEN ${this.operand(test[1])} AND ${this.operand(test[2])}`
      case 'in': {
        const [, ...list] = test
        return `${left} IN (${list.map((data) => this.operand(data)).join(', ')})`
      }
      case 'size':
        return this.#test(`size(${left})`, test[1])
      default:
        return `${left} ${test[0]} ${this.operand(test[1])}`
    }
  }

  condition(data: ConditionData | KeyConditionData): string {
    if ('tests' in data) return data.tests.map(([path, test]) => this.#test(this.path(path), test)).join(' AND ')
    if ('and' in data) return data.and.map((part) => this.#nested(part)).join(' AND ')
    if ('or' in data) return data.or.map((part) => this.#nested(part)).join(' OR ')
    if ('not' in data) return `NOT ${this.#nested(data.not)}`
    throw new Error('is text already')
  }
  #nested(data: ConditionData): string {
    return `(${this.condition(data)})`
  }

  #set(path: string, data: SetData): string {
    const left = this.path(path)
    if ('value' in data) return `${left} = ${this.value(data.value)}`
    if ('ifNotExists' in data) return `${left} = if_not_exists(${left}, ${this.value(data.ifNotExists)})`
    if ('plus' in data) return `${left} = ${left} + ${this.value(data.plus)}`
    if ('append' in data) return `${left} = list_append(${left}, ${this.value(data.append)})`
    return `${left} = list_append(${this.value(data.prepend)}, ${left})`
  }
  update(data: UpdateData): string {
    if ('raw' in data) throw new Error('is text already')
    const clause = (name: string, parts: readonly string[]): string => (parts.length === 0 ? '' : ` ${name} ${parts.join(', ')}`)
    return (
      clause('SET', (data.set ?? []).map(([path, value]) => this.#set(path, value))) +
      clause('REMOVE', (data.remove ?? []).map((path) => this.path(path))) +
      clause('ADD', (data.add ?? []).map(([path, value]) => `${this.path(path)} ${this.value(value)}`)) +
      clause('DELETE', (data.delete ?? []).map(([path, value]) => `${this.path(path)} ${this.value(value)}`))
    ).trim()
  }
  projection(names: readonly string[]): string {
    return names.map((name) => this.path(name)).join(', ')
  }
}

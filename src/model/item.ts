// An item in one of its forms: attributes, compact JSON text, or stored record (`<size in base 36><text>`). Each other
// form is computed once, when somebody asks; a record read from a page goes into a response without being parsed.
// Items never change: attributes and text stand for the same map.
import type { AttributeMap } from './attribute-value.ts'
import { itemSize } from './size.ts'

export class Item {
  private knownAttributes: AttributeMap | undefined
  private knownText: string | undefined
  private knownRecord: string | undefined
  private knownSize: number

  private constructor(attributes: AttributeMap | undefined, text: string | undefined, record: string | undefined) {
    this.knownAttributes = attributes
    this.knownText = text
    this.knownRecord = record
    this.knownSize = -1
  }

  /** The map is not copied: nobody may change it afterwards. */
  static of(attributes: AttributeMap): Item {
    return new Item(attributes, undefined, undefined)
  }

  /** From compact JSON in canonical form. */
  static fromText(text: string): Item {
    return new Item(undefined, text, undefined)
  }

  /** From a stored record, which may be a slice of a page. */
  static fromRecord(record: string): Item {
    return new Item(undefined, undefined, record)
  }

  get attributes(): AttributeMap {
    return (this.knownAttributes ??= JSON.parse(this.text))
  }

  /** Compact JSON. */
  get text(): string {
    return (this.knownText ??=
      this.knownRecord === undefined ? JSON.stringify(this.knownAttributes) : this.knownRecord.slice(this.knownRecord.indexOf('{')))
  }

  /** Bytes, as DynamoDB counts them. */
  get size(): number {
    if (this.knownSize < 0) {
      this.knownSize =
        this.knownRecord === undefined
          ? itemSize(this.attributes)
          : parseInt(this.knownRecord.slice(0, this.knownRecord.indexOf('{')), 36)
    }
    return this.knownSize
  }

  /** What is stored: `<size in base 36><compact JSON>`. */
  get record(): string {
    return (this.knownRecord ??= this.size.toString(36) + this.text)
  }

  /** The same item without a reference to the page that its text was cut from: for keeping it in memory. */
  flatten(): Item {
    if (this.knownRecord === undefined && this.knownText === undefined) return this
    // Engines keep a slice as a reference to its parent, but copy when a concatenation is cut.
    return new Item(this.knownAttributes, undefined, ` ${this.record}`.slice(1))
  }

  /** Lets the parsed attributes go, which are made anew if somebody asks: for an item that waits with many others. */
  slim(): void {
    if (this.knownRecord !== undefined || this.knownText !== undefined) this.knownAttributes = undefined
  }

  /** JSON.stringify writes the attributes. */
  toJSON(): AttributeMap {
    return this.attributes
  }
}

// Compact JSON text of an item -> text of DynamoDB's JSON (`{"S":"a"}`), without parsing: one walk over the text, in which
// strings, numbers and sets are copied as they stand. For answers at the edges and for exports.
// Invariant: the same as JSON.stringify(toWireMap(JSON.parse(text))).

/** `text`: a canonical item's compact JSON (`Item.text`). */
export function wireTextOfMap(text: string): string {
  return new Transcoder(text).map()
}

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

class Transcoder {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** From `{` to behind its `}`. */
  map(): string {
    const text = this.#text
    let out = '{'
    this.#at++
    while (text.charCodeAt(this.#at) !== CLOSE_BRACE) {
      if (text.charCodeAt(this.#at) === COMMA) {
        out += ','
        this.#at++
      }
      const start = this.#at
      this.#skipString()
      this.#at++
      out += text.slice(start, this.#at) + this.#value()
    }
    this.#at++
    return `${out}}`
  }

  #value(): string {
    const text = this.#text
    const start = this.#at
    switch (text.charCodeAt(start)) {
      case QUOTE:
        this.#skipString()
        return `{"S":${text.slice(start, this.#at)}}`
      case OPEN_BRACKET:
        return `{"L":${this.#list()}}`
      case OPEN_BRACE:
        return this.#typed()
      case 110: // n
        this.#at += 4
        return '{"NULL":true}'
      case 116: // t
        this.#at += 4
        return '{"BOOL":true}'
      case 102: // f
        this.#at += 5
        return '{"BOOL":false}'
      default:
        this.#skipNumber()
        return `{"N":"${text.slice(start, this.#at)}"}`
    }
  }

  #list(): string {
    const text = this.#text
    let out = '['
    this.#at++
    while (text.charCodeAt(this.#at) !== CLOSE_BRACKET) {
      if (text.charCodeAt(this.#at) === COMMA) {
        out += ','
        this.#at++
      }
      out += this.#value()
    }
    this.#at++
    return `${out}]`
  }

  /** `{"M":…}` and its like: the type code is in the text already. */
  #typed(): string {
    const text = this.#text
    const start = this.#at
    if (text.charCodeAt(start + 2) === 77) {
      // {"M":
      this.#at += 5
      const out = `{"M":${this.map()}}`
      this.#at++
      return out
    }
    if (text.startsWith('NS', start + 2)) return this.#numbers()
    // N, B, SS and BS look the same in both.
    while (text.charCodeAt(this.#at) !== CLOSE_BRACE) {
      if (text.charCodeAt(this.#at) === QUOTE) this.#skipString()
      else this.#at++
    }
    this.#at++
    return text.slice(start, this.#at)
  }

  #numbers(): string {
    const text = this.#text
    let out = '{"NS":['
    this.#at += 7
    while (text.charCodeAt(this.#at) !== CLOSE_BRACKET) {
      const start = this.#at
      if (text.charCodeAt(start) === COMMA) {
        out += ','
        this.#at++
      } else if (text.charCodeAt(start) === QUOTE) {
        this.#skipString()
        out += text.slice(start, this.#at)
      } else {
        this.#skipNumber()
        out += `"${text.slice(start, this.#at)}"`
      }
    }
    this.#at += 2
    return `${out}]}`
  }

  /** From a quote to behind the next one that is not escaped. */
  #skipString(): void {
    const text = this.#text
    let end = text.indexOf('"', this.#at + 1)
    while (text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) end = text.indexOf('"', end + 1)
    this.#at = end + 1
  }

  #skipNumber(): void {
    const text = this.#text
    for (;;) {
      const code = text.charCodeAt(this.#at)
      // Digits, sign, point: compact numbers have no exponents.
      if (!((code >= 48 && code <= 57) || code === MINUS || code === 46)) return
      this.#at++
    }
  }
}

/** An odd number of backslashes stands in front. */
function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === BACKSLASH) before--
  return (at - before) % 2 === 0
}

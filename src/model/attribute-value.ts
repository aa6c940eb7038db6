// Attribute values as Holdfast keeps them: in memory, in the log, in pages and between page and worker.
// Compact JSON: what JSON can say is said in plain JSON (S as a string, N as a number where a double prints
// exactly its canonical text, BOOL, NULL, L), the rest is an object with one key, DynamoDB's type code.
// Every value has exactly one compact form, so equal values are structurally equal: numbers are canonical,
// sets are sorted (SS by UTF-8 bytes, NS by number, BS by bytes) and B is padded standard base64.

/** An N whose canonical text is not what a double prints, such as one of more than 17 digits. */
export interface ExactNumber {
  readonly N: string
}
/** Bytes, as padded base64. */
export interface BinaryValue {
  readonly B: string
}
export interface MapValue {
  readonly M: AttributeMap
}
export interface StringSet {
  readonly SS: readonly string[]
}
/** Elements as a top-level N: a number, or the canonical text where a double can't say it. */
export interface NumberSet {
  readonly NS: readonly (number | string)[]
}
export interface BinarySet {
  readonly BS: readonly string[]
}

/** S | N | BOOL | NULL | L | N (exact) | B | M | SS | NS | BS. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | ExactNumber
  | BinaryValue
  | MapValue
  | StringSet
  | NumberSet
  | BinarySet

/**
 * Attributes by name. Objects come from JSON.parse or object spread, so any name is an own property,
 * `__proto__` included: read with `attributeOf`, never with a bare index, and never assign by a foreign name.
 */
export type AttributeMap = { readonly [name: string]: AttributeValue }

/** DynamoDB's type codes. */
export type TypeCode = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS'

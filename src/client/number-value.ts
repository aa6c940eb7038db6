// Exact decimals for numbers that a double can't hold: same role and methods as NumberValue of @aws-sdk/lib-dynamodb.
// It keeps the text as it was given; DynamoDB's limits (38 digits, magnitude) are checked when it is written.

export class NumberValue {
  readonly value: string

  private constructor(value: string) {
    this.value = value
  }

  static from(value: string | number | bigint): NumberValue {
    return new NumberValue(String(value))
  }

  toString(): string {
    return this.value
  }

  /** Throws SyntaxError where it is no integer. */
  toBigInt(): bigint {
    return BigInt(this.value)
  }
}

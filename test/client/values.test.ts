// Native values to compact ones and back: exact, canonical, safe for any attribute name.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { L, M, N, NS, NumberValue, S, ValidationException } from 'holdfast'
import { canonicalMap } from '../../src/engine/canonical-map.ts'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { AttributeTable } from '../../src/client/attribute.ts'
import { decodeMap, decodeValue, encodeMap, encodeValue } from '../../src/client/values.ts'

const data = (attributes: object): AttributeTable => attributes as AttributeTable
const over = (map: object): AttributeMap => JSON.parse(JSON.stringify(map)) as AttributeMap
const roundTrip = (value: unknown): unknown => decodeValue(over({ v: encodeValue(value) })['v'] as AttributeValue, undefined, 'v')

describe('encoding', () => {
  it('says in plain JSON what JSON can say', () => {
    expect(encodeMap({ s: 'a', n: 1.5, t: true, z: null, l: [1, 'x', [false]] })).toEqual({ s: 'a', n: 1.5, t: true, z: null, l: [1, 'x', [false]] })
  })

  it('wraps maps, bytes and sets', () => {
    expect(encodeValue({ a: { b: 1 } })).toEqual({ M: { a: { M: { b: 1 } } } })
    expect(encodeValue(new Uint8Array([0, 255]))).toEqual({ B: 'AP8=' })
    expect(encodeValue(new Uint8Array([0, 255]).buffer)).toEqual({ B: 'AP8=' })
    expect(encodeValue(Buffer.from([0, 255]))).toEqual({ B: 'AP8=' })
    expect(encodeValue(new Set(['a', 'b']))).toEqual({ SS: ['a', 'b'] })
    expect(encodeValue(new Set([10, 9n, NumberValue.from('9.50')]))).toEqual({ NS: [10, 9, '9.50'] })
    expect(encodeValue(new Set([new Uint8Array([2]), new Uint8Array([1, 1])]))).toEqual({ BS: ['Ag==', 'AQE='] })
  })

  it('keeps numbers exact, in canonical form once the engine has read them', () => {
    const held = (value: unknown): unknown => canonicalMap(over({ v: encodeValue(value) }))['v']
    expect(encodeValue(-0)).toBe(0)
    expect(encodeValue(12n)).toBe(12)
    expect(held(1e21)).toEqual({ N: '1000000000000000000000' })
    expect(held(-1.5e-7)).toEqual({ N: '-0.00000015' })
    expect(held(9007199254740993n)).toEqual({ N: '9007199254740993' })
    expect(held(10n ** 30n)).toEqual({ N: `1${'0'.repeat(30)}` })
    expect(held(NumberValue.from('0019.900'))).toBe(19.9)
    expect(held(NumberValue.from('-0.0'))).toBe(0)
    expect(held(NumberValue.from('1E3'))).toBe(1000)
    expect(held(NumberValue.from('-1.2345678901234567890e-5'))).toEqual({ N: '-0.00001234567890123456789' })
    expect(held(new Set(['😀', '～', 'a']))).toEqual({ SS: ['a', '～', '😀'] })
  })

  it('brings any double and any decimal to the engine and back', () => {
    const decimal = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -90, max: 80 }))
    fc.assert(
      fc.property(decimal, ([negative, digits, exponent]) => {
        const map = canonicalMap(over({ n: encodeValue(NumberValue.from(`${negative ? '-' : ''}${digits}e${exponent}`)) }))
        const back = decodeMap(over(map), data({ n: N('exact') })) as { n: NumberValue }
        const [integer = '', fraction = ''] = String(back.n).replace('-', '').split('.')
        expect(BigInt(integer + fraction) * 10n ** BigInt(100 - fraction.length)).toBe(digits * 10n ** BigInt(100 + exponent))
      }),
    )
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e125, max: 1e125 }).filter((x) => x === 0 || Math.abs(x) > 1e-129), (x) => {
        expect(decodeMap(canonicalMap(over({ n: encodeValue(x) })), data({ n: N() }))).toEqual({ n: x === 0 ? 0 : x })
      }),
    )
  })

  it('leaves what is no number, and empty sets, to the engine to refuse in DynamoDB’s words', () => {
    const refusal = (value: unknown): string => {
      try {
        canonicalMap(over({ v: encodeValue(value) }))
        return ''
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(refusal(Number.NaN)).toBe('The parameter cannot be converted to a numeric value: NaN')
    expect(refusal(Number.NEGATIVE_INFINITY)).toBe('The parameter cannot be converted to a numeric value: -Infinity')
    expect(refusal(NumberValue.from('abc'))).toBe('The parameter cannot be converted to a numeric value: abc')
    expect(refusal(NumberValue.from('1e999'))).toMatch(/overflow/)
    expect(refusal(new Set())).toBe('One or more parameter values were invalid: An string set  may not be empty')
  })

  it('drops undefined members of maps and refuses undefined elements of lists', () => {
    expect(over(encodeMap({ a: undefined, b: { c: undefined } }))).toEqual({ b: { M: {} } })
    expect(() => encodeValue([undefined])).toThrow(ValidationException)
    expect(() => encodeValue(Array(2))).toThrow(ValidationException)
  })

  it('refuses what DynamoDB has no type for', () => {
    class Money {
      readonly cents = 1
    }
    for (const value of [new Date(), new Money(), new Map(), () => 1, Symbol('x'), undefined, /x/, new Set([1, 'a']), new Set([1, {}])]) {
      expect(() => encodeValue(value)).toThrow(ValidationException)
    }
    expect(() => encodeValue({ when: new Date() })).toThrow('Unsupported type passed: Date')
  })

  it('does not share containers with the caller', () => {
    const list = [{ a: 1 }]
    const encoded = encodeMap({ list })
    list.push({ a: 2 })
    expect(over(encoded)).toEqual({ list: [{ M: { a: 1 } }] })
  })

  it('survives attributes called __proto__', () => {
    const item = JSON.parse('{"__proto__":{"x":[1]},"constructor":"c","toString":2}') as object
    const text = JSON.stringify(encodeMap(item))
    expect(text).toBe('{"__proto__":{"M":{"x":[1]}},"constructor":"c","toString":2}')
    const back = decodeMap(JSON.parse(text) as AttributeMap)
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
    expect(Object.keys(back)).toEqual(['__proto__', 'constructor', 'toString'])
    expect(JSON.stringify(back)).toBe(JSON.stringify(item))
  })
})

describe('decoding', () => {
  it('brings every native value back', () => {
    const key = fc.string().filter((name) => name !== '')
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }).map((x) => (Math.abs(x) < 1e-120 ? 0 : x)),
        fc.boolean(),
        fc.constant(null),
        fc.uint8Array({ maxLength: 8 }),
        fc.uniqueArray(fc.string(), { minLength: 1 }).map((all) => new Set(all)),
        fc.uniqueArray(fc.integer(), { minLength: 1 }).map((all) => new Set(all)),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    }))
    fc.assert(
      fc.property(value, (native) => {
        expect(roundTrip(native)).toEqual(native)
      }),
    )
  })

  it('reads numbers as declared and never rounds', () => {
    const big = { N: '12345678901234567890.5' }
    const read = (attribute: object, value: AttributeValue): unknown => decodeMap({ n: value }, data({ n: attribute }))['n' as never]
    expect(read(N(), 1.5)).toBe(1.5)
    expect(read(N(), { N: '1000000000000000000000' })).toBe(1e21)
    expect(read(N(), { N: '0.00000015' })).toBe(1.5e-7)
    expect(() => read(N(), big)).toThrow("n: 12345678901234567890.5 can't be read as number. Declare it N('exact')")
    expect(read(N('exact'), big)).toEqual(NumberValue.from('12345678901234567890.5'))
    expect(read(N('exact'), 3)).toEqual(NumberValue.from(3))
    expect(read(N('bigint'), 3)).toBe(3n)
    expect(read(N('bigint'), { N: '12345678901234567890' })).toBe(12345678901234567890n)
    expect(() => read(N('bigint'), 1.5)).toThrow(ValidationException)
    expect(read(NS('bigint'), { NS: [1, '12345678901234567890'] })).toEqual(new Set([1n, 12345678901234567890n]))
    expect(read(L(M({ x: N('bigint') })), [{ M: { x: 1 } }])).toEqual([{ x: 1n }])
  })

  it('gives undeclared numbers that a double cannot hold as NumberValue', () => {
    expect(decodeMap({ a: { N: '0.12345678901234567891' }, b: 2 })).toEqual({ a: NumberValue.from('0.12345678901234567891'), b: 2 })
  })

  it('fills the defaults of nested maps', () => {
    const attributes = data({ place: M({ city: S(), floor: N().default(0) }) })
    expect(decodeMap({ place: { M: { city: 'Oslo' } } }, attributes)).toEqual({ place: { city: 'Oslo', floor: 0 } })
  })
})

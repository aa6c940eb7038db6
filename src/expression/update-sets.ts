// What ADD and DELETE do to one attribute: exact sums, unions and differences of canonical sets. What comes out is
// canonical again, and the very value that came in where nothing changed.
import type { AttributeValue, BinarySet, NumberSet, StringSet } from '../model/attribute-value.ts'
import {
  canonicalBinarySet,
  canonicalNumberSet,
  canonicalStringSet,
  numberOfElement,
} from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { addNumbers, isNumber } from '../model/number.ts'

type SetValue = StringSet | NumberSet | BinarySet

/** The sum or union; the very `value` where it adds nothing. Throws ValidationException where the types differ. */
export function addTo(value: AttributeValue, added: AttributeValue): AttributeValue {
  if (isNumber(value) && isNumber(added)) return addNumbers(value, added)
  if (isSet(value, 'SS') && isSet(added, 'SS')) {
    const missing = without(added.SS, value.SS)
    return missing.length === 0 ? value : canonicalStringSet([...value.SS, ...missing])
  }
  if (isSet(value, 'NS') && isSet(added, 'NS')) {
    const missing = without(added.NS, value.NS)
    return missing.length === 0 ? value : canonicalNumberSet([...value.NS, ...missing].map(numberOfElement))
  }
  if (isSet(value, 'BS') && isSet(added, 'BS')) {
    const missing = without(added.BS, value.BS)
    return missing.length === 0 ? value : canonicalBinarySet([...value.BS, ...missing])
  }
  throw incorrectType()
}

/** The difference, undefined where nothing is left; the very `value` where nothing goes. Throws where the types differ. */
export function deleteFrom(value: AttributeValue, deleted: AttributeValue): AttributeValue | undefined {
  if (isSet(value, 'SS') && isSet(deleted, 'SS')) {
    const rest = without(value.SS, deleted.SS)
    return rest.length === value.SS.length ? value : rest.length === 0 ? undefined : { SS: rest }
  }
  if (isSet(value, 'NS') && isSet(deleted, 'NS')) {
    const rest = without(value.NS, deleted.NS)
    return rest.length === value.NS.length ? value : rest.length === 0 ? undefined : { NS: rest }
  }
  if (isSet(value, 'BS') && isSet(deleted, 'BS')) {
    const rest = without(value.BS, deleted.BS)
    return rest.length === value.BS.length ? value : rest.length === 0 ? undefined : { BS: rest }
  }
  throw incorrectType()
}

export function incorrectType(): ValidationException {
  return new ValidationException('An operand in the update expression has an incorrect data type')
}

function isSet<Type extends 'SS' | 'NS' | 'BS'>(value: AttributeValue, type: Type): value is Extract<SetValue, Record<Type, unknown>> {
  return typeof value === 'object' && value !== null && type in value
}

/** In the order of `elements`, so that what was sorted stays so. */
function without<Element>(elements: readonly Element[], excluded: readonly Element[]): readonly Element[] {
  if (excluded.length < 8) return elements.filter((element) => !excluded.includes(element))
  const set = new Set(excluded)
  return elements.filter((element) => !set.has(element))
}

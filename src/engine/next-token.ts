// NextToken of ExecuteStatement: where a SELECT goes on, bound to the statement and parameters that it came from. Opaque to
// callers; nothing of it is trusted: the key is checked against the table like any start key.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { decodeBase64, encodeBase64 } from '../model/base64.ts'
import { ValidationException } from '../model/errors.ts'
import { textHash } from '../model/text-hash.ts'
import { canonicalMap } from './canonical-map.ts'

/** What a token is bound to. */
export function tokenBinding(statement: string, parameters: readonly AttributeValue[]): string {
  return textHash(JSON.stringify([statement, parameters]))
}

export function encodeNextToken(key: AttributeMap, binding: string): string {
  return encodeBase64(new TextEncoder().encode(JSON.stringify([binding, key])))
}

/** The key that the token stands for. Throws ValidationException with AWS's texts. */
export function decodeNextToken(token: string, binding: string): AttributeMap {
  const content = contentOf(token)
  if (!Array.isArray(content) || content.length !== 2 || typeof content[0] !== 'string') throw invalidToken()
  const [bound, key] = content as [string, AttributeMap]
  if (bound !== binding) throw new ValidationException('NextToken does not match request')
  try {
    return canonicalMap(key)
  } catch {
    throw invalidToken()
  }
}

function contentOf(token: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64(token)))
  } catch {
    throw invalidToken()
  }
}

function invalidToken(): ValidationException {
  return new ValidationException('Invalid NextToken')
}

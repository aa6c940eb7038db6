// NextToken of listings: where the page before ended, in base64 so that nobody builds on what it says.
// Texts are UTF-8 inside.
import { decodeBase64, encodeBase64 } from '../model/base64.ts'

export function encodeToken(text: string): string {
  return encodeBase64(new TextEncoder().encode(text))
}

/** Undefined for what no listing gave out. */
export function decodeToken(token: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(decodeBase64(token))
  } catch {
    return undefined
  }
}

// The hash that tells a resend, or a ClientRequestToken that came again, from another payload under the same id (T1). Not
// cryptographic: it guards against mistakes, not against an attacker, who would have to be the same origin.

/** Of a long text so many characters are looked at, evenly spread. */
const SAMPLED_CHARS = 1024

/** As `textHash`, but of a long text only its length and a sample: for what is sent again word for word. */
export function sampledTextHash(text: string): string {
  if (text.length <= SAMPLED_CHARS) return textHash(text)
  const stride = Math.ceil(text.length / SAMPLED_CHARS)
  const sample: number[] = []
  for (let index = 0; index < text.length; index += stride) sample.push(text.charCodeAt(index))
  return `${textHash(String.fromCharCode(...sample))}.${text.length}`
}

/** 53-bit cyrb53 over pairs of characters, in base 36. */
export function textHash(text: string): string {
  let high = 0xdeadbeef ^ text.length
  let low = 0x41c6ce57
  const last = text.length - 1
  for (let index = 0; index < last; index += 2) {
    const pair = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
    high = Math.imul(high ^ pair, 2654435761)
    low = Math.imul(low ^ pair, 1597334677)
  }
  if (last % 2 === 0) high = Math.imul(high ^ text.charCodeAt(last), 2654435761)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36)
}

// A 53-bit hash of a request's payload, to tell a retried ClientRequestToken from a reused one.
// Not against an adversary: who shares a database may write to it anyway.

/** cyrb53 (public domain, bryc): two 32-bit lanes with final mixing, as text in base 36. */
export function payloadHash(payload: object): string {
  const text = JSON.stringify(payload)
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return `${((0x1fffff & low) * 0x1_0000_0000 + (high >>> 0)).toString(36)}.${text.length}`
}

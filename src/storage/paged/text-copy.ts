// Copies of texts that were cut from larger ones. A JavaScript engine makes a slice of 13 or more characters a window
// on its source: it keeps all of that alive, and compares some ten times slower than a text of its own.

/** Each as a text of its own: for keys, which are kept and compared a lot. */
export function ownTexts(texts: readonly string[]): string[] {
  return JSON.parse(JSON.stringify(texts)) as string[]
}

export function ownText(text: string): string {
  return text.length < 13 ? text : (JSON.parse(JSON.stringify(text)) as string)
}

/** A window on a copy no larger than itself: for longer texts, which are read rarely. */
export function detached(text: string): string {
  return ` ${text}`.slice(1)
}

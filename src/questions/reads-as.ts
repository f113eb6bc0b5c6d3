/** What a text reads as on a screen: two texts of which that is the same are two nobody can tell apart. */
export function readsAs(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cc}\p{Mn}\u{115f}\u{1160}\u{3164}\u{ffa0}]/gu, (mark) =>
      // Accents are read; joiners, direction marks and fillers are not.
      /\p{Mn}/u.test(mark) && !/[\ufe00-\ufe0f\u034f]/.test(mark)
        ? mark
        : /[\t\n\r]/.test(mark)
          ? ' '
          : '',
    )
    .replace(/\s+/g, ' ')
    .trim()
}

/** The first pair of texts that read the same, or a text that shows nothing beside itself; else null. */
export function firstAlike(texts: readonly string[]): [string, string] | null {
  const known = new Map<string, string>()
  for (const text of texts) {
    const read = readsAs(text)
    const before = known.get(read)
    if (before !== undefined) return [before, text]
    if (read === '') return [text, text]
    known.set(read, text)
  }
  return null
}

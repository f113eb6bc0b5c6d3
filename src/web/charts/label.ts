/**
 * Labels in a chart. Names of models and labels are anybody's text: what XML 1.0 does not allow would
 * leave the whole picture unreadable, and marks of direction would turn what stands beside them.
 */

/** XML 1.0, 2.2 (https://www.w3.org/TR/xml/#charsets); and Unicode's marks and overrides of direction. */
const unfit =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const segments = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** As one line that every reader of XML takes, and no longer than fits; never empty. */
export function labelOf(text: string, most = 28): string {
  const line = text.slice(0, 1000).replace(unfit, '\ufffd').replace(/\s+/gu, ' ').trim()
  const parts = [...segments.segment(line)].map(({ segment }) => segment)
  if (parts.length === 0) return '–'
  return widthOf(line, 1) <= most * average ? line : `${cutTo(parts, (most - 1) * average)}…`
}

function cutTo(parts: readonly string[], width: number): string {
  let [kept, sum] = ['', 0]
  for (const part of parts) {
    sum += widthOf(part, 1)
    if (sum > width) break
    kept += part
  }
  return kept.trimEnd()
}

/** How wide a character of running text is on average, in parts of the size of the font. */
const average = 0.56

/**
 * How wide a text is about, in pixels: there is no font here to measure with, and it is drawn in whichever
 * the reader has. Rather too wide than too narrow.
 */
export function widthOf(text: string, size: number): number {
  let width = 0
  for (const character of text) width += partOf(character)
  return width * size
}

function partOf(character: string): number {
  if (/\p{M}|\u200d|\ufe0f/u.test(character)) return 0
  if (/[iljtfrI1.,:;'|!()[\]\- ]/.test(character)) return 0.36
  if (/[mwMW@%–—…]/.test(character)) return 0.92
  if (/[A-Z&]/.test(character)) return 0.7
  // Beyond the alphabets of Europe: as wide as high.
  return (character.codePointAt(0) ?? 0) < 0x1100 ? 0.58 : 1.05
}

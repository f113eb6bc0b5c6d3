/**
 * Letters of a formula in the style it asks for. Browsers draw no `mathvariant` but `normal` (MathML Core),
 * so that the real numbers would read as a plain R; Unicode has a letter for each style. Pure.
 */

/** Where capital A, small a and the digit 0 of a style lie; null where Unicode has none. */
const starts: Record<string, readonly [number, number, number | null]> = {
  bold: [0x1d400, 0x1d41a, 0x1d7ce],
  italic: [0x1d434, 0x1d44e, null],
  'bold-italic': [0x1d468, 0x1d482, null],
  script: [0x1d49c, 0x1d4b6, null],
  'bold-script': [0x1d4d0, 0x1d4ea, null],
  fraktur: [0x1d504, 0x1d51e, null],
  'double-struck': [0x1d538, 0x1d552, 0x1d7d8],
  'bold-fraktur': [0x1d56c, 0x1d586, null],
  'sans-serif': [0x1d5a0, 0x1d5ba, 0x1d7e2],
  'bold-sans-serif': [0x1d5d4, 0x1d5ee, 0x1d7ec],
  'sans-serif-italic': [0x1d608, 0x1d622, null],
  'sans-serif-bold-italic': [0x1d63c, 0x1d656, null],
  monospace: [0x1d670, 0x1d68a, 0x1d7f6],
}

/** Letters that Unicode had before the others of their style (Letterlike Symbols). */
const older: Record<string, string> = {
  ...{ 'italic h': 'ℎ', 'script B': 'ℬ', 'script E': 'ℰ', 'script F': 'ℱ', 'script H': 'ℋ' },
  ...{ 'script I': 'ℐ', 'script L': 'ℒ', 'script M': 'ℳ', 'script R': 'ℛ', 'script e': 'ℯ' },
  ...{ 'script g': 'ℊ', 'script o': 'ℴ', 'fraktur C': 'ℭ', 'fraktur H': 'ℌ', 'fraktur I': 'ℑ' },
  ...{ 'fraktur R': 'ℜ', 'fraktur Z': 'ℨ', 'double-struck C': 'ℂ', 'double-struck H': 'ℍ' },
  ...{ 'double-struck N': 'ℕ', 'double-struck P': 'ℙ', 'double-struck Q': 'ℚ' },
  ...{ 'double-struck R': 'ℝ', 'double-struck Z': 'ℤ' },
}

/** The same text in a style of MathML; what has no letter of that style stays as it is. */
export function inVariant(text: string, variant: string): string {
  const from = starts[variant]
  if (!from) return text
  const [capital, small, digit] = from
  return text.replace(/[A-Za-z0-9]/g, (letter) => {
    const own = older[`${variant} ${letter}`]
    if (own !== undefined) return own
    const code = letter.charCodeAt(0)
    if (code >= 97) return String.fromCodePoint(small + code - 97)
    if (code >= 65) return String.fromCodePoint(capital + code - 65)
    return digit === null ? letter : String.fromCodePoint(digit + code - 48)
  })
}

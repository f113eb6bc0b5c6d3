/**
 * Escapes untrusted texts, so that every character is shown unchanged. Nothing in them makes a heading, a
 * link, a spoiler, a timestamp or a mention. Fenced code stays code if the fence is complete and plain.
 */

/** Escapes for a text display; see unescapeDiscord. */
export function escapeDiscord(text: string): string {
  const lines = text.split('\n')
  const drawn: string[] = []
  for (let at = 0; at < lines.length; ) {
    const end = fenceEnd(lines, at)
    if (end === null) drawn.push(escapeLine(lines[at++] ?? ''))
    else {
      drawn.push(...lines.slice(at, end + 1))
      at = end + 1
    }
  }
  return drawn.join('\n')
}

/** The exact inverse: the text a person reads, including code fences. */
export function unescapeDiscord(drawn: string): string {
  const lines = drawn.split('\n')
  const read: string[] = []
  for (let at = 0; at < lines.length; ) {
    const end = fenceEnd(lines, at)
    if (end === null) read.push((lines[at++] ?? '').replace(/\\([^0-9A-Za-z\s])/g, '$1'))
    else {
      read.push(...lines.slice(at, end + 1))
      at = end + 1
    }
  }
  return read.join('\n')
}

/**
 * The line that closes a fence opened on this one; null if none opens, or if Discord could parse its end
 * or its first line differently.
 */
function fenceEnd(lines: readonly string[], at: number): number | null {
  if (!/^```[A-Za-z0-9_+\-.#]*$/.test(lines[at] ?? '')) return null
  let hasText = false
  for (let end = at + 1; end < lines.length; end++) {
    const line = lines[end] ?? ''
    if (line === '```') return hasText ? end : null
    if (line.includes('```')) return null
    if (line.trim() !== '') hasText = true
  }
  return null
}

/**
 * Prefixes of a heading, a quote, a list or small print at the start of a line. Blanks without the ends of
 * lines: a text of nothing but those would be read from each of them to its end.
 */
const lineStart = /^([^\S\r\n\u2028\u2029]*)([#>+-])/gm
const numbered = /^([^\S\r\n\u2028\u2029]*\d+)([.)])(?=\s|$)/gm
/** Inline markup: emphasis, code, links, mentions, times, spoilers, `:emoji:`, addresses. */
const marks = /[\\`*_[<@]|~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\||:(?=\/\/|[\w+~-]+:)/g

const escapable = Array.from(
  { length: 0x80 },
  (_, unit) => !/[0-9A-Za-z\s]/.test(String.fromCharCode(unit)),
)

/** Whether a UTF-16 unit can be escaped with a backslash. */
export function mayBeEscaped(unit: number): boolean {
  return escapable[unit] ?? false
}

/** One line as text. */
export function escapeLine(line: string): string {
  return line.replace(marks, '\\$&').replace(lineStart, '$1\\$2').replace(numbered, '$1\\$2')
}

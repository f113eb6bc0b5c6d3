/**
 * Detects from the beginning of a CSV file how to read the rest: the encoding, the line `sep=;` that some
 * programs write for Excel, the separator, and the line endings.
 */
import { invalid } from '../../errors.ts'

/** Enough to see some rows, whatever their size. */
export const headLength = 64_000
const mostRows = 20
const separators = [',', ';', '\t', '|'] as const

export type CsvHead = {
  /** Text before the header. */
  skipped: number
  separator: string
  /** A blank after a separator is not part of the cell: `"a", "b"`, Python's `skipinitialspace`. */
  isSpaced: boolean
  /** The ends of a line, the longest first. */
  ends: readonly string[]
}

/** `head` is the beginning of the file; `isWhole`: it is the whole file. */
export function readHead(head: string, isWhole: boolean): CsvHead {
  const told = /^\ufeff?"?sep=([^"\r\n])"?(\r\n|\n|\r)/i.exec(head)
  const skipped = told ? told[0].length : head.startsWith('\ufeff') ? 1 : 0
  const text = head.slice(skipped)
  const separator = told?.[1] ?? separatorOf(text, isWhole)
  const [first] = scan(text, separator)
  // A lone CR ends lines only if it ends the header: elsewhere it is part of a text.
  const isOld = first?.end === '\r'
  const isSpaced = separator.trim() !== '' && isSpacedText(text, separator, isWhole)
  return { skipped, separator, isSpaced, ends: isOld ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'] }
}

/**
 * The separator with which the header has as many cells as most rows; of several, the one with the most
 * cells.
 */
function separatorOf(head: string, isWhole: boolean): string {
  let best: { separator: string; share: number; cells: number } = {
    separator: ',',
    share: 0,
    cells: 0,
  }
  for (const separator of separators) {
    const rows = scan(head, separator)
    const cells = rows[0]?.cells ?? 0
    if (cells < 2) continue
    const share = alike(rows, isWhole)
    const isBetter = share > best.share || (share === best.share && cells > best.cells)
    if (isBetter) best = { separator, share, cells }
  }
  return best.separator
}

/** The share of the rows that have as many cells as the header. */
function alike([header, ...others]: readonly ScannedRow[], isWhole: boolean): number {
  // The last one may be cut off.
  const whole = isWhole || others.length >= mostRows ? others : others.slice(0, -1)
  const same = whole.filter(({ cells }) => cells === header?.cells).length
  return (same + 1) / (whole.length + 1)
}

/** Either the quotes match only this way, or every cell but a row's first begins with a blank. */
function isSpacedText(text: string, separator: string, isWhole: boolean): boolean {
  const [plain, spaced] = [scan(text, separator), scan(text, separator, true)]
  const [before, after] = [alike(plain, isWhole), alike(spaced, isWhole)]
  if (isWhole && spaced.at(-1)?.end === open) return false
  if (after !== before) return after > before
  const isQuoted = new RegExp(`\\${separator} +"`).test(text)
  return isQuoted && plain.every(({ cells, blanks }) => cells > 1 && blanks === cells - 1)
}

/** The end of a row whose quotation mark is not closed. */
const open = '"'

type ScannedRow = { cells: number; blanks: number; end: string }

/** Counts the cells of the first rows as a reader with this separator finds them. */
function scan(text: string, separator: string, isSpaced = false): ScannedRow[] {
  const rows: ScannedRow[] = []
  let cells = 1
  let blanks = 0
  let isQuoted = false
  let isCellStart = true
  let isEmpty = true
  for (let at = 0; at < text.length && rows.length <= mostRows; at++) {
    const char = text[at]
    if (isQuoted) {
      if (char === '"' && text[at + 1] === '"') at++
      else if (char === '"') isQuoted = false
      continue
    }
    if (char === '\n' || char === '\r') {
      const end = char === '\r' && text[at + 1] === '\n' ? '\r\n' : char
      at += end.length - 1
      if (!isEmpty) rows.push({ cells, blanks, end })
      cells = 1
      blanks = 0
      isCellStart = true
      isEmpty = true
      continue
    }
    isEmpty = false
    if (char === separator) {
      cells++
      if (text[at + 1] === ' ') blanks++
    } else if (char === '"' && isCellStart) isQuoted = true
    isCellStart = char === separator || (isSpaced && isCellStart && char === ' ')
  }
  if (!isEmpty && rows.length <= mostRows) rows.push({ cells, blanks, end: isQuoted ? open : '' })
  return rows
}

/**
 * Decodes UTF-8, and UTF-16 with a byte order mark, as Excel writes "Unicode Text". Any other encoding
 * would silently garble every letter beyond ASCII.
 * @throws ParleyError `invalid` for any other encoding.
 */
export function textDecoder(start: Uint8Array): (chunk?: Uint8Array) => string {
  const encoding = encodingOf(start)
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  return (chunk) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw invalid({
        file:
          encoding === 'utf-8'
            ? 'The file is not UTF-8. Save it as "CSV UTF-8" and import it again.'
            : 'The file is UTF-16, but damaged or cut off. Save it as "CSV UTF-8" and import it again.',
      })
    }
  }
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  // No header begins with a NUL, or has one after its first letter.
  if (first !== 0 && second !== 0) return 'utf-8'
  throw invalid({
    file: 'The file is UTF-16 without a mark. Save it as "CSV UTF-8" and import it again.',
  })
}

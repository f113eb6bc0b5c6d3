/**
 * Reads from the beginning of a CSV file how to read the rest: the encoding, the line `sep=;` that some programs
 * write for Excel, the separator, and how lines end.
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
  // A lone CR ends lines only where it ends the header: elsewhere it is somebody's text.
  const isOld = first?.end === '\r'
  return { skipped, separator, ends: isOld ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'] }
}

/**
 * The one that divides the header into the same number of cells as most rows; of several, the one that
 * divides it into the most.
 */
function separatorOf(head: string, isWhole: boolean): string {
  let best: { separator: string; share: number; cells: number } = {
    separator: ',',
    share: 0,
    cells: 0,
  }
  for (const separator of separators) {
    const rows = scan(head, separator)
    const [header, ...others] = rows
    if (!header || header.cells < 2) continue
    // The last one may be cut off.
    const whole = isWhole || rows.length > mostRows ? others : others.slice(0, -1)
    const same = whole.filter(({ cells }) => cells === header.cells).length
    const share = (same + 1) / (whole.length + 1)
    const isBetter = share > best.share || (share === best.share && header.cells > best.cells)
    if (isBetter) best = { separator, share, cells: header.cells }
  }
  return best.separator
}

type ScannedRow = { cells: number; end: string }

/** Counts the cells of the first rows as a reader with this separator finds them. */
function scan(text: string, separator: string): ScannedRow[] {
  const rows: ScannedRow[] = []
  let cells = 1
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
      if (!isEmpty) rows.push({ cells, end })
      cells = 1
      isCellStart = true
      isEmpty = true
      continue
    }
    isEmpty = false
    if (char === separator) cells++
    else if (char === '"' && isCellStart) isQuoted = true
    isCellStart = char === separator
  }
  if (!isEmpty && rows.length <= mostRows) rows.push({ cells, end: '' })
  return rows
}

/**
 * Decodes UTF-8, and UTF-16 with its mark, as Excel writes "Unicode Text". What is neither would have
 * every letter beyond ASCII garbled, silently.
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

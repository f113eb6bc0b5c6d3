/**
 * Makes the bytes of an export out of one view of a dataset: whole lines, each for one of its files,
 * with the counts kept as they go. It knows no paths; who writes where is write.ts and to-file.ts.
 */
import { createHash } from 'node:crypto'
import { plainPrompt } from './content.ts'
import type { LineFormat, Made, Row, RowMaker } from './formats.ts'
import type { ExportCounts, ExportFlags } from './shape.ts'
import { readRecords, type Source } from './source.ts'

export type Half = 'whole' | 'train' | 'test'
export type Piece = { half: Half; bytes: Buffer; rows: number }

/** Yields the pieces; `counts` adds up while they come. */
export async function* streamExport(
  source: Source,
  format: LineFormat | RowMaker,
  flags: ExportFlags,
  counts: ExportCounts,
): AsyncGenerator<Piece> {
  if ('lines' in format) {
    for await (const { bytes, rows } of format.lines(source)) {
      counts.candidates += rows
      counts.emitted += rows
      yield { half: 'whole', bytes: escapeSeparators(bytes), rows }
    }
    return
  }
  for await (const records of readRecords(source)) {
    const texts: { [half in Half]: string } = { whole: '', train: '', test: '' }
    const rows: { [half in Half]: number } = { whole: 0, train: 0, test: 0 }
    for (const record of records) {
      const made = format.make(record)
      count(counts, made)
      for (const row of made.rows) {
        const half = halfOf(format.promptOf?.(row) ?? row['prompt'], flags)
        texts[half] += `${JSON.stringify(checked(format, row, record.external_id))}\n`
        rows[half] += 1
      }
    }
    for (const half of ['whole', 'train', 'test'] as const)
      if (rows[half] > 0)
        yield { half, bytes: escapeSeparators(Buffer.from(texts[half])), rows: rows[half] }
  }
}

/** Rows of one prompt are all in train or all in test, whatever they are rows of. */
export function halfOf(asked: unknown, { split, seed = 0 }: ExportFlags): Half {
  if (split === undefined) return 'whole'
  const digest = createHash('sha256')
    .update(`${seed}:${plainPrompt(asked)}`)
    .digest()
  return digest.readUIntBE(0, 6) / 2 ** 48 < split ? 'train' : 'test'
}

/**
 * Escapes what some readers take for the end of a line (U+0085, U+2028, U+2029): in JSON they stand
 * inside strings only. The bytes are whole lines, so no character is cut.
 */
export function escapeSeparators(bytes: Buffer): Buffer {
  const isClean = separators.every(({ raw }) => !bytes.includes(raw))
  if (isClean) return bytes
  let text = bytes.toString('latin1')
  for (const { raw, escaped } of separators) text = text.replaceAll(raw.toString('latin1'), escaped)
  return Buffer.from(text, 'latin1')
}

const separators = ['\u2028', '\u2029', '\u0085'].map((character) => ({
  raw: Buffer.from(character),
  escaped: `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
}))

function count(counts: ExportCounts, { rows, dropped }: Made): void {
  counts.candidates += rows.length + dropped.length
  counts.emitted += rows.length
  for (const reason of dropped) counts.dropped[reason] = (counts.dropped[reason] ?? 0) + 1
}

/** A row that a trainer would choke on is our fault, never the admin's. */
function checked(format: RowMaker, row: Row, externalId: string): Row {
  const read = format.row.safeParse(row)
  if (read.success) return row
  throw new Error(`A row of the record "${externalId}" is not as its trainer reads it.`, {
    cause: read.error,
  })
}

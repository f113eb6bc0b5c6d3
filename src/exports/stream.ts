/**
 * Makes the bytes of an export out of one view of a dataset: whole rows, each for one of its files,
 * with the counts kept as they go. It knows no paths; who writes where is write.ts and to-file.ts.
 */
import { createHash } from 'node:crypto'
import { plainPrompt } from './content.ts'
import { escapeSeparators, openEncoder } from './encode.ts'
import type { FileKind, FolderMaker, LineFormat, Made, Row, RowMaker } from './formats.ts'
import type { ExportCounts, ExportFlags } from './shape.ts'
import { readRecords, type Source } from './source.ts'
import { openFilter } from './usable.ts'

export type Half = 'whole' | 'train' | 'test'
/** Bytes of one half, or of one file of a folder. */
export type Piece = { half: string; bytes: Buffer; rows: number }

/** Yields the pieces; `counts` adds up while they come. */
export async function* streamExport(
  source: Source,
  format: LineFormat | RowMaker | FolderMaker,
  { flags, kind }: { flags: ExportFlags; kind: FileKind },
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
  if ('write' in format) {
    for await (const { file, bytes, rows } of format.write(source)) {
      counts.candidates += rows
      counts.emitted += rows
      yield { half: file, bytes, rows }
    }
    return
  }
  const columns = (await format.columnsOf?.(source)) ?? format.columns ?? []
  const files = halves(flags).map((half) => ({ half, encoder: openEncoder(kind, columns) }))
  const filter = openFilter(flags)
  const withTimes = flags.since !== undefined || flags.until !== undefined || 'choice' in flags
  const withSpeed = flags.fast === 'drop'
  for await (const records of readRecords(source, { withTimes, withSpeed })) {
    const rows: { [half in Half]: Row[] } = { whole: [], train: [], test: [] }
    for (const record of records) {
      if (filter)
        for (const response of record.responses) response.outside = filter(response, record)
      const made = format.make(record)
      count(counts, made)
      for (const row of made.rows) {
        const half = halfOf(format.promptOf?.(row) ?? row['prompt'], flags)
        rows[half].push(checked(format, row, record.external_id))
      }
    }
    for (const { half, encoder } of files)
      if (rows[half].length > 0)
        yield { half, bytes: encoder.add(rows[half]), rows: rows[half].length }
  }
  for (const { half, encoder } of files) yield { half, bytes: encoder.end(), rows: 0 }
}

/** The files of one export: one, or one for each part of a split. */
export function halves({ split }: ExportFlags): readonly Half[] {
  return split === undefined ? ['whole'] : ['train', 'test']
}

/** Rows of one prompt are all in train or all in test, whatever they are rows of. */
export function halfOf(asked: unknown, { split, seed = 0 }: ExportFlags): Half {
  if (split === undefined) return 'whole'
  const digest = createHash('sha256')
    .update(`${seed}:${plainPrompt(asked)}`)
    .digest()
  return digest.readUIntBE(0, 6) / 2 ** 48 < split ? 'train' : 'test'
}

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

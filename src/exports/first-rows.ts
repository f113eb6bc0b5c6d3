/** The first rows an export would have, for a person who chooses its options; nothing is written. */
import { getDataset } from '../datasets/dataset.ts'
import { requireLabelers } from '../labelers/pseudonyms.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { fileKind, openFormat } from './formats/formats.ts'
import { parseFormatName } from './formats/names.ts'
import { type ExportCounts, parseFlags } from './options.ts'
import { openRowSizes } from './row-sizes.ts'
import { openSource } from './source.ts'
import { streamExport } from './stream.ts'

/** `isSample`: the dataset has more records than were looked at. */
export type FirstRows = { kind: 'json' | 'csv'; rows: string[]; isSample: boolean }

/** Records looked at: those with answers first. */
const looked = 100

/**
 * The first rows, each as its line of JSON, or with the header before them for CSV; of a table in Parquet,
 * as JSON too. Of a large dataset they are rows of a sample, so that this costs the same for all.
 * @throws ParleyError `forbidden`; `not_found`; `invalid` for options that do not fit.
 */
export async function firstRows(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    as: string
    flags?: Readonly<Record<string, unknown>>
    most?: number
  },
): Promise<FirstRows> {
  requireAdmin(actor)
  const { most = 5 } = input
  const as = parseFormatName(input.as)
  // What only says how rows are packed or divided changes none of them.
  const { gz: _, parquet: __, split: ___, ...flags } = parseFlags(input.flags ?? {})
  const dataset = await getDataset(parley, input.dataset, actor)
  const format = openFormat(as, dataset.document, flags)
  await requireLabelers(parley, dataset, flags.labeler)
  const counts: ExportCounts = { candidates: 0, emitted: 0, dropped: {} }
  const kind = fileKind(as, flags) === 'csv' ? 'csv' : 'jsonl'
  const source = await openSource(parley, dataset.id, { sample: looked })
  let text = ''
  let first: string | null = null
  try {
    const sums = { counts, sizes: openRowSizes() }
    for await (const { half, bytes } of streamExport(source, format, { flags, kind }, sums)) {
      first ??= half
      if (half === first) text += bytes.toString('utf8')
    }
  } finally {
    await source.close()
  }
  return {
    kind: kind === 'csv' ? 'csv' : 'json',
    rows: kind === 'csv' ? csvRows(text, most + 1) : jsonRows(text, most),
    isSample: source.statistics.records > looked,
  }
}

/** Of an array, too, each row stands on a line of its own. */
function jsonRows(text: string, most: number): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().replace(/,$/, ''))
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .slice(0, most)
}

/** A cell in quotes may hold line breaks. */
function csvRows(text: string, most: number): string[] {
  const rows: string[] = []
  for (const [row] of text.replace(/^\ufeff/, '').matchAll(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g)) {
    rows.push(row)
    if (rows.length >= most) break
  }
  return rows
}

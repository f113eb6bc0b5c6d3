/**
 * Reads a file of any kind we know (JSON lines, a JSON list, CSV, Parquet) as rows of JSON, so that
 * one place checks them all. The file’s name or its first bytes decide its kind.
 */
import { invalid } from '../../errors.ts'
import { readCsv } from './csv.ts'
import type { DeclaredColumns } from './csv-cells.ts'
import { type ByteSource, type Line, type LineLimits, unpacked } from './lines.ts'
import { splitList } from './list.ts'
import { type RandomSource, readParquet } from './parquet.ts'
import { readObjects } from './table-json.ts'

export const fileKinds = ['jsonl', 'json', 'csv', 'parquet'] as const
export type FileKind = (typeof fileKinds)[number]

export type RowsInput = {
  source: ByteSource
  /** The file’s name; its ending decides the kind where `kind` does not. */
  name?: string
  kind?: FileKind
  /** Where any part of the file can be read: Parquet is read from its end. Else it is held in memory. */
  random?: RandomSource
  /** Columns of a CSV file whose content is known; all other cells are texts. */
  columns?: DeclaredColumns
  limits?: LineLimits
}

/** @throws ParleyError `invalid` when the file as a whole cannot be read. */
export async function* readRows(input: RowsInput): AsyncGenerator<Line[]> {
  const { source, limits = {} } = input
  const named = input.kind ?? kindOfName(input.name)
  if (named === 'parquet') return yield* readParquet(input.random ?? source, limits)
  const chunks = unpacked(source, limits.mostUnpacked ?? 64e9)
  const head = await headOf(chunks)
  const bytes = after(head, chunks)
  const kind = named === 'csv' || named === 'jsonl' ? named : kindOfBytes(head)
  if (kind === 'parquet') return yield* readParquet(input.random ?? bytes, limits)
  if (kind === 'csv') return yield* readCsv(bytes, { ...limits, columns: input.columns ?? {} })
  yield* kind === 'json' ? splitList(bytes, limits) : readObjects(head, bytes, limits)
}

/** What a row of such a file is called where one is refused. */
export function unitOf(input: Pick<RowsInput, 'name' | 'kind'>): 'line' | 'row' {
  const kind = input.kind ?? kindOfName(input.name)
  return kind === 'csv' || kind === 'parquet' ? 'row' : 'line'
}

/** Whether a file of this name can be imported. */
export function isImportable(name: string): boolean {
  return /\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i.test(name)
}

/** The kind that a file's ending names, or null. @throws ParleyError `invalid` where it is one that is not read. */
export function kindOfName(name = ''): FileKind | null {
  const [, ending = ''] = /\.([a-z0-9]+)(?:\.gz)?$/i.exec(name) ?? []
  switch (ending.toLowerCase()) {
    case 'jsonl':
    case 'ndjson':
      return 'jsonl'
    case 'csv':
    case 'tsv':
      return 'csv'
    case 'parquet':
      return 'parquet'
    case 'arrow':
      throw invalid({
        file: 'Arrow files are not read. Write Parquet instead: dataset.to_parquet("data.parquet").',
      })
    case 'xlsx':
    case 'xls':
    case 'ods':
      throw invalid({ file: 'Spreadsheets are not read. Save it as CSV (UTF-8) and import that.' })
    default:
      return null
  }
}

function kindOfBytes(head: Uint8Array): FileKind {
  const start = Buffer.from(head.subarray(0, 200)).toString('latin1')
  if (start.startsWith('PAR1')) return 'parquet'
  // A list that ends on its line is a line of JSON; an open one spans the whole file.
  return /^(\xef\xbb\xbf)?\s*\[/.test(start) ? 'json' : 'jsonl'
}

/** Enough to tell of what kind a file is; a pipe that gives a line is not asked for more. */
async function headOf(chunks: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array()
  while (head.length < headLength && !head.includes(10)) {
    const { done, value } = await chunks.next()
    if (done) break
    head = head.length === 0 ? value : Buffer.concat([head, value])
  }
  return head
}

const headLength = 4000

async function* after(head: Uint8Array, rest: AsyncGenerator<Uint8Array>) {
  if (head.length > 0) yield head
  yield* rest
}

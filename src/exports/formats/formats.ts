/**
 * Every export format, in one table. A new format is one file and one line here: either it writes
 * lines of its own, or it says which rows a record becomes and what such a row must look like.
 */
import type { z } from 'zod'
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/shape.ts'
import { invalid } from '../../errors.ts'
import type { ChatMessage } from '../../records/shape.ts'
import { argilla, argillaFlat } from '../argilla/format.ts'
import { openFilter } from '../pairs/usable.ts'
import type { ExportFlags, FlagName, TurnStrategy } from '../shape.ts'
import type { ExportRecord, Source } from '../source.ts'
import { axolotlRm } from './axolotl.ts'
import { csv } from './csv.ts'
import { kto } from './kto.ts'
import { llamaFactory } from './llama-factory.ts'
import { msSwift } from './ms-swift.ts'
import { nemo } from './nemo.ts'
import { nova } from './nova.ts'
import { openaiDpo, openaiSft } from './openai.ts'
import { preference } from './preference.ts'
import { prompts } from './prompts.ts'
import { raw } from './raw.ts'
import { records } from './records.ts'
import { reward } from './reward.ts'
import { sft } from './sft.ts'
import { verl } from './verl.ts'
import { vertex } from './vertex.ts'

export const formats = {
  raw,
  records,
  sft,
  preference,
  reward,
  kto,
  prompts,
  'openai-sft': openaiSft,
  'openai-dpo': openaiDpo,
  'llama-factory': llamaFactory,
  nemo,
  verl,
  'ms-swift': msSwift,
  'axolotl-rm': axolotlRm,
  vertex,
  nova,
  argilla,
  'argilla-flat': argillaFlat,
  csv,
} satisfies Record<string, Format>

export type FormatName = keyof typeof formats
export type Format = LineFormat | RowFormat | FolderFormat

type Common = {
  /** What it is for, in a few words. */
  about: string
  takes: readonly FlagName[]
  /** JSON lines unless said. */
  file?: 'json' | 'csv' | 'parquet'
}
/** What kind of file rows are written into. */
export type FileKind = 'jsonl' | 'json' | 'csv' | 'parquet'
/** Everything goes out: candidates and emitted rows are the same. */
export type LineFormat = Common & {
  type: 'lines'
  lines(source: Source): AsyncIterable<{ bytes: Buffer; rows: number }>
}
export type RowFormat = Common & {
  type: 'rows'
  /** @throws ParleyError `invalid` when the dataset has nothing for this format. */
  open(document: DatasetDocument, flags: ExportFlags): RowMaker
}
export type RowMaker = {
  /** Every choice that was made, by name, for the manifest. */
  strategies: Record<string, unknown>
  /** What a trainer accepts; every row is held against it. */
  row: z.ZodType<Row>
  /** Where rows become a table: its columns, which are there without any row, too. */
  columns?: readonly Column[]
  /** The same, where they follow from the data; asked once, before the first record. */
  columnsOf?(source: Source): Promise<readonly Column[]>
  make(record: ExportRecord): Made
  /** Whether chats that strict chat templates refuse are left out; unset where rows hold no chats. */
  turns?: TurnStrategy
  /** Rows are shuffled by seed, with rows of one prompt kept apart. */
  isSpread?: boolean
  /** Small companion files in the data's folder, made from the data files of each half. */
  beside?(files: Readonly<Record<string, string>>): { name: string; text: string }[]
}
/** Several files that belong together, and small ones that describe them. */
export type FolderFormat = Common & {
  type: 'folder'
  /** Those that grow with the dataset; the first one's rows are the rows of the export. */
  files: readonly [string, ...string[]]
  open(document: DatasetDocument, flags: ExportFlags): FolderMaker
}
export type FolderMaker = {
  strategies: Record<string, unknown>
  write(source: Source): AsyncIterable<{ file: string; bytes: Buffer; rows: number }>
  /** Once everything else is written. */
  beside(): { name: string; text: string }[]
  /** Notes for the requester that the files themselves cannot carry. */
  warnings(): string[]
}
export type Column =
  | { name: string; type: 'string' | 'messages' | 'boolean' | 'double' | 'int' }
  | { name: string; type: 'struct' | 'list'; fields: readonly Column[] }
export type Row = { [key: string]: unknown }

/** A row and the chat it teaches: its prompt says where a split puts it, its turns who can read it. */
export type MadeRow = { row: Row; chat: Chat | null }
/** `answers` are alternatives, such as a chosen and a rejected one. */
export type Chat = { prompt: Text; answers: readonly Text[] }
export type Text = string | readonly ChatMessage[]

/** Rows of one record, and the candidates that became none, by reason. */
export type Made = { rows: MadeRow[]; dropped: readonly string[] }

/** @throws ParleyError `invalid`, naming the formats there are. */
export function parseFormatName(text: string): FormatName {
  const names = Object.keys(formats)
  const found = names.find((name): name is FormatName => name === text)
  if (found) return found
  throw invalid({
    as: `There is no export format "${text}".${didYouMean(text, names)} There are ${names.join(', ')}.`,
  })
}

/** @throws ParleyError `invalid` for each option that the format does not take. */
export function requireTaken(name: FormatName, flags: Readonly<Record<string, unknown>>): void {
  const { takes }: Format = formats[name]
  const problems: Record<string, string> = {}
  for (const [flag, given] of Object.entries(flags))
    if (given !== undefined && given !== '' && !takes.some((taken) => taken === flag))
      problems[flag] =
        `The format ${name} does not take this option. Leave it out; it takes ${takes.join(', ')}.`
  if (Object.keys(problems).length > 0) throw invalid(problems)
}

/**
 * The format, ready for this dataset.
 * @throws ParleyError `invalid` for a flag it does not take, or a dataset it cannot be made of.
 */
export function openFormat(
  name: FormatName,
  document: DatasetDocument,
  flags: ExportFlags,
): LineFormat | RowMaker | FolderMaker {
  const format: Format = formats[name]
  requireTaken(name, flags)
  if (flags.gz && flags.parquet) throw invalid({ gz: 'Parquet is packed already. Leave it out.' })
  openFilter(flags)
  return format.type === 'lines' ? format : format.open(document, flags)
}

export function fileKind(name: FormatName, { parquet }: ExportFlags): FileKind {
  const format: Format = formats[name]
  if (parquet) return 'parquet'
  // What is a table by itself becomes lines only where the file's name asks for them.
  return parquet === false && format.file === 'parquet' ? 'jsonl' : (format.file ?? 'jsonl')
}

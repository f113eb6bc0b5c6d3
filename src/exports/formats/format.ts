/**
 * What an export format is: it writes lines of its own, says which rows a record becomes and what such a
 * row must look like, or fills a folder of files.
 */
import type { z } from 'zod'
import type { DatasetDocument } from '../../datasets/document.ts'
import type { ChatMessage } from '../../records/message.ts'
import type { ExportFlags, FlagName, TurnStrategy } from '../options.ts'
import type { ExportRecord, Source } from '../source.ts'

export type Format = LineFormat | RowFormat | FolderFormat

type Common = {
  takes: readonly FlagName[]
  /** JSON lines by default. */
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
  /** It asks when answers were given. */
  needsTimes?: boolean
  /** Rows are shuffled by seed, with rows of one prompt kept apart. */
  isSpread?: boolean
  /**
   * Its reader is a chat template: messages stay as they came, and the tools and template arguments of
   * the record stand in columns beside them (beside-chat.ts).
   */
  isTemplated?: boolean
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
  | { name: string; type: 'string' | 'messages' | 'boolean' | 'double' | 'int' | 'json' }
  | { name: string; type: 'struct' | 'list'; fields: readonly Column[] }
export type Row = { [key: string]: unknown }

/** A row and the chat it teaches: its prompt says where a split puts it, its turns who can read it. */
export type MadeRow = { row: Row; chat: Chat | null }
/** `answers` are alternatives, such as a chosen and a rejected one. */
export type Chat = { prompt: Text; answers: readonly Text[] }
export type Text = string | readonly ChatMessage[]

/** Rows of one record, and the candidates that were left out, by reason. */
export type Made = { rows: MadeRow[]; dropped: readonly string[] }

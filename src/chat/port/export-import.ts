/** What an admin is shown of an export to choose and an import on its way. */
import type { OfferedFormat } from '../../exports/offered.ts'
import type { ImportReport } from '../../imports/report.ts'

/** What may be chosen for an export: each format that fits the dataset, with its own options. */
export type ExportForm = {
  dataset: { name: string; title: string }
  formats: OfferedFormat[]
  /** The format whose options are asked; none before one is chosen. */
  chosen?: string
}

/** The progress of an import that was uploaded in chat, and its result once it has ended. */
export type ImportProgress = {
  importId: string
  dataset: { name: string; title: string }
  file: string
  state: 'reading' | 'done' | 'stopped' | 'failed'
  /** Rows or lines read so far. */
  lines: number
  report: ImportReport
  /** Why it failed, or why the file was not read to its end. */
  problem: string | null
}

/**
 * Every export format, in one table. A new format is one file, one line here and its name in names.ts: either it writes
 * lines of its own, or it says which rows a record becomes and what such a row must look like.
 */
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { argilla, argillaFlat } from '../argilla/format.ts'
import type { ExportFlags } from '../options.ts'
import { openFilter } from '../pairs/usable.ts'
import { arena } from './arena.ts'
import { csv } from './csv.ts'
import type { FileKind, FolderMaker, Format, LineFormat, RowMaker } from './format.ts'
import { kto } from './kto.ts'
import type { FormatName } from './names.ts'
import { preference } from './preference.ts'
import { prompts } from './prompts.ts'
import { raw } from './raw.ts'
import { records } from './records.ts'
import { reward } from './reward.ts'
import { sft } from './sft.ts'
import { tpo } from './tpo.ts'
import { axolotlRm } from './trainers/axolotl.ts'
import { llamaFactory } from './trainers/llama-factory.ts'
import { msSwift } from './trainers/ms-swift.ts'
import { nemo } from './trainers/nemo.ts'
import { nova } from './trainers/nova.ts'
import { openaiDpo, openaiSft } from './trainers/openai.ts'
import { verl } from './trainers/verl.ts'
import { vertex } from './trainers/vertex.ts'

export const formats = {
  raw,
  records,
  sft,
  preference,
  tpo,
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
  arena,
  argilla,
  'argilla-flat': argillaFlat,
  csv,
} satisfies Record<FormatName, Format>

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

/** Imports a file of records. */
import { textWithin } from '../draw/budget.ts'
import { budgets } from '../limits.ts'
import type { Parsed } from '../receive/parsed.ts'
import { type AnswerContext, type Answers, beside, only, type Place } from './answers.ts'
import { show } from './show.ts'

/** Queues the import: the worker downloads the file and reports the result in private. */
export async function importFile(
  { by, dataset, file, most }: Extract<Parsed, { type: 'import' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const say = (text: string) => only(beside([textWithin(text)], at))
  // People who may not import are refused before their file is judged.
  const may = await context.handle({ by, type: 'admin-import-form', dataset })
  if (may.type !== 'import-form') return show(may, context, at)
  if (!file) return say(at.said.fileMissing)
  if (!/\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i.test(file.name))
    return say(at.said.fileWrongKind)
  if (file.size > Math.max(most, budgets.importFile)) return say(at.said.fileTooLarge)
  const { name, size, url: ref } = file
  const reply = await context.handle({
    ...{ by, type: 'admin-import', dataset: may.dataset.name },
    file: { name, size, ref },
  })
  return show(reply, context, { ...at, updates: false, opens: false })
}

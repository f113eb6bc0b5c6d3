/**
 * The `sft` format: a prompt and the completion a person wrote for it, for supervised fine-tuning.
 * TRL reads it as prompt-completion data (https://huggingface.co/docs/trl/dataset_formats).
 */
import { z } from 'zod'
import { didYouMean } from '../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../datasets/shape.ts'
import { invalid } from '../errors.ts'
import {
  buildCompletion,
  buildPrompt,
  checkNames,
  fill,
  promptParts,
  TrainerText,
  textColumns,
} from './content.ts'
import type { Made, RowFormat } from './formats.ts'
import { parseKeep, unusable } from './usable.ts'

export const sft: RowFormat = {
  about: 'a prompt and the completion a person wrote, for supervised fine-tuning',
  takes: ['shape', 'question', 'keep', 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const parts = promptParts(document)
    const completion = completionTemplate(document, flags.question)
    const shape = flags.shape ?? 'messages'
    const keep = parseKeep(flags.keep)
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        completion,
        choose: 'all',
      },
      columns: textColumns(['prompt', 'completion'], shape),
      row: z.strictObject({ prompt: TrainerText, completion: TrainerText }),
      make(record): Made {
        const prompt = buildPrompt(parts, record.fields, shape)
        const made: { rows: Made['rows']; dropped: string[] } = { rows: [], dropped: [] }
        for (const response of record.responses) {
          const why = unusable(response) ?? (keep(record) ? null : 'not_kept')
          const text = fill(completion, response.values)
          const written = buildCompletion(text, shape)
          if (why) made.dropped.push(why)
          else if (prompt === null) made.dropped.push('no_prompt')
          else if (written === null) made.dropped.push('unanswered')
          else made.rows.push({ prompt, completion: written })
        }
        return made
      },
    }
  },
}

/** `export.completion`, else the question asked for, else the first text that must be written. */
function completionTemplate(document: DatasetDocument, question: string | undefined): string {
  const texts = document.questions.filter(({ type, of }) => type === 'text' && of === 'record')
  const names = texts.map(({ name }) => name)
  if (question !== undefined) {
    if (names.includes(question)) return `\${${question}}`
    throw invalid({
      question: `"${question}" is no text question about the record.${didYouMean(question, names)}`,
    })
  }
  const given = document.export?.completion
  if (given !== undefined) {
    checkNames('export.completion', 'text question', given, names)
    return given
  }
  const required = texts.find((text) => text.required)
  if (required) return `\${${required.name}}`
  const offer = names[0] ? ` Choose one with --question ${names[0]}.` : ''
  throw invalid({
    as: `This dataset asks for no text that must be written, so it holds no completions.${offer}`,
  })
}

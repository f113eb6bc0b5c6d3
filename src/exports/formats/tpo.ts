/**
 * The `tpo` format: a pair of outputs and, beside them, an answer that a person wrote, for Triple
 * Preference Optimization (Saeidi et al. 2025; TRL's experimental TPOTrainer reads `reference`,
 * https://huggingface.co/docs/trl/tpo_trainer). One row a record, as in `preference`.
 */
import { z } from 'zod'
import type { DatasetDocument } from '../../datasets/document.ts'
import { answerFlags, type ExportFlags, pairFlags } from '../options.ts'
import { plain, type Text } from '../pairs/outputs.ts'
import { openRanked } from '../pairs/ranked.ts'
import { unusable } from '../pairs/usable.ts'
import type { ExportRecord } from '../source.ts'
import {
  buildCompletion,
  fill,
  TrainerText,
  textColumns,
  textQuestions,
  writtenText,
} from './content.ts'
import type { MadeRow, RowFormat } from './format.ts'
import { openChoice } from './sft.ts'

export const tpo: RowFormat = {
  takes: [
    'shape',
    ...pairFlags,
    'reference',
    'choice',
    ...answerFlags,
    'turns',
    'split',
    'seed',
    'gz',
    'parquet',
  ],
  type: 'rows',
  open(document, flags) {
    const ranked = openRanked(document, flags, { pairs: 'best-worst', labelers: 'consensus' })
    const references = openReferences(document, flags)
    const { shape = 'messages' } = flags
    return {
      strategies: { ...ranked.strategies, ...references.strategies },
      columns: textColumns(['prompt', 'chosen', 'rejected', 'reference'], shape),
      turns: ranked.turns,
      needsTimes: true,
      isTemplated: shape === 'messages',
      row: TpoRow,
      make(record) {
        const { pairs, dropped } = ranked.make(record)
        const written = pairs.length > 0 ? references.of(record) : []
        const rows: MadeRow[] = []
        for (const { prompt, chosen, rejected } of pairs) {
          if (written.length === 0) dropped.push('no_reference')
          for (const reference of written) {
            const answers = [chosen, rejected, reference]
            // The answer to learn from is not the one to unlearn.
            if (plain(reference) === plain(rejected)) dropped.push('reference_rejected')
            else
              rows.push({ row: { prompt, chosen, rejected, reference }, chat: { prompt, answers } })
          }
        }
        return { rows, dropped }
      },
    }
  },
}

/** The answers that people wrote to a record, the last one written unless another choice is made. */
function openReferences(document: DatasetDocument, { reference, choice, shape }: ExportFlags) {
  const names = textQuestions(document)
  const template = writtenText(document, reference, {
    names,
    flag: 'reference',
    what: 'references',
  })
  const choose = openChoice(document, choice ?? 'latest')
  return {
    strategies: { reference: template, choice: choose.strategy },
    of({ responses }: ExportRecord): Text[] {
      const written = responses.flatMap((response) => {
        const text = unusable(response) === null ? fill(template, response.values) : undefined
        const content = buildCompletion(text, shape ?? 'messages')
        return content === null ? [] : [{ content, response }]
      })
      return choose.from(written).map(({ content }) => content)
    },
  }
}

const TpoRow = z
  .strictObject({
    prompt: TrainerText,
    chosen: TrainerText,
    rejected: TrainerText,
    reference: TrainerText,
  })
  .refine(({ chosen, rejected }) => plain(chosen) !== plain(rejected), 'chosen equals rejected')

/**
 * The `preference` format: an explicit prompt, the chosen and the rejected output, for DPO and reward
 * models. TRL reads it (https://huggingface.co/docs/trl/dataset_formats). By default one row a record:
 * the best and the worst output by the consensus of its labelers.
 */
import { z } from 'zod'
import { TrainerText, textColumns } from './content.ts'
import type { RowFormat } from './formats.ts'
import { openRanked, plain } from './ranked.ts'
import { answerFlags } from './shape.ts'

export const preference: RowFormat = {
  about: 'a prompt with a chosen and a rejected output, for DPO and reward models',
  takes: [
    'shape',
    'question',
    'pairs',
    'labelers',
    ...answerFlags,
    'split',
    'seed',
    'gz',
    'parquet',
  ],
  type: 'rows',
  open(document, flags) {
    const ranked = openRanked(document, flags, { pairs: 'best-worst', labelers: 'consensus' })
    return {
      strategies: ranked.strategies,
      columns: textColumns(['prompt', 'chosen', 'rejected'], flags.shape),
      row: PreferenceRow,
      make(record) {
        const { pairs, dropped } = ranked.make(record)
        return {
          rows: pairs.map(({ prompt, chosen, rejected }) => ({ prompt, chosen, rejected })),
          dropped,
        }
      },
    }
  },
}

const PreferenceRow = z
  .strictObject({ prompt: TrainerText, chosen: TrainerText, rejected: TrainerText })
  .refine(({ chosen, rejected }) => plain(chosen) !== plain(rejected), 'chosen equals rejected')

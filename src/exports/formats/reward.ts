/**
 * The `reward` format: every decided pair with a margin, for reward models. TRL's RewardTrainer adds the
 * margin to its loss (https://huggingface.co/docs/trl/reward_trainer); InstructGPT trains on all pairs
 * of one prompt together (Ouyang et al. 2022, section 3.5), so each row says its group and its share.
 */
import { z } from 'zod'
import { answerFlags, pairFlags } from '../options.ts'
import { openPairs } from '../pairs/edits.ts'
import { plain } from '../pairs/outputs.ts'
import { chatOf } from '../pairs/ranked.ts'
import { TrainerText, textColumns } from './content.ts'
import type { RowFormat } from './format.ts'

export const reward: RowFormat = {
  takes: [
    'shape',
    ...pairFlags,
    'margin',
    'edits',
    ...answerFlags,
    'turns',
    'split',
    'seed',
    'gz',
    'parquet',
  ],
  type: 'rows',
  open(document, flags) {
    const ranked = openPairs(document, flags, {
      pairs: 'all',
      labelers: 'majority',
      margin: 'vote-share',
    })
    return {
      strategies: { ...ranked.strategies, weight: '1/pairs of the group' },
      columns: [
        ...textColumns(['prompt', 'chosen', 'rejected'], flags.shape),
        { name: 'margin', type: 'double' },
        { name: 'group', type: 'string' },
        { name: 'weight', type: 'double' },
      ],
      turns: ranked.turns,
      isTemplated: flags.shape !== 'text',
      row: RewardRow,
      make(record) {
        const { pairs, dropped } = ranked.make(record)
        return { rows: pairs.map((row) => ({ row, chat: chatOf(row) })), dropped }
      },
    }
  },
}

const RewardRow = z
  .strictObject({
    prompt: TrainerText,
    chosen: TrainerText,
    rejected: TrainerText,
    margin: z.number().min(0).max(1),
    group: z.string(),
    weight: z.number().gt(0).max(1),
  })
  .refine(({ chosen, rejected }) => plain(chosen) !== plain(rejected), 'chosen equals rejected')

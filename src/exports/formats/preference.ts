/**
 * The `preference` format: an explicit prompt, the chosen and the rejected output, for DPO and reward
 * models. TRL reads it (https://huggingface.co/docs/trl/dataset_formats). By default one row a record:
 * the best and the worst output by the consensus of its labelers.
 */
import { z } from 'zod'
import { answerFlags, pairFlags } from '../options.ts'
import { openPairs } from '../pairs/edits.ts'
import { plain } from '../pairs/outputs.ts'
import { chatOf } from '../pairs/ranked.ts'
import { TrainerText, textColumns } from './content.ts'
import type { Column, RowFormat } from './format.ts'

export const preference: RowFormat = {
  takes: [
    'shape',
    ...pairFlags,
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
    const ranked = openPairs(document, flags, { pairs: 'best-worst', labelers: 'consensus' })
    // One row a ranking needs no group; of several, each says which it belongs to and its share.
    const isGrouped = (flags.pairs ?? 'best-worst') !== 'best-worst'
    return {
      strategies: {
        ...ranked.strategies,
        ...(isGrouped ? { weight: '1/pairs of the group' } : {}),
      },
      columns: [
        ...textColumns(['prompt', 'chosen', 'rejected'], flags.shape),
        ...(isGrouped ? groupColumns : []),
      ],
      turns: ranked.turns,
      isTemplated: flags.shape !== 'text',
      row: isGrouped ? GroupedRow : PreferenceRow,
      make(record) {
        const { pairs, dropped } = ranked.make(record)
        return {
          rows: pairs.map((pair) => {
            const { prompt, chosen, rejected, group, weight } = pair
            const own = isGrouped ? { group, weight } : {}
            return { row: { prompt, chosen, rejected, ...own }, chat: chatOf(pair) }
          }),
          dropped,
        }
      },
    }
  },
}

const Pair = z.strictObject({ prompt: TrainerText, chosen: TrainerText, rejected: TrainerText })
const differ = ({ chosen, rejected }: z.infer<typeof Pair>) => plain(chosen) !== plain(rejected)
const PreferenceRow = Pair.refine(differ, 'chosen equals rejected')
const GroupedRow = Pair.extend({ group: z.string(), weight: z.number().gt(0).max(1) }).refine(
  differ,
  'chosen equals rejected',
)
const groupColumns: Column[] = [
  { name: 'group', type: 'string' },
  { name: 'weight', type: 'double' },
]

/**
 * The `axolotl-rm` format: rows of axolotl's reward models, `bradley_terry.chat_template`. They hold one
 * turn: a system text, what the user asks, and the two answers
 * (https://docs.axolotl.ai/docs/reward_modelling.html). Its DPO reads `preference` rows.
 */
import { z } from 'zod'
import { answerFlags, pairFlags } from '../../options.ts'
import { derive, onePair } from '../derive.ts'
import type { RowFormat } from '../format.ts'
import { preference } from '../preference.ts'

export const axolotlRm: RowFormat = {
  takes: [...pairFlags, 'edits', ...answerFlags, 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const pairs = flags.pairs ?? 'all'
    const labelers = flags.labelers ?? 'majority'
    const asked = { ...flags, pairs, labelers, turns: 'strict', shape: 'messages' } as const
    const { strategies, make } = preference.open(document, asked)
    const { weight: _, ...others } = strategies
    return {
      strategies: others,
      turns: 'strict',
      columns: ['system', 'input', 'chosen', 'rejected'].map((name) => ({ name, type: 'string' })),
      row: AxolotlRow,
      make: (record) =>
        derive(make(record), (chat) => {
          const pair = onePair(chat)
          if (typeof pair === 'string') return pair
          const [first, second] = chat.prompt
          const system = first?.role === 'system' ? first.content : ''
          const input = first?.role === 'system' ? second : first
          if (!input || chat.prompt.at(-1) !== input) return 'not_one_turn'
          // It reads `system` of every row, empty or not.
          return { system, input: input.content, chosen: pair[0], rejected: pair[1] }
        }),
    }
  },
}

const AxolotlRow = z.strictObject({
  system: z.string(),
  input: z.string().min(1),
  chosen: z.string().min(1),
  rejected: z.string().min(1),
})

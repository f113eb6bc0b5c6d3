/**
 * The `nova` format: preferences as the DPO of Amazon Nova reads them, the last turn with two candidates
 * (https://docs.aws.amazon.com/nova/latest/userguide/nova-dpo-smtj.html).
 */
import { z } from 'zod'
import { answerFlags, pairFlags } from '../../options.ts'
import { derive, onePair } from '../derive.ts'
import type { RowFormat } from '../format.ts'
import { preference } from '../preference.ts'

export const nova: RowFormat = {
  takes: [...pairFlags, 'edits', ...answerFlags, 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const asked = { ...flags, turns: 'strict', shape: 'messages' } as const
    const { strategies, make } = preference.open(document, asked)
    return {
      strategies,
      turns: 'strict',
      row: NovaRow,
      make: (record) =>
        derive(make(record), (chat) => {
          const pair = onePair(chat)
          if (typeof pair === 'string') return pair
          const [first] = chat.prompt
          const turns = chat.prompt.filter(({ role }) => role !== 'system')
          const candidates = pair.map((text, place) => ({
            content: [{ text }],
            preferenceLabel: place === 0 ? 'preferred' : 'non-preferred',
          }))
          return {
            ...(first?.role === 'system' ? { system: [{ text: first.content }] } : {}),
            messages: [
              ...turns.map(({ role, content }) => ({ role, content: [{ text: content }] })),
              { role: 'assistant', candidates },
            ],
          }
        }),
    }
  },
}

const Content = z.tuple([z.strictObject({ text: z.string() })])
const Turn = z.strictObject({ role: z.enum(['user', 'assistant']), content: Content })
const candidate = (label: 'preferred' | 'non-preferred') =>
  z.strictObject({ content: Content, preferenceLabel: z.literal(label) })
const Choice = z.strictObject({
  role: z.literal('assistant'),
  candidates: z.tuple([candidate('preferred'), candidate('non-preferred')]),
})
const NovaRow = z.strictObject({
  system: Content.optional(),
  messages: z
    .array(z.union([Turn, Choice]))
    .min(2)
    .refine((turns) => Choice.safeParse(turns.at(-1)).success, 'ends with no candidates'),
})

/**
 * The `vertex` format: preferences as Google's preference tuning of Gemini reads them
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-preference-tuning-prepare).
 */
import { z } from 'zod'
import type { PlainMessage } from '../../../records/message.ts'
import { answerFlags, pairFlags } from '../../options.ts'
import { derive, onePair } from '../derive.ts'
import type { RowFormat } from '../format.ts'
import { preference } from '../preference.ts'

export const vertex: RowFormat = {
  takes: [...pairFlags, 'edits', ...answerFlags, 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const asked = { ...flags, turns: 'strict', shape: 'messages' } as const
    const { strategies, make } = preference.open(document, asked)
    return {
      strategies,
      turns: 'strict',
      columns: [
        // The score is a float there, and a float it is in every row.
        { name: 'completions', type: 'list', fields: [{ name: 'score', type: 'double' }] },
      ],
      row: VertexRow,
      make: (record) =>
        derive(make(record), (chat) => {
          const pair = onePair(chat)
          if (typeof pair === 'string') return pair
          const [first] = chat.prompt
          const system = first?.role === 'system' ? first.content : null
          return {
            ...(system === null ? {} : { system_instruction: { parts: [{ text: system }] } }),
            contents: chat.prompt.filter(({ role }) => role !== 'system').map(turnOf),
            completions: pair.map((text, place) => ({
              score: place === 0 ? 1 : 0,
              completion: turnOf({ role: 'assistant', content: text }),
            })),
          }
        }),
    }
  },
}

function turnOf({ role, content }: PlainMessage) {
  return { role: role === 'assistant' ? 'model' : 'user', parts: [{ text: content }] }
}

const Parts = z.tuple([z.strictObject({ text: z.string() })])
const Turn = z.strictObject({ role: z.enum(['user', 'model']), parts: Parts })
const completion = (score: 0 | 1) =>
  z.strictObject({
    score: z.literal(score),
    completion: Turn.extend({ role: z.literal('model') }),
  })
const VertexRow = z.strictObject({
  system_instruction: z.strictObject({ parts: Parts }).optional(),
  contents: z.array(Turn).refine((turns) => turns.at(-1)?.role === 'user', 'ends with no user'),
  completions: z.tuple([completion(1), completion(0)]),
})

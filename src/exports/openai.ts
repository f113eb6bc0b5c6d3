/**
 * What OpenAI's fine-tuning reads, and with it Azure, Together and Fireworks: chats for supervised
 * training, and preferences for DPO (https://platform.openai.com/docs/guides/fine-tuning).
 */
import { z } from 'zod'
import { ChatMessage } from '../records/shape.ts'
import type { Row, RowFormat } from './formats.ts'
import { openRanked } from './ranked.ts'
import { sft } from './sft.ts'
import { answerFlags } from './shape.ts'

const Messages = z.array(ChatMessage).min(1)
const Answer = z.tuple([
  z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) }),
])

export const openaiSft: RowFormat = {
  about: "chats for OpenAI's supervised fine-tuning",
  takes: ['question', 'choice', ...answerFlags, 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const written = sft.open(document, { ...flags, shape: 'messages' })
    return {
      strategies: written.strategies,
      row: z.strictObject({ messages: Messages }),
      promptOf: ({ messages }) => Messages.parse(messages).slice(0, -1),
      make(record) {
        const { rows, dropped } = written.make(record)
        return { rows: rows.map((row) => ({ messages: chatOf(row) })), dropped }
      },
    }
  },
}

export const openaiDpo: RowFormat = {
  about: "preferences for OpenAI's DPO",
  takes: ['question', 'pairs', 'labelers', ...answerFlags, 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const ranked = openRanked(
      document,
      { ...flags, shape: 'messages' },
      { pairs: 'best-worst', labelers: 'consensus' },
    )
    return {
      strategies: ranked.strategies,
      row: DpoRow,
      promptOf: ({ input }) => DpoRow.shape.input.parse(input).messages,
      make(record) {
        const { pairs, dropped } = ranked.make(record)
        const fit = pairs.filter(
          ({ chosen, rejected }) =>
            Answer.safeParse(chosen).success && Answer.safeParse(rejected).success,
        )
        return {
          rows: fit.map(({ prompt, chosen, rejected }) => ({
            input: { messages: prompt, tools: [], parallel_tool_calls: true },
            preferred_output: chosen,
            non_preferred_output: rejected,
          })),
          dropped: [...dropped, ...Array<string>(pairs.length - fit.length).fill('not_one_answer')],
        }
      },
    }
  },
}

const DpoRow = z.strictObject({
  input: z.strictObject({
    messages: Messages,
    tools: z.tuple([]),
    parallel_tool_calls: z.literal(true),
  }),
  preferred_output: Answer,
  non_preferred_output: Answer,
})

function chatOf(row: Row): z.infer<typeof Messages> {
  return [...Messages.parse(row['prompt']), ...Messages.parse(row['completion'])]
}

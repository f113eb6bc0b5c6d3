/**
 * What OpenAI's fine-tuning reads, and with it Azure, Together and Fireworks: chats for supervised
 * training, and preferences for DPO (https://platform.openai.com/docs/guides/fine-tuning).
 */
import { z } from 'zod'
import { ChatMessage } from '../../../records/record-line.ts'
import { answerFlags } from '../../options.ts'
import { derive, type MessageChat, onePair } from '../derive.ts'
import type { Row, RowFormat } from '../format.ts'
import { preference } from '../preference.ts'
import { sft } from '../sft.ts'
import { hasOtherRole } from '../turns.ts'

const Messages = z.array(ChatMessage).min(1)
const Answer = z.tuple([
  z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) }),
])

export const openaiSft: RowFormat = {
  takes: ['question', 'choice', 'edits', ...answerFlags, 'turns', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const { strategies, turns, make } = sft.open(document, { ...flags, shape: 'messages' })
    return {
      strategies: { ...strategies, weight: '0 on assistant turns of the prompt' },
      ...(turns ? { turns } : {}),
      row: SftRow,
      make: (record) => derive(make(record), (chat) => knownRoles(chat) ?? sayChat(chat)),
    }
  },
}

export const openaiDpo: RowFormat = {
  takes: ['question', 'pairs', 'labelers', 'edits', ...answerFlags, 'turns', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const { turns, make, ...ranked } = preference.open(document, { ...flags, shape: 'messages' })
    return {
      strategies: ranked.strategies,
      ...(turns ? { turns } : {}),
      row: DpoRow,
      make: (record) =>
        derive(make(record), (chat) => {
          const pair = onePair(chat)
          return typeof pair === 'string' ? pair : (knownRoles(chat) ?? sayPair(chat))
        }),
    }
  },
}

/** Its loss is on every assistant's message unless a weight says otherwise; only the last one is ours. */
function sayChat({ prompt, answers }: MessageChat): Row {
  const before = prompt.map((message) =>
    message.role === 'assistant' ? { ...message, weight: 0 } : message,
  )
  return { messages: [...before, ...(answers[0] ?? [])] }
}

function sayPair({ prompt, answers: [chosen, rejected] }: MessageChat): Row {
  return {
    input: { messages: prompt, tools: [], parallel_tool_calls: true },
    preferred_output: chosen,
    non_preferred_output: rejected,
  }
}

/** One line with a role that OpenAI does not know makes it refuse the whole file. */
function knownRoles(chat: MessageChat): 'other_role' | null {
  return hasOtherRole(chat) ? 'other_role' : null
}

const SftRow = z.strictObject({
  messages: z
    .array(
      z.union([
        ChatMessage,
        ChatMessage.extend({ role: z.literal('assistant'), weight: z.literal(0) }),
      ]),
    )
    .min(1),
})
const DpoRow = z.strictObject({
  input: z.strictObject({
    messages: Messages,
    tools: z.tuple([]),
    parallel_tool_calls: z.literal(true),
  }),
  preferred_output: Answer,
  non_preferred_output: Answer,
})

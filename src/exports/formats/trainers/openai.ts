/**
 * What OpenAI's fine-tuning reads, and with it Azure, Together and Fireworks: chats for supervised
 * training, and preferences for DPO (https://platform.openai.com/docs/guides/fine-tuning).
 */
import { z } from 'zod'
import { toolsOf } from '../../../records/holds.ts'
import { type ChatMessage, isEmpty } from '../../../records/message.ts'
import { sayOpenAi } from '../../../records/openai-messages.ts'
import { answerFlags, pairFlags } from '../../options.ts'
import type { ExportRecord } from '../../source.ts'
import { deriveWhole, type MessageChat } from '../derive.ts'
import type { Row, RowFormat } from '../format.ts'
import { preference } from '../preference.ts'
import { sft } from '../sft.ts'
import { OpenAiAnswer, OpenAiMessage, OpenAiTools } from './openai-messages.ts'

const Messages = z.array(OpenAiMessage).min(1)

export const openaiSft: RowFormat = {
  takes: ['question', 'choice', 'edits', ...answerFlags, 'turns', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const {
      strategies,
      turns,
      make,
      needsTimes = false,
    } = sft.open(document, {
      ...flags,
      shape: 'messages',
    })
    return {
      strategies: { ...strategies, weight: '0 on assistant turns of the prompt' },
      ...(turns ? { turns } : {}),
      needsTimes,
      row: SftRow,
      make: (record) => deriveWhole(make(record), (chat) => sayChat(chat, record)),
    }
  },
}

export const openaiDpo: RowFormat = {
  takes: [...pairFlags, 'edits', ...answerFlags, 'turns', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const { turns, make, ...ranked } = preference.open(document, { ...flags, shape: 'messages' })
    return {
      strategies: ranked.strategies,
      ...(turns ? { turns } : {}),
      row: DpoRow,
      make: (record) => deriveWhole(make(record), (chat) => sayPair(chat, record)),
    }
  },
}

type Whole = MessageChat<ChatMessage>

/** Its loss is on every assistant's message unless a weight says otherwise; only the last one is ours. */
function sayChat({ prompt, answers: [answer = []] }: Whole, record: ExportRecord): Row | string {
  const said = sayOpenAi([...prompt, ...answer])
  if (typeof said === 'string') return said
  const messages = said.map((message, at) =>
    at < prompt.length && message['role'] === 'assistant' ? { ...message, weight: 0 } : message,
  )
  const { tools, parallel, isKnown } = toolsIn(record)
  if (!isKnown) return 'tools'
  return {
    messages,
    ...(tools ? { tools } : {}),
    ...(tools && parallel !== null ? { parallel_tool_calls: parallel } : {}),
  }
}

function sayPair({ prompt, answers }: Whole, record: ExportRecord): Row | string {
  if (!answers.every(isOneAnswer)) return 'not_one_answer'
  const said = sayOpenAi(prompt)
  if (typeof said === 'string') return said
  const sides: unknown[] = []
  for (const answer of answers) {
    // An answer may be the result's turn: what it answers stands in the prompt.
    const one = sayOpenAi([...prompt, ...answer])
    if (typeof one === 'string') return one
    sides.push(one.slice(prompt.length))
  }
  const { tools, parallel, isKnown } = toolsIn(record)
  if (!isKnown) return 'tools'
  return {
    input: { messages: said, tools: tools ?? [], parallel_tool_calls: parallel ?? true },
    preferred_output: sides[0],
    non_preferred_output: sides[1],
  }
}

/** It compares two messages of the assistant's. */
function isOneAnswer([only, ...more]: readonly ChatMessage[]): boolean {
  return only?.role === 'assistant' && more.length === 0 && !isEmpty(only)
}

function toolsIn({ metadata }: ExportRecord) {
  const parallel = metadata['parallel_tool_calls']
  const tools = toolsOf(metadata)
  return {
    tools,
    isKnown: tools === null || OpenAiTools.safeParse(tools).success,
    parallel: typeof parallel === 'boolean' ? parallel : null,
  }
}

const SftRow = z.strictObject({
  messages: Messages,
  tools: OpenAiTools.min(1).optional(),
  parallel_tool_calls: z.boolean().optional(),
})
const DpoRow = z.strictObject({
  input: z.strictObject({
    messages: Messages,
    tools: OpenAiTools,
    parallel_tool_calls: z.boolean(),
  }),
  preferred_output: OpenAiAnswer,
  non_preferred_output: OpenAiAnswer,
})

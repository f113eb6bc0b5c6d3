/**
 * The `llama-factory` format: a folder that LLaMA-Factory takes as its `dataset_dir`, with the rows as
 * one JSON array and the dataset_info.json that describes them. What the rows are follows from what
 * the dataset holds: preferences of a ranking, desirable completions, or chats people wrote
 * (https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md).
 */
import { z } from 'zod'
import { holding, toolsOf } from '../../../records/holds.ts'
import {
  asPlain,
  type BeyondText,
  beyondText,
  type ChatMessage,
  callsOf,
  type PlainMessage,
} from '../../../records/message.ts'
import { answerFlags, pairFlags } from '../../options.ts'
import { deriveWhole, type MessageChat, PlainMessages, wholeChat } from '../derive.ts'
import type { Row, RowFormat, RowMaker } from '../format.ts'
import { kindOf } from '../kinds.ts'
import { kto } from '../kto.ts'
import { preference } from '../preference.ts'
import { sft } from '../sft.ts'

export const llamaFactory: RowFormat = {
  takes: [...pairFlags, 'choice', 'edits', ...answerFlags, 'turns', 'split', 'seed'],
  type: 'rows',
  file: 'json',
  open(document, flags) {
    const kind = kindOf(document, flags)
    const { from, row, say, describe } = kinds[kind]
    const made = from.open(document, { turns: 'strict', ...flags, shape: 'messages' })
    let hasTools = false
    return {
      strategies: { rows: kind, ...made.strategies },
      ...(made.turns ? { turns: made.turns } : {}),
      ...(made.isSpread ? { isSpread: true } : {}),
      needsTimes: made.needsTimes ?? false,
      row,
      columnsOf: async ({ holds }) => {
        hasTools = (holds & holding.tools) !== 0
        return []
      },
      beside: (files) => [
        {
          name: 'dataset_info.json',
          text: `${JSON.stringify(
            Object.fromEntries(
              Object.entries(files).map(([half, file]) => [
                half === 'whole' ? document.name : `${document.name}_${half}`,
                {
                  file_name: file,
                  formatting: 'sharegpt',
                  ...describe,
                  columns: { ...describe.columns, ...(hasTools ? { tools: 'tools' } : {}) },
                  tags,
                },
              ]),
            ),
            null,
            2,
          )}\n`,
        },
      ],
      make(record) {
        const listed = toolsOf(record.metadata)
        const tools = hasTools ? { tools: listed ? JSON.stringify(listed) : '' } : {}
        return deriveWhole(made.make(record), (chat, { row: from }) => {
          const turns = sayTurns(chat)
          if (typeof turns === 'string') return turns
          const said = say(turns, from)
          return typeof said === 'string' ? said : { ...said, ...tools }
        })
      },
    }
  },
}

const tags = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  observation_tag: 'tool',
  function_tag: 'function_call',
  system_tag: 'system',
}

/** Its turns are texts: the calls of one are JSON, under a role of their own. */
function sayTurns({ prompt, answers }: MessageChat<ChatMessage>): MessageChat | string {
  const all = [prompt, ...answers].map((messages) => messages.map(sayTurn))
  const problem = all.flat().find((one) => typeof one === 'string')
  if (problem !== undefined) return problem
  const [asked = [], ...said] = all.map((turns) =>
    turns.flatMap((one) => (typeof one === 'string' ? [] : one)),
  )
  // Its loader keeps a chat out of turn as an empty one; results of several calls at once are.
  const isOfTools = all.flat().some((one) => typeof one !== 'string' && one.role === 'tool')
  if (isOfTools && !said.every((answer) => isInTurn([...asked, ...answer]))) return 'out_of_turn'
  return { prompt: asked, answers: said }
}

function sayTurn(message: ChatMessage): PlainMessage | BeyondText | 'text_and_calls' {
  const calls = callsOf(message)
  const { tool_calls: _, function_call: __, tool_call_id: ___, ...rest } = message
  // A result is named by its call, which stands before it.
  if (message.role === 'tool') delete rest.name
  const said = asPlain(rest)
  if (!said) return beyondText([rest]) ?? 'content_parts'
  if (calls.length === 0) return said
  if (said.content.trim() !== '') return 'text_and_calls'
  const called = calls.map((call) => ({ name: call.name, arguments: objectOf(call.arguments) }))
  if (called.some((call) => call.arguments === null)) return 'tool_calls'
  return { role: 'function_call', content: JSON.stringify(called) }
}

function objectOf(given: unknown): unknown {
  if (typeof given !== 'string') return given ?? {}
  try {
    return JSON.parse(given)
  } catch {
    return null
  }
}

function isInTurn(messages: readonly PlainMessage[]): boolean {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages
  return turns.every(({ role }, at) =>
    (at % 2 === 0 ? ['user', 'tool'] : ['assistant', 'function_call']).includes(role),
  )
}

const tools = { tools: z.string().optional() }
const Answer = z.strictObject({
  role: z.enum(['assistant', 'function_call']),
  content: z.string().min(1),
})

type Kind = {
  from: RowFormat
  row: RowMaker['row']
  describe: { ranking?: true; columns: Record<string, string> }
  /** The row as it is read there, or why it cannot be. */
  say(chat: MessageChat, row: Row): Row | string
}

const kinds = {
  preference: {
    from: preference,
    row: z.strictObject({ messages: PlainMessages, chosen: Answer, rejected: Answer, ...tools }),
    describe: {
      ranking: true,
      columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' },
    },
    say(chat) {
      const [[chosen, ...more] = [], [rejected, ...others] = []] = chat.answers
      const isOne = more.length + others.length === 0 && [chosen, rejected].every(isAnswer)
      return isOne ? { messages: chat.prompt, chosen, rejected } : 'not_one_answer'
    },
  },
  kto: {
    from: kto,
    row: z.strictObject({ messages: PlainMessages, kto_tag: z.boolean(), ...tools }),
    describe: { columns: { messages: 'messages', kto_tag: 'kto_tag' } },
    say: (chat, { label }) => ({ messages: wholeChat(chat), kto_tag: label }),
  },
  sft: {
    from: sft,
    row: z.strictObject({ messages: PlainMessages, ...tools }),
    describe: { columns: { messages: 'messages' } },
    say: (chat) => ({ messages: wholeChat(chat) }),
  },
} satisfies Record<string, Kind>

function isAnswer(message: PlainMessage | undefined): boolean {
  return Answer.safeParse(message).success
}

/**
 * The `llama-factory` format: a folder that LLaMA-Factory takes as its `dataset_dir`, with the rows as
 * one JSON array and the dataset_info.json that describes them. What the rows are follows from what
 * the dataset holds: preferences of a ranking, desirable completions, or chats people wrote
 * (https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md).
 */
import { z } from 'zod'
import { ChatMessage } from '../../../records/record-line.ts'
import { answerFlags } from '../../options.ts'
import { derive, onePair, wholeChat } from '../derive.ts'
import type { RowFormat, RowMaker } from '../format.ts'
import { kindOf } from '../kinds.ts'
import { kto } from '../kto.ts'
import { preference } from '../preference.ts'
import { sft } from '../sft.ts'

export const llamaFactory: RowFormat = {
  takes: [
    'question',
    'choice',
    'pairs',
    'labelers',
    'edits',
    ...answerFlags,
    'turns',
    'split',
    'seed',
  ],
  type: 'rows',
  file: 'json',
  open(document, flags) {
    const kind = kindOf(document, flags)
    const { from, row, say, describe } = kinds[kind]
    const made = from.open(document, { turns: 'strict', ...flags, shape: 'messages' })
    return {
      strategies: { rows: kind, ...made.strategies },
      ...(made.turns ? { turns: made.turns } : {}),
      ...(made.isSpread ? { isSpread: true } : {}),
      row,
      beside: (files) => [
        {
          name: 'dataset_info.json',
          text: `${JSON.stringify(
            Object.fromEntries(
              Object.entries(files).map(([half, file]) => [
                half === 'whole' ? document.name : `${document.name}_${half}`,
                { file_name: file, formatting: 'sharegpt', ...describe, tags },
              ]),
            ),
            null,
            2,
          )}\n`,
        },
      ],
      make: (record) => derive(made.make(record), say),
    }
  },
}

const tags = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  system_tag: 'system',
}

const Messages = z.array(ChatMessage).min(1)
const Answer = z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) })

type Kind = {
  from: RowFormat
  row: RowMaker['row']
  describe: { ranking?: true; columns: Record<string, string> }
  /** The row as it is read there, or why it cannot be. */
  say: Parameters<typeof derive>[1]
}

const kinds = {
  preference: {
    from: preference,
    row: z.strictObject({ messages: Messages, chosen: Answer, rejected: Answer }),
    describe: {
      ranking: true,
      columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' },
    },
    say(chat) {
      const pair = onePair(chat)
      if (typeof pair === 'string') return pair
      const [chosen, rejected] = pair.map((content) => ({ role: 'assistant', content }))
      return { messages: chat.prompt, chosen, rejected }
    },
  },
  kto: {
    from: kto,
    row: z.strictObject({ messages: Messages, kto_tag: z.boolean() }),
    describe: { columns: { messages: 'messages', kto_tag: 'kto_tag' } },
    say: (chat, { label }) => ({ messages: wholeChat(chat), kto_tag: label }),
  },
  sft: {
    from: sft,
    row: z.strictObject({ messages: Messages }),
    describe: { columns: { messages: 'messages' } },
    say: (chat) => ({ messages: wholeChat(chat) }),
  },
} satisfies Record<string, Kind>

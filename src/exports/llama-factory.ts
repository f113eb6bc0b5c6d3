/**
 * The `llama-factory` format: a folder that LLaMA-Factory takes as its `dataset_dir`, with the rows as
 * one JSON array and the dataset_info.json that describes them. What the rows are follows from what
 * the dataset holds: preferences of a ranking, desirable completions, or chats people wrote
 * (https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md).
 */
import { z } from 'zod'
import type { DatasetDocument } from '../datasets/shape.ts'
import { invalid } from '../errors.ts'
import { ChatMessage } from '../records/shape.ts'
import type { Row, RowFormat, RowMaker } from './formats.ts'
import { kto } from './kto.ts'
import { preference } from './preference.ts'
import { sft } from './sft.ts'
import { answerFlags, type ExportFlags } from './shape.ts'

export const llamaFactory: RowFormat = {
  about: 'a folder for LLaMA-Factory: preferences, KTO or chats, with dataset_info.json',
  takes: ['question', 'choice', 'pairs', 'labelers', ...answerFlags, 'split', 'seed'],
  type: 'rows',
  file: 'json',
  open(document, flags) {
    const kind = kindOf(document, flags)
    const { from, row, read, describe } = kinds[kind]
    if (flags.choice && kind !== 'sft')
      throw invalid({
        choice:
          'This dataset holds judgements of outputs. Choosing is for completions: leave it out.',
      })
    const made = from.open(document, { ...flags, shape: 'messages' })
    return {
      strategies: { rows: kind, ...made.strategies },
      row,
      promptOf: ({ messages }) =>
        kind === 'preference' ? messages : z.array(z.unknown()).parse(messages).slice(0, -1),
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
      make(record) {
        const { rows, dropped } = made.make(record)
        const fit: Row[] = []
        const unfit: string[] = []
        for (const one of rows) {
          const found = read(one)
          if (typeof found === 'string') unfit.push(found)
          else fit.push(found)
        }
        return { rows: fit, dropped: [...dropped, ...unfit] }
      },
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
/** A system message may open it; then people and assistants take turns, or the row is skipped there. */
const Question = Messages.refine((messages) => takeTurns(messages, 'user'), 'out of turn')
const Chat = Messages.refine((messages) => takeTurns(messages, 'assistant'), 'out of turn')

type Kind = {
  from: RowFormat
  row: RowMaker['row']
  describe: { ranking?: true; columns: Record<string, string> }
  /** The row as it is read there, or why it cannot be. */
  read(row: Row): Row | string
}

const kinds = {
  preference: {
    from: preference,
    row: z.strictObject({ messages: Question, chosen: Answer, rejected: Answer }),
    describe: {
      ranking: true,
      columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' },
    },
    read({ prompt, chosen, rejected }) {
      const [better, worse] = [
        z.tuple([Answer]).safeParse(chosen),
        z.tuple([Answer]).safeParse(rejected),
      ]
      if (!better.success || !worse.success) return 'not_one_answer'
      if (!Question.safeParse(prompt).success) return 'out_of_turn'
      return { messages: prompt, chosen: better.data[0], rejected: worse.data[0] }
    },
  },
  kto: {
    from: kto,
    row: z.strictObject({ messages: Chat, kto_tag: z.boolean() }),
    describe: { columns: { messages: 'messages', kto_tag: 'kto_tag' } },
    read(row) {
      const messages = chatOf(row)
      return messages ? { messages, kto_tag: row['label'] } : 'out_of_turn'
    },
  },
  sft: {
    from: sft,
    row: z.strictObject({ messages: Chat }),
    describe: { columns: { messages: 'messages' } },
    read(row) {
      const messages = chatOf(row)
      return messages ? { messages } : 'out_of_turn'
    },
  },
} satisfies Record<string, Kind>

function kindOf(document: DatasetDocument, { question }: ExportFlags): keyof typeof kinds {
  const asked = document.questions.filter(({ name }) => question === undefined || name === question)
  if (asked.some(({ type }) => type === 'ranking')) return 'preference'
  const isJudged = asked.some(
    (one) =>
      (one.type === 'label' && one.desirable !== undefined) ||
      (one.type === 'rating' && one.of === 'outputs'),
  )
  return isJudged ? 'kto' : 'sft'
}

function chatOf({ prompt, completion }: Row): ChatMessage[] | null {
  const chat = [...Messages.parse(prompt), ...Messages.parse(completion)]
  return Chat.safeParse(chat).success ? chat : null
}

function takeTurns(messages: readonly ChatMessage[], last: 'user' | 'assistant'): boolean {
  const turns = messages[0]?.role === 'system' ? messages.slice(1) : messages
  const inTurn = turns.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))
  return inTurn && turns.at(-1)?.role === last
}

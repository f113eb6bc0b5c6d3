/**
 * The `ms-swift` format: chats, with a rejected response or a label beside them, as ms-swift's standard
 * dataset format has them. What the rows are follows from what the dataset holds
 * (https://swift.readthedocs.io/en/latest/Customization/Custom-dataset.html).
 */
import { z } from 'zod'
import type { DatasetDocument } from '../../../datasets/document.ts'
import { invalid } from '../../../errors.ts'
import { answerFlags, type ExportFlags, pairFlags } from '../../options.ts'
import { derive, onePair, PlainMessages, wholeChat } from '../derive.ts'
import type { Column, Row, RowFormat, RowMaker } from '../format.ts'
import { kindOf } from '../kinds.ts'
import { kto } from '../kto.ts'
import { preference } from '../preference.ts'
import { reward } from '../reward.ts'
import { sft } from '../sft.ts'

export const msSwift: RowFormat = {
  takes: [
    ...pairFlags,
    'choice',
    'margin',
    'edits',
    ...answerFlags,
    'turns',
    'split',
    'seed',
    'gz',
  ],
  type: 'rows',
  open(document, flags) {
    const kind = kindOf(document, flags)
    if (flags.margin && kind !== 'preference')
      throw invalid({ margin: 'Only pairs of a ranking have a margin. Leave it out.' })
    const asked: ExportFlags = { turns: 'strict', ...flags, shape: 'messages' }
    const made = kinds[kind](document, asked)
    return { ...made, isTemplated: false, strategies: { rows: kind, ...made.strategies } }
  },
}

const messages: Column = { name: 'messages', type: 'messages' }

type Open = (document: DatasetDocument, flags: ExportFlags) => RowMaker

const kinds: Record<ReturnType<typeof kindOf>, Open> = {
  preference(document, flags) {
    const { margin } = flags
    // Its reward models read a margin, which only the reward format measures.
    const made = margin
      ? reward.open(document, { pairs: 'best-worst', labelers: 'consensus', ...flags })
      : preference.open(document, flags)
    return {
      ...made,
      columns: [
        messages,
        { name: 'rejected_response', type: 'string' },
        ...(margin ? [{ name: 'margin', type: 'double' } as const] : []),
      ],
      row: z.strictObject({
        messages: PlainMessages,
        rejected_response: z.string().min(1),
        ...(margin ? { margin: z.number().min(0).max(1) } : {}),
      }),
      make: (record) =>
        derive(made.make(record), (chat, row): Row | string => {
          const pair = onePair(chat)
          if (typeof pair === 'string') return pair
          const rejected = { rejected_response: pair[1] }
          return {
            messages: wholeChat(chat),
            ...rejected,
            ...(margin ? { margin: row['margin'] } : {}),
          }
        }),
    }
  },
  kto(document, flags) {
    const made = kto.open(document, flags)
    return {
      ...made,
      columns: [messages, { name: 'label', type: 'boolean' }],
      row: z.strictObject({ messages: PlainMessages, label: z.boolean() }),
      make: (record) =>
        derive(made.make(record), (chat, { label }) => ({ messages: wholeChat(chat), label })),
    }
  },
  sft(document, flags) {
    const made = sft.open(document, flags)
    return {
      ...made,
      columns: [messages],
      row: z.strictObject({ messages: PlainMessages }),
      make: (record) => derive(made.make(record), (chat) => ({ messages: wholeChat(chat) })),
    }
  },
}

/** A message in a window, where there is no message to write to. Pure. */
import type { Words } from '../../../src/chat/words/words.ts'
import { noticeId } from '../receive/ids.ts'
import { type Message, plain, type View, withoutTables } from './blocks.ts'
import { linesOf } from './tables.ts'
import { asActions } from './task/thumbs.ts'
import { title } from './text.ts'

export function drawWindow(message: Message, name: string, said: Words): View {
  return {
    type: 'modal',
    callback_id: noticeId,
    title: title(name, said),
    close: plain(said.close),
    blocks: withoutTables(message.blocks).flatMap((block) => {
      if (block.type === 'data_table') return linesOf(block)
      return block.type === 'context_actions' ? asActions(block) : [block]
    }),
  }
}

/** A long text in a window of its own, page by page. Pure. */
import type { Reader, ReaderPart, TextView } from '../../../../src/chat/port/port.ts'
import { sayView } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { readerId, readId } from '../../receive/ids.ts'
import { actions, button, context, heading, plain, type View } from '../blocks.ts'
import { title } from '../text.ts'
import { drawPages } from './reading.ts'

/** `isSent`: the text was sent as a file too. */
export function drawReader(
  reader: Reader,
  part: ReaderPart | null,
  page: number,
  said: Words,
  isSent = false,
): View {
  const pages = drawPages(reader.content, said, reader.rendering)
  const at = Math.min(page, pages.length - 1)
  const view = viewOf(reader)
  const turn = (to: number, text: string, as: 'turn' | 'file' = 'turn') =>
    part ? [button(text, readId(reader.assignmentId, part, to, as, view))] : []
  const other = view === 'raw' ? 'formatted' : 'raw'
  const isLong = lengthOf(reader.content) > budgets.fileFrom
  const buttons = [
    ...(at > 0 ? turn(at - 1, said.previousPage) : []),
    ...(at < pages.length - 1 ? turn(at + 1, said.nextPage) : []),
    ...(isLong && !isSent ? turn(at, said.asFile, 'file') : []),
    ...(part
      ? [button(sayView(other, said), readId(reader.assignmentId, part, 0, 'turn', other))]
      : []),
  ]
  return {
    type: 'modal',
    callback_id: readerId,
    title: title(reader.title, said),
    close: plain(said.back),
    blocks: [
      heading(reader.title),
      ...(isSent ? [context(said.fileWaits)] : []),
      ...(pages[at]?.() ?? []),
      ...(pages.length > 1 ? [context(said.pageOf(at + 1, pages.length))] : []),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
  }
}

/** The view that was asked for; undefined for the card's own. */
function viewOf({ rendering }: Reader): TextView | undefined {
  if (rendering === undefined) return undefined
  return rendering === 'raw' ? 'raw' : 'formatted'
}

function lengthOf(content: Reader['content']): number {
  if (typeof content === 'string') return content.length
  return content.reduce((sum, { content: text }) => sum + text.length, 0)
}

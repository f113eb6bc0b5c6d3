/** What was saved, with Undo and Edit; and the line about it above the next task. Pure. */
import { nextId, pressId, undoId } from '../../../../src/chat/port/ids.ts'
import type { Receipt, Reply } from '../../../../src/chat/port/port.ts'
import { escapedCost, shorten } from '../../../../src/chat/text.ts'
import { sayImprove, sayMore } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { aboutId } from '../../receive/ids.ts'
import { type Meta, writeMeta } from '../../receive/metadata.ts'
import {
  actions,
  type Block,
  button,
  context,
  type Message,
  section,
  type View,
} from '../blocks.ts'
import { brief, fallback, sections } from '../text.ts'
import { timeLine } from '../time-line.ts'
import { drawWindow } from '../window.ts'

/** A line above a card or form, and the answer that its Undo takes back. */
export type Above = { notice?: string; undo?: Receipt }

export function aboveOf(reply: { notice?: string; undo?: Receipt }): Above {
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

export function drawAbove({ notice, undo }: Above, said: Words): Block[] {
  const line = notice ?? undo?.summary
  if (line === undefined) return []
  const back = undo?.canUndo ? button(said.undo, undoId(undo)) : undefined
  return [section(shorten(line, 1000, escapedCost), back), ...(undo ? drawMore(undo, said) : [])]
}

/** What was saved, with Undo and Edit where they are possible. */
export function drawReceipt(
  { saved, notice, goesOn, elsewhere }: Extract<Reply, { type: 'receipt' }>,
  said: Words,
): Message {
  const buttons = [
    ...(goesOn ? [button(said.next, nextId(saved.dataset.name), 'primary')] : []),
    ...(saved.canUndo ? [button(said.undo, undoId(saved))] : []),
    ...(saved.canEdit ? [button(said.edit, aboutId('edit', saved.assignmentId))] : []),
    ...(elsewhere ? [button(said.startOther(elsewhere.title), nextId(elsewhere.name))] : []),
  ]
  return {
    text: fallback([saved.summary, saved.dataset.title, notice]),
    blocks: [
      ...sections(saved.summary, budgets.receiptChars),
      context(brief(saved.dataset.title)),
      ...(saved.until ? [timeLine(said.ballotUntil, saved.until, said)] : []),
      ...(notice ? sections(notice, budgets.receiptChars) : []),
      ...drawMore(saved, said),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
  }
}

/** The last view of a session. */
export function drawDone(
  saved: Receipt,
  notice: string | undefined,
  meta: Meta | null,
  said: Words,
): View {
  const message = drawReceipt({ type: 'receipt', saved, notice: notice ?? said.thanks }, said)
  return {
    ...drawWindow(message, said.allDone, said),
    ...(meta ? { private_metadata: writeMeta(meta) } : {}),
  }
}

/** Buttons for what a model suggested, for questions that a one-press answer left out, and for outputs that may be improved. */
function drawMore(receipt: Receipt, said: Words): Block[] {
  const { assignmentId, asksMore, improve = [], adopt } = receipt
  const buttons = [
    ...(adopt
      ? [button(said.adopt, pressId(adopt.assignmentId, adopt.schemaVersion, adopt.revision))]
      : []),
    ...(asksMore === undefined
      ? []
      : [button(sayMore(asksMore, said), aboutId('edit', assignmentId))]),
    ...improve.map((one) => button(sayImprove(one, said), aboutId('edit', one.id))),
  ]
  return buttons.length > 0 ? [actions(...buttons)] : []
}

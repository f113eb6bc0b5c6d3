/** Recent answers, and the receipt of one. Pure. */
import { nextId, undoId } from '../../../../src/chat/port/ids.ts'
import type { HistoryEntry, Reply } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { isDrawable } from '../../receive/ids.ts'
import { menuId, showId } from '../../receive/page-ids.ts'
import { openId } from '../../receive/task-ids.ts'
import { linesWithin, textWithin } from '../budget.ts'
import {
  bold,
  brief,
  button,
  type Component,
  markdown,
  menu,
  option,
  plain,
  rows,
  small,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { moreButtons } from '../task/controls.ts'
import { timeLine } from '../time-line.ts'

export function drawHistory(entries: readonly HistoryEntry[], said: Words): Component[] {
  if (entries.length === 0) return [plain(said.noHistory)]
  return [markdown(bold(said.recent)), ...drawAnswers(entries, 3000, said)]
}

/** Recent answers, and a menu to change one of them. */
export function drawAnswers(
  entries: readonly HistoryEntry[],
  size: number,
  said: Words,
): Component[] {
  const shown = entries.slice(0, 20)
  const lines = shown.map(
    ({ summary, dataset }) => `• ${escapeDiscord(brief(`${summary} · ${dataset.title}`, 140))}`,
  )
  const edits = shown.flatMap(({ assignmentId, summary, dataset, canEdit }) =>
    canEdit
      ? [option(`${summary} · ${dataset.title}`, openId(assignmentId, { editing: true }))]
      : [],
  )
  return [
    linesWithin(lines, size),
    ...(edits.length > 0 ? [menu(menuId('', 'edit'), said.editMenu, edits)] : []),
  ]
}

/** What was saved, with Undo. */
export function drawReceipt(
  { saved, notice, goesOn, elsewhere }: Extract<Reply, { type: 'receipt' }>,
  said: Words,
): Component[] {
  const { assignmentId, summary, dataset, canUndo, canEdit, until } = saved
  const other = elsewhere && isDrawable(nextId(elsewhere.name)) ? elsewhere : null
  // If the name is too long for a button's id, the button opens whatever is next.
  const next = isDrawable(nextId(dataset.name)) ? nextId(dataset.name) : nextId()
  const lines = [small(dataset.title), ...(until ? [timeLine(said.ballotUntil, until)] : [])]
  return [
    textWithin(summary, budgets.notice),
    markdown(lines.join('\n')),
    ...(notice ? [textWithin(notice, budgets.notice)] : []),
    ...rows([
      ...(goesOn ? [button(said.next, next, 'primary')] : []),
      ...(canUndo ? [button(said.undo, undoId(saved))] : []),
      ...moreButtons(saved, said),
      ...(canEdit ? [button(said.edit, openId(assignmentId, { editing: true }))] : []),
      ...(other ? [button(said.startOther(other.title), nextId(other.name))] : []),
      button(said.homeTitle, showId('home')),
    ]),
  ]
}

/** What surrounds the texts of a task: progress above; Skip, Guidelines and Show raw below. Pure. */
import { reasonId, skipId } from '../../../../src/chat/port/ids.ts'
import { skipReasons, type TaskCard } from '../../../../src/chat/port/port.ts'
import { sayReason, sayView } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { limits } from '../../limits.ts'
import { aboutId, textId } from '../../receive/ids.ts'
import { actions, type Block, button, context, label, linkButton } from '../blocks.ts'
import { timeLine } from '../time-line.ts'

/** A ballot says instead that it is private and until when it may be changed. */
export function drawProgress(card: TaskCard, said: Words): Block {
  return card.ballot
    ? timeLine(said.ballotPrivate, card.ballot.closesAt, said)
    : context(progressOf(card, said))
}

/** What a model proposed: it stands where the answer begins. */
export function drawSuggestion({ suggestion }: TaskCard): Block[] {
  return suggestion === undefined ? [] : [context(suggestion)]
}

function progressOf(card: TaskCard, said: Words): string {
  const { submitted, assigned, minutes } = card.progress
  return `${said.done(submitted, assigned)} · ${said.minutesHere(minutes)}`
}

/**
 * Skip at once or with a reason, the guidelines, and the texts as they were written. A ballot has no
 * Skip: people just leave it; nor has the text of an output that is improved.
 */
export function drawSkip(card: TaskCard, said: Words) {
  const because = {
    type: 'static_select' as const,
    action_id: `v1:because:${card.assignmentId}`,
    placeholder: label(said.skipBecause, limits.placeholder),
    options: skipReasons.map((reason) => ({
      text: label(sayReason(said, reason), limits.optionText),
      value: reasonId(card.assignmentId, reason),
    })),
  }
  return actions(
    ...(card.ballot || card.improving
      ? []
      : [button(said.skip, skipId(card.assignmentId, 'other')), because]),
    ...(card.dataset.guidelines === null
      ? []
      : [button(said.guidelines, aboutId('guidelines', card.assignmentId))]),
    ...drawView(card, said),
    ...(card.onPage ? [] : drawPage(card, said)),
  )
}

/** The link to the page of the task: the way to answer it, where no message can ask what it asks. */
export function drawPage({ page, onPage }: TaskCard, said: Words) {
  return page === undefined ? [] : [linkButton(said.openOnPage, page, onPage ? 'primary' : 'quiet')]
}

function drawView(card: TaskCard, said: Words) {
  if (card.passages.length + card.outputs.length === 0) return []
  const other = card.rendering === 'raw' ? 'formatted' : 'raw'
  return [button(sayView(other, said), textId(card.assignmentId, other))]
}

/** Slack refuses an empty row. */
export function rowIfAny(row: ReturnType<typeof actions>): Block[] {
  return row.elements.length > 0 ? [row] : []
}

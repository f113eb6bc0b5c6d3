/**
 * The ready answers of a card. Thumbs up and down are Slack's feedback buttons, in messages only
 * (docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element,
 * …/blocks/context-actions-block); all others, and those in windows, are buttons.
 */
import type { types } from '@slack/bolt'
import { pressId } from '../../../../src/chat/port/ids.ts'
import type { Press, TaskCard } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { limits } from '../../limits.ts'
import { actions, type Block, bare, button, label } from '../blocks.ts'

type Half = types.FeedbackButtons['positive_button']

/** One block with all presses of a card that has some. */
export function drawPresses(
  { presses, assignmentId, schemaVersion }: TaskCard,
  said: Words,
): Block {
  const idOf = (press: Press) => pressId(assignmentId, schemaVersion, presses.indexOf(press))
  const up = presses.find(({ tone }) => tone === 'positive')
  const down = presses.find(({ tone }) => tone === 'negative')
  if (!up || !down || presses.length > 2)
    return actions(...presses.map((press) => button(press.text, idOf(press), press.style)))
  return {
    type: 'context_actions',
    elements: [
      {
        type: 'feedback_buttons',
        // Unique to an assignment, because a client may remember which button of an id was pressed.
        action_id: `v1:thumbs:${assignmentId}`.slice(0, limits.actionId),
        positive_button: half(up.text, idOf(up), said.thumbsUp),
        negative_button: half(down.text, idOf(down), said.thumbsDown),
      },
    ],
  }
}

/** The same in a window. */
export function asActions({ elements }: types.ContextActionsBlock): Block[] {
  const buttons = elements.flatMap((element) => {
    if (element.type !== 'feedback_buttons') return []
    const halves = [element.positive_button, element.negative_button]
    return halves.map(({ text, value }) => ({ ...button('', value), text }))
  })
  return buttons.length > 0 ? [actions(...buttons)] : []
}

function half(text: string, id: string, spoken: (text: string) => string): Half {
  const room = limits.buttonText - spoken('').length
  const words = spoken(bare(text, room) || '…')
  return { text: label(text, limits.buttonText), value: id, accessibility_label: words }
}

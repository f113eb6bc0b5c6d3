/** Thumbs as Slack draws them: where they stand, what is read out, and that Slack takes them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawMessage } from '../../../adapters/slack/draw/message.ts'
import { drawCard } from '../../../adapters/slack/draw/task/card.ts'
import { drawWindow } from '../../../adapters/slack/draw/window.ts'
import { parsePress } from '../../../adapters/slack/receive/parse-press.ts'
import { words } from '../../../src/chat/words/words.ts'
import { anyText, cardOf } from './cards.ts'
import { faultsOfMessage, faultsOfView } from './legal.ts'

const said = words(undefined)
const ask = {
  type: 'label',
  name: 'thumbs',
  title: 'Is it good?',
  of: 'outputs',
  options: [
    { value: 'down', text: 'Bad' },
    { value: 'up', text: 'Good' },
  ],
  desirable: ['up'],
}
const thumbs = (more: object = {}, ...others: Record<string, unknown>[]) =>
  cardOf([{ ...ask, ...more }, ...others], { texts: ['Because of the air.'] })

/** The feedback buttons of a card; null where it has none. */
function feedbackOf(card: ReturnType<typeof thumbs>, language = said) {
  const found = drawCard(card, {}, language).blocks.flatMap((block) =>
    block.type === 'context_actions' ? block.elements : [],
  )
  return found[0]?.type === 'feedback_buttons' ? found[0] : null
}

describe('happy: a card asks for thumbs', () => {
  test('the desirable answer is the positive button, wherever it stands in the document', () => {
    expect(feedbackOf(thumbs())).toMatchObject({
      positive_button: { text: { text: 'Good' }, accessibility_label: 'Good (thumbs up)' },
      negative_button: { text: { text: 'Bad' }, accessibility_label: 'Bad (thumbs down)' },
    })
    const german = feedbackOf(thumbs(), words('de'))
    expect(german?.positive_button.accessibility_label).toBe('Good (Daumen hoch)')
  })

  test('each half means its own answer, as Slack sends it back', () => {
    const drawn = feedbackOf(thumbs())
    const pressed = (value: string | undefined) =>
      parsePress({
        user: { id: 'U1' },
        trigger_id: '1',
        actions: [{ action_id: drawn?.action_id ?? '', value: value ?? '' }],
      })?.gesture
    expect(pressed(drawn?.negative_button.value)).toMatchObject({ type: 'press', press: 0 })
    expect(pressed(drawn?.positive_button.value)).toMatchObject({ type: 'press', press: 1 })
  })

  test('an optional comment and Skip are the buttons they were', () => {
    const comment = { type: 'text', name: 'why', title: 'Why?', required: false }
    const { blocks } = drawCard(thumbs({}, comment), {}, said)
    const buttons = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []))
    const texts = buttons.flatMap((one) => (one.type === 'button' ? [one.text.text] : []))
    expect(texts.slice(0, 3)).toEqual([said.answerMore, said.skip, said.guidelines])
  })

  test('two cards do not share an id, for a client remembers what was pressed under one', () => {
    const other = { ...thumbs(), assignmentId: '99-1' }
    expect(feedbackOf(other)?.action_id).not.toBe(feedbackOf(thumbs())?.action_id)
  })
})

describe('forbidden: thumbs where they would mislead', () => {
  test.each([
    ['neither answer is the desirable one', { desirable: [] }],
    ['both are', { desirable: ['up', 'down'] }],
    [
      'there is a third answer',
      { options: [{ value: 'up', text: 'Good' }, 'fair', 'down'], desirable: ['up'] },
    ],
  ])('%s: buttons', (_, more) => {
    const card = thumbs(more)
    expect(card.presses.length).toBeGreaterThan(1)
    expect(feedbackOf(card)).toBeNull()
  })

  test('a second required question needs a form', () => {
    expect(feedbackOf(thumbs({}, { type: 'text', name: 'why', title: 'Why?' }))).toBeNull()
  })

  test('in a window, where Slack takes none, they are buttons', () => {
    const card = thumbs()
    const view = drawWindow(drawMessage({ type: 'task', card }, said), 'Preview', said)
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view)).toContain('"text":"Good"')
    expect(JSON.stringify(view)).not.toContain('feedback_buttons')
  })
})

describe('refused by Slack: nothing we draw', () => {
  test('whatever the answers are called', () => {
    fc.assert(
      fc.property(anyText, anyText, (up, down) => {
        const options = [
          { value: 'up', text: `u${up}`.slice(0, 500).toWellFormed() },
          { value: 'down', text: `d${down}`.slice(0, 500).toWellFormed() },
        ]
        const card = thumbs({ options })
        const message = drawCard(card, {}, said)
        expect(faultsOfMessage(message)).toEqual([])
        expect(faultsOfView(drawWindow(message, 'Preview', said))).toEqual([])
        expect(feedbackOf(card)?.positive_button.accessibility_label).toMatch(/\(thumbs up\)$/)
      }),
      { numRuns: 30 },
    )
  })
})

/** Thumbs in Slack: up or down by one press, as Slack's own feedback buttons. */
import { describe, expect } from 'vitest'
import { isObject, objects } from '../../sandbox/json.ts'
import { type Journey, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

const answers = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} answer ${i + 1}`],
  }))
const dataset = (journey: Journey, name: string, count: number, more = '') =>
  journey.dataset(`name: ${name}\ntemplate: thumbs\ntitle: ${name}\n${more}`, answers(name, count))

/** What is decided now: the label of each answered record, in the order of the export. */
async function labels(journey: Journey, name: string) {
  const lines = newestOf(await journey.raw(name)).filter(({ status }) => status === 'submitted')
  return lines.map(({ values }) => Object.values(values['thumbs'] ?? {})[0])
}

/** The kinds of elements of the newest card that went over the wire. */
function elements(journey: Journey) {
  const bodies = journey.slack.wire.map(({ request }) => (isObject(request) ? request : {}))
  const last = bodies.findLast((body) => Array.isArray(body['blocks']))
  return objects(last?.['blocks'] ?? []).flatMap((block) => objects(block['elements'] ?? []))
}

describe('happy: Ana judges logged answers', () => {
  test('one press on a thumb is an answer, and the next card is there', async ({ journey }) => {
    const { ana } = journey
    await dataset(journey, 'one', 3)
    await ana.joins('one')
    expect(elements(journey).map(({ type }) => type)).toContain('feedback_buttons')
    expect(ana.newest()).toContain('[Good] [Bad]')
    await ana.presses('Good')
    await ana.presses('Bad')
    expect((await labels(journey, 'one')).toSorted()).toEqual(['down', 'up'])
    expect(ana.newest()).toContain('[Good] [Bad]')
  })

  test('undo gives the card back, and the other thumb may be pressed', async ({ journey }) => {
    const { ana } = journey
    await dataset(journey, 'undone', 2)
    await ana.joins('undone')
    await ana.presses('Good')
    await ana.presses('Undo')
    expect(await labels(journey, 'undone')).toEqual([])
    await ana.presses('Bad')
    expect(await labels(journey, 'undone')).toEqual(['down'])
  })

  test('the last answer is edited in its form, and undo restores it', async ({ journey }) => {
    const { ana } = journey
    await dataset(journey, 'edited', 1)
    await ana.joins('edited')
    await ana.presses('Good')
    await ana.presses('Edit')
    await ana.chooses('Is it good?', 'Bad')
    await ana.submits()
    expect(await labels(journey, 'edited')).toEqual(['down'])
    while (ana.modal()) await ana.closes()
    await ana.presses('Undo')
    expect(await labels(journey, 'edited')).toEqual(['up'])
  })

  test('Skip and a comment stand below the thumbs as before', async ({ journey }) => {
    const { ben } = journey
    await dataset(
      journey,
      'commented',
      2,
      'questions: { why: { type: text, title: Why?, required: false } }',
    )
    await ben.joins('commented')
    expect(ben.newest()).toMatch(/\[Good\] \[Bad\]\n.*\[Skip\]/)
    await ben.presses('Skip')
    await ben.presses('Good')
    expect(await labels(journey, 'commented')).toEqual(['up'])
  })
})

describe('twice: the same thumb', () => {
  test('a double click is one answer and one next card', async ({ journey }) => {
    const { ana, clock, quiet } = journey
    await dataset(journey, 'double', 3)
    await ana.joins('double')
    clock.advance(5)
    const both = await Promise.all([ana.hands.press('Good'), ana.hands.press('Good')])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    expect(await labels(journey, 'double')).toEqual(['up'])
    expect(ana.newest()).toContain('[Good] [Bad]')
  })

  test('a double click on both thumbs counts the first', async ({ journey }) => {
    const { ben, clock, quiet } = journey
    await dataset(journey, 'torn', 3)
    await ben.joins('torn')
    clock.advance(5)
    await Promise.all([ben.hands.press('Bad'), ben.hands.press('Good')])
    await quiet()
    expect(await labels(journey, 'torn')).toHaveLength(1)
  })

  test('after a restart the card on the screen still answers', async ({ journey }) => {
    const { ana, slack } = journey
    await dataset(journey, 'restarted', 2)
    await ana.joins('restarted')
    const second = await journey.startService()
    slack.deliverTo(second.address)
    await ana.presses('Good')
    await second.parley.platforms.get('slack')?.settled?.()
    expect(await labels(journey, 'restarted')).toEqual(['up'])
    await ana.presses('Bad')
    expect((await labels(journey, 'restarted')).toSorted()).toEqual(['down', 'up'])
  })
})

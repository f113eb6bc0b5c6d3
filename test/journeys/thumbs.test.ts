/** Thumbs in Slack: up or down by one press, as Slack's own feedback buttons. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isObject, objects } from '../../sandbox/json.ts'
import { type Journey, newestOf, openJourney } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney()
})
afterAll(async () => {
  const { seen } = journey.slack.faults
  await journey.close()
  expect(seen).toEqual([])
})

const answers = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} answer ${i + 1}`],
  }))
const dataset = (name: string, count: number, more = '') =>
  journey.dataset(`name: ${name}\ntemplate: thumbs\ntitle: ${name}\n${more}`, answers(name, count))

/** What is decided now: the label of each answered record, in the order of the export. */
async function labels(name: string) {
  const lines = newestOf(await journey.raw(name)).filter(({ status }) => status === 'submitted')
  return lines.map(({ values }) => Object.values(values['thumbs'] ?? {})[0])
}

/** The kinds of elements of the newest card that went over the wire. */
function elements() {
  const bodies = journey.slack.wire.map(({ request }) => (isObject(request) ? request : {}))
  const last = bodies.findLast((body) => Array.isArray(body['blocks']))
  return objects(last?.['blocks'] ?? []).flatMap((block) => objects(block['elements'] ?? []))
}

describe('happy: Ana judges logged answers', () => {
  test('one press on a thumb is an answer, and the next card is there', async () => {
    const { ana } = journey
    await dataset('one', 3)
    await ana.joins('one')
    expect(elements().map(({ type }) => type)).toContain('feedback_buttons')
    expect(ana.newest()).toContain('[Good] [Bad]')
    await ana.presses('Good')
    await ana.presses('Bad')
    expect((await labels('one')).toSorted()).toEqual(['down', 'up'])
    expect(ana.newest()).toContain('[Good] [Bad]')
  })

  test('undo gives the card back, and the other thumb may be pressed', async () => {
    const { ana } = journey
    await dataset('undone', 2)
    await ana.joins('undone')
    await ana.presses('Good')
    await ana.presses('Undo')
    expect(await labels('undone')).toEqual([])
    await ana.presses('Bad')
    expect(await labels('undone')).toEqual(['down'])
  })

  test('the last answer is edited in its form, and undo restores it', async () => {
    const { ana } = journey
    await dataset('edited', 1)
    await ana.joins('edited')
    await ana.presses('Good')
    await ana.presses('Edit')
    await ana.chooses('Is it good?', 'Bad')
    await ana.submits()
    expect(await labels('edited')).toEqual(['down'])
    while (ana.modal()) await ana.closes()
    await ana.presses('Undo')
    expect(await labels('edited')).toEqual(['up'])
  })

  test('Skip and a comment stand below the thumbs as before', async () => {
    const { ben } = journey
    await dataset(
      'commented',
      2,
      'questions: { why: { type: text, title: Why?, required: false } }',
    )
    await ben.joins('commented')
    expect(ben.newest()).toMatch(/\[Good\] \[Bad\]\n.*\[Skip\]/)
    await ben.presses('Skip')
    await ben.presses('Good')
    expect(await labels('commented')).toEqual(['up'])
  })
})

describe('twice: the same thumb', () => {
  test('a double click is one answer and one next card', async () => {
    const { ana, clock, quiet } = journey
    await dataset('double', 3)
    await ana.joins('double')
    clock.advance(5)
    const both = await Promise.all([ana.hands.press('Good'), ana.hands.press('Good')])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    expect(await labels('double')).toEqual(['up'])
    expect(ana.newest()).toContain('[Good] [Bad]')
  })

  test('a double click on both thumbs counts the first', async () => {
    const { ben, clock, quiet } = journey
    await dataset('torn', 3)
    await ben.joins('torn')
    clock.advance(5)
    await Promise.all([ben.hands.press('Bad'), ben.hands.press('Good')])
    await quiet()
    expect(await labels('torn')).toHaveLength(1)
  })

  test('after a restart the card on the screen still answers', async () => {
    const { ana, slack } = journey
    await dataset('restarted', 2)
    await ana.joins('restarted')
    const second = await journey.startService()
    slack.deliverTo(second.address)
    await ana.presses('Good')
    await second.parley.platforms.get('slack')?.settled?.()
    expect(await labels('restarted')).toEqual(['up'])
    await ana.presses('Bad')
    expect((await labels('restarted')).toSorted()).toEqual(['down', 'up'])
  })
})

/**
 * Somebody of another company in a shared channel: their submissions name their own workspace as
 * `team`, and the app's in the view (slackapi/bolt-js#1614, slackapi/bolt-python#767).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Journey, openJourney } from '../support/journey.ts'

describe.each(['http', 'socket', 'oauth'] as const)('happy: Slack Connect over %s', (mode) => {
  let journey: Journey

  beforeAll(async () => {
    journey = await openJourney({ mode, worker: false })
  })
  afterAll(() => journey.close())

  test('the answer of a person of another workspace is kept, and they agree once', async () => {
    journey.slack.person('Eve', { of: 'other-company' })
    const eve = journey.person('Eve')
    await journey.dataset('name: shared\ntemplate: evaluation\ntitle: Rate it', [
      { id: 'x1', prompt: 'Why?', outputs: ['because'] },
      { id: 'x2', prompt: 'How?', outputs: ['so'] },
    ])
    await eve.joins('shared')
    await eve.presses('Answer in full').catch(() => eve.presses('Answer'))
    await eve.chooses('How good is it?', '4')
    await eve.hands.submit()
    await journey.quiet()
    const people = await journey.parley.db.selectFrom('identities').selectAll().execute()
    expect(people.map(({ workspace }) => workspace)).toEqual([journey.slack.teamId])
    const lines = await journey.raw('shared')
    expect(lines.map(({ status }) => status)).toEqual(['submitted'])
    await eve.closes()
    expect(journey.slack.faults.seen).toEqual([])
  })
})

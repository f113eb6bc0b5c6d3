/** Ana answers in Slack, undoes and edits; a program hears of it afterwards, from the worker itself. */
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { createEndpoint } from '../../src/webhooks/create.ts'
import { sweepEvents } from '../../src/webhooks/make-events.ts'
import { admin, type Journey, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'
import { openReceiver } from '../webhooks/receiver.ts'

const receiver = await openReceiver()
const test = slackTest({ env: { PARLEY_FETCH_ALLOW: receiver.host } })
afterAll(() => receiver.close())
beforeAll(() => receiver.received.splice(0))

/** The minutes pass in which the worker looks; resolves when the program has heard so much. */
async function heard(journey: Journey, count: number): Promise<void> {
  for (let looks = 0; receiver.received.length < count && looks < 400; looks++) {
    if (looks % 20 === 0) await sweepEvents(journey.parley)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('happy: what a program hears of a card', () => {
  test('the answer that stands once it cannot be undone, and the edit after it', async ({
    journey,
  }) => {
    const { ana, parley, clock } = journey
    const made = await createEndpoint(parley, admin, { url: receiver.url })
    receiver.know(made.secret)
    await journey.dataset(
      'name: heard\ntemplate: comparison\ntitle: Which is better?\ndistribution: { min_submitted: 1 }',
      [{ id: 'p1', prompt: 'Why is the sky blue?', outputs: ['Scattering.', 'The sea.'] }],
    )
    await ana.joins('heard')
    await ana.presses('A is better')
    await ana.receives('Saved: A > B')
    clock.advance(300)
    await ana.presses('Undo')
    clock.advance(1_200)
    await sweepEvents(parley)
    expect(receiver.received).toEqual([])
    await ana.presses('B is better')
    await ana.receives('Saved: B > A')
    clock.advance(661)
    await heard(journey, 2)
    const first = receiver.received.map(({ type, data }) => [type, data['sequence']])
    expect(first.sort()).toEqual([
      ['record.completed', 1],
      ['response.submitted', 1],
    ])
    const [line] = newestOf(await journey.raw('heard'))
    expect(receiver.ofType('record.completed')[0]?.data).toMatchObject({
      record: { external_id: 'p1', status: 'completed' },
      responses: [{ labeler: line?.labeler, values: line?.values }],
    })
    await ana.presses('Edit', { in: 'Saved: B > A' })
    await ana.chooses('Rank the answers, best first', 'A is better')
    await ana.submits()
    clock.advance(661)
    await heard(journey, 4)
    const [, edited] = receiver.ofType('response.submitted')
    const [newest] = newestOf(await journey.raw('heard'))
    expect(edited?.data).toMatchObject({ sequence: 2, response: { values: newest?.values } })
    expect(receiver.unverified).toEqual([])
    expect(receiver.received.map(({ body }) => body).join()).not.toMatch(/U[A-Z0-9]{8,}/)
  })
})

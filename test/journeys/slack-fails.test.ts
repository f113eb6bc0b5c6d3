/** When Slack itself stumbles: it is slow, says "too many", loses an answer or half of an upload. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney()
  await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
})
afterAll(() => journey.close())

const pairs = Array.from({ length: 4 }, (_, i) => ({
  id: `p${i}`,
  prompt: `Prompt ${i}?`,
  outputs: [`left ${i}`, `right ${i}`],
}))

describe('refused by Slack, and told', () => {
  test('“too many requests” for a card: Ana is told to try again while Slack’s wait lasts', async () => {
    const { ana, slack } = journey
    await ana.joins('pairs')
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 30 })
    for (const again of [1, 2]) {
      await ana.types('/parley next pairs')
      expect(ana.newest(), `time ${again}`).toContain('Try again in a moment')
    }
    const posts = slack.wire.filter(
      ({ path, status }) => /postMessage/.test(path) && status === 429,
    )
    expect(posts).toHaveLength(1)
  })

  test('“too many requests” for a moment: Ben’s card comes by itself when the moment is over', async () => {
    const { slack } = journey
    const { ben } = journey
    await ben.joins('pairs')
    const prompt = /^Prompt \d\?/m.exec(ben.newest())?.[0]
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 1 })
    await ben.types('/parley next pairs')
    expect(ben.newest()).toContain(prompt)
    expect(ben.newest()).not.toContain('Try again')
  })

  test('a card that was posted although the connection broke: no second record is taken', async () => {
    const { ben, slack } = journey
    await ben.joins('pairs')
    const prompt = /^Prompt \d\?/m.exec(ben.newest())?.[0]
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    await ben.types('/parley next pairs')
    await ben.types('/parley next pairs')
    const shown = ben.messages().flatMap((text) => /^Prompt \d\?/m.exec(text) ?? [])
    expect(new Set(shown)).toEqual(new Set([prompt]))
    await ben.presses('A is better', { in: prompt ?? '' })
    expect((await journey.raw('pairs')).filter(({ counted }) => counted)).toHaveLength(1)
  })

  test('a window Slack would not open: Dee reads to press again, and her second press opens it', async () => {
    const { dee, slack } = journey
    await journey.dataset('name: write\ntemplate: completion\ntitle: Write', [
      { id: 'w', prompt: 'Write?' },
    ])
    await dee.joins('write')
    slack.faults.next('views.open', { error: 'expired_trigger_id' })
    await dee.presses('Answer')
    await dee.receives('Press the button again')
    await dee.presses('Answer', { in: 'Write?' })
    expect(dee.modal()?.text).toContain('Write?')
    await dee.closes()
  })

  test('an upload that fails on the way is sent again; every file arrives, and none twice', async () => {
    const { cleo, parley, slack } = journey
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    slack.faults.next('files.completeUploadExternal', { error: 'internal_error' })
    await cleo.types('/parley-admin export pairs raw')
    for (let left = 300; left > 0 && cleo.files().length < 2; left--)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(
      cleo
        .files()
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['pairs-raw.jsonl', 'pairs-raw.jsonl.manifest.json'])
    await cleo.receives('“pairs” as raw:')
  })
})

/** Whoever skips for another reason than those of the list says which, on both platforms. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { type Journey, newestOf, openJourney } from '../support/journey.ts'

const pairs = Array.from({ length: 4 }, (_, i) => ({
  id: `r${i + 1}`,
  prompt: `Prompt ${i + 1}`,
  outputs: [`left ${i + 1}`, `right ${i + 1}`],
}))
const own = 'Both answers quote <a paper> & nobody here has read it'

describe('on Slack', () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await openJourney()
    await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
  })
  afterAll(async () => {
    const { seen } = journey.slack.faults
    await journey.close()
    expect(seen).toEqual([])
  })

  test('happy: Ana writes why, her words are her receipt and stand in the export', async () => {
    const { ana } = journey
    await ana.joins('pairs')
    await ana.chooses('Skip, because…', 'Another reason…')
    expect(ana.modal()?.text).toContain('Skip this task')
    await ana.writes('Why can’t you answer it?', own)
    await ana.submits()
    expect(ana.modal()).toBeNull()
    await ana.receives('Skipped: “Both answers quote <a paper> & nobody here has read it”')
    const [line] = newestOf(await journey.raw('pairs'))
    expect(line).toMatchObject({ status: 'discarded', reason: `other: ${own}` })
    await ana.types('/parley history')
    expect(ana.screen()).toContain('nobody here has read it')
  })

  test('forbidden: a reason of blanks is asked for again, and closing the window skips nothing', async () => {
    const { ben } = journey
    await ben.joins('pairs')
    const before = await journey.raw('pairs')
    await ben.chooses('Skip, because…', 'Another reason…')
    await ben.writes('Why can’t you answer it?', '   ')
    await ben.submits()
    expect(ben.modal()?.text).toContain('Skip this task')
    await ben.closes()
    expect(await journey.raw('pairs')).toEqual(before)
    await ben.presses('A is better')
    await ben.receives('Saved: A > B')
  })

  test('happy: inside the window of a form the next task takes its place', async () => {
    const { dee } = journey
    await journey.dataset('name: write\ntemplate: completion\ntitle: Write', [
      { id: 'w1', prompt: 'First thing?' },
      { id: 'w2', prompt: 'Second thing?' },
    ])
    await dee.joins('write')
    await dee.presses('Answer')
    await dee.chooses('Skip, because…', 'Another reason…')
    await dee.writes('Why can’t you answer it?', 'I wrote this prompt')
    await dee.submits()
    expect(dee.modal()?.text).toContain('Skipped: “I wrote this prompt”')
    await dee.writes('Your answer', 'Something.')
    await dee.submits()
    const raw = newestOf(await journey.raw('write'))
    expect(raw.map(({ status, reason }) => [status, reason]).sort()).toEqual([
      ['discarded', 'other: I wrote this prompt'],
      ['submitted', null],
    ])
  })
})

describe('on Discord', () => {
  let journey: DiscordJourney
  beforeAll(async () => {
    journey = await openDiscordJourney()
    await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
  })
  afterAll(async () => {
    const { seen } = journey.discord.faults
    await journey.close()
    expect(seen).toEqual([])
  })

  test('happy: Ana writes why, and the next task comes', async () => {
    const { ana } = journey
    await ana.joins('pairs')
    await ana.chooses('Skip, because…', 'Skip: Another reason…')
    expect(ana.modal()?.title).toBe('Skip this task')
    expect(await journey.raw('pairs')).toEqual([])
    await ana.writes('Why can’t you answer it?', own)
    await ana.submits()
    expect(ana.screen()).toContain('nobody here has read it')
    const [line] = newestOf(await journey.raw('pairs'))
    expect(line).toMatchObject({ status: 'discarded', reason: `other: ${own}` })
  })
})

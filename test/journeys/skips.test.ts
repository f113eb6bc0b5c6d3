/** Whoever skips for another reason than those of the list says which, on both platforms. */
import { describe, expect } from 'vitest'
import { newestOf } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const pairs = Array.from({ length: 4 }, (_, i) => ({
  id: `r${i + 1}`,
  prompt: `Prompt ${i + 1}`,
  outputs: [`left ${i + 1}`, `right ${i + 1}`],
}))
const own = 'Both answers quote <a paper> & nobody here has read it'

const onSlack = slackTest({}, async (journey) => {
  await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
})
const onDiscord = discordTest({}, async (journey) => {
  await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
})

describe('on Slack', () => {
  const test = onSlack

  test('happy: Ana writes why, her words are her receipt and stand in the export', async ({
    journey,
  }) => {
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

  test('forbidden: a reason of blanks is asked for again, and closing the window skips nothing', async ({
    journey,
  }) => {
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

  test('happy: inside the window of a form the next task takes its place', async ({ journey }) => {
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
  const test = onDiscord

  test('happy: Ana writes why, and the next task comes', async ({ journey }) => {
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

/** Duplicate work, as other tools' users reported it: more answers than asked, or the same record twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Journey, openJourney } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney()
})
afterAll(() => journey.close())

describe('happy: a shared queue', () => {
  test('nobody gets a record twice, and no record more answers than it wants', async () => {
    const { ana, ben, dee } = journey
    const records = ['one', 'two'].map((prompt) => ({ id: prompt, prompt, outputs: ['x'] }))
    await journey.dataset(
      'name: shared\ntemplate: thumbs\ntitle: Good?\ndistribution: { min_submitted: 2 }',
      records,
    )
    await ana.joins('shared')
    await ana.presses('Good')
    await ana.presses('Bad')
    await ana.types('/parley next shared')
    expect(ana.newest()).toContain('All done here')
    await ben.joins('shared')
    await ben.presses('Good')
    await ben.presses('Good')
    await dee.joins('shared')
    expect(dee.newest()).toContain('All done here')
    const lines = await journey.raw('shared')
    expect(lines).toHaveLength(4)
    expect(lines.every((line) => line.counted)).toBe(true)
  })

  test("a place its holder forgot is the next person's; the late answer is kept and does not count", async () => {
    const { ana, ben } = journey
    await journey.dataset('name: forgotten\ntemplate: thumbs\ntitle: Good?', [
      { id: 'a', prompt: 'one', outputs: ['x'] },
    ])
    await ben.joins('forgotten')
    journey.clock.advance(3600 * 30)
    await ana.joins('forgotten')
    await ana.presses('Good')
    await ben.presses('Bad')
    const counted = (await journey.raw('forgotten')).map((line) => line.counted).sort()
    expect(counted).toEqual([false, true])
  })
})

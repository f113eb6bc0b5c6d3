/** Ana labels pairs, some of which come back the other way round, and notices nothing. */
import { describe, expect } from 'vitest'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest({}, async (journey) => {
  await journey.dataset(
    [
      'name: pairs',
      'template: comparison',
      'title: Which is better?',
      'order: fixed',
      'distribution: { min_submitted: 1 }',
      'checks: { repeats: { share: 0.5, after: 2 } }',
    ].join('\n'),
    Array.from({ length: 14 }, (_, n) => ({
      id: `p${n + 1}`,
      prompt: `Prompt ${n + 1}?`,
      outputs: [`left of ${n + 1}`, `right of ${n + 1}`],
    })),
  )
})

/** What a card says beyond its texts and its count. */
const shapeOf = (card: string) =>
  card.replace(/\d+/g, 'N').replace(/(left|right) of N/g, 'an output of N')
const promptOf = (card: string) => /^Prompt (\d+)\?/m.exec(card)?.[1] ?? ''

describe('happy: repeats in a session', () => {
  test('a card that comes back looks like any other, counts as work, and can be undone', async ({
    journey,
  }) => {
    const { ana } = journey
    await ana.joins('pairs')
    const cards = [ana.newest()]
    let undone = false
    while (/\[A is better\]/.test(ana.newest())) {
      const seen = cards.map(promptOf)
      const again = seen.indexOf(promptOf(ana.newest())) < seen.length - 1
      await ana.presses('A is better')
      if (again && !undone && /\[A is better\]/.test(ana.newest())) {
        undone = true
        await ana.presses('Undo')
        expect(promptOf(ana.newest())).toBe(seen.at(-1))
        await ana.presses('A is better')
      }
      cards.push(ana.newest())
    }
    expect(undone).toBe(true)
    const dealt = cards.filter((card) => /\[A is better\]/.test(card))
    const prompts = dealt.map(promptOf)
    expect(new Set(prompts).size).toBe(14)
    expect(prompts.length).toBeGreaterThan(16)
    // After the first one, which nothing stands above.
    expect(new Set(dealt.slice(1).map(shapeOf)).size).toBe(1)
  })

  test('in raw they are flagged, and she who always takes A has contradicted herself', async ({
    journey,
  }) => {
    const lines = await journey.raw('pairs')
    const again = lines.filter((line) => 'repeat' in line && line.repeat === 1)
    expect(again.length).toBeGreaterThan(2)
    for (const line of again.filter(({ status }) => status === 'submitted')) {
      expect(line).toMatchObject({ counted: false, flags: ['repeat'] })
      const first = lines.find(
        (one) =>
          one.record.external_id === line.record.external_id && 'repeat' in one && one.repeat === 0,
      )
      expect(line.shown.order).toEqual(first?.shown.order.toReversed())
    }
    expect(await journey.lines('pairs', 'preference')).toHaveLength(14)
  })
})

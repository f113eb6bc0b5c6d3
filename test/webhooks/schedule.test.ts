/** When a failed attempt is made again, and what Retry-After may say. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { holdAfter, nextWait, readRetryAfter, waits } from '../../src/webhooks/schedule.ts'

const hour = 3_600_000

describe('happy: the schedule', () => {
  test('all waits together are about a day, each longer than or like the one before', () => {
    const all = waits.reduce((sum, wait) => sum + wait, 0)
    expect(all).toBeGreaterThan(23 * hour)
    expect(all).toBeLessThan(25 * hour)
    expect([...waits].sort((a, b) => a - b)).toEqual(waits)
    expect(nextWait(waits.length, null, 0.5)).toBe(8 * hour)
    expect(nextWait(waits.length + 1, null, 0.5)).toBeNull()
  })

  test('a wait is spread by a fifth, is never shorter than what was asked, and never over a day for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: waits.length }),
        fc.option(fc.integer({ min: 0, max: 100 * hour })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (tries, asked, chance) => {
          const wait = nextWait(tries, asked, chance) ?? 0
          const plain = waits[tries - 1] ?? 0
          const least = Math.min(asked ?? 0, 24 * hour)
          expect(wait).toBeGreaterThanOrEqual(Math.floor(Math.max(plain * 0.8, least)))
          expect(wait).toBeLessThanOrEqual(Math.ceil(Math.max(plain * 1.2, least)))
        },
      ),
    )
  })

  test('an endpoint that keeps failing is left alone for a while, longer each time up to five minutes', () => {
    expect([1, 4, 5, 6, 10, 11, 1_000].map((failures) => holdAfter(failures, null))).toEqual([
      ...[0, 0, 5_000, 10_000, 160_000, 300_000, 300_000],
    ])
    expect(holdAfter(1, 60_000)).toBe(60_000)
  })

  test.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Tue, 01 Dec 2026 10:00:30 GMT', 30_000],
    ['Tue, 01 Dec 2026 09:00:00 GMT', 0],
    ['soon', null],
    ['-5', null],
    [null, null],
  ])('Retry-After: %s', (text, wait) => {
    expect(readRetryAfter(text, new Date('2026-12-01T10:00:00Z'))).toBe(wait)
  })
})

/** The forecast against simulated arrivals: how often the true end lies in its interval. */
import { describe, expect, test } from 'vitest'
import { forecast } from '../../src/quality/measures/forecast.ts'
import { randomOf } from '../support/random.ts'
import { known } from './near.ts'

/** How many answers come on a day, given how many on average. */
type Habit = (mean: number, day: number, random: () => number) => number

const poisson: Habit = (mean, _, random) => {
  const limit = Math.exp(-mean)
  let count = -1
  for (let product = 1; product > limit; product *= random()) count += 1
  return count
}
/** A rate of each day's own: the sum of so many exponentials. */
const bursts: Habit = (mean, day, random) => {
  const shape = 2
  let rate = 0
  for (let one = 0; one < shape; one += 1) rate -= Math.log(1 - random()) / shape
  return poisson(mean * rate, day, random)
}
const office: Habit = (mean, day, random) =>
  poisson(day % 7 < 5 ? (mean * 7) / 5.5 : (mean * 7) / 22, day, random)

/** The share of campaigns whose end lies in the interval, and on which side the others are. */
function coverage(habit: Habit, { past, mean, needed }: Campaign) {
  const random = randomOf(past * 1000 + mean)
  const sides = { in: 0, early: 0, late: 0 }
  const sets = 600
  for (let set = 0; set < sets; set += 1) {
    const counts = Array.from({ length: past }, (_, day) => habit(mean, set + day, random))
    const found = forecast(counts, needed)
    if (found.value === null) continue
    let days = 0
    for (let left = needed; left > 0; days += 1) {
      const today = habit(mean, set + past + days, random)
      // Within its last day, answers come evenly.
      if (today >= left) days += left / today - 1
      left -= today
    }
    const { low, high } = found.value
    if (days < low) sides.early += 1
    else if (high !== null && days > high) sides.late += 1
    else sides.in += 1
  }
  return { in: sides.in / sets, early: sides.early / sets, late: sides.late / sets }
}
type Campaign = { past: number; mean: number; needed: number }

describe('happy: when work is finished', () => {
  test.each<[string, Habit, Campaign]>([
    ['steady, two weeks', poisson, { past: 14, mean: 40, needed: 600 }],
    ['steady, five days', poisson, { past: 5, mean: 40, needed: 600 }],
    ['bursts, two weeks', bursts, { past: 14, mean: 40, needed: 1000 }],
    ['bursts, a week', bursts, { past: 7, mean: 40, needed: 1000 }],
    ['bursts, nearly done', bursts, { past: 14, mean: 40, needed: 90 }],
    ['office days', office, { past: 14, mean: 40, needed: 1000 }],
    ['few a day', bursts, { past: 14, mean: 5, needed: 60 }],
  ])('%s: four of five campaigns end in the interval', (_, habit, campaign) => {
    const found = coverage(habit, campaign)
    expect(found.in, JSON.stringify(found)).toBeGreaterThan(0.74)
    expect(Math.max(found.early, found.late), JSON.stringify(found)).toBeLessThan(0.17)
  })

  test('the middle is what is left at the mean pace, and the pace is told', () => {
    const { days, low, high, perDay } = known(forecast(Array(14).fill(20), 200))
    expect(perDay).toBe(20)
    expect(days).toBeGreaterThan(9.8)
    expect(days).toBeLessThan(10.3)
    expect(low).toBeLessThan(days)
    expect(high).toBeGreaterThan(days)
  })

  test('nothing left is finished now, whatever the pace', () => {
    expect(known(forecast([], 0))).toEqual({ days: 0, low: 0, high: 0, perDay: 0 })
  })

  test('days that set no limit say so', () => {
    const { high } = known(forecast([0, 0, 0, 0, 0, 1, 1, 100], 4000))
    expect(high).toBeNull()
  })
})

describe('refused: nonsense', () => {
  test.each([
    ['no days', [], 10],
    ['four days', [9, 9, 9, 9], 10],
    ['few answers', [1, 1, 1, 1, 1, 1], 10],
    ['one burst', [0, 0, 0, 0, 500, 0, 0], 10],
    ['a century', Array(14).fill(2), 1e9],
  ] as const)('%s', (_, counts, needed) => {
    const found = forecast(counts, needed)
    expect(found.value).toBeNull()
  })
})

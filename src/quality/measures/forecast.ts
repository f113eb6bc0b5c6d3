/**
 * When work is finished if people go on as they did: answers a day are Poisson with a rate that varies by
 * day (Gamma-Poisson), the coming days vary like the past ones, and a mean of few days is itself unsure.
 * A. Gelman et al., "Bayesian Data Analysis", 3rd ed., 2.6; M. Greenwood and G. Yule, JRSS 83, 1920.
 */
import { type Measured, measured, unmeasured } from './measured.ts'
import { upperGamma } from './tails.ts'

/** Days from now; `high` is null where the days seen set no limit. The interval holds 80%. */
export type Forecast = { days: number; low: number; high: number | null; perDay: number }

/** Fewer days, or fewer answers in them, predict nothing. */
export const leastDays = 5
const leastAnswers = 20
/** Later than this is no forecast. */
const mostDays = 3650

/**
 * @param counts Answers of past days of 24 hours, each complete, in any order.
 * @param needed How many more there have to be.
 */
export function forecast(counts: readonly number[], needed: number): Measured<Forecast> {
  const days = counts.length
  const sum = counts.reduce((total, count) => total + count, 0)
  const perDay = days === 0 ? 0 : sum / days
  if (needed <= 0) return measured({ days: 0, low: 0, high: 0, perDay })
  if (days < leastDays || sum < leastAnswers || counts.filter((count) => count > 0).length < 3)
    return unmeasured('Not enough days with answers yet.')
  const squares = counts.reduce((total, count) => total + (count - perDay) ** 2, 0)
  // Days vary at least as chance alone makes them. What few days show of their spread is too little, as
  // for Student's t.
  const spread = Math.max(squares / (days - 1), perDay) * ((days - 1) / (days - 3))
  const chanceWithin = (length: number) => {
    const variance = length * spread + (length ** 2 * spread) / days
    const mean = length * perDay
    return upperGamma(mean ** 2 / variance, (needed * mean) / variance)
  }
  const middle = firstDay(chanceWithin, 0.5)
  if (middle === null) return unmeasured('At this pace it takes more than ten years.')
  return measured({
    days: middle,
    low: firstDay(chanceWithin, 0.1) ?? middle,
    high: firstDay(chanceWithin, 0.9),
    perDay,
  })
}

/** From when on the chance is at least this; null where it is not within the time that counts. */
function firstDay(chanceWithin: (length: number) => number, chance: number): number | null {
  if (chanceWithin(mostDays) < chance) return null
  let [low, high] = [0, mostDays]
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2
    if (chanceWithin(middle) < chance) low = middle
    else high = middle
  }
  return high
}

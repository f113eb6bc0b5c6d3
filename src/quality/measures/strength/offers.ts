/**
 * What each model of strength offers to choose from: one of two, one of two or a tie, and the rows of
 * choices that a ranking is. Costs of a ranking grow with the square of its length.
 * R. Bradley and M. Terry, 1952; R. Davidson, 1970; R. Plackett, 1975.
 */
import type { Offers, Point } from './logit.ts'

/** Two parameters and how often they were offered together. */
export type Pairing = { a: number; b: number; times: number }

export function offerPairs(pairs: readonly Pairing[]): Offers {
  return (parameters, into) => {
    const size = parameters.length
    for (const { a, b, times } of pairs) {
      const [first, second] = [parameters[a] ?? 0, parameters[b] ?? 0]
      const most = Math.max(first, second)
      const rest = Math.exp(Math.min(first, second) - most)
      into.logLikelihood -= times * (most + Math.log1p(rest))
      const share = (first >= second ? 1 : rest) / (1 + rest)
      const spread = (times * rest) / (1 + rest) ** 2
      lower(into.slope, a, times * share)
      lower(into.slope, b, times * (1 - share))
      addCell(into, size, a, a, spread)
      addCell(into, size, b, b, spread)
      addCell(into, size, a, b, -spread)
    }
  }
}

/** With a tie as an outcome of its own, whose odds are parameter `tie` and half of each. */
export function offerPairsOrTies(pairs: readonly Pairing[], tie: number): Offers {
  return (parameters, into) => {
    const size = parameters.length
    const odds = parameters[tie] ?? 0
    for (const { a, b, times } of pairs) {
      const [first, second] = [parameters[a] ?? 0, parameters[b] ?? 0]
      const third = (first + second) / 2 + odds
      const most = Math.max(first, second, third)
      const [p, q, r] = [Math.exp(first - most), Math.exp(second - most), Math.exp(third - most)]
      const total = p + q + r
      into.logLikelihood -= times * (most + Math.log(total))
      const shares = [p / total, q / total, r / total] as const
      // Mean amounts of a, b and the tie; a tie is half of each.
      const means = [shares[0] + shares[2] / 2, shares[1] + shares[2] / 2, shares[2]] as const
      lower(into.slope, a, times * means[0])
      lower(into.slope, b, times * means[1])
      lower(into.slope, tie, times * means[2])
      const half = shares[2] / 2
      addCell(into, size, a, a, times * (shares[0] + half / 2 - means[0] ** 2))
      addCell(into, size, b, b, times * (shares[1] + half / 2 - means[1] ** 2))
      addCell(into, size, a, b, times * (half / 2 - means[0] * means[1]))
      addCell(into, size, a, tie, times * (half - means[0] * means[2]))
      addCell(into, size, b, tie, times * (half - means[1] * means[2]))
      addCell(into, size, tie, tie, times * (shares[2] - means[2] ** 2))
    }
  }
}

/** A row of choices: `tiers` best first, of which the last is only ever left over if `openEnd`. */
export type Row = { tiers: readonly (readonly number[])[]; times: number; openEnd: boolean }

/** Ties of more than this are approximated: their subsets are too many. */
const EXACT_TIES = 6

/**
 * A tie stands for all orders of the tied, each counting its share; of a large tier, all of it is
 * offered at the share that is left (B. Efron, JASA 72, 1977).
 */
export function offerRankings(rows: readonly Row[]): Offers {
  const longest = rows.reduce((most, { tiers }) => Math.max(most, tiers.length), 0)
  const [totals, crosses] = [new Float64Array(longest), new Float64Array(longest)]
  const orders = rows.map(({ tiers }) =>
    tiers.every(({ length }) => length === 1)
      ? Int32Array.from(tiers, ([only]) => only ?? 0)
      : null,
  )
  return (parameters, into) => {
    // Odds are taken against the greatest, so that none overflows.
    let most = Number.NEGATIVE_INFINITY
    for (const value of parameters) most = Math.max(most, value)
    const odds = parameters.map((value) => Math.exp(value - most))
    for (const [index, row] of rows.entries()) {
      if (row.times === 0) continue
      const order = orders[index]
      if (order) takeOrder(order, row.times, { odds, most, totals, crosses }, into)
      else takeRow(row, odds, most, into)
    }
  }
}

/** How often a tier's choices of one ranking happen. */
export function choicesIn({ tiers, openEnd }: Row, index: number): number {
  const isLast = index === tiers.length - 1
  const length = tiers[index]?.length ?? 0
  if (!isLast) return length
  // The last one left is no choice.
  return openEnd ? 0 : length - 1
}

/**
 * An output after a tier was offered beside all of it: only sums over earlier tiers are kept, so each
 * pair of places is visited once.
 */
function takeRow(row: Row, odds: Float64Array, most: number, into: Point): void {
  const size = odds.length
  const rests = restsOf(row.tiers, odds)
  // Over the choices so far: sums of 1 / total and of its square.
  let [inverse, squared] = [0, 0]
  const before = { places: [] as number[], crosses: [] as number[] }
  for (const [index, tier] of row.tiers.entries()) {
    const choices = choicesIn(row, index)
    const sums = sumTier(tier, choices, odds, rests[index] ?? 0)
    into.logLikelihood -= row.times * (sums.logs + choices * most)
    for (const [at, place] of tier.entries()) {
      const own = odds[place] ?? 0
      const expected = own * (inverse + (sums.first[at] ?? 0))
      lower(into.slope, place, row.times * expected)
      addCell(into, size, place, place, row.times * expected)
      for (let met = 0; met < before.places.length; met += 1) {
        const other = before.places[met] ?? 0
        const amount = own * (odds[other] ?? 0) * (before.crosses[met] ?? 0)
        addCell(into, size, place, other, -row.times * amount)
      }
      for (let beside = 0; beside <= at; beside += 1) {
        const other = tier[beside] ?? 0
        const both = squared + (sums.second[at * tier.length + beside] ?? 0)
        addCell(into, size, place, other, -row.times * own * (odds[other] ?? 0) * both)
      }
    }
    for (const [at, place] of tier.entries()) {
      before.places.push(place)
      before.crosses.push(squared + (sums.cross[at] ?? 0))
    }
    inverse += sums.inverse
    squared += sums.squared
  }
}

type Scratch = { odds: Float64Array; most: number; totals: Float64Array; crosses: Float64Array }

/** The same for a ranking without ties, in plain loops: of 50 outputs it has 1,225 pairs. */
function takeOrder(order: Int32Array, times: number, scratch: Scratch, into: Point): void {
  const { odds, most, totals, crosses } = scratch
  const { slope, information } = into
  const size = odds.length
  const length = order.length
  let rest = 0
  for (let at = length - 1; at >= 0; at -= 1) {
    rest += odds[order[at] ?? 0] ?? 0
    totals[at] = rest
  }
  let [inverse, squared, logs] = [0, 0, 0]
  for (let at = 0; at < length; at += 1) {
    const place = order[at] ?? 0
    const own = odds[place] ?? 0
    if (at < length - 1) {
      const total = totals[at] ?? 1
      logs += Math.log(total) + most
      inverse += 1 / total
      squared += 1 / (total * total)
    }
    slope[place] = (slope[place] ?? 0) - times * own * inverse
    const scale = times * own
    for (let met = 0; met < at; met += 1) {
      const other = order[met] ?? 0
      const cell = place >= other ? place * size + other : other * size + place
      information[cell] = (information[cell] ?? 0) - scale * (crosses[met] ?? 0)
    }
    const cell = place * size + place
    information[cell] = (information[cell] ?? 0) + scale * (inverse - own * squared)
    crosses[at] = own * squared
  }
  into.logLikelihood -= times * logs
}

/** The odds of everything after each tier. */
function restsOf(tiers: Row['tiers'], odds: Float64Array): number[] {
  const rests: number[] = []
  let rest = 0
  for (let index = tiers.length - 1; index >= 0; index -= 1) {
    rests[index] = rest
    for (const place of tiers[index] ?? []) rest += odds[place] ?? 0
  }
  return rests
}

/** Sums over the choices of one tier; `first`, `cross` by member, `second` by two of them. */
type TierSums = {
  logs: number
  inverse: number
  squared: number
  /** Of 1 / total where the member is still there; of its square; and where two of them are. */
  first: Float64Array
  cross: Float64Array
  second: Float64Array
}

function sumTier(
  tier: readonly number[],
  choices: number,
  odds: Float64Array,
  rest: number,
): TierSums {
  const length = tier.length
  const sums: TierSums = {
    ...{ logs: 0, inverse: 0, squared: 0 },
    first: new Float64Array(length),
    cross: new Float64Array(length),
    second: new Float64Array(length * length),
  }
  if (length > EXACT_TIES) sumLargeTier(sums, tier, choices, odds, rest)
  else
    for (let taken = 0; taken < choices; taken += 1) {
      const sets = subsets(length, length - taken)
      for (const set of sets) {
        let total = rest
        for (const at of set) total += odds[tier[at] ?? 0] ?? 0
        addSet(sums, set, total, 1 / sets.length)
      }
    }
  return sums
}

function addSet(sums: TierSums, set: readonly number[], total: number, share: number): void {
  const [one, two] = [share / total, share / total ** 2]
  sums.logs += share * Math.log(total)
  sums.inverse += one
  sums.squared += two
  const length = sums.first.length
  for (const at of set) {
    sums.first[at] = (sums.first[at] ?? 0) + one
    sums.cross[at] = (sums.cross[at] ?? 0) + two
    for (const other of set) {
      const cell = at * length + other
      sums.second[cell] = (sums.second[cell] ?? 0) + two
    }
  }
}

function sumLargeTier(
  sums: TierSums,
  tier: readonly number[],
  choices: number,
  odds: Float64Array,
  rest: number,
): void {
  const all = tier.reduce((sum, place) => sum + (odds[place] ?? 0), 0)
  let [first, cross, second] = [0, 0, 0]
  for (let taken = 0; taken < choices; taken += 1) {
    const left = (tier.length - taken) / tier.length
    const total = rest + left * all
    sums.logs += Math.log(total)
    sums.inverse += 1 / total
    sums.squared += 1 / total ** 2
    first += left / total
    cross += left / total ** 2
    second += left ** 2 / total ** 2
  }
  sums.first.fill(first)
  sums.cross.fill(cross)
  sums.second.fill(second)
}

/** All combinations of this many of the first `length` whole numbers. */
function subsets(length: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]]
  const found: number[][] = []
  for (let first = from; first <= length - size; first += 1)
    for (const rest of subsets(length, size - 1, first + 1)) found.push([first, ...rest])
  return found
}

function lower(slope: Float64Array, at: number, amount: number): void {
  slope[at] = (slope[at] ?? 0) - amount
}

/** Only the lower triangle is kept. */
function addCell(into: Point, size: number, p: number, q: number, amount: number): void {
  const cell = p >= q ? p * size + q : q * size + p
  into.information[cell] = (into.information[cell] ?? 0) + amount
}

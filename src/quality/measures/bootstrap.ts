/**
 * Intervals by resampling records, in the same single pass that counts them. Every record gets a
 * Poisson(1) weight per resample, so nothing is stored but one sum per term and resample.
 * B. Efron, "Bootstrap methods", Ann. Statist. 7, 1979; N. Chamandy et al., "Estimating uncertainty
 * for massive data streams", Google, 2012 (Poisson weights).
 */
import { type Measured, measured, unmeasured } from './measured.ts'

/** One weight per column: column 0 is the data as observed (always 1), the others are resamples. */
export type Weights = Float64Array
export type Interval = { low: number; high: number }

/** A statistic that is a function of sums over records; `read(0)` is its observed value. */
export type Running<Unit> = {
  add(unit: Unit, weights?: Weights): void
  read(resample?: number): Measured
}

/**
 * Makes the function that weighs a record. A weight depends on the seed, the record and the resample
 * only, never on the order of records. The array it returns is reused by the next call.
 */
export function startBootstrap(seed: number, resamples: number): (record: string) => Weights {
  const weights = new Float64Array(resamples + 1)
  const start = mix(seed | 0)
  return (record) => {
    const key = hash(record, start)
    weights[0] = 1
    for (let column = 1; column <= resamples; column += 2) {
      const bits = mix(key + Math.imul(column, 0x9e3779b9))
      weights[column] = POISSON[bits & 0xffff] ?? 0
      // Past the end of the array an odd last write is dropped.
      weights[column + 1] = POISSON[bits >>> 16] ?? 0
    }
    return weights
  }
}

/** The middle 95% of a statistic over its resamples (percentile interval). */
export function intervalOf(
  read: (resample: number) => Measured,
  resamples: number,
  level = 0.95,
): Measured<Interval> {
  const values: number[] = []
  for (let resample = 1; resample <= resamples; resample += 1) {
    const { value } = read(resample)
    if (value !== null) values.push(value)
  }
  return percentileInterval(values, resamples, level)
}

/** The middle of a list of resampled values, if at least nine in ten resamples have one. */
export function percentileInterval(
  values: readonly number[],
  resamples: number,
  level = 0.95,
): Measured<Interval> {
  if (resamples === 0) return unmeasured('No resamples were asked for.')
  if (values.length < 0.9 * resamples) {
    return unmeasured('Too few records for an interval: in many resamples nothing can be computed.')
  }
  const sorted = values.toSorted((a, b) => a - b)
  return measured({
    low: quantile(sorted, (1 - level) / 2),
    high: quantile(sorted, (1 + level) / 2),
  })
}

/** Sums of named terms, one row a term, one cell a column of the weights. */
export type Tally = { columns: number; rows: Float64Array[] }

export function startTally(resamples: number): Tally {
  return { columns: resamples + 1, rows: [] }
}

/** Weights for data that is counted once and not resampled. */
export const ONCE: Weights = Float64Array.of(1)

export function addTo(tally: Tally, row: number, amount: number, weights: Weights): void {
  while (tally.rows.length <= row) tally.rows.push(new Float64Array(tally.columns))
  const cells = tally.rows[row]
  if (cells === undefined) return
  const columns = Math.min(cells.length, weights.length)
  for (let column = 0; column < columns; column += 1) {
    cells[column] = (cells[column] ?? 0) + amount * (weights[column] ?? 0)
  }
}

export function sumOf(tally: Tally, row: number, column: number): number {
  return tally.rows[row]?.[column] ?? 0
}

/** Linear interpolation between order statistics (R's type 7). */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)] ?? 0
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

/** FNV-1a over UTF-16 units, then mixed. */
function hash(text: string, start: number): number {
  let state = start ^ 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  }
  return mix(state)
}

/** The finalizer of MurmurHash3 (A. Appleby, public domain). */
function mix(bits: number): number {
  let state = bits
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35)
  return state ^ (state >>> 16)
}

/** Maps 16 random bits to a Poisson(1) draw. */
const POISSON = poissonTable()

function poissonTable(): Uint8Array {
  const table = new Uint8Array(0x10000)
  let probability = Math.exp(-1)
  let cumulative = probability
  let draw = 0
  for (let bits = 0; bits < table.length; bits += 1) {
    while ((bits + 0.5) / table.length > cumulative && draw < 9) {
      draw += 1
      probability /= draw
      cumulative += probability
    }
    table[bits] = draw
  }
  return table
}

/**
 * The classical measures beside those shown by default, for people who report them: Cohen's kappa by
 * pairs of labelers, Fleiss' kappa, ICC, Kendall's tau-b and W. Each is defined for some answers only
 * and reports for how many, or why there is none. Memory grows with different answers and bounded pairs.
 */
import type { Key } from '../measures/agreement/agreement.ts'
import { type Answered, cohenKappa, weightedKappa } from '../measures/agreement/cohen.ts'
import { fleissKappa } from '../measures/agreement/fleiss.ts'
import { intraclassCorrelation } from '../measures/agreement/icc.ts'
import { kendallTau } from '../measures/agreement/kendall-tau.ts'
import { kendallW } from '../measures/agreement/kendall-w.ts'
import { type Measured, measured, unmeasured } from '../measures/measured.ts'
import { tidy, toEstimate } from './stats-read.ts'
import type { Estimate, Measures } from './stats-result.ts'

/** How the answers to a question are read: by thing, as categories and, where they are any, numbers. */
export type Comparable = {
  kappa: 'nominal' | 'squared' | 'pairs'
  judgements(text: string): readonly (readonly [thing: string, value: Key])[]
  /** Ratings or ranks by thing; null where answers have no order. */
  numbers: ((text: string) => readonly (readonly [thing: string, value: number])[]) | null
}

export type RunningMeasures = {
  /** All answers to one record. */
  add(answers: readonly { labeler: string; text: string }[]): void
  read(nameOf: (labeler: string) => string): Omit<Measures, 'consistency'>
}

export function startMeasures(comparable: Comparable): RunningMeasures {
  const pairs = startPairs()
  const fleiss = startFleiss()
  const icc = startIcc()
  const orders = startOrders()
  return {
    add(answers) {
      if (answers.length < 2) return
      const given = answers.map(({ labeler, text }) => ({
        labeler,
        judged: new Map(comparable.judgements(text)),
        ordered: new Map(comparable.numbers?.(text) ?? []),
      }))
      given.sort((a, b) => (a.labeler < b.labeler ? -1 : 1))
      for (const [i, one] of given.entries())
        for (const other of given.slice(i + 1)) pairs.add(one, other)
      for (const thing of new Set(given.flatMap(({ judged }) => [...judged.keys()]))) {
        fleiss.add(given.flatMap(({ judged }) => judged.get(thing) ?? []))
        if (comparable.kappa === 'squared')
          icc.add(
            given
              .filter(({ ordered }) => ordered.has(thing))
              .map(({ labeler, ordered }) => [labeler, ordered.get(thing) ?? 0]),
          )
      }
      if (comparable.numbers) orders.add(given.map(({ ordered }) => ordered))
    },
    read(nameOf) {
      const tables = pairs.read()
      const none = 'These answers have no order.'
      return {
        cohen: tables
          .map(({ labelers, table }) => ({
            labelers: labelers.map(nameOf).sort(),
            common: table.reduce((sum, [, , times = 1]) => sum + times, 0),
            kappa: toEstimate(kappaOf(comparable.kappa, table)),
          }))
          .sort((a, b) => b.common - a.common || (`${a.labelers}` < `${b.labelers}` ? -1 : 1)),
        cohen_complete: pairs.isComplete(),
        fleiss: fleiss.read(),
        icc:
          comparable.kappa === 'squared'
            ? icc.read()
            : { value: null, reason: 'Only ratings have an intraclass correlation.' },
        tau_b: comparable.numbers ? orders.tau(tables) : { value: null, reason: none },
        w: comparable.numbers ? orders.w() : { value: null, reason: none },
      }
    },
  }
}

type Given = { labeler: string; judged: ReadonlyMap<string, Key> }
type Table = Answered<Key>[]

/** At most this many pairs of labelers are kept, chosen by a hash of their names. */
const MOST_PAIRS = 2000

function startPairs() {
  const tables = new Map<
    string,
    { mixed: number; labelers: [string, string]; cells: Map<string, [Key, Key, number]> }
  >()
  let limit = Number.POSITIVE_INFINITY
  const tableOf = (a: string, b: string) => {
    const key = `${a} ${b}`
    const found = tables.get(key)
    if (found !== undefined) return found
    // Which pairs are kept does not depend on their order: a pair over the limit never returns.
    const mixed = mix(key)
    if (mixed >= limit) return null
    const table = {
      mixed,
      labelers: [a, b] as [string, string],
      cells: new Map<string, [Key, Key, number]>(),
    }
    tables.set(key, table)
    if (tables.size <= MOST_PAIRS) return table
    const [last, dropped] = [...tables].reduce((most, one) =>
      one[1].mixed > most[1].mixed ? one : most,
    )
    limit = dropped.mixed
    tables.delete(last)
    return last === key ? null : table
  }
  return {
    add(one: Given, other: Given) {
      if (one.labeler === other.labeler) return
      const table = tableOf(one.labeler, other.labeler)
      if (table === null) return
      for (const [thing, a] of one.judged) {
        const b = other.judged.get(thing)
        if (b === undefined) continue
        const key = JSON.stringify([a, b])
        const cell = table.cells.get(key) ?? [a, b, 0]
        table.cells.set(key, cell)
        cell[2] += 1
      }
    },
    isComplete: () => limit === Number.POSITIVE_INFINITY,
    read: () =>
      [...tables.values()]
        .filter(({ cells }) => cells.size > 0)
        .map(({ labelers, cells }) => ({ labelers, table: [...cells.values()] })),
  }
}

function kappaOf(kind: Comparable['kappa'], table: Table): Measured {
  switch (kind) {
    case 'nominal':
      return cohenKappa(table)
    case 'squared':
      return weightedKappa(
        table.map(([a, b, times = 1]) => [Number(a), Number(b), times]),
        'squared',
      )
    case 'pairs':
      return kappaOfSigns(table)
  }
}

/** Chance as in `pairwise-kappa.ts`: the order within a pair means nothing. */
function kappaOfSigns(table: Table): Measured {
  let [same, ties, all] = [0, 0, 0]
  for (const [a, b, times = 1] of table) {
    all += times
    if (a === b) same += times
    ties += (times * (Number(a === 0) + Number(b === 0))) / 2
  }
  const tied = ties / all
  if (tied === 1) return unmeasured('Every pair was judged a tie.')
  const chance = tied ** 2 + (1 - tied) ** 2 / 2
  return measured((same / all - chance) / (1 - chance))
}

/** More different rows than this are not kept. */
const MOST_ROWS = 4096

/** Counts equal rows together, by the key that rows of one table share. */
function startRows() {
  const tables = new Map<string, Map<string, { row: number[]; times: number }>>()
  let size = 0
  return {
    add(table: string, row: number[]) {
      const rows = tables.get(table) ?? new Map<string, { row: number[]; times: number }>()
      const key = row.join()
      const found = rows.get(key)
      if (found === undefined && size >= MOST_ROWS) return
      tables.set(table, rows)
      if (found === undefined) size += 1
      rows.set(key, { row, times: (found?.times ?? 0) + 1 })
    },
    /** The table with the most things; of equal ones, the first by name. */
    largest() {
      const all = [...tables].map(([name, rows]) => {
        const list = [...rows.values()]
        return { name, rows: list, things: list.reduce((sum, { times }) => sum + times, 0) }
      })
      all.sort((a, b) => b.things - a.things || (a.name < b.name ? -1 : 1))
      return all[0] ?? null
    },
  }
}

/** Fleiss' kappa of the things with the commonest number of answers. */
function startFleiss() {
  const places = new Map<Key, number>()
  const rows = startRows()
  return {
    add(values: readonly Key[]) {
      if (values.length < 2) return
      const row: number[] = []
      for (const value of values) {
        const place = places.get(value) ?? places.size
        if (place >= MOST_ROWS) return
        places.set(value, place)
        row[place] = (row[place] ?? 0) + 1
      }
      rows.add(
        `${values.length}`,
        Array.from(row, (count) => count ?? 0),
      )
    },
    read(): Measures['fleiss'] {
      const found = rows.largest()
      if (found === null)
        return { value: null, reason: 'Not enough overlap: nothing has two answers yet.' }
      const kappa = fleissKappa(
        found.rows.map(({ row }) => row),
        found.rows.map(({ times }) => times),
      )
      return { ...toEstimate(kappa), answers: Number(found.name), things: found.things }
    },
  }
}

/** ICC of the things rated by the same labelers, for the set of labelers that shares the most. */
function startIcc() {
  const rows = startRows()
  return {
    add(rated: readonly (readonly [string, number])[]) {
      if (rated.length < 2) return
      rows.add(
        rated.map(([labeler]) => labeler).join(),
        rated.map(([, rating]) => rating),
      )
    },
    read(): Measures['icc'] {
      const found = rows.largest()
      if (found === null)
        return { value: null, reason: 'Two labelers must have rated the same two things.' }
      const icc = intraclassCorrelation(
        found.rows.map(({ row }) => row),
        found.rows.map(({ times }) => times),
      )
      if (icc.value === null) return icc
      const labelers = found.name.split(',').length
      const { single, average } = icc.value
      return { single: tidy(single), average: tidy(average), labelers, things: found.things }
    },
  }
}

/** Mean tau-b of two orders of the same record, and mean W of all that are complete. */
function startOrders() {
  const tau = { sum: 0, count: 0 }
  const w = { sum: 0, count: 0 }
  const addTo = (sums: { sum: number; count: number }, value: number) => {
    sums.sum += value
    sums.count += 1
  }
  return {
    add(orders: readonly ReadonlyMap<string, number>[]) {
      for (const [i, one] of orders.entries())
        for (const other of orders.slice(i + 1)) {
          const both = [...one].flatMap(([thing, a]) => {
            const b = other.get(thing)
            return b === undefined ? [] : [[a, b] as const]
          })
          const found = both.length < 2 ? null : kendallTau(both).value
          if (found) addTo(tau, found.tau)
        }
      const things = [...(orders[0]?.keys() ?? [])]
      const isComplete = orders.every(
        (order) => order.size === things.length && things.every((thing) => order.has(thing)),
      )
      if (things.length < 2 || !isComplete) return
      const found = kendallW(orders.map((order) => things.map((thing) => order.get(thing) ?? 0)))
      if (found.value) addTo(w, found.value.w)
    },
    /** Ratings about records have one thing per record: then over the records two labelers share. */
    tau(tables: readonly { table: Table }[]): Estimate & { pairs?: number } {
      if (tau.count === 0)
        for (const { table } of tables) {
          const rated = table.map(([a, b, times = 1]) => [Number(a), Number(b), times] as const)
          const found = tauOfTable(rated)
          if (found !== null) addTo(tau, found)
        }
      if (tau.count === 0)
        return { value: null, reason: 'No two labelers have put the same two things in order.' }
      return { value: tidy(tau.sum / tau.count), pairs: tau.count }
    },
    w(): Estimate & { records?: number } {
      if (w.count === 0)
        return { value: null, reason: 'No two labelers have put all of the same things in order.' }
      return { value: tidy(w.sum / w.count), records: w.count }
    },
  }
}

/** tau-b from counts of pairs of ratings; `kendall-tau.ts` computes it from the pairs. */
function tauOfTable(cells: readonly (readonly [number, number, number])[]): number | null {
  let [balance, inX, inY] = [0, 0, 0]
  for (const [at, [x, y, times]] of cells.entries())
    for (const [otherX, otherY, others] of cells.slice(at + 1)) {
      const [a, b] = [Math.sign(x - otherX), Math.sign(y - otherY)]
      balance += times * others * a * b
      inX += times * others * Math.abs(a)
      inY += times * others * Math.abs(b)
    }
  return inX === 0 || inY === 0 ? null : balance / Math.sqrt(inX * inY)
}

/** FNV-1a: a number that does not reveal the name. */
function mix(text: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return state >>> 0
}

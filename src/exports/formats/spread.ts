/**
 * Sets rows of one prompt apart. KTO measures its reference with the completion of a neighbouring row
 * (TRL's KTOTrainer reads in file order), which must be an answer to something else. It looks at a
 * window of rows only, so memory is flat and rows go out as they come in.
 */
import type { Row } from './format.ts'

/** How many rows separate two rows of one prompt, if there are enough others: more than a batch. */
const apart = 128
/** Of a window: as many rows, or as much text. */
const most = { rows: 4096, characters: 16_000_000 }

export type Spread = {
  /** Takes a row with the key of its prompt, and returns the rows to write now. */
  add(row: Row, key: string, characters: number): Row[]
  end(): Row[]
  /** How often a row follows another row of the same prompt. */
  neighbors(): number
}

type Waiting = { row: Row; characters: number }

export function openSpread(): Spread {
  const window = openWindow()
  return {
    add(row, key, characters) {
      put(window, key, { row, characters })
      const out: Row[] = []
      while (window.rows > most.rows || window.characters > most.characters) {
        const next = take(window)
        if (next === null) break
        out.push(next)
      }
      return out
    },
    end() {
      const out: Row[] = []
      for (let next = take(window); next !== null; next = take(window)) out.push(next)
      return out
    },
    neighbors: () => window.neighbors,
  }
}

/** The rows that wait. */
function openWindow() {
  return {
    /** Rows by prompt; one that has just stood stays for a while, even if none of its rows waits. */
    waiting: new Map<string, Waiting[]>(),
    /** Prompts that have not stood, in the order in which they came. */
    fresh: new Set<string>(),
    /** Prompts that have, in the order in which they did, and the place from which on they may again. */
    cooling: new Map<string, number>(),
    /** Those of them with rows that wait. */
    standing: new Set<string>(),
    rows: 0,
    characters: 0,
    /** How many rows have gone out. */
    place: 0,
    neighbors: 0,
    last: null as string | null,
    /** No prompt has more rows than this waiting. */
    bound: 0,
    heaviest: null as string | null,
  }
}
type Window = ReturnType<typeof openWindow>

function put(window: Window, key: string, one: Waiting): void {
  const own = window.waiting.get(key)
  if (own) {
    own.push(one)
    if (!window.fresh.has(key)) window.standing.add(key)
  } else {
    window.waiting.set(key, [one])
    window.fresh.add(key)
  }
  window.rows += 1
  window.characters += one.characters
  window.bound = Math.max(window.bound, sizeOf(window, key))
}

function take(window: Window): Row | null {
  const { waiting, fresh, cooling, standing, place } = window
  const key = choose(window)
  const next = key === null ? undefined : waiting.get(key)?.shift()
  if (key === null || !next) return null
  fresh.delete(key)
  cooling.delete(key)
  standing.delete(key)
  if (sizeOf(window, key) > 0) standing.add(key)
  cooling.set(key, place + apart)
  if (key === window.last) window.neighbors += 1
  window.rows -= 1
  window.characters -= next.characters
  window.place += 1
  window.last = key
  forget(window)
  return next.row
}

/** Whose row comes next: that of a prompt with half of all that waits, else of who waited longest. */
function choose(window: Window): string | null {
  const { standing, cooling, fresh, place, last } = window
  const heavy = half(window)
  if (heavy !== null && heavy !== last) return heavy
  const rested = firstOf(standing)
  if (rested !== null && (cooling.get(rested) ?? 0) <= place) return rested
  return firstOf(fresh) ?? rested
}

/** The prompt with at least half of all waiting rows, or null: its rows must go first. */
function half(window: Window): string | null {
  if (window.bound * 2 < window.rows) return null
  if (sizeOf(window, window.heaviest) * 2 <= window.rows) {
    window.heaviest = null
    for (const key of window.waiting.keys())
      if (sizeOf(window, key) > sizeOf(window, window.heaviest)) window.heaviest = key
    window.bound = sizeOf(window, window.heaviest)
  }
  return sizeOf(window, window.heaviest) * 2 >= window.rows ? window.heaviest : null
}

/** Prompts without rows that have expired count as new when they appear again. */
function forget(window: Window): void {
  for (const [key, from] of window.cooling) {
    if (from > window.place || sizeOf(window, key) > 0) return
    window.cooling.delete(key)
    window.waiting.delete(key)
  }
}

function sizeOf({ waiting }: Window, key: string | null): number {
  return key === null ? 0 : (waiting.get(key)?.length ?? 0)
}

function firstOf(keys: ReadonlySet<string>): string | null {
  for (const key of keys) return key
  return null
}

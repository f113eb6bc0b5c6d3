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
  /** Rows by prompt; one that has just stood stays for a while, even if none of its rows waits. */
  const waiting = new Map<string, Waiting[]>()
  /** Prompts that have not stood, in the order in which they came. */
  const fresh = new Set<string>()
  /** Prompts that have, in the order in which they did, and the place from which on they may again. */
  const cooling = new Map<string, number>()
  /** Those of them with rows that wait. */
  const standing = new Set<string>()
  let [rows, characters, place, neighbors] = [0, 0, 0, 0]
  let last: string | null = null
  /** No prompt has more rows than this waiting. */
  let bound = 0
  let heaviest: string | null = null

  const sizeOf = (key: string | null) => (key === null ? 0 : (waiting.get(key)?.length ?? 0))
  /** The prompt with at least half of all waiting rows, or null: its rows must go first. */
  const half = (): string | null => {
    if (bound * 2 < rows) return null
    if (sizeOf(heaviest) * 2 <= rows) {
      heaviest = null
      for (const key of waiting.keys()) if (sizeOf(key) > sizeOf(heaviest)) heaviest = key
      bound = sizeOf(heaviest)
    }
    return sizeOf(heaviest) * 2 >= rows ? heaviest : null
  }
  /** Prompts without rows that have expired count as new when they appear again. */
  const forget = () => {
    for (const [key, from] of cooling) {
      if (from > place || sizeOf(key) > 0) return
      cooling.delete(key)
      waiting.delete(key)
    }
  }
  /** Whose row comes next: that of a prompt with half of all that waits, else of who waited longest. */
  const choose = (): string | null => {
    const heavy = half()
    if (heavy !== null && heavy !== last) return heavy
    const rested = firstOf(standing)
    if (rested !== null && (cooling.get(rested) ?? 0) <= place) return rested
    return firstOf(fresh) ?? rested
  }
  const take = (): Row | null => {
    const key = choose()
    const next = key === null ? undefined : waiting.get(key)?.shift()
    if (key === null || !next) return null
    fresh.delete(key)
    cooling.delete(key)
    standing.delete(key)
    if (sizeOf(key) > 0) standing.add(key)
    cooling.set(key, place + apart)
    if (key === last) neighbors += 1
    rows -= 1
    characters -= next.characters
    place += 1
    last = key
    forget()
    return next.row
  }
  return {
    add(row, key, size) {
      const own = waiting.get(key)
      if (own) {
        own.push({ row, characters: size })
        if (!fresh.has(key)) standing.add(key)
      } else {
        waiting.set(key, [{ row, characters: size }])
        fresh.add(key)
      }
      rows += 1
      characters += size
      bound = Math.max(bound, sizeOf(key))
      const out: Row[] = []
      while (rows > most.rows || characters > most.characters) {
        const next = take()
        if (next === null) break
        out.push(next)
      }
      return out
    },
    end() {
      const out: Row[] = []
      for (let next = take(); next !== null; next = take()) out.push(next)
      return out
    },
    neighbors: () => neighbors,
  }
}

function firstOf(keys: ReadonlySet<string>): string | null {
  for (const key of keys) return key
  return null
}

/** Keeps what happened lately for some seconds, so that many who look cost one reading. */
import type { Parley } from '../../parley.ts'
import { type Recent, recentWork } from './recent.ts'

export type KeptRecent = { asOf: Date; by: ReadonlyMap<string, Recent> }

/** Read again only after this, and so many times what reading took. */
const leastMs = 15_000
const share = 30

const readers = new WeakMap<Parley, () => Promise<KeptRecent>>()

/** That of all datasets, for every page and picture of one Parley. */
export function recentOf(parley: Parley): Promise<KeptRecent> {
  const read = readers.get(parley) ?? keepRecent(parley)
  readers.set(parley, read)
  return read()
}

function keepRecent(parley: Parley): () => Promise<KeptRecent> {
  let kept: { found: KeptRecent; tookMs: number } | null = null
  let running: Promise<KeptRecent> | null = null
  const read = async () => {
    const began = performance.now()
    const asOf = parley.now()
    const found = { asOf, by: await recentWork(parley) }
    kept = { found, tookMs: performance.now() - began }
    return found
  }
  return () => {
    const age = kept ? parley.now().getTime() - kept.found.asOf.getTime() : -1
    if (kept && age >= 0 && age < Math.max(leastMs, share * kept.tookMs))
      return Promise.resolve(kept.found)
    running ??= read().finally(() => {
      running = null
    })
    return running
  }
}

/**
 * Gathers single items into batches, so that many callers share one round trip. The next batch fills while
 * one is being written, for at least `gatherMs` if nothing is urgent.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** Each call resolves with the result for its own item. If a batch fails, all its calls reject. */
export function inBatches<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  { most, gatherMs = 0 }: { most: number; gatherMs?: number },
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve(result: Result): void; reject(error: unknown): void }
  let waiting: Waiting[] = []
  let isWriting = false
  const drain = async () => {
    if (isWriting) return
    isWriting = true
    // Calls made in the same tick join this batch.
    await Promise.resolve()
    while (waiting.length > 0) {
      if (gatherMs > 0 && waiting.length < most) await sleep(gatherMs)
      const batch = waiting.slice(0, most)
      waiting = waiting.slice(most)
      try {
        const results = await write(batch.map(({ item }) => item))
        for (const [n, { resolve }] of batch.entries()) resolve(results[n] as Result)
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    isWriting = false
  }
  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      void drain()
    })
}

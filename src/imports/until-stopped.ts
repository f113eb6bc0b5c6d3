/** Reads a source of rows until it ends, somebody stops it, or it turns out to be cut off. */
import { ParleyError } from '../errors.ts'

type Told = {
  stopped: boolean
  /** Why the file could not be read to its end. */
  broken?: ParleyError
}

/**
 * Reads until it is stopped, and then no longer waits for a source that has nothing to give yet. A file
 * that turns out to be cut off ends there: everything before counts, and `report` says so.
 * @throws ParleyError `invalid` for a file of which nothing can be read.
 */
export async function* untilStopped<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  report: Told,
): AsyncGenerator<Item> {
  let some = false
  try {
    for await (const item of stoppable(items, signal, report)) {
      some = true
      yield item
    }
  } catch (error) {
    if (!some || !(error instanceof ParleyError) || error.code !== 'invalid') throw error
    report.broken = error
  }
}

async function* stoppable<Item>(
  items: AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  report: Told,
): AsyncGenerator<Item> {
  if (!signal) return yield* items
  let end = (): void => undefined
  const onStop = () => end()
  signal.addEventListener('abort', onStop)
  const reader = items[Symbol.asyncIterator]()
  // One promise a step: racing a lasting one would keep every item for as long as it lasts.
  const step = () =>
    new Promise<IteratorResult<Item>>((resolve, reject) => {
      end = () => resolve({ done: true, value: undefined })
      reader.next().then(resolve, reject)
    })
  try {
    while (!signal.aborted) {
      const item = await step()
      if (item.done) break
      yield item.value
    }
  } finally {
    signal.removeEventListener('abort', onStop)
    report.stopped = signal.aborted
    const returned = reader.return?.().catch(() => undefined)
    // A reader that waits for its source does not answer; it goes when the source is closed.
    if (!signal.aborted) await returned
  }
}

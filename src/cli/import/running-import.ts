/** What every import in the terminal has: a progress bar, and a way to stop that keeps what was written. */
import { openRecordCounts, type RecordCounts } from '../../imports/answers/write-answers.ts'
import type { Parley } from '../../parley.ts'
import { type Doors, withParley } from '../command.ts'
import { type Meter, openMeter } from '../meter.ts'
import { stoppable } from '../stop.ts'
import { type OnBytes, sizeOf } from './source.ts'

export type Running = {
  meter: Meter
  /** Passed to every verb that imports. */
  heeding: {
    signal: AbortSignal
    records: RecordCounts
    onProgress: (soFar: { lines: number; refused: number }) => void
  }
  /** Tells the progress bar how large the next files are. */
  reading(files: readonly string[]): Promise<OnBytes>
}

export function importing(
  doors: Doors,
  work: (parley: Parley, running: Running) => Promise<number>,
): Promise<number> {
  const meter = openMeter('import')
  let size: number | null = 0
  let read = 0
  // A pipe without a writer would keep the process alive.
  const closePipe = () => void process.stdin.destroy()
  return stoppable(
    async (signal) => {
      signal.addEventListener('abort', closePipe)
      return withParley(doors, async (parley) => {
        signal.throwIfAborted()
        return work(parley, {
          meter,
          heeding: {
            signal,
            records: openRecordCounts(),
            onProgress: ({ lines, refused }) =>
              meter.show(
                size ? Math.min(1, read / size) : null,
                `${lines} read${refused > 0 ? `, ${refused} refused` : ''}`,
              ),
          },
          reading: async (files) => {
            const more = await sizeOf(files)
            size = size === null || more === null ? null : size + more
            return (bytes) => {
              read += bytes
            }
          },
        })
      }).finally(() => meter.end())
    },
    () => 'Stopped. Nothing was imported.',
  )
}

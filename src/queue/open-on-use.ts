/** A queue that opens when it is first used: most commands of the terminal ring nothing, and load no BullMQ. */
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics/names.ts'
import type { Engine } from './engine.ts'
import type { Queue } from './queue.ts'

/** `open` opens it now, for processes that serve: their first ring is then as quick as the others. */
export type LateQueue = Omit<Queue, 'startWorker'> & {
  open(): Promise<Queue>
}

export function openQueueOnUse(engine: Engine, log: Log, metrics?: Metrics): LateQueue {
  let opened: Promise<Queue> | undefined
  let isClosed = false
  const open = () => {
    opened ??= import('./queue.ts')
      .then(({ openQueue }) => openQueue(engine, log, metrics))
      .catch((error: unknown) => {
        opened = undefined
        throw error
      })
    return opened
  }
  return {
    engine: engine.type,
    open,
    ring: async (name, payload, options) => {
      if (isClosed) return false
      try {
        return await (await open()).ring(name, payload, options)
      } catch (err) {
        // Its tables could not be made: the sweep of a process that works finds the row.
        log.warn({ event: 'queue.not_opened', err }, 'The queue could not be opened.')
        return false
      }
    },
    counts: async () => (await open()).counts(),
    depth: async () => (await open()).depth(),
    health: async () => (await open()).health(),
    close: async () => {
      isClosed = true
      const queue = await opened?.catch(() => undefined)
      await queue?.close()
    },
  }
}

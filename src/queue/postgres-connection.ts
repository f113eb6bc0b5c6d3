/**
 * BullMQ's backend on Postgres, with a connection that retries. BullMQ's own checks once whether the
 * tables exist and caches the result, even a failure: if no connection was available at that moment, every
 * ring would fail for the life of the process, and a worker would loop so tightly that no timer of the
 * process fires again, not even the one that ends it.
 */
import { PostgresConnection, PostgresQueueBackend } from 'bullmq'

type Options = ConstructorParameters<typeof PostgresQueueBackend>[2]

/** Replaces BullMQ's `createPostgresBackend`; a worker's LISTEN connection has the queue's name. */
export function createPatientBackend(
  name: string,
  options: Options,
  { withBlockingConnection = false }: { withBlockingConnection?: boolean } = {},
): PostgresQueueBackend {
  const connection = new PatientConnection(options.connection)
  const listenName = withBlockingConnection ? name : undefined
  return new PostgresQueueBackend(connection, name, options, true, listenName)
}

class PatientConnection extends PostgresConnection {
  #asked: Promise<void> | undefined

  override waitUntilReady(): Promise<void> {
    this.#asked ??= super.waitUntilReady().catch(async (error: unknown) => {
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
      // BullMQ's own cache too.
      Object.assign(this, { readyPromise: undefined })
      this.#asked = undefined
      throw error
    })
    return this.#asked
  }
}

/** The pause after a failure: BullMQ's workers try again at once. */
const askAgainMs = 250

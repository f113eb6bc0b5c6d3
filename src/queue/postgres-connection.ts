/**
 * BullMQ's backend on Postgres, with a connection that asks again. BullMQ's own asks once whether the
 * tables are there and keeps the answer, a failure too: where no connection could be had at that moment,
 * every ring would fail for as long as the process lives, and a worker would turn in a circle so tight
 * that no timer of the process ever fires again, not even the one that ends it.
 */
import { PostgresConnection, PostgresQueueBackend } from 'bullmq'

type Options = ConstructorParameters<typeof PostgresQueueBackend>[2]

/** Stands in for BullMQ's `createPostgresBackend`; a worker's LISTEN connection bears the queue's name. */
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
      // BullMQ's own memory of it as well.
      Object.assign(this, { readyPromise: undefined })
      this.#asked = undefined
      throw error
    })
    return this.#asked
  }
}

/** The pause after a failure: BullMQ's workers try again at once. */
const askAgainMs = 250

/** The server a gesture was made in: channel and role names are looked up there. */
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string | null>()

export function inServer<Result>(guild: string | null, work: () => Result): Result {
  return storage.run(guild, work)
}

/** Null in a direct message and at the terminal. */
export function currentServer(): string | null {
  return storage.getStore() ?? null
}

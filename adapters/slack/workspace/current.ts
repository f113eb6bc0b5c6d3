/**
 * The workspace that the current work is for: the one Parley is installed in, which is not always the
 * person's own. Set once where a gesture or a message comes in; every call it leads to finds its token
 * and its lane by it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string>()

export function inWorkspace<Result>(workspace: string, work: () => Result): Result {
  return storage.run(workspace, work)
}

/** Runs a generator in a workspace, what it does between two items included. */
export async function* eachInWorkspace<Item>(
  workspace: string,
  items: AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  try {
    for (;;) {
      const item = await inWorkspace(workspace, () => items.next())
      if (item.done) return
      yield item.value
    }
  } finally {
    await items.return(undefined)
  }
}

/** @throws when none is set: a call without a workspace could go out with another one's token. */
export function currentWorkspace(): string {
  const workspace = storage.getStore()
  if (workspace === undefined) throw new Error('It is not known which workspace this is for.')
  return workspace
}

/** The same, or null when none is set. */
export function knownWorkspace(): string | null {
  return storage.getStore() ?? null
}

/**
 * In which workspace something is going on. Set once where a gesture or a message comes in; whatever
 * it leads to finds its token and its lane by it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string>()

export function inWorkspace<Result>(workspace: string, work: () => Result): Result {
  return storage.run(workspace, work)
}

/** @throws when nothing set it: a call without a workspace could go out with another one's token. */
export function here(): string {
  const workspace = storage.getStore()
  if (workspace === undefined) throw new Error('It is not known which workspace this is for.')
  return workspace
}

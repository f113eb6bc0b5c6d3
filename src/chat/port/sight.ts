/**
 * Whether a gesture is here for the first time, where what it leads to says so itself: an answer marks
 * its own id in the statement that writes it. Whatever else comes of the gesture marks it first.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export type Sight = {
  /** Nothing has marked it so far, nor is about to. */
  isOpen(): boolean
  /** It was found out that the gesture was here before. */
  isRepeated(): boolean
  /** True for the first; marks it unless that is done. */
  mark(): Promise<boolean>
  /**
   * Hands the id to a statement that marks it in passing, and says what came of that: `null` where the
   * statement did nothing, so that the sight is open again, `false` where the id was there.
   */
  markBy<Result>(
    statement: (id: string) => Promise<{ isFirst: boolean | null; result: Result }>,
  ): Promise<Result>
}

export function openSight(id: string, firstSight: (id: string) => Promise<boolean>): Sight {
  let outcome: Promise<boolean> | null = null
  let isRepeated = false
  const take = (told: Promise<boolean | null>): Promise<boolean> => {
    const taken = told.then((isFirst) => isFirst !== false)
    const reopen = () => {
      if (outcome === taken) outcome = null
    }
    outcome = taken
    // The caller gets the error; without other callers it must not count as unhandled.
    taken.catch(() => {})
    told.then((isFirst) => {
      if (isFirst === false) isRepeated = true
      if (isFirst === null) reopen()
    }, reopen)
    return taken
  }
  return {
    isOpen: () => outcome === null,
    isRepeated: () => isRepeated,
    mark: () => outcome ?? take(firstSight(id)),
    markBy: async (statement) => {
      const done = statement(id)
      const taken = take(done.then(({ isFirst }) => isFirst))
      const { result } = await done
      await taken
      return result
    },
  }
}

/** Thrown where a gesture turns out to have come before: nothing was done, and nothing is to be said. */
export const repeated = new Error('The same gesture came before.')

const storage = new AsyncLocalStorage<Sight>()

/** Whatever `work` leads to belongs to this gesture. */
export function inSight<Result>(sight: Sight, work: () => Result): Result {
  return storage.run(sight, work)
}

/** That of the gesture that is being handled; undefined where its adapter has marked it. */
export function sightNow(): Sight | undefined {
  return storage.getStore()
}

/** Before anything is done that does not mark the gesture itself. @throws `repeated` */
export async function requireFirst(): Promise<void> {
  const sight = sightNow()
  if (sight && !(await sight.mark())) throw repeated
}

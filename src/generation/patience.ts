/**
 * Retries a request while that may help: after the time the server names, otherwise after a wait that
 * doubles. All of a model's requests wait together, so that an overloaded server can recover.
 */
import type { Model } from '../model.ts'
import { type Failure, failureOf } from './failure.ts'

export type Tried<Result> =
  | { type: 'answered'; result: Result; requests: number }
  | { type: 'failed'; failure: Failure; requests: number }

export type Patience = {
  /** @throws the signal's reason once it is aborted. */
  try<Result>(
    ask: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
  ): Promise<Tried<Result>>
}

/** `tries`: attempts at one request in all. `waitMs`: the wait before the second. */
export type PatienceLimits = { tries: number; waitMs: number }
export const usualPatience: PatienceLimits = { tries: 5, waitMs: 1_000 }

const longestWaitMs = 60_000

export function openPatience(
  model: Model,
  now: () => Date,
  { tries, waitMs }: PatienceLimits = usualPatience,
): Patience {
  // Real time: servers know no other.
  let resumeAt = 0
  return {
    async try(ask, signal) {
      for (let requests = 1; ; requests++) {
        await sleep(resumeAt - performance.now(), signal)
        try {
          return { type: 'answered', result: await ask(signal), requests }
        } catch (error) {
          signal.throwIfAborted()
          const failure = failureOf(error, model, now())
          if (failure.type !== 'again' || requests >= tries)
            return { type: 'failed', failure, requests }
          const wait = failure.afterMs ?? Math.min(longestWaitMs, waitMs * 2 ** (requests - 1))
          // Spread out a little, so that they do not all retry at the same moment.
          const untilMs = performance.now() + wait + Math.random() * Math.min(250, waitMs)
          if (failure.afterMs !== null) resumeAt = Math.max(resumeAt, untilMs)
          else await sleep(untilMs - performance.now(), signal)
        }
      }
    },
  }
}

/** Waits. @throws the signal's reason as soon as it is aborted. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (ms <= 0) return
  let timer: NodeJS.Timeout | undefined
  let wake = () => {}
  await new Promise<void>((resolve) => {
    wake = resolve
    timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
  signal.throwIfAborted()
}

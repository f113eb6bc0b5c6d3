/**
 * Calls that wait for a platform's rate limits. They stand in queues that take turns; those that a person
 * waits for go first. A call that would have to wait too long fails instead and says how long.
 */
import { realTime, type Time } from './time.ts'

/** A call in its queue. */
export type Waiting<Urgency extends string> = {
  urgency: Urgency
  /** Its queue: calls of one queue go one after another. */
  queue: string
  /** How long it has to wait, and whether that is longer than it can. */
  wait(): { ms: number; isHopeless: boolean }
  /** Makes the call; what it counts against is counted before this returns. */
  start(): void
  fail(error: Error): void
}

export type Turns<Urgency extends string> = {
  add(one: Waiting<Urgency>): void
  /** The same after a refusal: first in its queue. It does not start before `run`. */
  addFirst(one: Waiting<Urgency>): void
  /** Starts what may start: to be called when a limit may have room again. */
  run(): void
}

/** `urgencies` in the order they are served; `label` is the platform's name in the failure. */
export function openTurns<Urgency extends string>(
  label: string,
  urgencies: readonly Urgency[],
  time: Time = realTime,
): Turns<Urgency> {
  const queues = new Map(
    urgencies.map((urgency) => [urgency, new Map<string, Waiting<Urgency>[]>()]),
  )
  let alarm: { cancel(): void } | null = null

  const queueOf = ({ urgency, queue }: Waiting<Urgency>) => {
    const all = queues.get(urgency)
    const calls = all?.get(queue) ?? []
    all?.set(queue, calls)
    return calls
  }

  /** Starts every call that may start, and sets the alarm for the next. */
  const run = () => {
    alarm?.cancel()
    alarm = null
    let waitMs = 0
    while (waitMs === 0) {
      const waits = [...queues.values()].flatMap((all) =>
        [...all.keys()].map((queue) => serve(label, all, queue)),
      )
      waitMs = Math.min(Number.POSITIVE_INFINITY, ...waits)
    }
    if (Number.isFinite(waitMs)) alarm = time.after(Math.max(1, Math.ceil(waitMs)), run)
  }

  return {
    add: (one) => {
      queueOf(one).push(one)
      run()
    },
    addFirst: (one) => void queueOf(one).unshift(one),
    run,
  }
}

/** Serves the first call of a queue: 0 if it started or failed, else how long it has to wait. */
function serve<Urgency extends string>(
  label: string,
  all: Map<string, Waiting<Urgency>[]>,
  queue: string,
): number {
  const calls = all.get(queue) ?? []
  const [first] = calls
  if (first === undefined) {
    all.delete(queue)
    return Number.POSITIVE_INFINITY
  }
  const { ms, isHopeless } = first.wait()
  if (ms > 0 && !isHopeless) return ms
  calls.shift()
  // Back to the end: queues take turns.
  all.delete(queue)
  if (calls.length > 0) all.set(queue, calls)
  if (isHopeless) first.fail(tooBusy(label, ms))
  else first.start()
  return 0
}

/** The failure of a call that was not made: how long it would have had to wait. */
function tooBusy(label: string, ms: number): Error {
  const seconds = Math.ceil(ms / 1000)
  const retryAfterMs = seconds * 1000
  return Object.assign(new Error(`${label} asks us to wait ${seconds} seconds.`), { retryAfterMs })
}

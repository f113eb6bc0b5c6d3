/**
 * One outbound lane for each workspace, so that no workspace waits for another.
 * 1. A call waits until Slack's rate limits leave room for it (buckets.ts).
 * 2. People who wait go before background calls.
 * 3. A 429 had no effect: after Retry-After the call goes again, first in its queue. Only that queue
 *    waits, unless another channel is refused too: then the whole method does.
 * 4. A call that would have to wait too long fails instead and says how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'
import { type Buckets, type Call, openBuckets, patienceMs, type Urgency } from './buckets.ts'

export type Lane = <Result>(call: Call, work: () => Promise<Result>) => Promise<Result>

export type LaneOptions = {
  time?: Time
  /** How long Slack asks to wait before the call is retried, or null for any other failure. */
  retryAfterMs: (error: unknown) => number | null
  /** Told of each 429. */
  onRateLimited?: (() => void) | undefined
}

export type Lanes = { of(workspace: string): Lane }

export function openLanes(options: LaneOptions): Lanes {
  const time = options.time ?? realTime
  const lanes = new Map<string, Lane>()
  return {
    of(workspace) {
      const known = lanes.get(workspace)
      if (known) return known
      const lane = openLane(time, options)
      lanes.set(workspace, lane)
      return lane
    },
  }
}

const mostTries = 5

type Entry = {
  call: Call
  tries: number
  start(): void
  fail(error: unknown): void
}

/** Calls that wait, by method and channel. */
type Queues = Map<string, Entry[]>

function openLane(time: Time, { retryAfterMs, onRateLimited }: LaneOptions): Lane {
  const buckets = openBuckets(time)
  const queues: Record<Urgency, Queues> = { interactive: new Map(), background: new Map() }
  let alarm: { cancel(): void } | null = null

  /** Starts every call that may start, and sets the alarm for the next. */
  function startCalls() {
    alarm?.cancel()
    alarm = null
    let waitMs = 0
    while (waitMs === 0) {
      const waits = (['interactive', 'background'] as const).flatMap((urgency) =>
        [...queues[urgency].keys()].map((key) => serveQueue(queues[urgency], key, buckets)),
      )
      waitMs = Math.min(Number.POSITIVE_INFINITY, ...waits)
    }
    if (Number.isFinite(waitMs)) alarm = time.after(Math.max(1, Math.ceil(waitMs)), startCalls)
  }

  return (call, work) =>
    new Promise((resolve, reject) => {
      const queue = () => queueOf(queues[call.urgency], call)
      const entry: Entry = {
        call,
        tries: 0,
        fail: reject,
        start: () => {
          work().then(resolve, (error: unknown) => {
            const ms = retryAfterMs(error)
            if (ms === null) return reject(error)
            onRateLimited?.()
            buckets.pause(call, ms)
            entry.tries += 1
            if (entry.tries >= mostTries || ms > patienceMs(call)) reject(error)
            else queue().unshift(entry)
            startCalls()
          })
        },
      }
      queue().push(entry)
      startCalls()
    })
}

function queueOf(queues: Queues, { method, channel }: Call): Entry[] {
  const key = `${method} ${channel ?? ''}`
  const queue = queues.get(key) ?? []
  queues.set(key, queue)
  return queue
}

/** Serves the first call of a queue: 0 if it started or failed, else how long it has to wait. */
function serveQueue(queues: Queues, key: string, buckets: Buckets): number {
  const queue = queues.get(key) ?? []
  const [first] = queue
  if (first === undefined) {
    queues.delete(key)
    return Number.POSITIVE_INFINITY
  }
  const { ms, pauseMs } = buckets.waitOf(first.call)
  const isHopeless = pauseMs > patienceMs(first.call)
  if (ms > 0 && !isHopeless) return ms
  queue.shift()
  // Back to the end: the queues of a workspace take turns.
  queues.delete(key)
  if (queue.length > 0) queues.set(key, queue)
  if (isHopeless) first.fail(tooBusy(pauseMs))
  else {
    buckets.take(first.call)
    first.start()
  }
  return 0
}

/** The failure of a call that was not made: how long it would have had to wait. */
function tooBusy(ms: number): Error {
  const seconds = Math.ceil(ms / 1000)
  const retryAfterMs = seconds * 1000
  return Object.assign(new Error(`Slack asks us to wait ${seconds} seconds.`), { retryAfterMs })
}

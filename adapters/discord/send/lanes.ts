/**
 * How fast Parley may call Discord, by the limits that Discord states with every answer.
 * 1. Each route keeps to its bucket (buckets.ts), all calls together to fifty a second
 *    (global-limit.ts).
 * 2. Calls that a person waits for go before the others.
 * 3. A 429 had no effect: the call goes again, first in its queue, once Retry-After has passed. A call
 *    that would have to wait too long fails instead, saying how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'
import { openTurns, type Turns, type Waiting } from '../../../src/chat/turns.ts'
import {
  type Buckets,
  bucketWait,
  type Counted,
  openBuckets,
  settleCall,
  takeCall,
} from './buckets.ts'
import { countCall, type GlobalLimit, globalWait, openGlobalLimit } from './global-limit.ts'
import { readRefusal } from './rate-limit-headers.ts'

/** `waiting`: a person pressed something and is watching the screen. */
export type Urgency = 'waiting' | 'background'

export type Call = Counted & {
  urgency: Urgency
  /** Not counted among the fifty a second. */
  exempt?: boolean
}

/** Call `leaving` right before the request: work before it does not count as one. */
export type Lane = (
  call: Call,
  work: (leaving: () => void) => Promise<Response>,
) => Promise<Response>

const mostTries = 5
const patienceMs = { waiting: 10_000, background: 30_000 }

type Limits = {
  time: Time
  buckets: Buckets
  all: GlobalLimit
  /** Until when a channel's route waits after a 429, under whichever bucket name. */
  pauses: Map<string, number>
  turns: Turns<Urgency>
  onRateLimited: () => void
}

/** A call in its queue. */
type Entry = {
  call: Call
  work: Parameters<Lane>[1]
  tries: number
  waiting: Waiting<Urgency>
  resolve: (response: Response) => void
}

/** The lane of one token; `onRateLimited` is called for each 429. */
export function openLane(time: Time = realTime, onRateLimited: () => void = () => {}): Lane {
  const limits: Limits = {
    time,
    buckets: openBuckets(),
    all: openGlobalLimit(),
    pauses: new Map(),
    turns: openTurns<Urgency>('Discord', ['waiting', 'background'], time),
    onRateLimited,
  }
  return (call, work) =>
    new Promise((resolve, reject) => {
      const waiting: Waiting<Urgency> = {
        urgency: call.urgency,
        queue: queueOf(call),
        wait: () => {
          const ms = waitOf(limits, call)
          return { ms, isHopeless: Number.isFinite(ms) && ms > patienceMs[call.urgency] }
        },
        fail: reject,
        start: () => void start(limits, entry, reject),
      }
      const entry: Entry = { call, work, tries: 0, waiting, resolve }
      limits.turns.add(waiting)
    })
}

function queueOf({ route, major }: Call): string {
  return `${route} ${major}`
}

function waitOf({ time, buckets, all, pauses }: Limits, call: Call): number {
  const now = time.now()
  const queue = queueOf(call)
  const pausedUntil = pauses.get(queue) ?? now
  if (pausedUntil <= now) pauses.delete(queue)
  return Math.max(
    bucketWait(buckets, call, now),
    pausedUntil - now,
    call.exempt ? 0 : globalWait(all, now),
    0,
  )
}

/** Makes the call; it is counted before anything is waited for. */
async function start(
  limits: Limits,
  entry: Entry,
  reject: (error: unknown) => void,
): Promise<void> {
  const { time, buckets, all, turns } = limits
  const { call } = entry
  const taken = takeCall(buckets, call, time.now())
  const counted = countCall(all, time, call.exempt ?? false)
  try {
    const response = await entry.work(counted.leaving)
    settleCall(buckets, call, taken, response, time.now())
    if (response.status === 429) await queueAgain(limits, entry, response)
    else entry.resolve(response)
  } catch (error) {
    settleCall(buckets, call, taken, null, time.now())
    reject(error)
  } finally {
    counted.arrived()
    turns.run()
  }
}

/** After a 429: again, first in its queue, or given up with that answer. */
async function queueAgain(limits: Limits, entry: Entry, response: Response): Promise<void> {
  const { call } = entry
  limits.onRateLimited()
  const { ms, isGlobal } = await readRefusal(response.clone())
  const until = limits.time.now() + ms
  if (isGlobal) limits.all.pausedUntil = Math.max(limits.all.pausedUntil, until)
  else limits.pauses.set(queueOf(call), until)
  entry.tries += 1
  if (entry.tries >= mostTries || ms > patienceMs[call.urgency]) entry.resolve(response)
  else limits.turns.addFirst(entry.waiting)
}

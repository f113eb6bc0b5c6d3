/**
 * How fast Parley may call Discord, by the limits that Discord states with every answer.
 * 1. Each route keeps to its bucket (buckets.ts), all calls together to fifty a second
 *    (global-limit.ts).
 * 2. Calls that a person waits for go before the others.
 * 3. A 429 had no effect: the call goes again, first of its line, once Retry-After has passed. A call
 *    that would have to wait too long fails instead, saying how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'
import {
  type Buckets,
  bucketWait,
  type Counted,
  never,
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

/** A call in its line. */
type Entry = {
  call: Call
  work: Parameters<Lane>[1]
  tries: number
  resolve: (response: Response) => void
  reject: (error: unknown) => void
}

type Lines = {
  time: Time
  buckets: Buckets
  all: GlobalLimit
  /** Calls in order, by route and channel. */
  waiting: Record<Urgency, Map<string, Entry[]>>
  /** Until when a channel's route waits after a 429, under whichever bucket name. */
  pauses: Map<string, number>
  alarm: { cancel(): void } | null
  onRateLimited: () => void
}

/** The lane of one token; `onRateLimited` is told of each 429. */
export function openLane(time: Time = realTime, onRateLimited: () => void = () => {}): Lane {
  const lines: Lines = {
    time,
    buckets: openBuckets(),
    all: openGlobalLimit(),
    waiting: { waiting: new Map(), background: new Map() },
    pauses: new Map(),
    alarm: null,
    onRateLimited,
  }
  return (call, work) =>
    new Promise((resolve, reject) => {
      lineOf(lines, call).push({ call, work, tries: 0, resolve, reject })
      pump(lines)
    })
}

/** Starts all that may start, and sets the alarm for the next. */
function pump(lines: Lines): void {
  lines.alarm?.cancel()
  lines.alarm = null
  let waitMs = 0
  while (waitMs === 0) {
    const waits = (['waiting', 'background'] as const).flatMap((urgency) =>
      [...lines.waiting[urgency]].map(([key, line]) => serve(lines, urgency, key, line)),
    )
    waitMs = Math.min(never, ...waits)
  }
  if (Number.isFinite(waitMs))
    lines.alarm = lines.time.after(Math.max(1, Math.ceil(waitMs)), () => pump(lines))
}

/** Starts the first call of a line if it may go; returns 0 then, else how long it has to wait. */
function serve(lines: Lines, urgency: Urgency, key: string, line: Entry[]): number {
  const [first] = line
  if (first === undefined) {
    lines.waiting[urgency].delete(key)
    return never
  }
  const ms = waitOf(lines, first.call)
  const isHopeless = Number.isFinite(ms) && ms > patienceMs[urgency]
  if (ms > 0 && !isHopeless) return ms
  line.shift()
  // To the end: lines take turns.
  lines.waiting[urgency].delete(key)
  if (line.length > 0) lines.waiting[urgency].set(key, line)
  if (isHopeless) first.reject(tooBusy(ms))
  else void start(lines, first)
  return 0
}

function waitOf({ time, buckets, all, pauses }: Lines, call: Call): number {
  const now = time.now()
  const key = `${call.route} ${call.major}`
  const pausedUntil = pauses.get(key) ?? now
  if (pausedUntil <= now) pauses.delete(key)
  return Math.max(
    bucketWait(buckets, call, now),
    pausedUntil - now,
    call.exempt ? 0 : globalWait(all, now),
    0,
  )
}

function lineOf({ waiting }: Lines, { urgency, route, major }: Call): Entry[] {
  const key = `${route} ${major}`
  const line = waiting[urgency].get(key) ?? []
  waiting[urgency].set(key, line)
  return line
}

/** Makes the call; it is counted before anything is waited for. */
async function start(lines: Lines, entry: Entry): Promise<void> {
  const { time, buckets, all } = lines
  const { call } = entry
  const taken = takeCall(buckets, call, time.now())
  const counted = countCall(all, time, call.exempt ?? false)
  try {
    const response = await entry.work(counted.leaving)
    settleCall(buckets, call, taken, response, time.now())
    if (response.status === 429) await queueAgain(lines, entry, response)
    else entry.resolve(response)
  } catch (error) {
    settleCall(buckets, call, taken, null, time.now())
    entry.reject(error)
  } finally {
    counted.arrived()
    pump(lines)
  }
}

/** After a 429: again, first of its line, or given up with that answer. */
async function queueAgain(lines: Lines, entry: Entry, response: Response): Promise<void> {
  const { call } = entry
  lines.onRateLimited()
  const { ms, isGlobal } = await readRefusal(response.clone())
  const until = lines.time.now() + ms
  if (isGlobal) lines.all.pausedUntil = Math.max(lines.all.pausedUntil, until)
  else lines.pauses.set(`${call.route} ${call.major}`, until)
  entry.tries += 1
  if (entry.tries >= mostTries || ms > patienceMs[call.urgency]) entry.resolve(response)
  else lineOf(lines, call).unshift(entry)
}

/** The failure of a call that was not made: it would have had to wait too long. */
function tooBusy(ms: number): Error {
  const seconds = Math.ceil(ms / 1000)
  const retryAfterMs = seconds * 1000
  return Object.assign(new Error(`Discord asks us to wait ${seconds} seconds.`), { retryAfterMs })
}

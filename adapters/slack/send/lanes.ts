/**
 * One outbound lane for each workspace, so that no workspace waits for another.
 * 1. A call waits until Slack's buckets have room: one per method, one per channel for posting. Ours
 *    hold a little less than Slack's, so that 429 is an exception and not how we find out.
 * 2. Somebody who waits goes before what nobody waits for, and a part of each bucket is kept for them.
 * 3. A 429 had no effect: the call goes again, first of its line, when Retry-After has passed. That
 *    line alone waits; a second channel's 429 meanwhile means the method as a whole.
 * 4. What would have to wait too long fails instead, saying how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'

/** `waiting`: a person did something and looks at the screen. */
export type Urgency = 'waiting' | 'background'

export type Call = { method: string; channel?: string; urgency: Urgency }

export type Lane = <Result>(call: Call, work: () => Promise<Result>) => Promise<Result>

export type LaneOptions = {
  time?: Time
  /** How long Slack asks a call to wait that it refused, or null for any other failure. */
  retryAfterMs: (error: unknown) => number | null
}

export type Lanes = { of(workspace: string): Lane }

export function openLanes(options: LaneOptions): Lanes {
  const time = options.time ?? realTime
  const lanes = new Map<string, Lane>()
  return {
    of(workspace) {
      const known = lanes.get(workspace)
      if (known) return known
      const lane = openLane(time, options.retryAfterMs)
      lanes.set(workspace, lane)
      return lane
    },
  }
}

/** Calls each workspace may make in a minute (docs.slack.dev/apis/web-api/rate-limits). */
const perMinute: Readonly<Record<string, number>> = {
  // "Several hundred" over all channels.
  'chat.postMessage': 300,
  'chat.update': 50,
  'chat.delete': 50,
  'files.completeUploadExternal': 100,
  'views.open': 100,
  'views.push': 100,
  'views.update': 100,
  'views.publish': 100,
  'users.info': 100,
  'usergroups.list': 20,
}
const perChannelMinute = 60

/** Clocks differ a little: this much of the allowed rate is used. */
const used = 0.99
/** The part of a bucket that what nobody waits for leaves alone. */
const reserved = 0.2
const mostTries = 5

/** They need a trigger that lives three seconds: better refused by Slack than too late for sure. */
const triggered = new Set(['views.open', 'views.push'])

const patienceMs = (call: Call) =>
  triggered.has(call.method) ? 1_500 : call.urgency === 'waiting' ? 15_000 : 30_000

type Entry = {
  call: Call
  tries: number
  start(): void
  fail(error: unknown): void
}

/** What must be in a bucket for a call of this urgency; a channel's is too small to keep a part. */
function floorOf({ burst }: Bucket, urgency: Urgency): number {
  return urgency === 'waiting' || burst < 5 ? 1 : 1 + burst * reserved
}

type Bucket = { level: number; at: number; perMs: number; burst: number; pausedUntil: number }

function openLane(time: Time, retryAfterMs: LaneOptions['retryAfterMs']): Lane {
  const buckets = new Map<string, Bucket>()
  const lines: Record<Urgency, Map<string, Entry[]>> = { waiting: new Map(), background: new Map() }
  let alarm: { cancel(): void } | null = null

  function bucket(key: string, rate: number, burst: number): Bucket {
    const now = time.now()
    const known = buckets.get(key)
    if (!known) {
      const made = { level: burst, at: now, perMs: (rate * used) / 60_000, burst, pausedUntil: 0 }
      buckets.set(key, made)
      return made
    }
    known.level = Math.min(known.burst, known.level + (now - known.at) * known.perMs)
    known.at = now
    return known
  }

  function bucketsOf({ method, channel }: Call): Bucket[] {
    const rate = perMinute[method] ?? 50
    const found = [bucket(method, rate, rate * 0.9)]
    // A burst of two makes up for alarms that ring late; Slack lets short bursts pass.
    if (method === 'chat.postMessage' && channel !== undefined)
      found.push(bucket(`${method} ${channel}`, perChannelMinute, 2))
    return found
  }

  function waitOf(call: Call): { ms: number; pauseMs: number } {
    const now = time.now()
    let [ms, pauseMs] = [0, 0]
    for (const one of bucketsOf(call)) {
      pauseMs = Math.max(pauseMs, one.pausedUntil - now)
      if (triggered.has(call.method)) continue
      const floor = floorOf(one, call.urgency)
      if (one.level < floor) ms = Math.max(ms, (floor - one.level) / one.perMs)
    }
    return { ms: Math.max(ms, pauseMs), pauseMs }
  }

  /** Starts all that may start, and sets the alarm for the next. */
  function pump() {
    alarm?.cancel()
    alarm = null
    let waitMs = 0
    while (waitMs === 0) {
      const waits = (['waiting', 'background'] as const).flatMap((urgency) =>
        [...lines[urgency]].map(([key, line]) => serve(urgency, key, line)),
      )
      waitMs = Math.min(Number.POSITIVE_INFINITY, ...waits)
    }
    if (Number.isFinite(waitMs)) alarm = time.after(Math.max(1, Math.ceil(waitMs)), pump)
  }

  /** Serves the first call of a line: 0 when it went, else how long it has to wait. */
  function serve(urgency: Urgency, key: string, line: Entry[]): number {
    const [first] = line
    if (first === undefined) {
      lines[urgency].delete(key)
      return Number.POSITIVE_INFINITY
    }
    const { ms, pauseMs } = waitOf(first.call)
    const isHopeless = pauseMs > patienceMs(first.call)
    if (ms > 0 && !isHopeless) return ms
    line.shift()
    // Behind the others: the lines of a workspace take turns.
    lines[urgency].delete(key)
    if (line.length > 0) lines[urgency].set(key, line)
    if (isHopeless) first.fail(tooBusy(pauseMs))
    else {
      for (const one of bucketsOf(first.call)) one.level -= 1
      first.start()
    }
    return 0
  }

  function lineOf({ urgency, method, channel }: Call): Entry[] {
    const key = `${method} ${channel ?? ''}`
    const line = lines[urgency].get(key) ?? []
    lines[urgency].set(key, line)
    return line
  }

  function pause(call: Call, ms: number) {
    const until = time.now() + ms
    const [method, channel] = bucketsOf(call)
    const others = [...buckets].some(
      ([key, one]) =>
        key.startsWith(`${call.method} `) && one !== channel && one.pausedUntil > time.now(),
    )
    for (const one of channel && !others ? [channel] : [method, channel]) {
      if (!one) continue
      one.pausedUntil = Math.max(one.pausedUntil, until)
      one.level = Math.min(one.level, floorOf(one, 'background'))
    }
  }

  return (call, work) =>
    new Promise((resolve, reject) => {
      const entry: Entry = {
        call,
        tries: 0,
        fail: reject,
        start: () => {
          work().then(resolve, (error: unknown) => {
            const ms = retryAfterMs(error)
            if (ms === null) return reject(error)
            pause(call, ms)
            entry.tries += 1
            if (entry.tries >= mostTries || ms > patienceMs(call)) reject(error)
            else lineOf(call).unshift(entry)
            pump()
          })
        },
      }
      lineOf(call).push(entry)
      pump()
    })
}

/** Fails a call that was not made, with how long it would have had to wait. */
function tooBusy(ms: number): Error {
  const seconds = Math.ceil(ms / 1000)
  const retryAfterMs = seconds * 1000
  return Object.assign(new Error(`Slack asks us to wait ${seconds} seconds.`), { retryAfterMs })
}

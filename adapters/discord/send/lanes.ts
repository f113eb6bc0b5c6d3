/**
 * How fast Parley may call Discord, as Discord itself tells with every answer.
 * 1. Each route has a bucket, named by the X-RateLimit headers and counted for each channel (guild,
 *    webhook): a window with so many calls, that begins anew when it is over. Before the first answer
 *    one call goes alone, to find out.
 * 2. All calls together stay below fifty a second; those by an interaction's token do not count.
 * 3. Somebody who waits goes before what nobody waits for.
 * 4. A 429 had no effect: the call goes again, first of its line, when Retry-After has passed. What
 *    would have to wait too long fails instead, saying how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'

/** `waiting`: a person did something and looks at the screen. */
export type Urgency = 'waiting' | 'background'

export type Call = {
  /** The method and the path with its places named, as `POST /channels/:id/messages`. */
  route: string
  /** The channel, guild or webhook that the bucket is counted for. */
  major: string
  urgency: Urgency
  /** Not counted among the fifty a second. */
  exempt?: boolean
}

/** `leaving` is called when the call goes on its way: what is done before does not count as one. */
export type Lane = (
  call: Call,
  work: (leaving: () => void) => Promise<Response>,
) => Promise<Response>

/** Fifty in any second, and a little longer: calls are not all equally long on their way. */
const globalCalls = 50
const globalMs = 1012
const mostLateMs = 250
const mostTries = 5
const patienceMs = { waiting: 10_000, background: 30_000 }

type Entry = { call: Call; tries: number; start(): void; fail(error: unknown): void }

/** `turn` tells the windows of a bucket apart: an answer of the last one says nothing of this. */
type Window = { limit: number; left: number; resetAt: number; flying: number; turn: number }

export function openLane(time: Time = realTime): Lane {
  /** What each route's bucket is called; null: it has none. */
  const names = new Map<string, string | null>()
  const limits = new Map<string, number>()
  const windows = new Map<string, Window>()
  const lines: Record<Urgency, Map<string, Entry[]>> = { waiting: new Map(), background: new Map() }
  /** Until when a channel's route waits after a 429, whatever its bucket is called. */
  const pauses = new Map<string, number>()
  const all = { pausedUntil: 0, quickestMs: never }
  /** Until when each of the last fifty calls counts. */
  const counted: { until: number }[] = []
  let alarm: { cancel(): void } | null = null

  function windowOf({ route, major }: Call): Window | null {
    const name = names.get(route)
    if (name === null) return null
    const key = `${name ?? route} ${major}`
    const now = time.now()
    const known = windows.get(key)
    if (!known) {
      if (windows.size > mostWindows) forgetIdle(now)
      const limit = (name === undefined ? undefined : limits.get(name)) ?? 1
      const fresh = { limit, left: limit, resetAt: never, flying: 0, turn: 0 }
      windows.set(key, fresh)
      return fresh
    }
    if (now >= known.resetAt) {
      known.left = known.limit
      known.resetAt = never
      known.turn += 1
    }
    return known
  }

  function forgetIdle(now: number) {
    for (const [key, one] of windows)
      if (one.flying === 0 && (one.resetAt === never || one.resetAt <= now)) windows.delete(key)
  }

  function globalWait(): number {
    const now = time.now()
    const paused = all.pausedUntil - now
    while (counted[0] && counted[0].until <= now) counted.shift()
    const over = counted.length - globalCalls
    return over < 0 ? paused : Math.max(paused, (counted[over]?.until ?? never) - now)
  }

  function waitOf(call: Call): number {
    const window = windowOf(call)
    // With nothing left and its end unknown, the answers under way will tell.
    const own = window === null || window.left > 0 ? 0 : window.resetAt - time.now()
    return Math.max(own, pauseOf(call), call.exempt ? 0 : globalWait(), 0)
  }

  function pauseOf({ route, major }: Call): number {
    const key = `${route} ${major}`
    const until = pauses.get(key)
    if (until === undefined) return 0
    if (until <= time.now()) pauses.delete(key)
    return until - time.now()
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
      waitMs = Math.min(never, ...waits)
    }
    if (Number.isFinite(waitMs)) alarm = time.after(Math.max(1, Math.ceil(waitMs)), pump)
  }

  /** Serves the first call of a line: 0 when it went, else how long it has to wait. */
  function serve(urgency: Urgency, key: string, line: Entry[]): number {
    const [first] = line
    if (first === undefined) {
      lines[urgency].delete(key)
      return never
    }
    const ms = waitOf(first.call)
    const isHopeless = Number.isFinite(ms) && ms > patienceMs[urgency]
    if (ms > 0 && !isHopeless) return ms
    line.shift()
    // Behind the others: lines take turns.
    lines[urgency].delete(key)
    if (line.length > 0) lines[urgency].set(key, line)
    if (isHopeless) first.fail(tooBusy(ms))
    else first.start()
    return 0
  }

  function lineOf({ urgency, route, major }: Call): Entry[] {
    const key = `${route} ${major}`
    const line = lines[urgency].get(key) ?? []
    lines[urgency].set(key, line)
    return line
  }

  function learn(call: Call, response: Response) {
    const told = readLimits(response)
    if (response.status === 429 && told === null) return
    if (told === null) {
      // Only what was answered well tells that a route has no bucket.
      if (response.ok && !names.has(call.route)) names.set(call.route, null)
      return
    }
    const before = names.get(call.route)
    if (before === undefined) {
      names.set(call.route, told.bucket)
      rename(call.route, told)
    } else if (before !== told.bucket) names.set(call.route, told.bucket)
    limits.set(told.bucket, told.limit)
  }

  /** What was counted by the route is counted by its bucket from now on. */
  function rename(route: string, { bucket, limit }: Limits) {
    for (const [key, one] of [...windows])
      if (key.startsWith(`${route} `)) {
        windows.delete(key)
        const left = Math.max(0, limit - one.flying)
        windows.set(`${bucket} ${key.slice(route.length + 1)}`, { ...one, limit, left })
      }
  }

  function settle(call: Call, window: Window | null, turn: number, response: Response | null) {
    const told = response && readLimits(response)
    if (response) learn(call, response)
    const now = window === null ? null : windowOf(call)
    const one = now ?? window
    if (one === null) return
    one.flying = Math.max(0, one.flying - 1)
    if (told) {
      one.limit = told.limit
      if (one.turn === turn) {
        one.left = Math.min(one.left, told.remaining)
        one.resetAt = Math.min(one.resetAt, time.now() + told.resetAfterMs)
      }
    }
    // Nobody is left to tell when this window ends.
    if (one.flying === 0 && one.resetAt === never && one.left <= 0)
      one.resetAt = time.now() + (told?.resetAfterMs ?? 1000)
  }

  return (call, work) =>
    new Promise((resolve, reject) => {
      const entry: Entry = {
        call,
        tries: 0,
        fail: reject,
        start: () => {
          const window = windowOf(call)
          const turn = window?.turn ?? 0
          if (window) {
            window.left -= 1
            window.flying += 1
          }
          const place = { until: never }
          if (!call.exempt) counted.push(place)
          let left = never
          const leaving = () => {
            left = time.now()
            place.until = left + globalMs
          }
          /** Whatever it took longer than the quickest, it may have arrived later. */
          const arrived = () => {
            if (left === never) return leaving()
            const took = time.now() - left
            all.quickestMs = Math.min(took, all.quickestMs + 1)
            place.until += Math.min(took - all.quickestMs, mostLateMs)
          }
          const run = async () => {
            try {
              const response = await work(leaving)
              settle(call, window, turn, response)
              if (response.status !== 429) return resolve(response)
              await again(response)
            } catch (error) {
              settle(call, window, turn, null)
              reject(error)
            } finally {
              arrived()
              pump()
            }
          }
          void run()
        },
      }
      const again = async (response: Response) => {
        const { ms, isGlobal } = await readRefusal(response.clone())
        const now = time.now()
        if (isGlobal) all.pausedUntil = Math.max(all.pausedUntil, now + ms)
        else pauses.set(`${call.route} ${call.major}`, now + ms)
        entry.tries += 1
        if (entry.tries >= mostTries || ms > patienceMs[call.urgency]) resolve(response)
        else lineOf(call).unshift(entry)
      }
      lineOf(call).push(entry)
      pump()
    })
}

const never = Number.POSITIVE_INFINITY
const mostWindows = 5000

type Limits = { bucket: string; limit: number; remaining: number; resetAfterMs: number }

function readLimits({ headers }: Response): Limits | null {
  const bucket = headers.get('x-ratelimit-bucket')
  const limit = Number(headers.get('x-ratelimit-limit') ?? Number.NaN)
  const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN)
  const seconds = Number(headers.get('x-ratelimit-reset-after') ?? Number.NaN)
  if (bucket === null || !(limit > 0) || !(remaining >= 0) || !(seconds >= 0)) return null
  return { bucket, limit, remaining, resetAfterMs: seconds * 1000 }
}

/** How long a 429 asks to wait, and whether that is for everything. */
export async function readRefusal(response: Response): Promise<{ ms: number; isGlobal: boolean }> {
  const body: unknown = await response.json().catch(() => null)
  const told = typeof body === 'object' && body !== null ? body : {}
  const said = 'retry_after' in told ? Number(told.retry_after) : Number.NaN
  const seconds = said >= 0 ? said : Number(response.headers.get('retry-after') ?? 1)
  const isGlobal =
    response.headers.get('x-ratelimit-scope') === 'global' ||
    ('global' in told && told.global === true)
  return { ms: Math.ceil((Number.isFinite(seconds) ? seconds : 1) * 1000), isGlobal }
}

/** Fails a call that was not made, with how long it would have had to wait. */
function tooBusy(ms: number): Error {
  const seconds = Math.ceil(ms / 1000)
  const retryAfterMs = seconds * 1000
  return Object.assign(new Error(`Discord asks us to wait ${seconds} seconds.`), { retryAfterMs })
}

/**
 * The buckets of Discord's routes, learned from its answers. A bucket is counted for each channel
 * (guild, webhook): a window with a number of calls, after which a new one begins.
 */
import { type Limits, readLimits } from './rate-limit-headers.ts'

export type Counted = {
  /** The method and the path with named parameters, such as `POST /channels/:id/messages`. */
  route: string
  /** The channel, guild or webhook that the bucket is counted for. */
  major: string
}

/** `turn` distinguishes the windows of a bucket: a response to an earlier one does not affect this one. */
type Window = { limit: number; left: number; resetAt: number; inFlight: number; turn: number }

export type Buckets = {
  /** The name of each route's bucket; null if it has none. */
  names: Map<string, string | null>
  limits: Map<string, number>
  windows: Map<string, Window>
}

/** A call in flight: the window it was taken from. */
export type Taken = { window: Window | null; turn: number }

export const never = Number.POSITIVE_INFINITY
const mostWindows = 5000

export function openBuckets(): Buckets {
  return { names: new Map(), limits: new Map(), windows: new Map() }
}

/** How long a call of this route has to wait; Infinity while the window's end is unknown. */
export function bucketWait(buckets: Buckets, call: Counted, now: number): number {
  const window = windowOf(buckets, call, now)
  return window === null || window.left > 0 ? 0 : window.resetAt - now
}

/** Takes a call from the window of its route. */
export function takeCall(buckets: Buckets, call: Counted, now: number): Taken {
  const window = windowOf(buckets, call, now)
  if (window) {
    window.left -= 1
    window.inFlight += 1
  }
  return { window, turn: window?.turn ?? 0 }
}

/** Updates the bucket from the answer to a call; null where none came. */
export function settleCall(
  buckets: Buckets,
  call: Counted,
  { window, turn }: Taken,
  response: Response | null,
  now: number,
): void {
  const told = response && readLimits(response)
  if (response) learn(buckets, call, response, told)
  // The route may have got a bucket meanwhile, and a window of its own.
  const current = window === null ? null : (windowOf(buckets, call, now) ?? window)
  if (current === null) return
  current.inFlight = Math.max(0, current.inFlight - 1)
  if (told) {
    current.limit = told.limit
    if (current.turn === turn) {
      current.left = Math.min(current.left, told.remaining)
      current.resetAt = Math.min(current.resetAt, now + told.resetAfterMs)
    }
  }
  // No call is in flight whose answer could tell when this window ends.
  if (current.inFlight === 0 && current.resetAt === never && current.left <= 0)
    current.resetAt = now + (told?.resetAfterMs ?? 1000)
}

function windowOf(
  { names, limits, windows }: Buckets,
  { route, major }: Counted,
  now: number,
): Window | null {
  const name = names.get(route)
  if (name === null) return null
  const key = `${name ?? route} ${major}`
  const known = windows.get(key)
  if (!known) {
    if (windows.size > mostWindows) forgetIdle(windows, now)
    // Before the first answer one call goes alone, to find out.
    const limit = (name === undefined ? undefined : limits.get(name)) ?? 1
    const fresh = { limit, left: limit, resetAt: never, inFlight: 0, turn: 0 }
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

function forgetIdle(windows: Map<string, Window>, now: number): void {
  for (const [key, one] of windows)
    if (one.inFlight === 0 && (one.resetAt === never || one.resetAt <= now)) windows.delete(key)
}

function learn(buckets: Buckets, { route }: Counted, response: Response, told: Limits | null) {
  const { names, limits } = buckets
  if (told === null) {
    // Only a successful answer shows that a route has no bucket.
    if (response.ok && !names.has(route)) names.set(route, null)
    return
  }
  const before = names.get(route)
  if (before !== told.bucket) names.set(route, told.bucket)
  if (before === undefined) renameWindows(buckets.windows, route, told)
  limits.set(told.bucket, told.limit)
}

/** What was counted by the route is counted by its bucket from now on. */
function renameWindows(
  windows: Map<string, Window>,
  route: string,
  { bucket, limit }: Limits,
): void {
  for (const [key, one] of [...windows])
    if (key.startsWith(`${route} `)) {
      windows.delete(key)
      const left = Math.max(0, limit - one.inFlight)
      windows.set(`${bucket} ${key.slice(route.length + 1)}`, { ...one, limit, left })
    }
}

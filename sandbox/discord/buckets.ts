/**
 * Discord's rate limits as the headers tell them: a bucket per route and per channel, guild or
 * webhook, fifty calls a second over all, and the ban after ten thousand invalid ones.
 * docs.discord.com/developers/topics/rate-limits. Sizes are those long observed; Discord promises
 * none, so a bot has to read the headers.
 */
import { createHash } from 'node:crypto'
import type { RouteName } from './route-names.ts'

type Size = { calls: number; windowMs: number }

export const postingSize: Size = { calls: 5, windowMs: 5000 }

const sizes: Partial<Record<RouteName, Size>> = {
  'POST /channels/:channel/messages': postingSize,
  'PATCH /channels/:channel/messages/:message': { calls: 5, windowMs: 5000 },
  'DELETE /channels/:channel/messages/:message': { calls: 5, windowMs: 1000 },
  'POST /users/@me/channels': { calls: 10, windowMs: 10_000 },
  'POST /webhooks/:application/:token': { calls: 5, windowMs: 2000 },
  'PATCH /webhooks/:application/:token/messages/@original': { calls: 5, windowMs: 2000 },
  'PATCH /webhooks/:application/:token/messages/:message': { calls: 5, windowMs: 2000 },
}
const others: Size = { calls: 50, windowMs: 1000 }

export const globalSize: Size = { calls: 50, windowMs: 1000 }
export const invalidSize: Size = { calls: 10_000, windowMs: 10 * 60_000 }

/** Endpoints of interactions are outside the fifty a second. */
const isOutside = (route: RouteName) => /^\w+ \/(interactions|webhooks)\//.test(route)

export type Taken =
  | { ok: true; headers: Record<string, string> }
  | { ok: false; headers: Record<string, string>; afterSeconds: number; isGlobal: boolean }

export type Buckets = {
  /** Takes one call; `major` is the channel, guild or token the bucket belongs to. */
  take(route: RouteName, major: string): Taken
}

export function openBuckets(now: () => number): Buckets {
  const windows = new Map<string, { used: number; reset: number }>()
  const look = (key: string, { windowMs }: Size) => {
    const at = now()
    const current = windows.get(key)
    if (current && current.reset > at) return current
    const fresh = { used: 0, reset: at + windowMs }
    windows.set(key, fresh)
    if (windows.size > 10_000) {
      for (const [old, { reset }] of windows) if (reset <= at) windows.delete(old)
    }
    return fresh
  }
  return {
    take(route, major) {
      const all = isOutside(route) ? null : look('global', globalSize)
      if (all && all.used >= globalSize.calls) {
        const afterSeconds = (all.reset - now()) / 1000
        return {
          ok: false,
          headers: { 'x-ratelimit-global': 'true' },
          afterSeconds,
          isGlobal: true,
        }
      }
      const size = sizes[route] ?? others
      const bucket = look(`${route} ${major}`, size)
      const isFull = bucket.used >= size.calls
      if (!isFull) {
        bucket.used += 1
        if (all) all.used += 1
      }
      const afterSeconds = (bucket.reset - now()) / 1000
      const headers = {
        'x-ratelimit-limit': String(size.calls),
        'x-ratelimit-remaining': String(size.calls - bucket.used),
        'x-ratelimit-reset': (bucket.reset / 1000).toFixed(3),
        'x-ratelimit-reset-after': afterSeconds.toFixed(3),
        'x-ratelimit-bucket': createHash('sha256').update(route).digest('hex').slice(0, 32),
      }
      return isFull ? { ok: false, headers, afterSeconds, isGlobal: false } : { ok: true, headers }
    },
  }
}

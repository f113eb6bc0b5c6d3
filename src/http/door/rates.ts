/**
 * How many requests each key may make. They are counted in memory; about once a second a process tells
 * the others through Postgres what it counted, so a request never waits for the count.
 */
import { sql } from 'kysely'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Parley } from '../../parley.ts'

const windowMs = 10_000
const shareEveryMs = 1_000

export type Rates = {
  /** Counts a request by a key. */
  take(keyId: string): Promise<Rate>
  /** Tells the others what was counted, and learns what they did; for tests, which do not wait. */
  share(): Promise<void>
}

/** `left` requests until the window ends in `resetSeconds`. */
export type Rate = { ok: boolean; limit: number; left: number; resetSeconds: number }

/** One key in one window: `own` requests here, of which `told` are in Postgres; `others`: those elsewhere. */
type Count = { keyId: string; at: Date; own: number; told: number; others: number }

/** `perMinute`: for each key, over all processes. */
export function openRates(parley: Parley, perMinute: number): Rates {
  const limit = Math.max(1, Math.round((perMinute * windowMs) / 60_000))
  const limiter = new RateLimiterMemory({ points: limit, duration: (2 * windowMs) / 1000 })
  const counts = new Map<string, Count>()
  let isShared = true
  const share = async () => {
    const now = parley.now().getTime()
    for (const [id, count] of counts) {
      if (count.own > count.told) await shareCount(parley, limiter, id, count)
      if (now - count.at.getTime() >= windowMs) counts.delete(id)
    }
  }
  const shareSoon = () => {
    if (!isShared) return
    isShared = false
    setTimeout(async () => {
      isShared = true
      await share().catch((err: unknown) =>
        parley.log.warn(
          { event: 'keys.unshared', err },
          'The uses of API keys could not be shared; they will be.',
        ),
      )
    }, shareEveryMs).unref()
  }
  return {
    share,
    take: async (keyId) => {
      const now = parley.now().getTime()
      const start = Math.floor(now / windowMs) * windowMs
      const id = `${keyId}:${start}`
      const count = counts.get(id) ?? { keyId, at: new Date(start), own: 0, told: 0, others: 0 }
      counts.set(id, count)
      count.own++
      shareSoon()
      const resetSeconds = Math.max(1, Math.ceil((start + windowMs - now) / 1000))
      try {
        const { remainingPoints } = await limiter.consume(id)
        return { ok: true, limit, left: remainingPoints, resetSeconds }
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        return { ok: false, limit, left: 0, resetSeconds }
      }
    },
  }
}

async function shareCount(
  { db }: Parley,
  limiter: RateLimiterMemory,
  id: string,
  count: Count,
): Promise<void> {
  const own = count.own
  const { uses } = await db
    .insertInto('apiUses')
    .values({ keyId: count.keyId, windowAt: count.at, uses: String(own - count.told) })
    .onConflict((at) =>
      at
        .columns(['keyId', 'windowAt'])
        .doUpdateSet({ uses: sql`api_uses.uses + ${own - count.told}` }),
    )
    .returning('uses')
    .executeTakeFirstOrThrow()
  count.told = own
  const others = Number(uses) - own
  if (others > count.others) await limiter.penalty(id, others - count.others)
  count.others = Math.max(count.others, others)
}

/** What Discord's answers say of rate limits: docs.discord.com/developers/topics/rate-limits. */

export type Limits = { bucket: string; limit: number; remaining: number; resetAfterMs: number }

/** The `X-RateLimit-…` headers; null where the route has no bucket. */
export function readLimits({ headers }: Response): Limits | null {
  const bucket = headers.get('x-ratelimit-bucket')
  const limit = Number(headers.get('x-ratelimit-limit') ?? Number.NaN)
  const remaining = Number(headers.get('x-ratelimit-remaining') ?? Number.NaN)
  const seconds = Number(headers.get('x-ratelimit-reset-after') ?? Number.NaN)
  if (bucket === null || !(limit > 0) || !(remaining >= 0) || !(seconds >= 0)) return null
  return { bucket, limit, remaining, resetAfterMs: seconds * 1000 }
}

/** How long a 429 asks to wait, and whether for all calls. */
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

/** How often signing in may fail: from one address, and at this process in all. Counted in memory. */
import type { Context } from 'hono'
import type { Parley } from '../../parley.ts'

const windowMs = 60_000
const mostOfOne = 10
const mostOfAll = 600
/** More addresses than these within a minute are one crowd. */
const mostAddresses = 10_000

export type Attempts = {
  /** Whether one more may be made. */
  isFree(c: Context): boolean
  failed(c: Context): void
}

export function openAttempts(parley: Parley): Attempts {
  let began = 0
  let all = 0
  const each = new Map<string, number>()
  const now = () => {
    const at = parley.now().getTime()
    if (at - began < windowMs) return
    began = at
    all = 0
    each.clear()
  }
  return {
    isFree: (c) => {
      now()
      return all < mostOfAll && (each.get(addressOf(c)) ?? 0) < mostOfOne
    },
    failed: (c) => {
      now()
      all++
      const address = addressOf(c)
      if (each.size < mostAddresses || each.has(address))
        each.set(address, (each.get(address) ?? 0) + 1)
    },
  }
}

/** The address of the connection, and whom the proxy before us says it asks for. */
function addressOf(c: Context): string {
  const incoming = (c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined)
    ?.incoming
  const last = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  return `${incoming?.socket?.remoteAddress ?? ''} ${last.slice(0, 64)}`
}

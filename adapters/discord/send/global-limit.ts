/**
 * Discord's limit for all calls of a bot together, in any second. Calls by an interaction's token do not
 * count.
 */
import type { Time } from '../../../src/chat/time.ts'
import { limits } from '../limits.ts'
import { never } from './buckets.ts'

/** A little over a second: not every call takes equally long to arrive. */
const globalMs = 1012
const mostLateMs = 250

export type GlobalLimit = {
  /** Set by a 429 for all calls. */
  pausedUntil: number
  /** The shortest recent round trip: a call that took longer may have arrived that much later. */
  quickestMs: number
  /** When each of the last calls stops counting. */
  counted: { until: number }[]
}

export function openGlobalLimit(): GlobalLimit {
  return { pausedUntil: 0, quickestMs: never, counted: [] }
}

export function globalWait({ counted, pausedUntil }: GlobalLimit, now: number): number {
  while (counted[0] && counted[0].until <= now) counted.shift()
  const over = counted.length - limits.callsPerSecond
  const paused = pausedUntil - now
  return over < 0 ? paused : Math.max(paused, (counted[over]?.until ?? never) - now)
}

/** Counts one call, from before it leaves; call `leaving` when it does and `arrived` after its answer. */
export function countCall(
  all: GlobalLimit,
  time: Time,
  isExempt: boolean,
): { leaving: () => void; arrived: () => void } {
  const place = { until: never }
  if (!isExempt) all.counted.push(place)
  let left = never
  const leaving = () => {
    left = time.now()
    place.until = left + globalMs
  }
  return {
    leaving,
    arrived: () => {
      if (left === never) return leaving()
      const took = time.now() - left
      all.quickestMs = Math.min(took, all.quickestMs + 1)
      place.until += Math.min(took - all.quickestMs, mostLateMs)
    },
  }
}

/**
 * Slack's rate limits as Parley keeps to them: a bucket for each method, and one for each channel it
 * posts into. Ours hold a little less than Slack's, so that a 429 is an exception and not how we find
 * out.
 */
import type { Time } from '../../../src/chat/time.ts'
import { callsPerMinute, postsPerChannelMinute } from '../limits.ts'

/** `interactive`: a person did something and looks at the screen. */
export type Urgency = 'interactive' | 'background'

export type Call = { method: string; channel?: string; urgency: Urgency }

type Bucket = { level: number; at: number; perMs: number; burst: number; pausedUntil: number }

/** Clocks differ a little: this much of the allowed rate is used. */
const used = 0.99
/** The part of a bucket that background calls leave to people who wait. */
const reserved = 0.2
/** For methods Slack's limits do not list here. */
const usualCallsPerMinute = 50

/** They need a trigger that expires after three seconds: a call that Slack may refuse beats one that is surely late. */
const triggered = new Set(['views.open', 'views.push'])

/** How long a call may wait before it fails instead. */
export function patienceMs(call: Call): number {
  if (triggered.has(call.method)) return 1_500
  return call.urgency === 'interactive' ? 15_000 : 30_000
}

export function openBuckets(time: Time) {
  const buckets = new Map<string, Bucket>()

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
    const rate = callsPerMinute[method] ?? usualCallsPerMinute
    const found = [bucket(method, rate, rate * 0.9)]
    // A burst of two makes up for alarms that ring late; Slack lets short bursts pass.
    if (method === 'chat.postMessage' && channel !== undefined)
      found.push(bucket(`${method} ${channel}`, postsPerChannelMinute, 2))
    return found
  }

  return {
    /** How long this call has to wait; `pauseMs` is how much of that Slack itself asked for. */
    waitOf(call: Call): { ms: number; pauseMs: number } {
      const now = time.now()
      let [ms, pauseMs] = [0, 0]
      for (const one of bucketsOf(call)) {
        pauseMs = Math.max(pauseMs, one.pausedUntil - now)
        if (triggered.has(call.method)) continue
        const floor = floorOf(one, call.urgency)
        if (one.level < floor) ms = Math.max(ms, (floor - one.level) / one.perMs)
      }
      return { ms: Math.max(ms, pauseMs), pauseMs }
    },

    take(call: Call): void {
      for (const one of bucketsOf(call)) one.level -= 1
    },

    /** After a 429: the channel alone pauses, or the whole method once a second channel is refused. */
    pause(call: Call, ms: number): void {
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
    },
  }
}

/** What must be in a bucket for a call of this urgency; a channel's is too small to reserve a part. */
function floorOf({ burst }: Bucket, urgency: Urgency): number {
  return urgency === 'interactive' || burst < 5 ? 1 : 1 + burst * reserved
}

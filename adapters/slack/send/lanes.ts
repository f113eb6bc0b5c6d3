/**
 * One outbound lane for each workspace, so that no workspace waits for another.
 * 1. A call waits until Slack's rate limits leave room for it (buckets.ts).
 * 2. People who wait go before background calls.
 * 3. A 429 had no effect: after Retry-After the call goes again, first in its queue. Only that queue
 *    waits, unless another channel is refused too: then the whole method does.
 * 4. A call that would have to wait too long fails instead and says how long.
 */
import { realTime, type Time } from '../../../src/chat/time.ts'
import { openTurns, type Waiting } from '../../../src/chat/turns.ts'
import { type Call, openBuckets, patienceMs, type Urgency } from './buckets.ts'

export type Lane = <Result>(call: Call, work: () => Promise<Result>) => Promise<Result>

export type LaneOptions = {
  time?: Time
  /** How long Slack asks to wait before the call is retried, or null for any other failure. */
  retryAfterMs: (error: unknown) => number | null
  /** Called for each 429. */
  onRateLimited?: (() => void) | undefined
}

export type Lanes = { of(workspace: string): Lane }

export function openLanes(options: LaneOptions): Lanes {
  const time = options.time ?? realTime
  const lanes = new Map<string, Lane>()
  return {
    of(workspace) {
      const known = lanes.get(workspace)
      if (known) return known
      const lane = openLane(time, options)
      lanes.set(workspace, lane)
      return lane
    },
  }
}

const mostTries = 5

function openLane(time: Time, { retryAfterMs, onRateLimited }: LaneOptions): Lane {
  const buckets = openBuckets(time)
  const turns = openTurns<Urgency>('Slack', ['interactive', 'background'], time)
  return (call, work) =>
    new Promise((resolve, reject) => {
      let tries = 0
      const one: Waiting<Urgency> = {
        urgency: call.urgency,
        queue: `${call.method} ${call.channel ?? ''}`,
        wait: () => {
          const { ms, pauseMs } = buckets.waitOf(call)
          const isHopeless = pauseMs > patienceMs(call)
          return { ms: isHopeless ? pauseMs : ms, isHopeless }
        },
        fail: reject,
        start: () => {
          buckets.take(call)
          work().then(resolve, (error: unknown) => {
            const ms = retryAfterMs(error)
            if (ms === null) return reject(error)
            onRateLimited?.()
            buckets.pause(call, ms)
            tries += 1
            if (tries >= mostTries || ms > patienceMs(call)) reject(error)
            else turns.addFirst(one)
            turns.run()
          })
        },
      }
      turns.add(one)
    })
}

/** The lane keeps to what Discord's headers say, uses almost all of it, and obeys a 429. */
import { describe, expect, test } from 'vitest'
import { type Call, openLane } from '../../../adapters/discord/send/lanes.ts'
import { openBuckets } from '../../../sandbox/discord/buckets.ts'
import { type RouteName, routeNames } from '../../../sandbox/discord/route-names.ts'
import type { Time } from '../../../src/chat/time.ts'

const posting: RouteName = 'POST /channels/:channel/messages'

/** A clock that jumps from alarm to alarm. */
function openClock() {
  let at = 0
  const alarms: { at: number; work: () => void }[] = []
  const time: Time = {
    now: () => at,
    after: (ms, work) => {
      const alarm = { at: at + ms, work }
      alarms.push(alarm)
      return {
        cancel: () => {
          const place = alarms.indexOf(alarm)
          if (place >= 0) alarms.splice(place, 1)
        },
      }
    },
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    time,
    now: () => at,
    async until(end: number) {
      await settle()
      for (;;) {
        alarms.sort((a, b) => a.at - b.at)
        const next = alarms[0]
        if (!next || next.at > end) break
        alarms.shift()
        at = next.at
        next.work()
        await settle()
        await settle()
      }
      at = end
    },
  }
}

/** A lane before the stand-in's buckets; an answer takes `latencyMs`. */
function open(latencyMs = 40) {
  const clock = openClock()
  const lane = openLane(clock.time)
  const buckets = openBuckets(clock.now)
  const arrived: { at: number; channel: string; status: number; urgency: string }[] = []
  const passed = (ms: number) => new Promise<void>((done) => clock.time.after(ms, done))
  const send = (channel: string, more: Partial<Call> = {}) => {
    const call: Call = { route: posting, major: channel, urgency: 'background', ...more }
    const route = routeNames.find((one) => one === call.route) ?? posting
    return lane(call, async () => {
      await passed(latencyMs / 2)
      const taken = buckets.take(route, channel)
      const status = taken.ok ? 200 : 429
      arrived.push({ at: clock.now(), channel, status, urgency: call.urgency })
      await passed(latencyMs / 2)
      if (taken.ok) return new Response('{}', { status, headers: taken.headers })
      const body = { retry_after: taken.afterSeconds, global: taken.isGlobal }
      return Response.json(body, { status, headers: taken.headers })
    })
  }
  const refused = (from = 0) => arrived.filter(({ at, status }) => status === 429 && at >= from)
  return { clock, send, arrived, refused, lane }
}

describe('happy: lanes', () => {
  test('a channel gets five calls in five seconds, and none is refused', async () => {
    const { clock, send, arrived, refused } = open()
    const all = Array.from({ length: 50 }, () => send('c1'))
    await clock.until(60_000)
    expect((await Promise.all(all)).every(({ ok }) => ok)).toBe(true)
    expect(refused()).toEqual([])
    // Nine windows of five seconds each, and what the way there and back costs.
    expect(arrived.at(-1)?.at).toBeLessThan(46_000)
  })

  test('many channels together stay below fifty a second and use almost all of it', async () => {
    const { clock, send, arrived, refused } = open()
    for (let n = 0; n < 1200; n++) void send(`c${n % 300}`)
    await clock.until(60_000)
    expect(arrived.filter(({ status }) => status === 200)).toHaveLength(1200)
    expect(refused(2000)).toEqual([])
    const [first, last] = [arrived[0]?.at ?? 0, arrived.at(-1)?.at ?? 0]
    expect(1199 / ((last - first) / 1000)).toBeGreaterThan(0.97 * 50)
  })

  test('calls that a person waits for go first', async () => {
    const { clock, send, arrived } = open()
    for (let n = 0; n < 20; n++) void send('c1')
    void send('c1', { urgency: 'waiting' })
    await clock.until(20_000)
    // Behind the one that goes alone to find out, before the nineteen others.
    expect(arrived.findIndex(({ urgency }) => urgency === 'waiting')).toBe(1)
  })

  test('an answer by an interaction’s token is not delayed by the limit of fifty a second', async () => {
    const { clock, send, arrived } = open()
    for (let n = 0; n < 300; n++) void send(`c${n}`)
    void send('token', {
      route: 'PATCH /webhooks/:application/:token/messages/@original',
      urgency: 'waiting',
      exempt: true,
    })
    await clock.until(100)
    expect(arrived.some(({ channel }) => channel === 'token')).toBe(true)
  })
})

describe('refused: lanes', () => {
  test('a 429 delays only its channel, and the message is then sent', async () => {
    const clock = openClock()
    const lane = openLane(clock.time)
    const sent: { channel: string; at: number }[] = []
    let refuse = true
    const send = (channel: string) =>
      lane({ route: posting, major: channel, urgency: 'background' }, async () => {
        sent.push({ channel, at: clock.now() })
        if (channel !== 'c1' || !refuse) return new Response('{}')
        refuse = false
        return Response.json({ retry_after: 7, global: false }, { status: 429 })
      })
    const first = send('c1')
    await clock.until(0)
    void send('c2')
    await clock.until(20_000)
    expect((await first).status).toBe(200)
    expect(sent.map(({ channel }) => channel)).toEqual(['c1', 'c2', 'c1'])
    expect(sent[1]?.at).toBeLessThan(100)
    expect(sent[2]?.at).toBeGreaterThanOrEqual(7000)
  })

  test('a global 429 delays everything', async () => {
    const clock = openClock()
    const lane = openLane(clock.time)
    const sent: number[] = []
    let refuse = true
    const send = (channel: string) =>
      lane({ route: posting, major: channel, urgency: 'background' }, async () => {
        sent.push(clock.now())
        if (!refuse) return new Response('{}')
        refuse = false
        return Response.json({ retry_after: 3, global: true }, { status: 429 })
      })
    void send('c1')
    await clock.until(0)
    void send('c2')
    await clock.until(10_000)
    expect(sent[0]).toBe(0)
    expect(sent.slice(1).every((at) => at >= 3000)).toBe(true)
    expect(sent).toHaveLength(3)
  })

  test('a call that would wait too long fails at once and says how long', async () => {
    const clock = openClock()
    const lane = openLane(clock.time)
    const answer = lane({ route: posting, major: 'c1', urgency: 'background' }, async () =>
      Response.json({ retry_after: 600, global: false }, { status: 429 }),
    )
    await clock.until(0)
    expect((await answer).status).toBe(429)
    const next = lane({ route: posting, major: 'c1', urgency: 'background' }, async () => {
      throw new Error('It must not be sent.')
    })
    await expect(next).rejects.toThrow(/wait 600 seconds/)
  })

  test('a broken connection does not block its channel forever', async () => {
    const { clock, send, lane } = open()
    const broken = lane({ route: posting, major: 'c1', urgency: 'background' }, async () => {
      throw new TypeError('fetch failed')
    })
    await expect(broken).rejects.toThrow('fetch failed')
    const next = send('c1')
    await clock.until(2000)
    expect((await next).status).toBe(200)
  })
})

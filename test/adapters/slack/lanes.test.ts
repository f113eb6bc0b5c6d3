/** A lane keeps to Slack's limits, lets people who wait go first, and obeys a 429 without holding up others. */
import { describe, expect, test } from 'vitest'
import type { Call } from '../../../adapters/slack/send/buckets.ts'
import { openLanes } from '../../../adapters/slack/send/lanes.ts'
import type { Time } from '../../../src/chat/time.ts'

/** A clock that jumps from alarm to alarm. */
function openClock() {
  let at = 0
  const alarms: { at: number; work: () => void }[] = []
  const time: Time = {
    now: () => at,
    after: (ms, work) => {
      const alarm = { at: at + ms, work }
      alarms.push(alarm)
      return { cancel: () => void alarms.splice(alarms.indexOf(alarm) >>> 0, 1) }
    },
  }
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return {
    time,
    now: () => at,
    /** Runs until nothing is planned any more before this moment. */
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
      }
      at = end
    },
  }
}

const limited = (seconds: number) => Object.assign(new Error('ratelimited'), { seconds })

function open() {
  const clock = openClock()
  const lanes = openLanes({
    time: clock.time,
    retryAfterMs: (error) =>
      error instanceof Error && 'seconds' in error ? Number(error.seconds) * 1000 : null,
  })
  const sent: { at: number; name: string }[] = []
  const send = (
    name: string,
    call: Partial<Call> = {},
    work: () => Promise<unknown> = async () => {},
    workspace = 'T1',
  ) => {
    const whole: Call = {
      method: 'chat.postMessage',
      urgency: 'background',
      ...(call.method === undefined ? { channel: 'C1' } : {}),
      ...call,
    }
    return lanes.of(workspace)(whole, async () => {
      sent.push({ at: clock.now(), name })
      return work()
    })
  }
  return { clock, sent, send, names: () => sent.map(({ name }) => name) }
}

describe('happy: lanes', () => {
  test('one channel gets a message a second after the first two, others do not wait for it', async () => {
    const { clock, sent, send } = open()
    for (let i = 0; i < 12; i++) void send(`c1 ${i}`)
    void send('c2', { channel: 'C2' })
    await clock.until(0)
    expect(sent.map(({ name }) => name)).toEqual(['c1 0', 'c1 1', 'c2'])
    await clock.until(10_200)
    expect(sent).toHaveLength(13)
    const gaps = sent.slice(3).map((one, i) => one.at - (sent[i + 2]?.at ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000)
  })

  test('a hundred channels share what the workspace may post, each in its turn', async () => {
    const { clock, sent, send, names } = open()
    for (let i = 0; i < 2000; i++) void send(`c${i % 100}`, { channel: `C${i % 100}` })
    await clock.until(60_000)
    const first = sent.length
    await clock.until(360_000)
    const perMinute = (sent.length - first) / 5
    expect(perMinute).toBeGreaterThanOrEqual(0.97 * 300)
    expect(perMinute).toBeLessThanOrEqual(300)
    const counts = [...Map.groupBy(names(), (name) => name).values()].map((all) => all.length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  test('somebody who waits goes before the digest, even when the digest came first', async () => {
    const { clock, names, send } = open()
    for (let i = 0; i < 400; i++) void send('digest', { channel: `C${i}` })
    await clock.until(0)
    const before = names().length
    for (let i = 0; i < 20; i++) void send('Ana', { channel: 'CA', urgency: 'interactive' })
    for (let i = 0; i < 20; i++) void send('Ben', { channel: `B${i}`, urgency: 'interactive' })
    await clock.until(0)
    // A part of the bucket was kept for people: nobody waits for the digest to be through.
    expect(names().slice(before)).toEqual([...Array(2).fill('Ana'), ...Array(20).fill('Ben')])
  })

  test('workspaces know nothing of each other', async () => {
    const { clock, names, send } = open()
    void send('T1', { channel: 'C1' }, async () => Promise.reject(limited(20))).catch(() => {})
    await clock.until(1)
    void send('T2', { channel: 'C1' }, async () => {}, 'T2')
    await clock.until(2)
    expect(names()).toEqual(['T1', 'T2'])
  })
})

describe('refused: 429', () => {
  test('the call goes again when Retry-After has passed, first of its line; other channels go on', async () => {
    const { clock, sent, send } = open()
    let refusals = 1
    const done = send('first', {}, async () => {
      if (refusals-- > 0) throw limited(7)
      return 'posted'
    })
    void send('second')
    await clock.until(1)
    void send('elsewhere', { channel: 'C2' })
    await clock.until(6_999)
    expect(sent.map(({ name }) => name)).toEqual(['first', 'second', 'elsewhere'])
    void send('third')
    await clock.until(20_000)
    await expect(done).resolves.toBe('posted')
    expect(sent.slice(3).map(({ name }) => name)).toEqual(['first', 'third'])
    expect(sent[3]?.at).toBeGreaterThanOrEqual(7_000)
  })

  test('a second channel refused meanwhile means that the method waits, other methods do not', async () => {
    const { clock, names, send } = open()
    const refuseOnce = () => {
      let left = 1
      return async () => {
        if (left-- > 0) throw limited(5)
      }
    }
    void send('a', { channel: 'A' }, refuseOnce())
    await clock.until(1)
    void send('b', { channel: 'B' }, refuseOnce())
    await clock.until(2)
    void send('c', { channel: 'C' })
    void send('update', { method: 'chat.update' })
    await clock.until(4_000)
    expect(names()).toEqual(['a', 'b', 'update'])
    await clock.until(6_000)
    expect(names().slice(3).sort()).toEqual(['a', 'b', 'c'])
  })

  test('what would wait for minutes fails at once and says how long', async () => {
    const { clock, names, send } = open()
    const first = send('a', {}, async () => Promise.reject(limited(600)))
    const refused = expect(first).rejects.toThrow('ratelimited')
    await clock.until(1)
    await refused
    const second = expect(send('b')).rejects.toMatchObject({ retryAfterMs: expect.any(Number) })
    await clock.until(2)
    await second
    expect(names()).toEqual(['a'])
  })

  test('a window is opened while its trigger lives, whatever our own count says', async () => {
    const { clock, names, send } = open()
    for (let i = 0; i < 150; i++)
      void send('open', { method: 'views.open', urgency: 'interactive' })
    await clock.until(0)
    expect(names()).toHaveLength(150)
  })
})

/** Who is in a group is asked of the platform rarely, waited for briefly, and never older than ten minutes. */
import { describe, expect, test } from 'vitest'
import { unavailable } from '../../src/errors.ts'
import { openMemberships } from '../../src/labelers/memberships.ts'

const ana = { platform: 'slack', workspace: 'T1', userId: 'U1' } as const
const minutes = 60_000

/** A platform whose answers the test gives one by one, and a clock of its own. */
function stage(patienceMs = 1000) {
  let at = 0
  const asked: { answer: (isIn: boolean) => void; fail: (error: Error) => void }[] = []
  const memberships = openMemberships({
    now: () => new Date(at),
    patienceMs,
    ask: () =>
      new Promise<boolean>((answer, fail) => {
        asked.push({ answer, fail })
      }),
  })
  return {
    asked,
    isIn: () => memberships.isIn(ana, 'C1'),
    pass: (ms: number) => {
      at += ms
    },
    /** The platform answers the question asked last. */
    says: async (isIn: boolean) => {
      asked.at(-1)?.answer(isIn)
      await Promise.resolve()
    },
  }
}

describe('happy', () => {
  test('a hundred gestures within five minutes cost one question', async () => {
    const { asked, isIn, says, pass } = stage()
    const all = Array.from({ length: 100 }, isIn)
    await says(true)
    expect(await Promise.all(all)).toEqual(Array.from({ length: 100 }, () => true))
    pass(4 * minutes)
    expect(await isIn()).toBe(true)
    expect(asked).toHaveLength(1)
  })

  test('after five minutes the kept answer is given at once and a new one asked for behind it', async () => {
    const { asked, isIn, says, pass } = stage()
    const first = isIn()
    await says(true)
    await first
    pass(6 * minutes)
    expect(await isIn()).toBe(true)
    expect(asked).toHaveLength(2)
    await says(false)
    expect(await isIn()).toBe(false)
    expect(asked).toHaveLength(2)
  })
})

describe('refused', () => {
  test('an answer of ten minutes ago counts no more, however long the platform is silent', async () => {
    const { isIn, says, pass } = stage(20)
    const first = isIn()
    await says(true)
    expect(await first).toBe(true)
    pass(10 * minutes)
    await expect(isIn()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a platform that is slow is not waited for; what it says late is there for the next try', async () => {
    const { asked, isIn, says } = stage(20)
    await expect(isIn()).rejects.toThrow(/Please try again in a moment/)
    await says(true)
    expect(await isIn()).toBe(true)
    expect(asked).toHaveLength(1)
  })

  test('a platform that fails is left in peace for a moment; what was known before still counts', async () => {
    const { asked, isIn, says, pass } = stage()
    const first = isIn()
    await says(true)
    await first
    pass(6 * minutes)
    expect(await isIn()).toBe(true)
    asked.at(-1)?.fail(unavailable('Slack'))
    await new Promise((done) => setImmediate(done))
    expect(await isIn()).toBe(true)
    expect(asked).toHaveLength(2)
    pass(4 * minutes)
    const again = isIn()
    asked.at(-1)?.fail(unavailable('Slack'))
    await expect(again).rejects.toMatchObject({ code: 'unavailable' })
    await expect(isIn()).rejects.toMatchObject({ code: 'unavailable' })
    expect(asked).toHaveLength(3)
    pass(6_000)
    const later = isIn()
    await says(false)
    expect(await later).toBe(false)
  })
})

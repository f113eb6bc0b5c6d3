/** Who may send a message, when senders die, sleep or wake up again: never two of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Attempt, ChatAdapter, Delivered, Reply } from '../../src/chat/port/port.ts'
import { codeOf, unavailable } from '../../src/errors.ts'
import { openLog } from '../../src/log.ts'
import { deliverDue, sweepDeliveries } from '../../src/outbound/deliver.ts'
import { queueNotice } from '../../src/outbound/queue-message.ts'
import type { Parley } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let home: TestParley
let arrived: { text: string; id: string | undefined }[]

beforeAll(async () => {
  home = await startParley()
})
afterAll(() => home.close())
beforeEach(async () => {
  await home.parley.db.deleteFrom('deliveries').execute()
  home.queue.splice(0)
  arrived = []
})

const place = { platform: 'slack', workspace: 'T1' } as const
const onDiscord = { platform: 'discord', workspace: '' } as const
const tell = (text: string, where: typeof place | typeof onDiscord = place) =>
  queueNotice(home.parley, { key: text, to: { ...where, userId: 'U1' }, text })

/** A sender of its own: what it does around each call is the test's. */
function senderOf(
  around: (call: () => Promise<Delivered>, attempt: Attempt) => Promise<Delivered>,
  more: Partial<ChatAdapter> = {},
): Parley {
  const platforms = new Map(home.parley.platforms)
  for (const [platform, adapter] of platforms)
    platforms.set(platform, {
      ...adapter,
      ...more,
      send: async (to, reply: Reply, attempt) => {
        if (!attempt) throw new Error('Every delivery is an attempt.')
        return around(async () => {
          if (reply.type === 'notice') arrived.push({ text: reply.text, id: attempt.id })
          return { platform, workspace: to.workspace, channel: 'D1', message: '1' }
        }, attempt)
      },
    })
  const send: Parley['send'] = async (to, reply, attempt) => {
    const adapter = platforms.get(to.platform)
    if (!adapter) throw new Error('It is switched off.')
    return adapter.send(to, reply, attempt)
  }
  return { ...home.parley, platforms, send, log: openLog({ level: 'silent' }) }
}

const usual = async (call: () => Promise<Delivered>, { starting }: Attempt) => {
  await starting()
  return call()
}

const stateOf = (key: string) =>
  home.parley.db
    .selectFrom('deliveries')
    .select(['state', 'attempt'])
    .where('key', 'like', `${key}@%`)
    .executeTakeFirstOrThrow()

describe('happy: what is put off', () => {
  test('its workspace is rung for when it becomes due, not at the next sweep', async () => {
    const delays: (number | undefined)[] = []
    const sender = senderOf(
      async (call, attempt) => {
        if (arrived.length === 0 && delays.length === 0) throw unavailable('Slack')
        return usual(call, attempt)
      },
      { failureOf: () => ({ type: 'later', afterMs: 2_000 }) },
    )
    const queue: Parley['queue'] = {
      ring: async (_name, _payload, options) => {
        delays.push(options?.delayMs)
        return true
      },
    }
    await tell('In two seconds.')
    await deliverDue({ ...sender, queue }, place)
    expect(delays).toEqual([2_000])
    expect(arrived).toEqual([])
    home.clock.advance('2 seconds')
    await deliverDue({ ...sender, queue }, place)
    expect(arrived).toMatchObject([{ text: 'In two seconds.' }])
    expect(delays).toEqual([2_000])
  })

  test('what a dead worker held is looked for when it has been silent long enough', async () => {
    const never = Promise.withResolvers<never>()
    const asleep = Promise.withResolvers<void>()
    const dead = senderOf(async () => {
      asleep.resolve()
      return never.promise
    })
    await tell('Held by the dead.')
    const first = deliverDue(dead, place)
    await asleep.promise
    home.queue.splice(0)
    await deliverDue(senderOf(usual), place)
    expect(arrived).toEqual([])
    expect(home.queue).toMatchObject([{ name: 'deliver', payload: place }])
    home.clock.advance('31 seconds')
    await deliverDue(senderOf(usual), place)
    expect(arrived).toMatchObject([{ text: 'Held by the dead.' }])
    never.reject(new Error('The test is over.'))
    await first
    expect(await stateOf('Held by the dead.')).toEqual({ state: 'sent', attempt: 2 })
  })
})

describe('twice: two senders', () => {
  test('one that was paused before its call wakes up and sends nothing', async () => {
    const woken = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    const paused = senderOf(async (call, attempt) => {
      asleep.resolve()
      await woken.promise
      return usual(call, attempt)
    })
    await tell('Slept over.')
    const first = deliverDue(paused, place)
    await asleep.promise
    home.clock.advance('1 minute')
    await sweepDeliveries(home.parley)
    await deliverDue(senderOf(usual), place)
    expect(arrived).toHaveLength(1)
    woken.resolve()
    await first
    expect(arrived).toHaveLength(1)
    expect(await stateOf('Slept over.')).toEqual({ state: 'sent', attempt: 2 })
  })

  test('one that was paused within its call knows better: what was unknown is sent', async () => {
    const woken = Promise.withResolvers<void>()
    const asleep = Promise.withResolvers<void>()
    const paused = senderOf(async (call, { starting }) => {
      await starting()
      const delivered = await call()
      asleep.resolve()
      await woken.promise
      return delivered
    })
    await tell('Answered late.')
    const first = deliverDue(paused, place)
    await asleep.promise
    home.clock.advance('1 minute')
    await deliverDue(senderOf(usual), place)
    expect(await stateOf('Answered late.')).toEqual({ state: 'unknown', attempt: 1 })
    woken.resolve()
    await first
    expect(await stateOf('Answered late.')).toEqual({ state: 'sent', attempt: 1 })
    expect(arrived).toHaveLength(1)
  })
})

describe('twice: nobody knows whether it arrived', () => {
  const dropping = async (call: () => Promise<Delivered>, { starting }: Attempt) => {
    await starting()
    await call()
    throw unavailable('the platform')
  }

  test('where the platform knows a message again it is sent again, under the same id', async () => {
    const more = { knownAgainMs: 120_000, failureOf: () => ({ type: 'unknown' }) as const }
    await tell('Known again.', onDiscord)
    await deliverDue(senderOf(dropping, more), onDiscord)
    home.clock.advance('30 seconds')
    await deliverDue(senderOf(usual, more), onDiscord)
    expect(await stateOf('Known again.')).toEqual({ state: 'sent', attempt: 2 })
    const [one, other] = arrived
    expect(arrived).toHaveLength(2)
    expect(one?.id).toBe(other?.id)
    expect(one?.id?.length).toBeLessThanOrEqual(25)
  })

  test('after the platform has forgotten it, it is not sent again', async () => {
    const more = { knownAgainMs: 120_000, failureOf: () => ({ type: 'unknown' }) as const }
    await tell('Forgotten.', onDiscord)
    await deliverDue(senderOf(dropping, more), onDiscord)
    home.clock.advance('3 minutes')
    await deliverDue(senderOf(usual, more), onDiscord)
    expect(await stateOf('Forgotten.')).toEqual({ state: 'unknown', attempt: 2 })
    expect(arrived).toHaveLength(1)
  })

  test('where it does not, it stays unknown', async () => {
    await tell('Perhaps.')
    const more = { failureOf: () => ({ type: 'unknown' }) as const }
    await deliverDue(senderOf(dropping, more), place)
    home.clock.advance('1 minute')
    await sweepDeliveries(home.parley)
    await deliverDue(senderOf(usual, more), place)
    expect(await stateOf('Perhaps.')).toEqual({ state: 'unknown', attempt: 1 })
    expect(arrived).toHaveLength(1)
  })
})

describe('refused: a database that goes away', () => {
  const isAway = () => Object.assign(new Error('terminating connection'), { code: '57P01' })

  test('before the call: the message is put off, not given up', async () => {
    await tell('Before the call.')
    const sender = senderOf(async () => {
      throw isAway()
    })
    await deliverDue(sender, place)
    expect(await stateOf('Before the call.')).toEqual({ state: 'queued', attempt: 1 })
    home.clock.advance('1 minute')
    await deliverDue(senderOf(usual), place)
    expect(await stateOf('Before the call.')).toEqual({ state: 'sent', attempt: 2 })
  })

  test('after it: what the platform answered is written down once it is back', async () => {
    await tell('After the call.')
    await deliverDue(
      senderOf(async (call, attempt) => {
        const delivered = await usual(call, attempt)
        const { rows } = await home.database.pool.query<{ pid: number }>(
          'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        )
        for (const { pid } of rows)
          await home.database.pool.query('select pg_terminate_backend($1)', [pid])
        return delivered
      }),
      place,
      // The job itself may be looking for more at that moment; then it is tried again.
    ).catch((error: unknown) => expect(['57P01', 'ECONNRESET']).toContain(codeOf(error)))
    // And so may this look, on a connection whose end the pool has not heard of yet.
    const look = () => stateOf('After the call.')
    expect(await vi.waitFor(look)).toEqual({ state: 'sent', attempt: 1 })
    expect(arrived).toHaveLength(1)
  })
})

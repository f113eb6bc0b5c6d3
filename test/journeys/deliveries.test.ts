/** What Parley sends of its own accord: once, or known to be unknown; and never to who is gone. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { slackAdapter } from '../../adapters/slack/index.ts'
import type { Inside } from '../../src/chat/port/port.ts'
import type { Time } from '../../src/chat/time.ts'
import { writeExport } from '../../src/exports/job/write.ts'
import { grantRole } from '../../src/labelers/roles.ts'
import { deliverDue, sweepDeliveries } from '../../src/outbound/deliver.ts'
import { queueCard, queueNotice } from '../../src/outbound/queue-message.ts'
import { tellAdmins } from '../../src/outbound/tell-admins.ts'
import { admin, type Journey, openJourney, publicUrl } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney({ worker: false })
  const { parley, slack, cleo } = journey
  const person = `slack:${slack.teamId}:${cleo.id}`
  await grantRole(parley, admin, { role: 'admin', person })
})
afterAll(() => journey.close())

const place = () => ({ platform: 'slack' as const, workspace: journey.slack.teamId })
const personOf = (who: { id: string }) => ({ ...place(), userId: who.id })
const notice = (who: { id: string }, key: string, text = key) =>
  queueNotice(journey.parley, { key, to: personOf(who), text })
const deliver = () => deliverDue(journey.parley, place())

async function rowsOf(key: string) {
  return journey.parley.db
    .selectFrom('deliveries')
    .select(['state', 'attempt', 'problem', 'delivered'])
    .where('key', 'like', `${key}@%`)
    .execute()
}

function countOf(who: { messages(): string[] }, text: string): number {
  return who.messages().filter((message) => message.includes(text)).length
}

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

describe('happy: deliveries', () => {
  test('a notice arrives, and its row says where', async () => {
    const { ana } = journey
    await notice(ana, 'Good morning, Ana.')
    await deliver()
    await ana.receives('Good morning, Ana.')
    const [row] = await rowsOf('Good morning, Ana.')
    expect(row).toMatchObject({ state: 'sent', attempt: 1, delivered: { platform: 'slack' } })
  })

  test('a card arrives and is answered with one press', async () => {
    const { ben, parley } = journey
    await journey.dataset('name: carded\ntemplate: comparison\ntitle: Carded', pairs('carded', 2))
    await ben.joins('carded')
    const { id, datasetId } = await parley.db
      .selectFrom('assignments')
      .select(['id', 'datasetId'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    const card = { key: 'card', to: personOf(ben), assignmentId: `${datasetId}-${id}` }
    const before = countOf(ben, 'carded prompt')
    await queueCard(parley, card)
    await deliver()
    expect(countOf(ben, 'carded prompt')).toBe(before + 1)
    await ben.presses('A is better')
    expect(await journey.raw('carded')).toHaveLength(1)
    // An answered one is not sent: somebody was faster than the message.
    await queueCard(parley, { ...card, key: 'late card' })
    await deliver()
    expect(await rowsOf('late card')).toMatchObject([{ state: 'failed' }])
  })
})

describe('twice: deliveries', () => {
  test('the same thing told twice is one message', async () => {
    const { ana } = journey
    await Promise.all([notice(ana, 'Told twice.'), notice(ana, 'Told twice.')])
    await Promise.all([deliver(), deliver()])
    expect(countOf(ana, 'Told twice.')).toBe(1)
  })

  test('a connection that breaks after Slack took a notice: unknown, and never sent again', async () => {
    const { ana, slack, clock, parley } = journey
    await notice(ana, 'Perhaps.')
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    await deliver()
    clock.advance(3600)
    await sweepDeliveries(parley)
    await deliver()
    expect(await rowsOf('Perhaps.')).toMatchObject([{ state: 'unknown', attempt: 1 }])
    expect(countOf(ana, 'Perhaps.')).toBe(1)
  })

  test('a crash between Slack’s yes and our commit: a notice stays unknown, a card is sent again', async () => {
    const { dee, clock, parley } = journey
    await journey.dataset('name: crashed\ntemplate: comparison\ntitle: Crash', pairs('crashed', 2))
    await dee.joins('crashed')
    const { id, datasetId } = await parley.db
      .selectFrom('assignments')
      .select(['id', 'datasetId'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await notice(dee, 'Crash notice.')
    const assignmentId = `${datasetId}-${id}`
    await queueCard(parley, { key: 'crash card', to: personOf(dee), assignmentId })
    await deliver()
    // What a process leaves behind that is killed before it could write down what Slack said.
    await parley.db
      .updateTable('deliveries')
      .set({ state: 'sending', delivered: null, finishedAt: null })
      .where('key', 'like', '%rash %')
      .execute()
    clock.advance(150)
    const cards = countOf(dee, 'crashed prompt')
    await sweepDeliveries(parley)
    await deliver()
    expect(await rowsOf('Crash notice.')).toMatchObject([{ state: 'unknown' }])
    expect(await rowsOf('crash card')).toMatchObject([{ state: 'sent', attempt: 2 }])
    expect(countOf(dee, 'Crash notice.')).toBe(1)
    expect(countOf(dee, 'crashed prompt')).toBe(cards + 1)
    await dee.presses('A is better', { in: 'crashed prompt' })
    expect(await journey.raw('crashed')).toHaveLength(1)
  })

  test('a rate limit puts a message off for as long as Slack asks', async () => {
    const { slack } = journey
    const fay = journey.person('Fay')
    await notice(fay, 'Later.')
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 120 })
    await deliver()
    expect(await rowsOf('Later.')).toMatchObject([{ state: 'queued', attempt: 1 }])
    await deliver()
    expect(countOf(fay, 'Later.')).toBe(0)
  })
})

describe('twice: storms', () => {
  const crowd = ['Gil', 'Hal', 'Ivy', 'Jan', 'Kim', 'Lou']
  const posts = /^Storm \d+: (\d+)$/

  /** Deliveries go through a lane whose clock runs a hundred times as fast, so that waits are short. */
  async function inFastTime(work: () => Promise<void>) {
    const { parley, slack } = journey
    const usual = parley.platforms.get('slack')
    const now = () => performance.now() * 100
    const time: Time = {
      now,
      after: (ms, ring) => {
        const timer = setTimeout(ring, ms / 100)
        return { cancel: () => clearTimeout(timer) }
      },
    }
    const { apiUrl, signingSecret, botToken } = slack
    const settings = { mode: 'http' as const, publicUrl, apiUrl, signingSecret, botToken }
    const inside: Inside = {
      handle: async () => ({ type: 'nothing' }),
      firstSight: async () => true,
      now: parley.now,
      log: parley.log,
    }
    parley.platforms.set('slack', slackAdapter(settings, inside, { time }))
    try {
      await work()
    } finally {
      slack.faults.every(null)
      if (usual) parley.platforms.set('slack', usual)
    }
  }

  async function deliverAll(name: string): Promise<void> {
    for (let round = 0; round < 40; round++) {
      await deliver()
      const rows = await rowsLike(name)
      if (rows.every(({ state }) => state !== 'queued')) return
      journey.clock.advance(30)
      await sweepDeliveries(journey.parley)
    }
  }

  const rowsLike = (name: string) =>
    journey.parley.db
      .selectFrom('deliveries')
      .select(['state', 'content'])
      .where('key', 'like', `${name}:%`)
      .execute()

  /** The same numbers each time, so that a storm can be had again. */
  function openDice(seed: number): () => number {
    let state = seed
    return () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state / 2_147_483_648
    }
  }

  test('half of all calls are “too many”: every notice arrives, once', async () => {
    const { slack } = journey
    const people = crowd.map((name) => journey.person(name))
    for (let i = 0; i < 60; i++) {
      const who = people[i % people.length]
      if (who) await notice(who, `Storm 1: ${i + 100}`)
    }
    await inFastTime(async () => {
      const roll = openDice(7)
      let refused = 0
      slack.faults.every(({ method }) => {
        if (method !== 'chat.postMessage' || roll() < 0.5) return undefined
        refused++
        return { status: 429, retryAfter: 2 }
      })
      await deliverAll('Storm 1')
      expect(refused).toBeGreaterThan(20)
    })
    const rows = await rowsLike('Storm 1')
    expect(rows.map(({ state }) => state)).toEqual(Array(60).fill('sent'))
    const seen = people.flatMap((who) =>
      who.messages().flatMap((text) => posts.exec(text)?.[1] ?? []),
    )
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 100),
    )
  })

  test('trouble of every kind at once: nothing arrives twice, and what did not arrive is known', async () => {
    const { slack } = journey
    const people = crowd.map((name) => journey.person(name))
    for (let i = 0; i < 60; i++) {
      const who = people[i % people.length]
      if (who) await notice(who, `Storm 2: ${i + 100}`)
    }
    const unclear = new Set<string>()
    await inFastTime(async () => {
      const roll = openDice(11)
      slack.faults.every(({ method }) => {
        if (method !== 'chat.postMessage') return undefined
        const at = roll()
        if (at < 0.3) return { status: 429, retryAfter: 1 }
        if (at < 0.4) return { dropAfterEffect: true }
        if (at < 0.45) return { dropBefore: true }
        if (at < 0.5) return { status: 503 }
        return at < 0.55 ? { error: 'internal_error' } : undefined
      })
      await deliverAll('Storm 2')
    })
    for (const { state, content } of await rowsLike('Storm 2')) {
      const { text } = z.object({ text: z.string() }).parse(content)
      const arrived = people.reduce((sum, who) => sum + countOf(who, text), 0)
      expect([text, state === 'sent' ? arrived === 1 : arrived <= 1]).toEqual([text, true])
      expect(['sent', 'unknown']).toContain(state)
      if (state === 'unknown') unclear.add(text)
    }
    expect(unclear.size).toBeGreaterThan(3)
    expect(unclear.size).toBeLessThan(30)
  })
})

describe('refused: who is gone', () => {
  test('enough people who find fault reject the record, and the admin is notified once', async () => {
    const { ana, ben, cleo } = journey
    const document = 'name: faulty\ntemplate: comparison\ntitle: Faulty'
    await journey.dataset(`${document}\ndistribution: { max_discards: 2 }`, pairs('faulty', 1))
    for (const who of [ana, ben]) {
      await who.joins('faulty')
      await who.chooses('Skip, because…', 'It is unsafe')
    }
    await deliver()
    expect(countOf(cleo, 'was rejected')).toBe(1)
  })

  test('a person who left: one attempt, their record goes to others, the admin is notified once', async () => {
    const { slack, parley, cleo } = journey
    const eve = journey.person('Eve')
    await journey.dataset('name: left\ntemplate: comparison\ntitle: Left', pairs('left', 1))
    await eve.joins('left')
    slack.deactivate('Eve')
    for (const key of ['one', 'two', 'three']) await notice(eve, key)
    const before = slack.wire.length
    await deliver()
    await deliver()
    const tried = slack.wire
      .slice(before)
      .filter(
        ({ path, request }) =>
          path.endsWith('postMessage') && JSON.stringify(request).includes(eve.id),
      )
    // At most two are under way for one person.
    expect(tried.length).toBeLessThanOrEqual(3)
    for (const key of ['one', 'two', 'three'])
      expect(await rowsOf(key)).toMatchObject([{ state: 'failed', problem: 'user_disabled' }])
    expect(countOf(cleo, `can no longer write to slack:${slack.teamId}:${eve.id}`)).toBe(1)
    const ana = journey.ana
    await ana.types('/parley next left')
    expect(ana.newest()).toContain('left prompt 1')
    const open = await parley.db
      .selectFrom('deliveries')
      .select('id')
      .where('state', 'in', ['queued', 'sending'])
      .where('recipient', '=', eve.id)
      .execute()
    expect(open).toEqual([])
  })

  test('a channel that was archived ends it as well', async () => {
    const { slack, parley } = journey
    const { id } = slack.channel('old-news')
    slack.archive('old-news')
    await queueNotice(parley, { key: 'news', to: { ...place(), channelId: id }, text: 'News' })
    await deliver()
    expect(await rowsOf('news')).toMatchObject([{ state: 'failed', problem: 'is_archived' }])
  })

  test('an export whose admin left is written, tried once, and says where its files are', async () => {
    const { slack, parley, clock } = journey
    const gus = journey.person('Gus')
    const person = `slack:${slack.teamId}:${gus.id}`
    await grantRole(parley, admin, { role: 'admin', person })
    await gus.types('/parley-admin export carded raw')
    slack.deactivate('Gus')
    const { id } = await parley.db
      .selectFrom('exports')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await writeExport(parley, id)
    const find = () =>
      parley.db.selectFrom('exports').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    expect(await find()).toMatchObject({
      state: 'done',
      problem: expect.stringContaining('server'),
    })
    const before = slack.wire.length
    clock.advance(600)
    await writeExport(parley, id)
    expect(slack.wire.length).toBe(before)
  })

  test('a revoked token: nothing more is tried, answers are kept, a new start tries again', async () => {
    const { slack, parley, ana, ben } = journey
    const answers = await journey.raw('carded')
    await slack.revoke({ tell: false })
    for (const [i, who] of [ana, ben, ana, ben, ana].entries()) await notice(who, `dead ${i}`)
    await deliver()
    const before = slack.wire.length
    await notice(ana, 'after all')
    await tellAdmins(parley, { about: 'home', key: 'nobody there', text: 'Nobody hears this.' })
    await deliver()
    await sweepDeliveries(parley)
    expect(slack.wire.slice(before).filter(({ direction }) => direction === 'call')).toEqual([])
    expect(await rowsOf('after all')).toMatchObject([{ state: 'failed' }])
    const dead = await parley.db.selectFrom('workspaces').selectAll().execute()
    expect(dead).toMatchObject([{ workspace: slack.teamId, deadReason: 'token_revoked' }])
    expect(await journey.raw('carded')).toEqual(answers)
    await journey.startService()
    expect(await parley.db.selectFrom('workspaces').select('deadAt').execute()).toEqual([
      { deadAt: null },
    ])
  })
})

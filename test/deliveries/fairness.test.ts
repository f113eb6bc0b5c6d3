/** Whose message goes next: people who wait before digests, datasets in turn, nobody behind a burst. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { queueDeliveries } from '../../src/deliveries/enqueue.ts'
import { type Held, takeDue } from '../../src/deliveries/ledger.ts'
import { openLog } from '../../src/log.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import type { Parley } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let home: TestParley
let one: OpenDatabase
let parley: Parley

beforeAll(async () => {
  home = await startParley()
  one = openDatabase(home.database.url, { log: openLog({ level: 'error' }), max: 1 })
  parley = { ...home.parley, db: one.db }
})
afterAll(async () => {
  await one.close()
  await home.close()
})
beforeEach(async () => {
  await sql`truncate deliveries`.execute(parley.db)
  home.sent.splice(0)
})

const place = { platform: 'slack', workspace: 'T1' } as const
const [large, small] = ['1', '2']

/** So many notices of a dataset, each to the person its number comes to. */
async function tell(
  name: string,
  { count, datasetId, to, priority }: Telling & { count: number },
): Promise<void> {
  await queueDeliveries(
    parley,
    Array.from({ length: count }, (_, i) => ({
      key: `${name} ${i}`,
      kind: 'notice' as const,
      to: { ...place, userId: to(i) },
      content: { text: `${name} ${i}` },
      ...(datasetId ? { datasetId } : {}),
      ...(priority ? { priority } : {}),
    })),
  )
}

type Telling = { datasetId?: string; priority?: number; to(i: number): string }

/** Takes so many and says which; they stay with us. */
async function take(
  count: number,
  inFlight: readonly string[] = [],
  everywhere = false,
): Promise<Held[]> {
  return takeDue(parley, place, { count, inFlight, everywhere })
}

const textsOf = (held: readonly Held[]) =>
  held.map(({ content }) => z.object({ text: z.string() }).parse(content).text)

/** What deliverDue has sent, in this order. */
const arrived = () =>
  home.sent.map(({ reply }) => (reply.type === 'notice' ? reply.text : reply.type))

describe('happy: who goes first', () => {
  test('a person who waits is written to before five hundred digests that were there first', async () => {
    await tell('digest', { count: 500, datasetId: large, priority: 7, to: (i) => `U${i}` })
    home.clock.advance('1 minute')
    await tell('card', { count: 1, datasetId: large, to: () => 'UANA' })
    expect(textsOf(await take(1))).toEqual(['card 0'])
  })

  test('and so is somebody whose own digests were there first', async () => {
    await tell('digest', { count: 300, priority: 7, to: (i) => (i < 2 ? 'UANA' : `U${i}`) })
    await tell('card', { count: 1, datasetId: small, to: () => 'UANA' })
    await deliverDue(parley, place)
    expect(arrived()).toHaveLength(301)
    expect(arrived().indexOf('card 0')).toBe(0)
  })

  test('a dataset with ten messages does not wait for one with a thousand', async () => {
    await tell('large', { count: 1000, datasetId: large, to: (i) => `U${i}` })
    home.clock.advance('1 minute')
    await tell('small', { count: 10, datasetId: small, to: (i) => `V${i}` })
    await deliverDue(parley, place)
    const own = arrived().flatMap((text, at) => (text.startsWith('small') ? [at] : []))
    expect(arrived()).toHaveLength(1010)
    // Every second one, while both have some.
    expect(Math.max(...own)).toBeLessThan(25)
  })

  test('what is older goes first where all else is equal', async () => {
    await tell('new', { count: 3, datasetId: large, to: (i) => `U${i}` })
    await sql`update deliveries set due_at = due_at - interval '1 hour' where key = 'new 2'`.execute(
      parley.db,
    )
    expect(textsOf(await take(1))).toEqual(['new 2'])
  })
})

describe('happy: nobody is held up', () => {
  test('of a thousand messages to one person two are taken, and the next goes to somebody else', async () => {
    await tell('burst', { count: 1000, datasetId: large, to: () => 'UANA' })
    home.clock.advance('1 minute')
    await tell('other', { count: 5, datasetId: large, to: (i) => `U${i}` })
    const first = textsOf(await take(20))
    expect(first).toEqual(['burst 0', 'burst 1'])
    const next = textsOf(await take(18, ['UANA', 'UANA']))
    expect(next.toSorted()).toEqual(['other 0', 'other 1', 'other 2', 'other 3', 'other 4'])
    // One of the two has gone: the third of the burst may go.
    expect(textsOf(await take(18, ['UANA']))).toEqual(['burst 2'])
  })

  test('behind three thousand for one channel another is found by the look that goes further', async () => {
    await tell('burst', { count: 3000, datasetId: large, to: () => 'CLOUD' })
    home.clock.advance('1 minute')
    await tell('other', { count: 1, datasetId: large, to: () => 'CQUIET' })
    expect(await take(18, ['CLOUD', 'CLOUD'])).toEqual([])
    expect(textsOf(await take(18, ['CLOUD', 'CLOUD'], true))).toEqual(['other 0'])
  })

  test('where a platform lets more pass, fifty channels are written to at a time', async () => {
    await tell('post', { count: 150, datasetId: large, to: (i) => `C${i % 50}` })
    const adapter = parley.platforms.get('slack')
    if (!adapter) throw new Error('Slack is not there.')
    const underWay = new Set<string>()
    const all = Promise.withResolvers<void>()
    const platforms = new Map(parley.platforms).set('slack', { ...adapter, mostAtOnce: 100 })
    const waiting: Parley['send'] = async (to, reply) => {
      underWay.add('userId' in to ? to.userId : '')
      // Nobody is answered before each of the fifty is written to.
      if (underWay.size === 50) all.resolve()
      await all.promise
      return adapter.send(to, reply)
    }
    await deliverDue({ ...parley, platforms, send: waiting }, place)
    expect(arrived()).toHaveLength(150)
  })
})

describe('happy: what it costs to find the next', () => {
  const pagesOfATake = async (inFlight: readonly string[] = []) => {
    const before = await pagesLookedAt()
    expect(await take(1, inFlight)).toHaveLength(1)
    return (await pagesLookedAt()) - before
  }

  /** So many wait and so many were sent, to fifty channels each in turn. */
  const fill = async ({ waiting, sent }: { waiting: number; sent: number }) => {
    await sql`truncate deliveries`.execute(parley.db)
    await sql`
      insert into deliveries (key, kind, platform, workspace, recipient, content, state, dataset_id,
        due_at, created_at)
      select 'm' || n, 'notice', ${place.platform}, ${place.workspace}, 'C' || n % 50,
        '{"text": "One of many."}', case when n <= ${sent} then 'sent' else 'queued' end,
        1 + n % 3, ${parley.now()}, ${parley.now()}
      from generate_series(1, ${waiting + sent}::int) n`.execute(parley.db)
    await sql`vacuum analyze deliveries`.execute(parley.db)
  }
  const busy = (count: number) => Array.from({ length: count }, (_, i) => [`C${i}`, `C${i}`]).flat()

  test('does not grow with a hundred thousand that wait or that were sent', async () => {
    const costs: Record<string, number> = {}
    for (const [name, much] of [
      ['a thousand wait', { waiting: 1000, sent: 0 }],
      ['a hundred thousand wait', { waiting: 100_000, sent: 0 }],
      ['a hundred thousand were sent', { waiting: 1000, sent: 100_000 }],
    ] as const) {
      await fill(much)
      await pagesOfATake()
      costs[name] = await pagesOfATake()
      costs[`${name}, 49 of 50 channels are busy`] = await pagesOfATake(busy(49))
    }
    console.log('Pages to take one:', costs)
    for (const cost of Object.values(costs)) expect(cost).toBeLessThanOrEqual(200)
  })
})

/** Pages of the table and its indexes this connection has looked at. */
async function pagesLookedAt(): Promise<number> {
  await sql`select pg_stat_force_next_flush()`.execute(parley.db)
  const { rows } = await sql<{ pages: number }>`
    select (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int as pages
    from pg_statio_user_tables where relname = 'deliveries'`.execute(parley.db)
  return rows[0]?.pages ?? Number.NaN
}

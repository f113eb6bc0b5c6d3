/**
 * A worker process is killed by its pid in the middle of an export and of a repaint. Another one takes
 * both over as soon as the first can be known to be dead: the file arrives once and the message shows
 * what is true. The sweeps are put off until tomorrow, so that nothing is owed to them.
 */
import { Queue as BullQueue, createPostgresBackend } from 'bullmq'
import { Redis } from 'ioredis'
import pg from 'pg'
import { expect } from 'vitest'
import { openSlackStandIn } from '../../sandbox/slack/server.ts'
import { createPosts, findPost, openBallot } from '../../src/assignments/post.ts'
import { loadConfig } from '../../src/config.ts'
import { databaseIdentity, openQueuePool } from '../../src/db/open.ts'
import { getExport } from '../../src/exports/job/export.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import { openParley } from '../../src/open.ts'
import { wantRepaint } from '../../src/outbound/messages.ts'
import type { Parley } from '../../src/parley.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { openTestDatabase } from '../support/database.ts'
import { type Down, type EngineName, makeDataDir, onEachEngine } from '../support/engines.ts'
import { admin, journeySecret, makeDataset } from '../support/journey.ts'
import { openTestRedis } from '../support/redis.ts'
import { startServiceProcess } from '../support/service-process.ts'

const aDayMs = 86_400_000

onEachEngine(
  (engine) => `twice: a worker dies, on ${engine}`,
  'another goes on with its export and its repaint, without waiting for a sweep',
  180_000,
  async (engine, down) => {
    const house = await openHouse(engine, down)
    const { parley, slack } = house
    const first = await house.startWorker()
    const { postId, votes } = await postSomething(house)
    await until(() => stands(parley, postId))
    await votes()

    // Whoever reads answers or posts stands still now, and goes on as soon as this is let go of.
    const lock = await holdTables(house.url, ['responses', 'posts'])
    await wantRepaint(parley, `post:${postId}`)
    const requestedBy = { ...house.place, userId: slack.person('Cleo').id }
    const asked = { dataset: 'arena', as: 'raw', requestedBy }
    const { id } = await startExport(parley, admin, asked)
    await until(() => isBeingPainted(parley, postId))
    await until(async () => (await getExport(parley, id)).state === 'writing')
    await house.startWorker()
    await first.stop()
    await lock.release()

    await until(async () => (await getExport(parley, id)).state === 'done')
    // Written by the dead one, written again, sent.
    expect(await getExport(parley, id)).toMatchObject({ attempt: 3 })
    const files = slack.person('Cleo').files()
    expect(files.map(({ name }) => name)).toEqual([
      'arena-raw.jsonl',
      'arena-raw.jsonl.manifest.json',
    ])
    await until(async () => slack.person('Ana').messages('arena').join().includes('1 vote'))
    expect(await house.nextSweep()).toBeGreaterThan(Date.now() + aDayMs / 2)
  },
)

type House = Awaited<ReturnType<typeof openHouse>>

async function openHouse(engine: EngineName, down: Down) {
  const dataDir = makeDataDir('taken', down)
  const database = await openTestDatabase()
  down.push(database.close)
  const redis = engine === 'Redis' ? await openTestRedis() : null
  down.push(() => redis?.stop())
  const slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Cleo' }] })
  down.push(slack.close)
  const { id: channelId } = slack.channel('arena', { members: ['Ana', 'Cleo'] })
  const env = {
    ...slack.env,
    DATABASE_URL: database.url,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    PARLEY_SECRET: journeySecret,
    PARLEY_DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'fatal',
  }
  const office = await openParley(loadConfig(env))
  down.push(office.close)
  const schedule = redis
    ? await openRedisSchedule(
        redis.url,
        `parley-${await databaseIdentity(database.db, database.url)}`,
      )
    : openPostgresSchedule(database.url)
  await schedule.queue.upsertJobScheduler(
    'sweep',
    { every: 60_000, startDate: Date.now() + aDayMs },
    { name: 'sweep', data: {} },
  )
  down.push(schedule.close)
  const place = { platform: 'slack', workspace: slack.teamId } as const
  return {
    slack,
    place,
    channel: { ...place, channelId },
    url: database.url,
    parley: office.parley,
    startWorker: async () => {
      const worker = await startServiceProcess(env, 'worker')
      down.push(worker.stop)
      return worker
    },
    nextSweep: async () => (await schedule.queue.getJobScheduler('sweep'))?.next,
  }
}

function openPostgresSchedule(url: string) {
  const pool = openQueuePool(url, { log: openLog({ level: 'silent' }) })
  // src/queue/engine.ts says why they are cast.
  const options = { connection: pool as never }
  const queue = new BullQueue('parley-quick', options, createPostgresBackend as never)
  return { queue, close: () => queue.close().then(() => pool.end()) }
}

async function openRedisSchedule(url: string, prefix: string) {
  const connection = new Redis(url, { maxRetriesPerRequest: null })
  const queue = new BullQueue('parley-quick', { connection, prefix })
  return { queue, close: () => queue.close().then(() => connection.disconnect()) }
}

/** A post in a channel, and somebody who votes on it while nobody announces that. */
async function postSomething({ parley, slack, place, channel }: House) {
  await makeDataset(parley, 'name: arena\ntemplate: comparison\ntitle: The arena', [
    { id: 'r1', prompt: 'Which?', outputs: ['this', 'that'] },
  ])
  const [post] = await createPosts(parley, admin, { dataset: 'arena', to: channel })
  const found = post && (await findPost(parley, post.id))
  if (!found) throw new Error('Nothing was posted.')
  return {
    postId: post.id,
    votes: async () => {
      const person = { ...place, userId: slack.person('Ana').id }
      const labeler = await giveConsent(parley, person, { version: consentVersion })
      const { assignmentId } = await openBallot(parley, labeler, found)
      await submitResponse(parley, labeler, {
        ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
        values: {
          preference: { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false },
        },
      })
    },
  }
}

async function messageOf(parley: Parley, postId: string) {
  return parley.db
    .selectFrom('messages')
    .select(['wanted', 'claimed', 'painted', 'claimedAt'])
    .where('subject', '=', `post:${postId}`)
    .executeTakeFirst()
}

async function stands(parley: Parley, postId: string): Promise<boolean> {
  return (await messageOf(parley, postId)) !== undefined
}

async function isBeingPainted(parley: Parley, postId: string): Promise<boolean> {
  const row = await messageOf(parley, postId)
  return row !== undefined && row.claimedAt !== null
}

/** Nobody reads these tables until they are released. */
async function holdTables(url: string, tables: readonly string[]) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(`lock table ${tables.join(', ')} in access exclusive mode`)
  return {
    release: async () => {
      await client.query('rollback')
      await client.end()
    },
  }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 100))
}

/**
 * Reminders and invitations while everything they run on dies: real workers are killed by their pid in
 * the middle of sends, one sleeps for half a minute and wakes up, Redis is emptied and stopped, Postgres
 * is cut off and restarted. At the end the ledger is compared, row by row, with what the stand-ins
 * received. What is promised:
 * - Nothing due is forgotten, and whatever arrived stands in the ledger.
 * - Discord: each arrives once. A message whose end nobody knows is sent again under its own nonce, and
 *   Discord lets what it knows stand once; what it may have forgotten meanwhile (two minutes) is
 *   `unknown` as well.
 * - Slack: each arrives at most once. It knows no message again, so one that was on its way when its
 *   worker died is not repeated: the row says `unknown`, whether it arrived or not, and no other may.
 */
import { randomInt } from 'node:crypto'
import { Redis } from 'ioredis'
import { expect } from 'vitest'
import { budgets } from '../../adapters/discord/limits.ts'
import { type DiscordStandIn, openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import type { WireLine } from '../../sandbox/wire.ts'
import { loadConfig } from '../../src/config.ts'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'
import { asParleyError } from '../../src/errors.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { type Person, personName } from '../../src/labelers/person.ts'
import { openParley } from '../../src/open.ts'
import { getInvitation, startInvitation } from '../../src/reminders/invitation.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { changePreferences } from '../../src/reminders/preferences.ts'
import { everyDay } from '../../src/reminders/when.ts'
import { typeCommand } from '../support/command.ts'
import { type Down, type EngineName, makeDataDir, onEachEngine } from '../support/engines.ts'
import { admin, journeySecret, makeDataset } from '../support/journey.ts'
import { openQuietPostgres } from '../support/quiet-postgres.ts'
import { randomOf } from '../support/random.ts'
import { freePort, startRedis } from '../support/redis.ts'
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

const seed = Number(process.env['KILL_SEED'] ?? randomInt(1e9))
const anHourMs = 3_600_000
const mostRestMs = 300_000
const workers = 2
const onSlack = 36
const onDiscord = 24
/** Of those on Slack: they have begun a batch that is due in three hours. */
const begun = 8

type House = Awaited<ReturnType<typeof openHouse>>

onEachEngine(
  (engine) => `twice: the queue on ${engine}`,
  `whatever dies, nobody is reminded twice and nobody is forgotten (KILL_SEED=${seed})`,
  600_000,
  async (engine, down) => {
    const house = await openHouse(engine, down)
    const random = randomOf(seed)
    const calamities = shuffled(calamitiesOf(house), random)
    await putDownReminders(house)
    house.disturbCalls(randomOf(seed + 1))
    const sleeper = await house.startSleeper()
    await house.startWorkers()
    const mended: Promise<unknown>[] = []
    for (const [nth, { name, happens }] of calamities.entries()) {
      await wait(random() * 2_000)
      await inviteShare(house, nth, calamities.length)
      await house.untilCallsHang()
      house.tell(name)
      mended.push(happens(random))
    }
    await Promise.all(mended)
    house.calmCalls()
    await untilAtRest(house)
    house.tell('the sleeper wakes up')
    sleeper.wake()
    await wait(3_000)
    await sleeper.stop()
    await compare(house)
    expect([sleeper, ...house.workers].flatMap(({ failures }) => failures)).toEqual([])
  },
)

/** What an installation consists of, each part to be broken: Postgres, Redis, platforms, workers. */
async function openHouse(engine: EngineName, down: Down) {
  const dataDir = makeDataDir('crash', down)
  let postgres = await openEmbeddedPostgres({ dataDir })
  down.push(() => postgres.close())
  const relay = await openQuietPostgres()
  down.push(relay.close)
  const redisPort = await freePort()
  let redis = engine === 'Redis' ? await startRedis(redisPort) : null
  down.push(() => redis?.stop())
  const slack = await openSlackStandIn({ people: [] })
  down.push(slack.close)
  const discord = await openDiscordStandIn()
  down.push(discord.close)
  const env = {
    ...slack.env,
    ...discord.env,
    DATABASE_URL: relay.before(postgres.url),
    ...(redis ? { REDIS_URL: redis.url } : {}),
    PARLEY_SECRET: journeySecret,
    PARLEY_DATA_DIR: dataDir,
    PORT: '0',
    LOG_LEVEL: 'fatal',
  }
  // Whoever puts reminders down did so five hours ago; the workers go by the real clock.
  const ago = () => new Date(Date.now() - 5 * anHourMs)
  const office = await openParley(loadConfig(env), { now: ago })
  down.push(office.close)
  const running: ServiceProcess[] = []
  let isOver = false
  /** As whoever supervises a worker does: one that ended is started again, until it can. */
  const keepUp = async (worker: ServiceProcess) => {
    for (; !isOver; await wait(100))
      if (!worker.isRunning()) await worker.killAndStart().catch(() => {})
    await worker.stop()
  }
  const since = Date.now()
  const hanging: number[] = []
  const told: string[] = []
  const tell = (what: string) =>
    void told.push(`${((Date.now() - since) / 1000).toFixed(1)} s ${what}`)
  /** Until some are in the middle of a send; not for ever, it may be that all is sent. */
  const untilCallsHang = async () => {
    const hang = () => hanging.filter((until) => until > Date.now() + 100).length
    for (let tries = 0; tries < 100 && hang() < 4; tries++) await wait(50)
  }
  return {
    engine,
    env,
    slack,
    discord,
    parley: office.parley,
    workers: running,
    told,
    tell,
    /** Calls take effect and answer late; some break off before it or after it. */
    disturbCalls: (random: () => number) => {
      const fault = () => {
        const dice = random()
        if (dice < 0.03) return { dropBefore: true }
        if (dice < 0.06) return { dropAfterEffect: true }
        const hangAfterEffectMs = 500 + random() * 2_500
        hanging.push(Date.now() + hangAfterEffectMs)
        return { hangAfterEffectMs }
      }
      slack.faults.every(({ method }) => (method === 'chat.postMessage' ? fault() : undefined))
      discord.faults.every(({ route }) =>
        route === 'POST /channels/:channel/messages' ? fault() : undefined,
      )
    },
    calmCalls: () => {
      slack.faults.every(null)
      discord.faults.every(null)
    },
    untilCallsHang,
    /** One that falls asleep in the middle of its first sends: others have to take them over. */
    startSleeper: async () => {
      const sleeper = await startServiceProcess(env, 'worker')
      down.push(sleeper.stop)
      await untilCallsHang()
      sleeper.sleep()
      tell('a worker falls asleep')
      return sleeper
    },
    startWorkers: async () => {
      const start = async () => {
        const worker = await startServiceProcess(env, 'worker')
        running.push(worker)
        const kept = keepUp(worker)
        down.push(() => {
          isOver = true
          return kept
        })
      }
      await Promise.all(upTo(workers).map(start))
    },
    cutPostgres: relay.cut,
    restartPostgres: async (awayMs: number) => {
      await postgres.close()
      await wait(awayMs)
      postgres = await openEmbeddedPostgres({ dataDir })
      relay.before(postgres.url)
    },
    flushRedis: async () => {
      const client = new Redis(redisPort, '127.0.0.1')
      await client.flushall()
      client.disconnect()
    },
    restartRedis: async (awayMs: number) => {
      await redis?.stop()
      await wait(awayMs)
      redis = await startRedis(redisPort)
    },
  }
}

type Calamity = { name: string; happens(random: () => number): Promise<unknown> }

function calamitiesOf(house: House): Calamity[] {
  const killOne: Calamity = {
    name: 'a worker is killed',
    happens: async (random) => {
      const worker = house.workers[Math.floor(random() * house.workers.length)]
      await worker?.stop()
    },
  }
  const killAll: Calamity = {
    name: 'all workers are killed',
    happens: async () => {
      await Promise.all(house.workers.map((worker) => worker.stop()))
    },
  }
  const cut: Calamity = {
    name: 'all connections to Postgres break',
    happens: async () => house.cutPostgres(),
  }
  const restart: Calamity = {
    name: 'Postgres is restarted',
    happens: (random) => house.restartPostgres(random() * 2_000),
  }
  const flush: Calamity = { name: 'Redis is emptied', happens: house.flushRedis }
  const stop: Calamity = {
    name: 'Redis is stopped, with all it knew, and started',
    happens: (random) => house.restartRedis(2_000 + random() * 3_000),
  }
  const usual = [killOne, killOne, killOne, killAll, cut, cut, restart]
  return house.engine === 'Redis' ? [...usual, flush, stop] : usual
}

/** A zone where it is past one in the afternoon now, so that no hour here is quiet there. */
function zoneOfNoon(): string {
  const ahead = 13 - new Date().getUTCHours()
  return `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}

const slackPerson = ({ slack }: House, n: number): Person => ({
  platform: 'slack',
  workspace: slack.teamId,
  userId: slack.person(`Sue ${n}`).id,
})
const discordPerson = ({ discord }: House, n: number): Person => ({
  platform: 'discord',
  workspace: '',
  userId: discord.person(`Dan ${n}`).id,
})
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

/** People agree, choose where they are and every day; all get a digest, some are near a deadline. */
async function putDownReminders(house: House): Promise<void> {
  const { parley } = house
  const people = [
    ...upTo(onSlack).map((n) => slackPerson(house, n)),
    ...upTo(onDiscord).map((n) => discordPerson(house, n)),
  ]
  for (const dataset of ['begun', 'offered'])
    await makeDataset(
      parley,
      `name: ${dataset}\ntemplate: thumbs\ntitle: Answers ${dataset}`,
      upTo(30).map((n) => ({ id: `${n}`, prompt: `Question ${n}`, outputs: [`Answer ${n}`] })),
    )
  const join = async (person: Person) => {
    const labeler = await giveConsent(parley, person, { version: consentVersion })
    await changePreferences(parley, labeler, { zone: zoneOfNoon() })
    await changePreferences(parley, labeler, { days: everyDay })
    await changePreferences(parley, labeler, { kind: 'digest', on: true })
  }
  await Promise.all(people.map(join))
  for (const n of upTo(begun)) {
    const person = slackPerson(house, n)
    const due = new Date(Date.now() + 3 * anHourMs)
    await inviteLabelers(parley, admin, {
      dataset: 'begun',
      to: [personName(person)],
      each: 5,
      due,
    })
    const labeler = await giveConsent(parley, person, { version: consentVersion })
    const { id } = await parley.db
      .selectFrom('invitations')
      .select('id')
      .where('userId', '=', person.userId)
      .executeTakeFirstOrThrow()
    await startInvitation(parley, labeler, await getInvitation(parley, id))
  }
}

/** An admin invites one of so many shares of all people, and tries again while the database is away. */
async function inviteShare(house: House, nth: number, shares: number): Promise<void> {
  const share = (all: number) => upTo(all).filter((n) => n % shares === nth)
  const to = [
    ...share(onSlack).map((n) => personName(slackPerson(house, n))),
    ...share(onDiscord).map((n) => personName(discordPerson(house, n))),
  ]
  await patiently(() => inviteLabelers(house.parley, admin, { dataset: 'offered', to, each: 5 }))
}

/** Tries again while the database is away. */
async function patiently<Result>(work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (asParleyError(error)?.code !== 'unavailable') throw error
      await wait(200)
    }
  }
}

/** Until no message is due or on its way, and no reminder either. @throws Error that names what is. */
async function untilAtRest({ parley, tell }: House): Promise<void> {
  for (const since = Date.now(); ; await wait(500)) {
    const messages = await patiently(() =>
      parley.db
        .selectFrom('deliveries')
        .select(['key', 'state', 'problem'])
        .where('state', 'in', ['queued', 'sending'])
        .execute(),
    )
    const reminders = await patiently(() =>
      parley.db
        .selectFrom('reminders')
        .select(['key', 'state', 'reason'])
        .where('state', 'in', ['waiting', 'queued', 'sending'])
        .where('dueAt', '<', new Date())
        .execute(),
    )
    const open = [...messages, ...reminders]
    if (open.length === 0) return tell('all is at rest')
    if (Date.now() - since > mostRestMs) throw new Error(`Forgotten: ${JSON.stringify(open)}`)
  }
}

/** What arrived at a platform: the message, and whose it is by what its buttons say. */
type Arrived = { message: string; to: string; key: string }

async function compare(house: House): Promise<void> {
  const { parley, slack, discord } = house
  const rows = await parley.db
    .selectFrom('deliveries')
    .select(['key', 'platform', 'recipient', 'state', 'problem', 'attempt', 'delivered'])
    .select(['callingAt', 'finishedAt'])
    .orderBy('id')
    .execute()
  const arrived = [...arrivedAtSlack(slack), ...arrivedAtDiscord(discord)]
  const byKey = Map.groupBy(arrived, ({ key }) => key)
  const of = (platform: string, ...states: string[]) =>
    rows.filter((row) => row.platform === platform && states.includes(row.state))
  house.tell(
    [
      `Slack: ${of('slack', 'sent').length} sent`,
      `${of('slack', 'unknown').length} unknown, of which ${of('slack', 'unknown').filter(({ key }) => byKey.has(key)).length} arrived`,
      `Discord: ${of('discord', 'sent').length} sent`,
      `${rows.filter(({ attempt }) => attempt > 1).length} in several attempts`,
    ].join(', '),
  )
  console.log(`${house.engine}\n  ${house.told.join('\n  ')}`)

  // Everything that was due is in the ledger, under its own key.
  const reminders = await parley.db
    .selectFrom('reminders')
    .select(['id', 'kind', 'state'])
    .where('dueAt', '<', new Date())
    .execute()
  expect(reminders.filter(({ kind }) => kind === 'digest')).toHaveLength(onSlack + onDiscord)
  expect(reminders.filter(({ kind }) => kind === 'deadline')).toHaveLength(begun)
  expect(reminders.filter(({ state }) => state !== 'sent')).toEqual([])
  const invitations = await parley.db.selectFrom('invitations').select(['id', 'state']).execute()
  expect(invitations).toHaveLength(onSlack + onDiscord + begun)
  expect(rows.map(({ key }) => key).sort()).toEqual(
    [
      ...reminders.map(({ id }) => `reminder:${id}`),
      ...invitations.map(({ id }) => `invitation:${id}`),
    ].sort(),
  )

  // Nothing arrived that is not there, nothing twice, nothing at somebody else's.
  const keys = new Map(rows.map((row) => [row.key, row]))
  expect(arrived.filter(({ key, to }) => keys.get(key)?.recipient !== to)).toEqual([])
  expect([...byKey.values()].filter(({ length }) => length > 1)).toEqual([])

  // Row by row: `sent` names the very message that arrived, and only Slack leaves an end unknown soon.
  for (const { key, platform, state, problem, delivered, callingAt, finishedAt } of rows) {
    const there = byKey.get(key)?.[0]?.message
    if (state === 'sent') expect(delivered, key).toMatchObject({ message: there })
    else if (state === 'unknown') {
      const openMs = Number(finishedAt) - Number(callingAt)
      expect(platform === 'slack' || openMs >= budgets.knownAgainMs, key).toBe(true)
    }
    // What was begun before its invitation went out needs none.
    else
      expect([state, problem, there], key).toEqual(['failed', 'The invitation is over.', undefined])
  }
  expect(of('slack', 'failed')).toHaveLength(begun)
  expect(of('discord', 'sent', 'unknown')).toHaveLength(2 * onDiscord)
  // Whoever runs it can read how many these are.
  const { out } = await typeCommand(['doctor'], { env: house.env })
  expect(out).toContain(
    `${rows.filter(({ state }) => state === 'sent').length} sent, ${begun} given up, ${of('slack', 'unknown').length} of which nobody knows`,
  )
  // Somebody was in the middle, and others got through all the same: the proof is about something.
  expect(rows.some(({ attempt, state }) => attempt > 1 || state === 'unknown')).toBe(true)
  expect(of('slack', 'sent').length).toBeGreaterThan(0)
}

function arrivedAtSlack({ wire }: SlackStandIn): Arrived[] {
  return wire.flatMap(({ path, request, response }) => {
    const answer = Object(response)
    if (!path.endsWith('/chat.postMessage') || answer.ok !== true) return []
    return [
      { message: String(answer.ts), to: String(Object(request).channel), key: keyOf(request) },
    ]
  })
}

/** A repeat of what Discord knows is answered with the message that stands: it arrived once. */
function arrivedAtDiscord({ wire }: DiscordStandIn): Arrived[] {
  const people = new Map<string, string>()
  const found = new Map<string, Arrived>()
  for (const { method, path, status, request, response } of wire) {
    if (method !== 'POST' || status >= 300) continue
    const { id, channel_id: channel } = Object(response)
    if (path.endsWith('/users/@me/channels')) people.set(id, Object(request).recipient_id)
    else if (path.endsWith('/messages'))
      found.set(id, { message: id, to: people.get(channel) ?? '', key: keyOf(request) })
  }
  return [...found.values()]
}

/** The key of the row a message was sent for; its buttons tell. */
function keyOf(request: WireLine['request']): string {
  const said = JSON.stringify(request)
  const [, reminder] = /v1:later:(\d+)/.exec(said) ?? []
  const [, invitation] = /v1:invited:(\d+)/.exec(said) ?? []
  return reminder ? `reminder:${reminder}` : `invitation:${invitation}`
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function shuffled<One>(all: readonly One[], random: () => number): One[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

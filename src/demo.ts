/**
 * The demo: sample datasets, a stand-in Slack in place of the real one, nothing to configure. The
 * service itself is the real one, and speaks Slack's protocol with the stand-in.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type DiscordStandIn, openDiscordStandIn } from '../sandbox/discord/server.ts'
import { openDesk, type Turn } from '../sandbox/page/desk.ts'
import { openSlackStandIn, type SlackStandIn } from '../sandbox/slack/server.ts'
import { putHub } from './chat/gestures/posts.ts'
import { say } from './cli/command.ts'
import { loadConfig, projectRoot, readEnvironment } from './config.ts'
import { createDataset } from './datasets/create.ts'
import { publishDataset } from './datasets/publish.ts'
import { readDocument } from './datasets/read.ts'
import { openScratchDatabase } from './db/scratch.ts'
import { checkDemo } from './demo/check.ts'
import { dashboardLink, proveDashboard } from './demo/dashboard.ts'
import { openDuel, openDuelModels } from './demo/duel.ts'
import { followTranscript, sayHowTo } from './demo/how-to.ts'
import { listening } from './demo/listening.ts'
import { passMinute } from './demo/minute.ts'
import { passMonth } from './demo/month.ts'
import { walkPath } from './demo/path.ts'
import type { Proof } from './demo/proof.ts'
import { importRecords } from './imports/import-records.ts'
import { createClaimCode } from './labelers/roles.ts'
import { type Open, openParley } from './open.ts'
import { wantRepaint } from './outbound/messages.ts'
import type { Actor, Parley } from './parley.ts'
import { closePost } from './posts/close-post.ts'
import { everyDay, nextAt } from './reminders/when.ts'
import { untilStopped } from './until-stopped.ts'

const actor: Actor = { type: 'system', job: 'demo' }

/** The sample datasets and the records each of them asks about; null where people make them. */
export const samples = {
  prefs: 'answers',
  pairs: 'pairs',
  writing: 'prompts',
  rated: 'answers',
  checked: 'logged',
  thumbs: 'logged',
  topics: 'logged',
  arena: 'pairs',
  square: 'pairs',
  review: 'prompts',
  ask: null,
  duel: null,
} as const

const names = ['Ana', 'Ben', 'Dee', 'Cleo']
/** Who takes part from the stand-in Discord. */
const contributors = ['Eve', 'Fay', 'Gus']
/** One on each platform reads German. */
const germans = { slack: 'Lena', discord: 'Max' }
const german = 'de-DE'

/** Words the page offers after a command, beside those of the manifest. */
const hints = {
  '/parley': [
    ...['resume', 'datasets', 'reminders', 'my-data'],
    ...Object.keys(samples).flatMap((name) => (name === 'duel' ? [] : `next ${name}`)),
    'ask Why is the sky blue?',
  ],
  '/parley-admin': ['export pairs raw', 'export prefs preference', 'stats', 'claim'],
}

type StandInOptions = { port?: number; wireLog?: string; now?: () => number; framedBy?: string }

/** The manifest of the Slack app, which the stand-in's app is made from. */
type ManifestOf = (input: { publicUrl: string; mode: 'http' }) => object

/** The stand-in with the demo's people, who are all in one channel with the app. */
async function openStandIn(manifestOf: ManifestOf, options: StandInOptions): Promise<SlackStandIn> {
  const slack = await openSlackStandIn({
    ...options,
    manifest: manifestOf({ publicUrl: 'https://parley.example', mode: 'http' }),
    hints,
    people: [...names.map((name) => ({ name })), { name: germans.slack, locale: german }],
  })
  slack.channel('labeling', { members: [...names, germans.slack] })
  return slack
}

/** The stand-in with a server of the community's own; Cleo looks after it. */
async function openDiscord(options: StandInOptions): Promise<DiscordStandIn> {
  const people = [
    ...[...contributors, 'Cleo'].map((name) => ({ name })),
    { name: germans.discord, locale: german },
  ]
  const discord = await openDiscordStandIn({ ...options, people, channels: ['arena'] })
  discord.person('Cleo', { owner: true })
  return discord
}

/** `port` is that of the page to open. */
export async function runDemo(
  manifestOf: ManifestOf,
  options: { check: boolean; port: number | undefined },
): Promise<number> {
  const stopped = untilStopped()
  const directory = join(loadConfig(demoEnvironment({})).dataDir, 'demo')
  rmSync(join(directory, 'files'), { recursive: true, force: true })
  mkdirSync(join(directory, 'files'), { recursive: true })
  const wireLog = readEnvironment()['SANDBOX_WIRE_LOG'] ?? join(directory, 'files', 'wire.jsonl')
  const wire = { file: wireLog, from: existsSync(wireLog) ? statSync(wireLog).size : 0 }
  const clock = openClock()
  const house: House = {}
  const desk = await listening(openDesk, {
    ...(options.port === undefined ? {} : { port: options.port }),
    now: clock.now,
    pages: () => ({ slack: house.slack?.url ?? '', discord: house.discord?.url ?? '' }),
    dashboard: async (): Promise<string> => {
      // Nobody presses it before the house stands.
      if (!house.open || !house.slack) return '/'
      return dashboardLink(house.open.parley, house.slack)
    },
    turn: async (to) => {
      clock.turn(to)
      if (house.open) await passMinute(house.open.parley)
    },
  })
  const shared = { wireLog, now: clock.now, framedBy: desk.url }
  const slack = await openStandIn(manifestOf, shared)
  const discord = await openDiscord(shared)
  Object.assign(house, { slack, discord })
  const scratch = await openScratchDatabase(loadConfig(demoEnvironment({})))
  const own = { DATABASE_URL: scratch.url, PARLEY_SECRET: scratch.secret, PORT: '0' }
  const logLevel = { LOG_LEVEL: options.check ? 'warn' : 'info' }
  const models = await openDuelModels()
  const stands = { ...slack.env, ...discord.env, ...models.env }
  const environment = demoEnvironment({ ...stands, ...own, ...logLevel })
  const open = await openParley(loadConfig(environment), { now: () => new Date(clock.now()) })
  house.open = open
  try {
    const address = await serveSamples(open, slack)
    await openDuel(open.parley, { slack, discord })
    const code = await createClaimCode(open.parley, actor)
    if (options.check) {
      const newCode = () => createClaimCode(open.parley, actor)
      const closePosts = () => closeOpenPosts(open.parley)
      const where = { directory: join(directory, 'files'), wire }
      const apart = { passMonth: () => inOwnHouse(passMonth), walkPath: () => inOwnHouse(walkPath) }
      const openPages = (proof: Pick<Proof, 'step'>) =>
        proveDashboard(proof, { desk: desk.url, datasets: Object.keys(samples) })
      const proofs = { code, newCode, closePosts, openPages, ...apart }
      return await checkDemo({ slack, discord, ...proofs, ...where })
    }
    await putUpHub(open.parley, discord)
    sayHowTo(desk.url, slack, address, code)
    const transcript = followTranscript(slack, discord)
    await stopped
    transcript.stop()
    return 0
  } finally {
    await open.close()
    await models.close()
    await discord.close()
    await slack.close()
    await desk.close()
    await scratch.drop()
  }
}

/** Something in a house of its own, whose clock stands until it is turned. */
async function inOwnHouse<Result>(
  work: (house: {
    configFor(stands: Readonly<Record<string, string>>): ReturnType<typeof loadConfig>
  }) => Promise<Result>,
): Promise<Result> {
  const scratch = await openScratchDatabase(loadConfig(demoEnvironment({})))
  const own = { DATABASE_URL: scratch.url, PARLEY_SECRET: scratch.secret, PORT: '0' }
  const configFor = (stands: Readonly<Record<string, string>>) =>
    loadConfig(demoEnvironment({ ...stands, ...own, LOG_LEVEL: 'warn' }))
  try {
    return await work({ configFor })
  } finally {
    await scratch.drop()
  }
}

type House = { slack?: SlackStandIn; discord?: DiscordStandIn; open?: Open }

/** The clock of stand-ins and service: the machine's, turned on as often as one likes. */
function openClock(): { now(): number; turn(to: Turn): void } {
  let ahead = 0
  const now = () => Date.now() + ahead
  return {
    now,
    turn: (to) => {
      ahead += turnedBy(to, new Date(now()))
    },
  }
}

/** How far a turn goes; mornings are those of Berlin, where the stand-ins' people live. */
function turnedBy(to: Turn, now: Date): number {
  if (to === 'hour') return 3_600_000
  if (to === 'day') return 86_400_000
  const morning = { time: { hour: 9, minute: 30 }, zone: 'Europe/Berlin', days: everyDay }
  return nextAt(now, morning).getTime() - now.getTime() + 1000
}

async function closeOpenPosts(parley: Parley): Promise<void> {
  const open = await parley.db
    .selectFrom('posts')
    .select('id')
    .where('state', '=', 'open')
    .execute()
  for (const { id } of open) {
    await closePost(parley, actor, { postId: id, early: true })
    await wantRepaint(parley, `post:${id}`, { atOnce: true })
  }
}

/**
 * The stand-ins alone, for a service or a test to be pointed at; they deliver to the service that
 * HOST and PORT of the environment name, as `parley start` listens.
 */
export async function runSandbox(
  manifestOf: ManifestOf,
  options: { port: number | undefined },
): Promise<number> {
  const stopped = untilStopped()
  const environment = readEnvironment()
  const wireLog = environment['SANDBOX_WIRE_LOG']
  const { host, port } = loadConfig(demoEnvironment(only(environment, ['HOST', 'PORT'])))
  const service = `http://${host}:${port}`
  const slack = await listening((given: StandInOptions) => openStandIn(manifestOf, given), {
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(wireLog ? { wireLog } : {}),
  })
  const discord = await openDiscord(wireLog ? { wireLog } : {})
  for (const [name, value] of Object.entries({ ...slack.env, ...discord.env }))
    process.stdout.write(`${name}=${value}\n`)
  say(
    `Open ${slack.url} to use the stand-in Slack. It delivers to ${service}/slack/events; HOST and PORT name another service.`,
  )
  say(
    [
      `The stand-in Discord is at ${discord.url}; a service with these settings comes to its gateway. For interactions over HTTP give it DISCORD_TRANSPORT=http and DISCORD_PUBLIC_KEY=${discord.publicKey} too, then name its address:`,
      `  curl -s -X PATCH ${discord.apiUrl}/v10/applications/@me -A 'DiscordBot (curl, 1)' -H 'authorization: Bot ${discord.botToken}' -H 'content-type: application/json' -d '{"interactions_endpoint_url":"${service}/discord/interactions"}'`,
    ].join('\n'),
  )
  slack.deliverTo(service)
  const verifying = verifyOnce(slack)
  await stopped
  clearInterval(verifying)
  await discord.close()
  await slack.close()
  return 0
}

/** Presses Verify, as an admin would: events arrive once a service answers. */
function verifyOnce(slack: SlackStandIn): NodeJS.Timeout {
  const timer = setInterval(async () => {
    if (await slack.verifyUrl()) clearInterval(timer)
  }, 1000)
  return timer
}

function only(environment: Readonly<Record<string, string | undefined>>, names: readonly string[]) {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

async function serveSamples(open: Open, slack: SlackStandIn): Promise<string> {
  const { parley } = open
  await open.startWorker()
  await open.startAdapters()
  const address = await open.listen()
  parley.publicUrl = address
  slack.deliverTo(address)
  await slack.verifyUrl()
  for (const [dataset, records] of Object.entries(samples)) {
    const document = readDocument(join(projectRoot, 'samples', `${dataset}.yaml`))
    await createDataset(parley, actor, { document })
    if (records !== null) await importSample(parley, dataset, records)
    await publishDataset(parley, actor, { dataset })
  }
  return address
}

async function importSample(parley: Parley, dataset: string, records: string): Promise<void> {
  const source = [readFileSync(join(projectRoot, 'samples', `${records}.jsonl`))]
  const { refused } = await importRecords(parley, actor, { dataset, source })
  if (refused.count > 0) throw new Error(`A sample was refused: ${JSON.stringify(refused)}`)
}

/** Where Discord's people begin: a message with Start in their channel. */
async function putUpHub(parley: Parley, discord: DiscordStandIn): Promise<void> {
  const channelId = discord.channel('arena').id
  await putHub(parley, actor, {
    dataset: 'arena',
    to: { platform: 'discord', workspace: '', channelId },
  })
}

/** Only what the demo sets counts: real tokens in the environment are never used by it. */
function demoEnvironment(more: Readonly<Record<string, string>>) {
  const kept = Object.entries(readEnvironment()).filter(
    ([name]) => !/^(SLACK|DISCORD)_|^(PUBLIC_URL|PORT|REDIS_URL|PARLEY_ADMINS)$/.test(name),
  )
  return { ...Object.fromEntries(kept), ...more }
}

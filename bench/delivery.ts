/**
 * Deliveries from the ledger to Slack and to Discord, against the stand-ins with the platforms' rate
 * limits on: N messages over C channels, and how much of what the limits allow is used. Service, lanes
 * and stand-in share one clock that runs faster than the real one, so each late alarm costs so many
 * times as much. The first fifth is warm-up. Fails below 0.97 or at a 429 after warm-up.
 * `--messages 10000 --channels 50` measures that many instead, on one of them with `--platform`.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { discordAdapter } from '../adapters/discord/index.ts'
import { slackAdapter } from '../adapters/slack/index.ts'
import { globalSize, postingSize } from '../sandbox/discord/buckets.ts'
import { openDiscordStandIn } from '../sandbox/discord/server.ts'
import { methodLimits, perChannel } from '../sandbox/slack/buckets.ts'
import { openSlackStandIn } from '../sandbox/slack/server.ts'
import type { Inside, Platform } from '../src/chat/port/port.ts'
import type { Time } from '../src/chat/time.ts'
import { loadConfig } from '../src/config.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { queueDeliveries } from '../src/deliveries/enqueue.ts'
import { openParley } from '../src/open.ts'
import { deliverDue } from '../src/outbound/deliver.ts'
import type { Parley } from '../src/parley.ts'

/** A clock that runs so many times as fast as the real one, and its alarms. */
function openClock(speed: number): { now: () => number; time: Time } {
  const start = Date.now()
  const began = performance.now()
  const now = () => start + (performance.now() - began) * speed
  const time: Time = {
    now,
    after: (ms, work) => {
      const timer = setTimeout(work, ms / speed)
      return { cancel: () => clearTimeout(timer) }
    },
  }
  return { now, time }
}

const { values: flags } = parseArgs({
  options: {
    messages: { type: 'string' },
    channels: { type: 'string', default: '50' },
    platform: { type: 'string', multiple: true, default: ['slack', 'discord'] },
    /** How fast the clock runs; below one it makes up for a machine that others use as well. */
    speed: { type: 'string' },
  },
})
const asked = flags.messages
  ? [{ messages: Number(flags.messages), channels: Number(flags.channels) }]
  : null

const cases = asked ?? [
  { messages: 300, channels: 4 },
  { messages: 1500, channels: 100 },
]
/** Discord counts a channel's messages in fives; fifty a second is more than Slack ever allows. */
const discordCases = asked ?? [
  { messages: 150, channels: 4 },
  { messages: 1500, channels: 100 },
]

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
chmodSync(dir, 0o755)
const postgres = await openEmbeddedPostgres({ dataDir: dir })
try {
  if (flags.platform.includes('slack'))
    for (const one of cases) await measureSlack(postgres.url, one)
  if (flags.platform.includes('discord'))
    for (const one of discordCases) await measureDiscord(postgres.url, one)
} finally {
  await postgres.close()
  rmSync(dir, { recursive: true, force: true })
}

type Case = { messages: number; channels: number }

function openService(databaseUrl: string, now: () => number) {
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    PARLEY_SECRET: 'a secret for benches only, of no use elsewhere',
    PARLEY_DATA_DIR: dir,
    LOG_LEVEL: 'error',
  })
  return openParley(config, { now: () => new Date(now()) })
}

/** What an adapter needs to send; nobody makes a gesture here. */
function insideOf({ now, log }: Parley): Inside {
  return {
    handle: async () => ({ type: 'nothing' }),
    firstSight: async () => true,
    now,
    log,
  }
}

async function measureSlack(databaseUrl: string, one: Case): Promise<void> {
  const speed = Number(flags.speed ?? 10)
  const { now, time } = openClock(speed)
  const slack = await openSlackStandIn({ now, rateLimits: true })
  const { parley, close } = await openService(databaseUrl, now)
  const { apiUrl, signingSecret, botToken } = slack
  const adapter = slackAdapter(
    { mode: 'http', apiUrl, signingSecret, botToken, publicUrl: 'https://parley.example' },
    insideOf(parley),
    { time },
  )
  parley.platforms.set('slack', adapter)
  try {
    const place = { platform: 'slack' as const, workspace: slack.teamId }
    await deliverAll(parley, place, (name) => slack.channel(name).id, one)
    const perMinute = Math.min(
      methodLimits['chat.postMessage']?.perMinute ?? 0,
      one.channels * perChannel.perMinute,
    )
    judge(`Slack, clock times ${speed}`, one, perMinute, slack.wire)
  } finally {
    await adapter.stop()
    await close()
    await slack.close()
  }
}

async function measureDiscord(databaseUrl: string, one: Case): Promise<void> {
  // Fifty a second are more than the ledger writes in a tenth of one.
  const speed = Number(flags.speed ?? (one.channels < globalSize.calls ? 4 : 1))
  const { now, time } = openClock(speed)
  const discord = await openDiscordStandIn({ now, rateLimits: true })
  const { parley, close } = await openService(databaseUrl, now)
  const { apiUrl, applicationId, botToken } = discord
  const adapter = discordAdapter(
    {
      transport: 'gateway',
      apiUrl,
      applicationId,
      botToken,
      publicUrl: 'https://parley.example',
    },
    insideOf(parley),
    { time },
  )
  parley.platforms.set('discord', adapter)
  try {
    const place = { platform: 'discord' as const, workspace: '' }
    await deliverAll(parley, place, (name) => discord.channel(name).id, one)
    const { calls, windowMs } = postingSize
    const perMinute = Math.min(
      (globalSize.calls * 60_000) / globalSize.windowMs,
      (one.channels * calls * 60_000) / windowMs,
    )
    const isByChannel = perMinute < (globalSize.calls * 60_000) / globalSize.windowMs
    judge(
      `Discord, clock times ${speed}`,
      one,
      perMinute,
      discord.wire,
      isByChannel ? wholeWindows : evenly,
    )
  } finally {
    await adapter.stop()
    await close()
    await discord.close()
  }
}

async function deliverAll(
  parley: Parley,
  place: { platform: Platform; workspace: string },
  channelId: (name: string) => string,
  { messages, channels }: Case,
): Promise<void> {
  const ids = Array.from({ length: channels }, (_, i) => channelId(`c${i}`))
  for (let from = 0; from < messages; from += 1000)
    await queueDeliveries(
      parley,
      Array.from({ length: Math.min(1000, messages - from) }, (_, i) => ({
        key: `bench ${place.platform} ${messages} ${from + i}`,
        kind: 'notice' as const,
        to: { ...place, channelId: ids[(from + i) % channels] ?? '' },
        content: { text: `Message ${from + i}` },
      })),
    )
  await deliverDue(parley, place)
}

type Called = { at: number; status: number; path: string }

function judge(
  platform: string,
  { messages, channels }: Case,
  perMinute: number,
  wire: readonly { at: string; status: number; path: string }[],
  rate: (sent: readonly Called[]) => number = evenly,
): void {
  const calls = wire.map(({ at, status, path }) => ({ at: Date.parse(at), status, path }))
  const rest = calls.slice(Math.floor(calls.length / 5))
  const limited = rest.filter(({ status }) => status === 429).length
  const share = rate(rest.filter(({ status }) => status === 200)) / perMinute
  const inAll = calls.filter(({ status }) => status === 429).length
  console.log(
    `${platform}: ${messages} messages over ${channels} channels: ${share.toFixed(3)} of ${perMinute} a minute, ${limited} refused after warm-up (${inAll} in all), load ${loadavg()[0]?.toFixed(1)}`,
  )
  if (share < 0.97 || limited > 0) process.exitCode = 1
}

/** Calls a minute, where they come one after the other. */
function evenly(sent: readonly Called[]): number {
  const minutes = ((sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0)) / 60_000
  return (sent.length - 1) / minutes
}

/** Calls a minute, where each channel's come in fives: from the start of a window to that of the last. */
function wholeWindows(sent: readonly Called[]): number {
  const channels = [...Map.groupBy(sent, ({ path }) => path).values()]
  return channels.reduce((sum, calls) => {
    const isStart = (i: number) => (calls[i]?.at ?? 0) - (calls[i - 1]?.at ?? 0) > 1000
    const starts = calls.flatMap((_, i) => (i > 0 && isStart(i) ? [i] : []))
    const [first = 0, last = 0] = [starts[0], starts.at(-1)]
    const minutes = ((calls[last]?.at ?? 0) - (calls[first]?.at ?? 0)) / 60_000
    return sum + (last - first) / minutes
  }, 0)
}

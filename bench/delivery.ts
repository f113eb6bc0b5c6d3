/**
 * Deliveries from the ledger to Slack, against the stand-in with Slack's rate limits on: N messages
 * over C channels, and how much of what the limits allow is used. Service, lanes and stand-in share
 * one clock that runs ten times as fast as the real one, so each late alarm costs ten times as much.
 * The first fifth is warm-up. Fails below 0.97 or at a 429 after warm-up.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { slackAdapter } from '../adapters/slack/index.ts'
import type { Time } from '../adapters/slack/lanes.ts'
import { methodLimits, perChannel } from '../sandbox/slack/buckets.ts'
import { openSlackStandIn } from '../sandbox/slack/server.ts'
import { deliverDue, queueNotice } from '../src/chat/deliver.ts'
import { loadConfig } from '../src/config.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { openParley } from '../src/open.ts'

const speed = 10
const start = Date.now()
const now = () => start + (performance.now() - began) * speed
const began = performance.now()
const time: Time = {
  now,
  after: (ms, work) => {
    const timer = setTimeout(work, ms / speed)
    return { cancel: () => clearTimeout(timer) }
  },
}

const cases = [
  { messages: 300, channels: 4 },
  { messages: 1500, channels: 100 },
]

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
chmodSync(dir, 0o755)
const postgres = await openEmbeddedPostgres({ dataDir: dir })
try {
  for (const one of cases) await measure(postgres.url, one)
} finally {
  await postgres.close()
  rmSync(dir, { recursive: true, force: true })
}

async function measure(
  databaseUrl: string,
  { messages, channels }: { messages: number; channels: number },
): Promise<void> {
  const slack = await openSlackStandIn({ now, rateLimits: true })
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    PARLEY_SECRET: 'a secret for benches only, of no use elsewhere',
    PARLEY_DATA_DIR: dir,
    LOG_LEVEL: 'error',
  })
  const { parley, close } = await openParley(config, { now: () => new Date(now()) })
  const adapter = slackAdapter(
    {
      mode: 'http',
      apiUrl: slack.apiUrl,
      signingSecret: slack.signingSecret,
      botToken: slack.botToken,
      publicUrl: 'https://parley.example',
    },
    {
      handle: async () => ({ type: 'nothing' }),
      firstSight: async () => true,
      now: parley.now,
      log: parley.log,
    },
    { time },
  )
  parley.platforms.set('slack', adapter)
  try {
    const place = { platform: 'slack' as const, workspace: slack.teamId }
    const ids = Array.from({ length: channels }, (_, i) => slack.channel(`c${i}`).id)
    for (let i = 0; i < messages; i++) {
      const to = { ...place, channelId: ids[i % channels] ?? '' }
      await queueNotice(parley, { key: `bench ${i}`, to, text: `Message ${i}` })
    }
    await deliverDue(parley, place)
    const calls = slack.wire.map(({ at, status }) => ({ at: Date.parse(at), status }))
    const rest = calls.slice(Math.floor(calls.length / 5))
    const limited = rest.filter(({ status }) => status === 429).length
    const sent = rest.filter(({ status }) => status === 200)
    const minutes = ((sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0)) / 60_000
    const allowed = Math.min(
      methodLimits['chat.postMessage']?.perMinute ?? 0,
      channels * perChannel.perMinute,
    )
    const share = (sent.length - 1) / minutes / allowed
    console.log(
      `${messages} messages over ${channels} channels: ${share.toFixed(3)} of ${allowed} a minute, ${limited} refused after warm-up (${calls.filter(({ status }) => status === 429).length} in all)`,
    )
    if (share < 0.97 || limited > 0) process.exitCode = 1
  } finally {
    await adapter.stop()
    await close()
    await slack.close()
  }
}

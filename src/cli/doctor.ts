/** The checks of `parley doctor`: everything Parley needs, and what to do if a check fails. */

import { sql } from 'kysely'
import { type Config, unknownVariables } from '../config.ts'
import { listDatasets } from '../datasets/dataset.ts'
import { measureClockOffset } from '../db/open.ts'
import { asParleyError } from '../errors.ts'
import { hasAdmin } from '../labelers/roles.ts'
import type { Parley } from '../parley.ts'
import { traitsOf } from '../platforms/registry.ts'
import type { Doors } from './command.ts'

export type Finding = { ok: boolean; what: string; detail: string; remedy?: string }

const leastPostgres = 150_000
const mostOffsetMs = 60_000

export async function examine(doors: Doors): Promise<Finding[]> {
  const findings: Finding[] = []
  let config: Config
  try {
    config = doors.config()
    findings.push({ ok: true, what: 'configuration', detail: 'complete' })
    for (const line of unknownVariables(doors.environment()))
      findings.push({ ok: false, what: 'configuration', detail: line })
    findings.push(...examineModels(config))
    if (!config.slack && !config.discord)
      findings.push({
        ok: true,
        what: 'platforms',
        detail: 'none is on; set the secrets of Slack or Discord to serve it (npx parley config)',
      })
  } catch (error) {
    return [...findings, failed('configuration', error, 'Fix the settings named above.')]
  }
  try {
    const { parley, queueHealth, close } = await doors.open()
    try {
      findings.push(...(await examineStores(parley)), await examineQueue(queueHealth))
      findings.push(await examineMessages(parley))
      findings.push(...(await examinePlatforms(parley)), await examineReach(parley))
      findings.push(...(await examineReactions(parley, config)))
      if (config.slack && config.slack.mode !== 'socket')
        findings.push(await examineSlackEvents(parley), slackSettings(config.publicUrl))
    } finally {
      await close()
    }
  } catch (error) {
    findings.push(
      failed(
        'database',
        error,
        'Start the server DATABASE_URL names, or unset it to use the embedded one.',
      ),
    )
  }
  return findings
}

/** Whether the models that are named have their keys here; none are asked, for that may cost. */
function examineModels({ models }: Config): Finding[] {
  const all = [...models.named.values()]
  if (all.length === 0) return []
  const without = all.filter(({ key }) => key !== null && key.value === null)
  const [first] = without
  return [
    {
      ok: !first,
      what: 'models',
      detail: first
        ? `${without.map(({ name }) => name).join(', ')} without a key`
        : all.map(({ name }) => name).join(', '),
      remedy: `Set ${[...new Set(without.map(({ key }) => key?.variable))].join(', ')}, which PARLEY_MODELS names.`,
    },
  ]
}

async function examineStores(parley: Parley): Promise<Finding[]> {
  const { rows } = await sql<{ version: string; number: number }>`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int as number`.execute(parley.db)
  const { version = 'unknown', number = 0 } = rows[0] ?? {}
  const offset = await measureClockOffset(parley.db)
  const someAdmin = await hasAdmin(parley)
  return [
    {
      ok: number >= leastPostgres,
      what: 'database',
      detail: `Postgres ${version}, migrated`,
      remedy: 'Use Postgres 15 or newer.',
    },
    {
      ok: Math.abs(offset) < mostOffsetMs,
      what: 'clock',
      detail: `${offset} ms from the database's`,
      remedy:
        'Synchronise the clocks (NTP): signatures of platforms are valid for five minutes only.',
    },
    {
      ok: true,
      what: 'admins',
      detail: someAdmin ? 'there is at least one' : 'nobody yet: npx parley roles claim-code',
    },
  ]
}

async function examineQueue(
  health: () => Promise<{ ok: boolean; detail: string; remedy?: string }>,
): Promise<Finding> {
  return {
    remedy: 'Start the Redis that REDIS_URL names, or unset it to keep the queue in Postgres.',
    ...(await health()),
    what: 'queue',
  }
}

/** Nothing to fix, but operators should know about messages that may not have arrived. */
async function examineMessages(parley: Parley): Promise<Finding> {
  const ended = await parley.db
    .selectFrom('deliveries')
    .select(['state', (row) => row.fn.countAll().as('count')])
    .where('finishedAt', '>', new Date(parley.now().getTime() - 86_400_000))
    .groupBy('state')
    .execute()
  const count = (state: string) => Number(ended.find((one) => one.state === state)?.count ?? 0)
  const detail = `in the last day ${count('sent')} sent, ${count('failed')} given up, ${count('unknown')} of which nobody knows whether they arrived`
  return { ok: true, what: 'messages', detail }
}

async function examinePlatforms(parley: Parley): Promise<Finding[]> {
  return Promise.all(
    [...parley.platforms.values()].map(async (adapter) => ({
      ...(await adapter.check()),
      what: adapter.platform,
      remedy: traitsOf(adapter.platform).credentials,
    })),
  )
}

/** Datasets that ask for reactions nobody tells of. */
async function examineReactions(parley: Parley, { slackReactions }: Config): Promise<Finding[]> {
  const all = await listDatasets(parley)
  const names = all.flatMap(({ dataset: { name, document } }) =>
    document.feedback?.reactions === undefined ? [] : [name],
  )
  if (names.length === 0) return []
  return [
    {
      ok: slackReactions,
      what: 'reactions',
      detail: `are asked for by ${names.join(', ')}`,
      remedy:
        'Set SLACK_REACTIONS=true, print the manifest with npx parley slack manifest, save it at api.slack.com/apps, and install the app again.',
    },
  ]
}

/** Slack sends no events until the request URL is verified; commands and button presses arrive anyway. */
async function examineSlackEvents(parley: Parley): Promise<Finding> {
  const cameInTheLastDay = async (prefix: string) => {
    const found = await parley.db
      .selectFrom('handled')
      .select('id')
      .where(sql<boolean>`starts_with(id, ${prefix})`)
      .limit(1)
      .executeTakeFirst()
    return found !== undefined
  }
  const hasEvents = await cameInTheLastDay('slack:event:')
  const isUsed = hasEvents || (await cameInTheLastDay('slack:signature:'))
  return {
    ok: hasEvents || !isUsed,
    what: 'slack events',
    detail: hasEvents
      ? 'arrived in the last day'
      : isUsed
        ? 'none arrived in the last day, though people use the app: the Home tab stays empty, and an uninstall goes unnoticed'
        : 'none arrived in the last day; nobody used the app either',
    remedy: `At api.slack.com/apps open Event Subscriptions and press Verify beside ${parley.publicUrl}/slack/events, while \`parley start\` runs.`,
  }
}

/** Settings no token can read, and those missing from an app made from an older manifest. */
function slackSettings(publicUrl: string): Finding {
  return {
    ok: true,
    what: 'slack app',
    detail: `if it was made before version 0.2, add Interactivity > Options Load URL ${publicUrl}/slack/events, and tick "Escape channels, users, and links" in both commands (docs/upgrading.md)`,
  }
}

/** People that reminders do not reach: nothing is broken, but they may ask why they get none. */
async function examineReach(parley: Parley): Promise<Finding> {
  const lost = await parley.db
    .selectFrom('preferences')
    .select(['platform', 'lostReason'])
    .select((one) => one.fn.countAll<string>().as('people'))
    .where('lostAt', 'is not', null)
    .groupBy(['platform', 'lostReason'])
    .orderBy('platform')
    .orderBy('lostReason')
    .execute()
  const told = lost.map(
    ({ platform, lostReason, people }) => `${people} ${platform}, ${lostReason}`,
  )
  const again =
    'people who keep working are tried again after a week, or once they change /parley reminders'
  return {
    ok: true,
    what: 'reminders',
    detail:
      told.length === 0
        ? 'reach everybody'
        : `do not reach everybody (${told.join('; ')}); ${again}`,
  }
}

function failed(what: string, error: unknown, remedy: string): Finding {
  const known = asParleyError(error)
  const detail = known?.message ?? (error instanceof Error ? error.message : String(error))
  // Our own errors already name the remedy.
  return { ok: false, what, detail, ...(known ? {} : { remedy }) }
}

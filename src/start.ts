/** Runs the service: opens everything, says what is missing, and serves until it is stopped. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { say } from './cli/command.ts'
import { type Config, projectRoot, readEnvironment, unknownVariables } from './config.ts'
import { createClaimCode, hasAdmin } from './labelers/roles.ts'
import { openParley } from './open.ts'
import type { Parley } from './parley.ts'
import { untilStopped } from './until-stopped.ts'

/** Serves until somebody stops it (Ctrl-C, SIGTERM); returns the exit code. */
export async function start(
  config: Config,
  { role, healthPort = config.healthPort }: { role: string; healthPort?: number | null },
): Promise<number> {
  const stopped = untilStopped()
  for (const line of unknownVariables(readEnvironment())) say(line)
  // Parley and its database may start at the same time, in any order.
  const { openMetrics } = await import('./metrics/prometheus.ts')
  const measured = openMetrics({ version: readVersion(), role })
  const open = await openParley(config, { waitMs: 60_000, measured })
  try {
    // First, so that health checks are answered while the rest starts.
    const health = { needsQueue: role === 'worker' }
    const watched = healthPort === null ? null : await open.listenForHealth(healthPort, health)
    if (watched) say(`Health and metrics are at ${watched}`)
    const isWeb = role === 'all' || role === 'web'
    if (role === 'all' || role === 'worker') await open.startWorker()
    if (role === 'all' || role === 'web' || role === 'gateway') await open.startAdapters(role)
    const address = isWeb ? await open.listen() : null
    if (address) say(`Parley listens at ${address}`)
    if (role === 'worker') say(sayWorker(await open.queueHealth()))
    if (open.parley.platforms.size === 0)
      say(
        'No platform is on: set the secrets of Slack or Discord (npx parley config), or try npm run demo.',
      )
    else if (!(await hasAdmin(open.parley))) await sayClaimCode(open.parley)
    await stopped
    say('Stopping.')
    return 0
  } finally {
    await open.close()
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  return version
}

/** Ready to work, whether there is work to be had or not: a Redis may come later. */
function sayWorker({ ok, detail }: { ok: boolean; detail: string }): string {
  return ok ? `Parley takes jobs from ${detail}.` : `Parley takes jobs once it can. ${detail}`
}

async function sayClaimCode(parley: Parley) {
  const code = await createClaimCode(parley, { type: 'system', job: 'start' })
  say(`Nobody is an admin yet. In the next hour, type in chat: /parley-admin claim ${code}`)
}

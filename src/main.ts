/** Runs a command line: reads the environment, hands the commands what needs adapters or the sandbox. */
import { registerDiscord } from '../adapters/discord/index.ts'
import { slackManifest } from '../adapters/slack/install/manifest.ts'
import { type Doors, say } from './cli/command.ts'
import { runCli } from './cli.ts'
import { type Config, loadConfig, readEnvironment, unknownVariables } from './config.ts'
import { runDemo, runSandbox, untilStopped } from './demo.ts'
import { createClaimCode, hasAdmin } from './labelers/roles.ts'
import { openParley } from './open.ts'
import type { Parley } from './parley.ts'

const config = () => loadConfig(readEnvironment())

const doors: Doors = {
  config,
  environment: readEnvironment,
  // Whoever runs a command reads its result, not a log of what went well.
  open: () => openParley({ ...config(), logLevel: readEnvironment()['LOG_LEVEL'] ?? 'warn' }),
  slackManifest,
  discordRegister: registerDiscord,
  start: ({ role }) => start(config(), role),
  demo: (options) => runDemo(slackManifest, options),
  sandbox: (options) => runSandbox(slackManifest, options),
}

/** Serves until somebody stops it (Ctrl-C, SIGTERM); returns the exit code. */
async function start(config: Config, role: string): Promise<number> {
  const stopped = untilStopped()
  for (const line of unknownVariables(readEnvironment())) say(line)
  // Whoever starts both at once need not start them in order.
  const open = await openParley(config, { waitMs: 60_000 })
  try {
    const isWeb = role === 'all' || role === 'web'
    if (role === 'all' || role === 'worker') open.startWorker()
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

/** Ready to work, whether there is work to be had or not: a Redis may come later. */
function sayWorker({ ok, detail }: { ok: boolean; detail: string }): string {
  return ok ? `Parley takes jobs from ${detail}.` : `Parley takes jobs once it can. ${detail}`
}

async function sayClaimCode(parley: Parley) {
  const code = await createClaimCode(parley, { type: 'system', job: 'start' })
  say(`Nobody is an admin yet. In the next hour, type in chat: /parley-admin claim ${code}`)
}

process.exitCode = await runCli(process.argv.slice(2), doors)
// A Redis that dies while the queue closes keeps BullMQ's timers alive; everything of ours is closed.
setTimeout(() => process.exit(), 5_000).unref()

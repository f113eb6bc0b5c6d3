/** What commands of the terminal may use of the rest; each part is loaded by the first that asks for it. */
import type { Doors, Where } from './cli/command.ts'
import { readServer } from './config/server.ts'
import { loadConfig, readEnvironment } from './config.ts'
import { conflict } from './errors.ts'

const config = () => loadConfig(readEnvironment())

export function openDoors(where: Where): Doors {
  return {
    ...doors,
    server: () => readServer(readEnvironment(), where),
    open: () => openHere(where),
    start: async (options) => {
      requireHere(where)
      return doors.start(options)
    },
    verbs: () => openVerbs(where),
  }
}

/** @throws ParleyError `conflict` where a server is named. */
function requireHere(where: Where): void {
  const server = readServer(readEnvironment(), where)
  if (!server) return
  throw conflict(
    `This command works on the database itself. Run it on the machine of ${server.url}, without --server and PARLEY_SERVER.`,
  )
}

async function openHere(where: Where): ReturnType<Doors['open']> {
  requireHere(where)
  const { openParley } = await import('./open.ts')
  // A person at the terminal reads the result, not a log of what went well.
  return openParley({ ...config(), logLevel: readEnvironment()['LOG_LEVEL'] ?? 'warn' })
}

async function openVerbs(where: Where): ReturnType<Doors['verbs']> {
  const { verbsHere, verbsThere } = await import('./cli/verbs/verbs.ts')
  const server = readServer(readEnvironment(), where)
  if (!server) {
    const { parley, close } = await openHere(where)
    return { verbs: verbsHere(parley), close }
  }
  const { openServer } = await import('./cli/verbs/server.ts')
  return { verbs: verbsThere(openServer(server)), close: async () => {} }
}

const doors: Omit<Doors, 'server' | 'open' | 'verbs'> = {
  config,
  environment: readEnvironment,
  async slackManifest(input) {
    const { slackManifest } = await import('../adapters/slack/install/manifest.ts')
    return slackManifest(input)
  },
  async discordRegister(settings) {
    const { registerDiscord } = await import('../adapters/discord/index.ts')
    return registerDiscord(settings)
  },
  async start(options) {
    const { start } = await import('./start.ts')
    return start(config(), options)
  },
  async demo(options) {
    const { runDemo } = await import('./demo.ts')
    const { slackManifest } = await import('../adapters/slack/install/manifest.ts')
    return runDemo(slackManifest, options)
  },
  async sandbox(options) {
    const { runSandbox } = await import('./demo.ts')
    const { slackManifest } = await import('../adapters/slack/install/manifest.ts')
    return runSandbox(slackManifest, options)
  },
}

/** What commands of the terminal may use of the rest; each part is loaded by the first that asks for it. */
import type { Doors } from './cli/command.ts'
import { loadConfig, readEnvironment } from './config.ts'

const config = () => loadConfig(readEnvironment())

export const doors: Doors = {
  config,
  environment: readEnvironment,
  async open() {
    const { openParley } = await import('./open.ts')
    // A person at the terminal reads the result, not a log of what went well.
    return openParley({ ...config(), logLevel: readEnvironment()['LOG_LEVEL'] ?? 'warn' })
  },
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

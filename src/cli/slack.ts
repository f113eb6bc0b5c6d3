/** Commands to set up Slack. */
import { stringify } from 'yaml'
import { invalid } from '../errors.ts'
import { type CliCommand, print } from './command.ts'

const modes = ['http', 'socket', 'oauth'] as const

export const slackCommands: readonly CliCommand[] = [
  {
    usage: 'slack manifest',
    about: 'print the manifest of the Slack app, to be pasted at api.slack.com/apps',
    options: [
      ['--json', 'print JSON instead of YAML'],
      ['--mode <mode>', 'http, socket or oauth; default: as configured, else http'],
    ],
    run: async (doors, { options }) => {
      const wish = options['mode'] ?? doors.config().slack?.mode ?? 'http'
      const mode = modes.find((one) => one === wish)
      if (!mode) throw invalid({ mode: `There is no mode "${wish}". Use http, socket or oauth.` })
      const manifest = doors.slackManifest({ publicUrl: doors.config().publicUrl, mode })
      print(options['json'] ? JSON.stringify(manifest, null, 2) : stringify(manifest).trimEnd())
    },
  },
]

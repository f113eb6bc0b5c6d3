/** Commands to set up Slack. */
import type { CliCommand } from '../command.ts'

export const slackCommands: readonly CliCommand[] = [
  {
    usage: 'slack manifest',
    about: 'print the manifest of the Slack app, to be pasted at api.slack.com/apps',
    options: [
      ['--json', 'print JSON instead of YAML'],
      ['--mode <mode>', 'http, socket or oauth; default: as configured, else http'],
    ],
    load: async () => (await import('../slack.ts')).manifest,
  },
]

/** The command for feeds: what moved on from one dataset to another, and what waits. */
import type { CliCommand } from '../command.ts'

export const feedCommands: readonly CliCommand[] = [
  {
    usage: 'feeds show [dataset]',
    about: 'what accepted records became in other datasets, what waits, and why',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../feeds.ts')).show,
  },
]

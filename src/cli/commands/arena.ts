/** Commands for arenas: where people may ask two models, and the results of their questions. */
import type { CliCommand } from '../command.ts'
import { toOption } from './channel.ts'

export const arenaCommands: readonly CliCommand[] = [
  {
    usage: 'arena open <dataset>',
    about: 'let people in a channel ask two models and vote',
    options: [toOption],
    load: async () => (await import('../arena.ts')).open,
  },
  {
    usage: 'arena close <dataset>',
    about: 'take no more questions in a channel; votes go on to their own close',
    options: [toOption],
    load: async () => (await import('../arena.ts')).close,
  },
  {
    usage: 'arena list [dataset]',
    about: 'the channels in which arenas are open',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../arena.ts')).list,
  },
  {
    usage: 'arena show <dataset>',
    about: 'questions and votes, what they cost, and where it is open',
    options: [['--json', 'as JSON']],
    load: async () => (await import('../arena.ts')).show,
  },
]

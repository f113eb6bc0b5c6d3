/** Commands for public posts: calls to rank records, and the hub people start from. */
import type { CliCommand } from '../command.ts'
import { toOption } from './channel.ts'

export const postCommands: readonly CliCommand[] = [
  {
    usage: 'post <dataset>',
    about: 'ask a channel to rank records: ballots are private, the result replaces the post',
    options: [
      toOption,
      ['--records <count>', 'how many records, each in a post of its own (default: 1)'],
      ['--closes <time>', 'when voting ends: 30m, 24h, 7d (default: 24h, or as the dataset says)'],
      ['--models', 'name the models in the result'],
    ],
    load: async () => (await import('../posts.ts')).post,
  },
  {
    usage: 'posts list <dataset>',
    about: 'the posts of a dataset, with their votes',
    load: async () => (await import('../posts.ts')).list,
  },
  {
    usage: 'posts close <post>',
    about: 'close a post early; the result replaces it',
    load: async () => (await import('../posts.ts')).close,
  },
  {
    usage: 'hub <dataset>',
    about: 'post a message with a Start button in a channel',
    options: [toOption],
    load: async () => (await import('../posts.ts')).hub,
  },
]

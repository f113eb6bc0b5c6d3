/** Commands for the HTTP API's keys, and for what admins did. */
import { scopeMeanings, scopes } from '../../keys/scopes.ts'
import type { CliCommand } from '../command.ts'

export const keyCommands: readonly CliCommand[] = [
  {
    usage: 'keys create <name>',
    about: 'create a key for the HTTP API; it is printed once',
    options: [
      [
        '--scope <scopes...>',
        `what it may do: ${scopes.map((scope) => `${scope} (${scopeMeanings[scope]})`).join(', ')}`,
      ],
      ['--dataset <name>', 'the only dataset it opens; default: all'],
      ['--expires <time>', 'how long it works, such as 90d; default: until it is revoked'],
    ],
    load: async () => (await import('../keys.ts')).create,
  },
  {
    usage: 'keys list',
    about: 'list the keys: what they may do, when they expire and were last used',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../keys.ts')).list,
  },
  {
    usage: 'keys revoke <key>',
    about: 'revoke a key, by its number or name: its next request is refused',
    load: async () => (await import('../keys.ts')).revoke,
  },
  {
    usage: 'audit',
    about: 'print what admins did, oldest first, as JSON lines',
    options: [
      ['--actor <who>', 'only what they did, e.g. cli, slack:T1:U1, key:NAME'],
      ['--act <what>', 'only this, e.g. "publish dataset"'],
      ['--dataset <name>', 'only to this dataset'],
      ['--since <day>', 'from this day or moment on, e.g. 2026-03-01 (UTC)'],
      ['--until <day>', 'before this day or moment'],
      ['--limit <number>', 'only the newest ones, this many'],
    ],
    load: async () => (await import('../audit.ts')).audit,
  },
]

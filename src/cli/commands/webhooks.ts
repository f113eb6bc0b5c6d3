/** Commands about webhooks: which programs get events, and what was sent to them. */
import type { CliCommand } from '../command.ts'

export const webhookCommands: readonly CliCommand[] = [
  {
    usage: 'webhooks create <url>',
    about:
      'tell an address of events, signed as standardwebhooks.com says; prints the secret, this once',
    options: [
      ['--events <list>', 'which, separated by commas (docs/webhooks.md); default: all of them'],
      [
        '--dataset <name...>',
        'of these datasets only; default: every dataset, including later ones',
      ],
      ['--description <text>', 'a note for its admins'],
      [
        '--otlp',
        'send verdicts on traces to this address as gen_ai.evaluation.result events (docs/traces.md)',
      ],
      ['--header <header...>', 'with --otlp: what its server asks for, such as "authorization: …"'],
      ['--json', 'as JSON'],
    ],
    load: async () => (await import('../webhooks.ts')).create,
  },
  {
    usage: 'webhooks list',
    about: 'list webhooks, their events, and whether deliveries arrive',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../webhooks.ts')).list,
  },
  {
    usage: 'webhooks test <id>',
    about: 'send one message of type webhook.test now, and print what the server answers',
    load: async () => (await import('../webhooks.ts')).test,
  },
  {
    usage: 'webhooks deliveries <id>',
    about: 'list what was sent to a webhook, newest first, with every attempt',
    options: [
      ['--state <state>', 'only queued, sending, sent or failed ones'],
      ['--limit <count>', 'how many; default: 100'],
      ['--json', 'as JSON lines'],
    ],
    load: async () => (await import('../webhooks.ts')).deliveries,
  },
  {
    usage: 'webhooks replay <id>',
    about: 'send events again, under the same ids: one, or what did not arrive since a time',
    options: [
      ['--event <id>', 'this one'],
      ['--since <time>', 'those made since then, such as 2026-11-30 or 2026-11-30T09:00Z'],
      ['--until <time>', 'and until then; default: now'],
      ['--all', 'with --since: those that arrived, too'],
    ],
    load: async () => (await import('../webhooks.ts')).replay,
  },
  {
    usage: 'webhooks rotate <id>',
    about: 'make a new secret and print it, this once; the old one signs too for a while',
    options: [['--overlap <hours>', 'how long the old one signs; default: 24']],
    load: async () => (await import('../webhooks.ts')).rotate,
  },
  {
    usage: 'webhooks enable <id>',
    about: 'send to a webhook again, including what waited',
    load: async () => (await import('../webhooks.ts')).enable,
  },
  {
    usage: 'webhooks disable <id>',
    about: 'send nothing to a webhook until it is enabled; its events wait',
    load: async () => (await import('../webhooks.ts')).disable,
  },
  {
    usage: 'webhooks delete <id>',
    about: 'delete a webhook with its secrets and deliveries',
    load: async () => (await import('../webhooks.ts')).remove,
  },
]

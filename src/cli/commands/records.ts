/** Commands that show records and change single ones. */
import { recordStatuses } from '../../records/record-status.ts'
import type { CliCommand } from '../command.ts'

export const recordCommands: readonly CliCommand[] = [
  {
    usage: 'records list <dataset>',
    about: 'list records with their status, a page at a time',
    options: [
      ['--status <status>', recordStatuses.join(', ')],
      ['--after <id>', 'continue after this external id'],
      ['--limit <number>', 'how many (default 50)'],
      ['--json', 'as JSON lines'],
    ],
    load: async () => (await import('../records.ts')).list,
  },
  {
    usage: 'records show <dataset> <id>',
    about: 'print one record as JSON',
    load: async () => (await import('../records.ts')).show,
  },
  {
    usage: 'records requeue <dataset> <id>',
    about: 'put a rejected record back into the queue',
    load: async () => (await import('../records.ts')).requeue,
  },
  {
    usage: 'records delete <dataset> <id>',
    about: 'delete a record that nobody has seen',
    load: async () => (await import('../records.ts')).remove,
  },
]

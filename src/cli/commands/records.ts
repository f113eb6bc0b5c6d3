/** Commands that show records, and change one or many. */
import { recordStatuses } from '../../records/record-status.ts'
import type { CliCommand } from '../command.ts'

/** Which records are meant; what is given must all hold. */
const selection = [
  ['--import <number>', 'those that this import created (import list shows its number)'],
  [
    '--where <expr>',
    'those for which this holds, in the language of export --keep with status, votes, priority and external_id: status == "rejected" and metadata.batch == "may"',
  ],
  ['--dry-run', 'only count what would change'],
  ['--yes', 'change more than 100 records'],
  ['--expect <number>', 'change them only if they are exactly as many'],
] as const

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
    usage: 'records requeue <dataset> [id]',
    about: 'put rejected records back into the queue: one, or those of a selection',
    options: selection,
    load: async () => (await import('../records.ts')).requeue,
  },
  {
    usage: 'records delete <dataset> [id]',
    about:
      'delete a record that nobody has seen, or all of a selection that nobody answered or holds',
    options: [
      ...selection,
      ['--force', 'delete records with answers too, which are lost; records of a post stay'],
    ],
    load: async () => (await import('../records.ts')).remove,
  },
]

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
    usage: 'records find <dataset> [words...]',
    about:
      'find records by words of their prompt, outputs and answers, and by what they have besides',
    options: [
      ['--status <status>', recordStatuses.join(', ')],
      ['--disputed', 'those in which half of the pairs of labelers differ'],
      ['--gold', 'those with known answers'],
      ['--model <name>', 'a model that wrote one of the outputs'],
      ['--metadata <key=value>', 'a value of the metadata; a path with dots: batch.part=2'],
      ['--labeler <pseudonym>', 'somebody who answered or skipped it'],
      ['--flag <flag>', 'a flag of one of its answers, such as late or skipped'],
      ['--language <language>', 'metadata.language, else metadata.lang'],
      ['--from <day>', 'answered on this day (UTC) or later'],
      ['--to <day>', 'answered on this day or earlier'],
      ['--sort <order>', 'order (as they came; default), disagreement'],
      ['--cursor <cursor>', 'continue a list'],
      ['--limit <number>', 'how many (default 50)'],
      ['--json', 'as JSON lines'],
    ],
    load: async () => (await import('../records.ts')).find,
  },
  {
    usage: 'records priority <dataset> <priority>',
    about: 'give the records of a selection a priority from 0 to 9; 9 is handed out first',
    options: selection,
    load: async () => (await import('../records.ts')).prioritize,
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

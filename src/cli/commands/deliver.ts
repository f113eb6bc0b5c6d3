/** The command that invites people. */
import type { CliCommand } from '../command.ts'

export const deliverCommands: readonly CliCommand[] = [
  {
    usage: 'deliver <dataset>',
    about: 'invite people to a batch; nothing is claimed before they press Start',
    options: [
      [
        '--to <people...>',
        'people (slack:TEAM:USER, discord:USER), groups, channels and roles there (slack:@evals, discord:@labelers), role:admin, role:reviewer, or everyone with access',
      ],
      ['--each <count>', 'how many records for each of them (default: as many as they like)'],
      [
        '--records <file>',
        'the batch is these records: external ids, one a line, or lines of JSON with external_id; - is stdin. With --each, the people get so many each, in turn',
      ],
      [
        '--due <date>',
        'until when, as 2026-12-24 (until that day ends) or 2026-12-24T17:00, in this machine’s time zone',
      ],
      ['--again', 'send invitations again that may not have arrived'],
      [
        '--count',
        'report how many people those groups, channels and roles have, and invite nobody',
      ],
    ],
    load: async () => (await import('../deliver.ts')).deliver,
  },
]

/** Commands that report the quality of a dataset's answers. */
import type { CliCommand } from '../command.ts'

export const statsCommands: readonly CliCommand[] = [
  {
    usage: 'stats <dataset>',
    about: 'agreement by question, habits by labeler, strength by model, disputed records',
    options: [
      ['--json', 'as JSON'],
      ['--all', 'the classical measures too: Cohen by pairs, Fleiss, ICC, tau-b, W, consistency'],
      ['--by <key>', 'also by a metadata key such as metadata.lang, one line per group'],
      ['--no-intervals', 'faster, without intervals'],
      ['--resamples <number>', 'resamples of the records for the intervals (default 200)'],
      [
        '--strength <method>',
        'of models: davidson (the default), bradley-terry (a tie is half a win) or plackett-luce (whole rankings, slower)',
      ],
    ],
    load: async () => (await import('../stats.ts')).stats,
  },
]

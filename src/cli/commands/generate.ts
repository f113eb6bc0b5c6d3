/** Commands that have models write outputs. */
import type { CliCommand } from '../command.ts'

export const generateCommands: readonly CliCommand[] = [
  {
    usage: 'generate <dataset>',
    about:
      'have models write outputs for records that nobody has answered; run again, it goes on where it stopped',
    options: [
      ['--with <model...>', 'the models, by their names in PARLEY_MODELS; default: the dataset’s'],
      ['--samples <number>', 'outputs each model writes for a record (default 1)'],
      ['--temperature <number>', 'from 0 to 2; default: the server’s own'],
      ['--top-p <number>', 'above 0, at most 1; default: the server’s own'],
      ['--seed <number>', 'sent with the first sample, one more with each further'],
      ['--max-tokens <number>', 'the longest output; what is cut off there is kept aside'],
      ['--keep-cut', 'add outputs that were cut off too, marked as cut off'],
      ['--in-flight <number>', 'requests under way at once, of all models together'],
      ['--tokens <number>', 'stop once all outputs of the dataset have taken so many tokens'],
      ['--money <amount>', 'stop once all outputs of the dataset have cost so much'],
      ['--waiting', 'only records that wait for outputs'],
      ['--json', 'the result as JSON'],
    ],
    load: async () => (await import('../generate.ts')).generate,
  },
  {
    usage: 'generate cancel <dataset>',
    about: 'stop the generation of a dataset, wherever it runs; what was written stays',
    load: async () => (await import('../generate.ts')).cancel,
  },
]

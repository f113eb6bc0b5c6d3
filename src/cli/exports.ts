/** Commands that write files for training. */
import { invalid } from '../errors.ts'
import { exportElsewhere, isElsewhere } from '../exports/destinations/send.ts'
import { formats } from '../exports/formats.ts'
import type { ExportCounts } from '../exports/shape.ts'
import { exportToFile } from '../exports/to-file.ts'
import { type CliCommand, cliActor, print, say, withParley } from './command.ts'

export const exportCommands: readonly CliCommand[] = [
  {
    usage: 'export <dataset>',
    about: 'write a file for training, with a manifest beside it',
    options: [
      [
        '--as <format>',
        Object.entries(formats)
          .map(([name, { about }]) => `${name} (${about})`)
          .join(', '),
      ],
      [
        '--to <path>',
        'a file (.jsonl, .jsonl.gz, .parquet, .csv), a folder for --split, - for stdout, s3://BUCKET/PREFIX (AWS_* variables) or hf://datasets/OWNER/NAME (HF_TOKEN)',
      ],
      ['--shape <shape>', 'messages (default) or text'],
      ['--question <name>', 'which question, where the format needs one and there are several'],
      ['--pairs <strategy>', 'all, best-worst, best-rest or adjacent'],
      ['--ranks <strategy>', 'nemo: pairs (default, as its trainers take them) or all'],
      ['--labelers <strategy>', 'each, majority, unanimous or consensus'],
      ['--margin <strategy>', 'reward: vote-share, rank-gap, rating-gap or strength'],
      ['--choice <which>', 'completions of one record: all (default), best-rated or latest'],
      [
        '--keep <expression>',
        'only records for which it holds, e.g. "mean(clarity) >= 4 and metadata.lang in (de, en)"; also median, min, max, majority, count, agreement of a question, and votes',
      ],
      ['--since <day>', 'only answers from this day or moment on, e.g. 2026-03-01 (UTC)'],
      ['--until <day>', 'only answers until the end of this day, or until this moment'],
      ['--labeler <pseudonym>', 'only answers of this labeler, or of several with commas'],
      ['--split <share>', 'a folder with train and test, split by prompt, e.g. 0.9'],
      ['--seed <number>', 'another split'],
      ['--parquet', 'write Parquet, in the folder of --split too'],
      ['--dry-run', 'only say what would be written, and what is dropped and why'],
    ],
    run: (doors, { words: [dataset = ''], options }) =>
      withParley(doors, async (parley) => {
        const { as, to, dryRun, ...flags } = options
        if (typeof as !== 'string')
          throw invalid({
            '--as': `Name the format: parley export ${dataset} --as ${Object.keys(formats).join('|')}`,
          })
        const input = { dataset, as, flags, dryRun: dryRun === true }
        const { counts, path, manifest } = isElsewhere(to)
          ? await exportElsewhere(parley, cliActor, { ...input, to }, doors.config().destinations)
          : await exportToFile(parley, cliActor, {
              ...input,
              ...(to === '-' ? { to: process.stdout } : typeof to === 'string' ? { to } : {}),
            })
        const talk = to === '-' ? say : print
        for (const line of sayCounts(counts, dryRun === true)) talk(line)
        if (path) talk(path)
        for (const warning of manifest?.warnings ?? []) say(`Argilla cannot say: ${warning}`)
      }),
  },
]

function sayCounts({ candidates, emitted, dropped }: ExportCounts, isDry: boolean): string[] {
  const reasons = Object.entries(dropped).map(([reason, count]) => `  ${count} dropped: ${reason}`)
  return [`${emitted} of ${candidates} ${isDry ? 'would be written' : 'written'}`, ...reasons]
}

/** Commands that write files for training. */
import { aboutFormats } from '../../exports/formats/names.ts'
import type { CliCommand } from '../command.ts'

export const exportCommands: readonly CliCommand[] = [
  {
    usage: 'export <dataset>',
    about: 'write a file for training, with a manifest beside it (.FILE.manifest.json)',
    options: [
      [
        '--as <format>',
        Object.entries(aboutFormats)
          .map(([name, about]) => `${name} (${about})`)
          .join(', '),
      ],
      [
        '--to <path>',
        'a file (.jsonl, .jsonl.gz, .parquet, .csv), a folder for --split, - for stdout, s3://BUCKET/PREFIX (AWS_* variables), hf://datasets/OWNER/NAME (HF_TOKEN) or argilla+https://HOST (ARGILLA_API_KEY of an owner)',
      ],
      ['--shape <shape>', 'messages (default) or text'],
      ['--question <name>', 'which question, if the format needs one and there are several'],
      ['--pairs <strategy>', 'all, best-worst, best-rest or adjacent'],
      [
        '--from <what>',
        'what pairs are made from: rankings, or ratings of each output (default if nothing is ranked)',
      ],
      [
        '--min-gap <points>',
        'from ratings: how much higher the better output must be rated (default 1)',
      ],
      ['--average <which>', 'from ratings, by consensus: the mean (default) or the median'],
      [
        '--reference <question>',
        'tpo: the text question whose answer goes with the pair, if none is required',
      ],
      ['--ranks <strategy>', 'nemo: pairs (default, required by its trainers) or all'],
      ['--labelers <strategy>', 'each, majority, unanimous or consensus'],
      ['--margin <strategy>', 'reward: vote-share, rank-gap, rating-gap or strength'],
      ['--rows <what>', 'verl: rl (default, prompts with their ground truth) or sft (chats)'],
      ['--choice <which>', 'completions of one record: all (default), best-rated or latest'],
      [
        '--edits <which>',
        'improved outputs: with (default, beside the other rows), without or only',
      ],
      [
        '--keep <expression>',
        'only records for which it holds, e.g. "mean(clarity) >= 4 and metadata.lang in (de, en)"; also median, min, max, majority, count, agreement of a question, and votes',
      ],
      ['--since <day>', 'only answers from this day or moment on, e.g. 2026-03-01 (UTC)'],
      ['--until <day>', 'only answers until the end of this day, or until this moment'],
      ['--labeler <pseudonym>', 'only answers of this labeler, or of several with commas'],
      [
        '--fast <what>',
        'answers given faster than reading the record takes: keep (default) or drop',
      ],
      [
        '--turns <strategy>',
        'strict leaves out chats that strict chat templates refuse (tool or developer turns, two consecutive turns of one side, a chat that the assistant begins), as-is keeps them; strict is the default for formats whose readers refuse them',
      ],
      ['--split <share>', 'a folder with train and test, split by prompt, e.g. 0.9'],
      ['--seed <number>', 'another split, and another order of kto rows'],
      [
        '--manifest <file>',
        'with --to -: where to write the manifest; otherwise it is beside the file',
      ],
      ['--argilla-dataset <name>', 'argilla+https: its name there; default: as here'],
      ['--workspace <name>', 'argilla+https: in which workspace, if there are several'],
      [
        '--users <file>',
        'argilla+https: which user each labeler is, as for import: {"USER NAME OR ID": "PSEUDONYM"}; other labelers become users under their pseudonyms',
      ],
      ['--parquet', 'write Parquet, also with --split'],
      ['--dry-run', 'only report what would be written, and what is dropped and why'],
    ],
    load: async () => (await import('../export/export.ts')).run,
  },
]

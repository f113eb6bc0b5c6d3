/**
 * The import command: records and answers from files, folders, URLs and servers. All sources of one
 * command are one import, which can be rehearsed, listed and undone.
 */
import type { CliCommand } from '../command.ts'

export const importCommands: readonly CliCommand[] = [
  {
    usage: 'import <dataset> <files...>',
    about:
      'load records from JSONL, JSON, CSV, Parquet (gzip too), folders of them, patterns such as "data/*.jsonl", https:// addresses, or - for stdin; a rerun changes nothing',
    options: [
      [
        '--from <kind>',
        'auto (default), jsonl, json, csv, parquet, hf; parley: a raw or records export; ballots: rankings made elsewhere; argilla: the https:// address of an Argilla server (ARGILLA_API_KEY), with answers and ranks, or a folder or file that Argilla wrote (.argilla, argilla.yaml, columns such as QUESTION.responses)',
      ],
      ['--map <field=key...>', 'which key of the file feeds a field, e.g. --map prompt=question'],
      [
        '--answers-by <name>',
        'the file holds this person’s answers: completions they wrote, pairs they chose from, a key for each question; exports use this name',
      ],
      ['--argilla-dataset <name>', 'argilla: which of its datasets, by name or id'],
      ['--workspace <name>', 'argilla: in which workspace, where names are not enough'],
      [
        '--users <file>',
        'argilla: which labeler each user is, as JSON or YAML: {"USER NAME OR ID": "PSEUDONYM"}, or CSV with the columns user and labeler',
      ],
      [
        '--trust-ranking-order',
        'argilla: take rankings without ranks as listed best first; refused if all share one order, as those from its web page do',
      ],
      [
        '--unknown-as <status>',
        'argilla: the status of answers whose files omit it: draft (default; never counts) or submitted',
      ],
      ['--all-or-nothing', 'store nothing if any line is refused'],
      ['--dry-run', 'report what an import would do, and write nothing'],
    ],
    load: async () => (await import('../import/import.ts')).run,
  },
  {
    usage: 'import list <dataset>',
    about: 'list imports, newest first, with the ids that undo takes',
    options: [
      ['--limit <number>', 'how many (default 20)'],
      ['--json', 'as JSON lines'],
    ],
    load: async () => (await import('../import/import.ts')).list,
  },
  {
    usage: 'import undo <id>',
    about:
      'undo an import: delete its answers and the records it created. Records with other answers stay and are named; changes to existing records stay too',
    load: async () => (await import('../import/import.ts')).undo,
  },
]

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
        'the file holds answers of this person: completions they wrote, pairs of which they chose, a key for each question; exports call them so',
      ],
      ['--argilla-dataset <name>', 'argilla: which of its datasets, by name or id'],
      ['--workspace <name>', 'argilla: in which workspace, where names are not enough'],
      [
        '--users <file>',
        'argilla: who is who here, as JSON or YAML: {"USER NAME OR ID": "PSEUDONYM"}, or CSV with the columns user and labeler',
      ],
      [
        '--trust-ranking-order',
        'argilla: rankings in files that have lost their ranks are best first; refused where all share one order, as those of its page do',
      ],
      [
        '--unknown-as <status>',
        'argilla: what answers are whose status its files have lost: draft (default; they never count) or submitted',
      ],
      ['--all-or-nothing', 'keep nothing of any file when a line is refused'],
      ['--dry-run', 'tell what an import would do, and write nothing'],
    ],
    load: async () => (await import('../import/import.ts')).run,
  },
  {
    usage: 'import list <dataset>',
    about: 'what was imported, the newest first, with the ids that undo takes',
    options: [
      ['--limit <number>', 'how many (default 20)'],
      ['--json', 'as JSON lines'],
    ],
    load: async () => (await import('../import/import.ts')).list,
  },
  {
    usage: 'import undo <id>',
    about:
      'take an import back: its answers go, and the records it made; those that others have answered stay and are named, and what it changed stays changed',
    load: async () => (await import('../import/import.ts')).undo,
  },
]

/** Commands that bring records in and look at them. */
import { stat } from 'node:fs/promises'
import { findArgilla } from '../argilla/folder.ts'
import { requeueRecord } from '../assignments/distribution.ts'
import { invalid } from '../errors.ts'
import { isAddress } from '../fetch/safe.ts'
import type { Parley } from '../parley.ts'
import { importRecords } from '../records/import.ts'
import { deleteRecord, getRecord, listRecords } from '../records/record.ts'
import type { ImportReport } from '../records/report.ts'
import { type FileKind, fileKinds, unitOf } from '../records/rows.ts'
import { recordStatuses } from '../records/shape.ts'
import { answeredReader } from '../responses/answered-rows.ts'
import { ballotReader } from '../responses/ballots.ts'
import { importAnswers } from '../responses/import.ts'
import { importForeign } from '../responses/import-foreign.ts'
import { readUsers } from './argilla.ts'
import { importFromFiles } from './argilla-files.ts'
import { importFromServer } from './argilla-server.ts'
import {
  type Arguments,
  type CliCommand,
  cliActor,
  type Doors,
  print,
  readCount,
  say,
  withParley,
} from './command.ts'
import { withFile } from './download.ts'
import { sayAnswers, sayReport } from './import-report.ts'
import { importing, type Running } from './importing.ts'
import { listFiles, openRows } from './source.ts'

export const recordCommands: readonly CliCommand[] = [
  {
    usage: 'import <dataset> <file>',
    about:
      'load records from JSONL, JSON, CSV, Parquet (gzip too), a folder of them, an https:// address, or - for stdin; a rerun changes nothing',
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
      ['--all-or-nothing', 'keep nothing when a line is refused'],
    ],
    run: (doors, { words: [dataset = '', named = ''], options }) =>
      importing(doors, (parley, running) => {
        const { meter, heeding } = running
        const args = (file: string) => ({ words: [dataset, file], options })
        if (options['from'] === 'argilla' && isAddress(named))
          return importArgilla(doors, parley, args(named), running)
        return withFile(doors, named, (file) => importFile(parley, args(file), running), {
          meter,
          signal: heeding.signal,
        })
      }),
  },
  {
    usage: 'records list <dataset>',
    about: 'list records with their status, a page at a time',
    options: [
      ['--status <status>', recordStatuses.join(', ')],
      ['--after <id>', 'go on after this external id'],
      ['--limit <number>', 'how many (default 50)'],
      ['--json', 'as JSON lines'],
    ],
    run: (doors, { words: [dataset = ''], options }) =>
      withParley(doors, async (parley) => {
        const { status, after, limit, json } = options
        const known = recordStatuses.find((one) => one === status)
        if (status !== undefined && !known)
          throw invalid({ '--status': `Choose one of ${recordStatuses.join(', ')}.` })
        const page = await listRecords(parley, {
          dataset,
          ...(known ? { status: known } : {}),
          ...(typeof after === 'string' ? { after } : {}),
          ...(limit === undefined ? {} : { limit: readCount('--limit', limit, 50) }),
        })
        for (const record of page.records)
          print(
            json
              ? JSON.stringify(record)
              : `${record.externalId}\t${record.status}\t${record.counted} of ${record.wanted}`,
          )
        if (page.next) say(`There is more: --after ${page.next}`)
      }),
  },
  {
    usage: 'records show <dataset> <id>',
    about: 'print one record as JSON',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        print(JSON.stringify(await getRecord(parley, { dataset, externalId }), null, 2))
      }),
  },
  {
    usage: 'records requeue <dataset> <id>',
    about: 'give a record that labelers rejected another chance',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        await requeueRecord(parley, cliActor, { dataset, externalId })
        print(`"${externalId}" is open again.`)
      }),
  },
  {
    usage: 'records delete <dataset> <id>',
    about: 'delete a record that nobody has seen',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        await deleteRecord(parley, cliActor, { dataset, externalId })
        print(`Deleted "${externalId}".`)
      }),
  },
]

async function importFile(parley: Parley, args: Arguments, running: Running): Promise<number> {
  const from = args.options['from'] ?? 'auto'
  const isArgilla = from === 'argilla' || (from === 'auto' && (await isArgillas(args)))
  if (isArgilla) return importArgillaFiles(parley, args, running)
  const kind = fileKinds.find((one) => one === from)
  const isPlain = kind !== undefined || from === 'auto' || from === 'hf'
  if (isPlain && readName(args) !== undefined) return importAnswered(parley, args, running, kind)
  if (isPlain) return importPlain(parley, args, running, kind)
  if (from === 'parley') return importWithAnswers(parley, args, running)
  if (from === 'ballots') return importBallots(parley, args, running)
  throw invalid({
    '--from': `"${String(from)}" is no kind of file. Use auto, hf, ${fileKinds.join(', ')}, parley for a raw or records export, ballots, or argilla.`,
  })
}

async function importArgilla(
  doors: Doors,
  parley: Parley,
  args: Arguments,
  running: Running,
): Promise<number> {
  const report = await importFromServer(doors, parley, args, running)
  return sayAnswers(report, args.words[0] ?? '', running)
}

/** A folder, or the settings in it, that Argilla wrote; its tables alone may be meant as plain records. */
async function isArgillas({ words: [, path = ''], options }: Arguments): Promise<boolean> {
  if (path === '-' || options['answersBy'] !== undefined) return false
  const isNamed = /(^|\/)(records\.json|argilla\.yaml|settings\.json|\.argilla)\/?$/.test(path)
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false
  return (isNamed || isFolder) && (await findArgilla(path)) !== null
}

async function importArgillaFiles(
  parley: Parley,
  args: Arguments,
  running: Running,
): Promise<number> {
  const { words, options } = args
  const [dataset = '', path = ''] = words
  if (readName(args) !== undefined)
    throw invalid({ '--answers-by': 'Leave it out: these files say whose their answers are.' })
  if (options['allOrNothing'] === true)
    throw invalid({ '--all-or-nothing': 'Leave it out: answers are kept record by record.' })
  const imported = importFromFiles(
    parley,
    {
      ...{ dataset, path, map: readMap(options['map']) },
      users: await readUsers(options),
      trustOrder: options['trustRankingOrder'] === true,
      ...readUnknownAs(options['unknownAs']),
    },
    running,
  )
  let code = 0
  for await (const { file, report } of imported) {
    running.meter.end()
    print(`${file}:`)
    code = Math.max(code, sayAnswers(report, dataset, running))
  }
  return code
}

async function importPlain(
  parley: Parley,
  { words, options }: Arguments,
  running: Running,
  kind: FileKind | undefined,
): Promise<number> {
  const [dataset = '', path = ''] = words
  const map = readMap(options['map'])
  const allOrNothing = options['allOrNothing'] === true
  const files = await listFiles(path)
  if (allOrNothing && files.length > 1)
    throw invalid({ '--all-or-nothing': 'Import the files of the folder one by one.' })
  return importEach(
    files,
    running,
    (rows) =>
      importRecords(parley, cliActor, {
        dataset,
        ...rows,
        ...(kind ? { kind } : {}),
        ...(map ? { map } : {}),
        ...running.heeding,
        allOrNothing,
      }),
    (report) => sayReport(report, dataset),
  )
}

/** Imports one file after another and tells of each; the worst exit code counts. */
async function importEach<Report extends ImportReport>(
  files: readonly string[],
  running: Running,
  importOne: (rows: Awaited<ReturnType<typeof openRows>>) => Promise<Report>,
  tell: (report: Report) => number,
): Promise<number> {
  const onBytes = await running.reading(files)
  let code = 0
  for (const file of files) {
    const report = await importOne(await openRows(file, onBytes))
    running.meter.end()
    if (files.length > 1) print(`${file}:`)
    code = Math.max(code, tell(report))
    if (report.stopped) break
  }
  return code
}

async function importAnswered(
  parley: Parley,
  args: Arguments,
  running: Running,
  kind: FileKind | undefined,
): Promise<number> {
  const [dataset = '', path = ''] = args.words
  const labeler = readName(args) ?? ''
  const map = readMap(args.options['map'])
  if (args.options['allOrNothing'] === true)
    throw invalid({ '--all-or-nothing': 'Leave it out: answers are kept line by line.' })
  return importEach(
    await listFiles(path),
    running,
    (opened) => {
      const rows = { ...opened, ...(kind ? { kind } : {}) }
      return importForeign(parley, cliActor, {
        dataset,
        read: answeredReader({ ...rows, labeler, ...(map ? { map } : {}) }),
        unit: unitOf(rows),
        ...running.heeding,
      })
    },
    (report) => sayAnswers(report, dataset, running),
  )
}

function readUnknownAs(status: unknown): { unknownAs?: 'submitted' } {
  if (status === undefined || status === 'draft') return {}
  if (status === 'submitted') return { unknownAs: status }
  throw invalid({ '--unknown-as': 'Say draft or submitted.' })
}

/** Whose answers a file holds that does not say it. */
function readName({ options }: Arguments): string | undefined {
  const { answersBy } = options
  if (answersBy === undefined) return undefined
  const name = String(answersBy).trim()
  if (name !== '' && name.length <= 200) return name
  throw invalid({ '--answers-by': 'Write a name of 1 to 200 characters.' })
}

async function importWithAnswers(
  parley: Parley,
  args: Arguments,
  running: Running,
): Promise<number> {
  if (readName(args) !== undefined)
    throw invalid({ '--answers-by': 'Leave it out: this file says whose its answers are.' })
  const [dataset = '', file = ''] = args.words
  const rows = await openRows(file, await running.reading([file]))
  const report = await importAnswers(parley, cliActor, { dataset, ...rows, ...running.heeding })
  return sayAnswers(report, dataset, running)
}

async function importBallots(parley: Parley, args: Arguments, running: Running): Promise<number> {
  const [dataset = '', file = ''] = args.words
  const labeler = readName(args)
  const rows = await openRows(file, await running.reading([file]))
  const report = await importForeign(parley, cliActor, {
    dataset,
    read: ballotReader({ ...rows, ...(labeler === undefined ? {} : { labeler }) }),
    unit: unitOf(rows),
    ...running.heeding,
  })
  return sayAnswers(report, dataset, running)
}

function readMap(pairs: unknown): Record<string, string> | undefined {
  if (!Array.isArray(pairs)) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, field, key] = /^([^=]+)=(.+)$/.exec(String(pair)) ?? []
      if (!field || !key) throw invalid({ '--map': `"${String(pair)}" is not field=key.` })
      return [field, key]
    }),
  )
}

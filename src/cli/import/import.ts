/**
 * The import command: records and answers from files, folders, URLs and servers. All sources of one
 * command are one import, which can be rehearsed, listed and undone.
 */
import { stat } from 'node:fs/promises'
import { getDataset } from '../../datasets/dataset.ts'
import { invalid } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { answeredReader } from '../../imports/answers/answered-rows.ts'
import { ballotReader } from '../../imports/answers/ballots.ts'
import { importAnswers } from '../../imports/answers/import-answers.ts'
import { importForeign } from '../../imports/answers/import-foreign.ts'
import { findArgilla } from '../../imports/argilla/folder.ts'
import { importRecords } from '../../imports/import-records.ts'
import { inOneGo, recordImport } from '../../imports/import-row.ts'
import { type FileKind, fileKinds, unitOf } from '../../imports/readers/rows.ts'
import type { ImportReport } from '../../imports/report.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { type Arguments, type Doors, print, type Run, say, withVerbs } from '../command.ts'
import { openServer } from '../verbs/server.ts'
import { readUsers } from './argilla.ts'
import { importFromFiles } from './argilla-files.ts'
import { importFromServer } from './argilla-server.ts'
import { withFile } from './download.ts'
import { listed, openTeller, type Teller, undoneLines } from './import-report.ts'
import { importing, type Running } from './running-import.ts'
import { expandFiles, listFiles, openRows } from './source.ts'
import { importToServer } from './to-server.ts'

/** `parley import <dataset> <files...>` */
export const run: Run = (doors, args) => {
  const server = doors.server()
  return server ? importToServer(openServer(server), args) : importHere(doors, args)
}

const importHere: Run = (doors, args) =>
  importing(doors, (parley, running) => {
    const { dryRun, allOrNothing } = args.options
    const isTried = dryRun === true
    if (!isTried && allOrNothing !== true) return importAll(doors, parley, args, running)
    const isWhole = (code: number) => code === 0
    return inOneGo(
      parley,
      (inside) => importAll(doors, inside, args, running),
      isTried ? () => false : isWhole,
    )
  })

/** `parley import list <dataset>` */
export const list: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const limit = Number(options['limit'] ?? 20)
    if (!Number.isInteger(limit) || limit < 1)
      throw invalid({ '--limit': 'Write a whole number from 1 on.' })
    const all = await verbs.listImports({ dataset, limit })
    for (const one of all) print(options['json'] ? JSON.stringify(one) : listed(one))
    if (all.length === 0) say(`Nothing was imported into ${dataset} yet.`)
  })

/** `parley import undo <id>` */
export const undo: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    for (const line of undoneLines(await verbs.undoImport(id))) print(line)
  })

/** What all parts of one import share. */
type Part = Running & {
  dataset: string
  options: Arguments['options']
  importId: string
  teller: Teller
}

async function importAll(
  doors: Doors,
  parley: Parley,
  { words: [name = '', ...named], options }: Arguments,
  running: Running,
): Promise<number> {
  const dataset = await getDataset(parley, name)
  const all = await expandFiles(named)
  const { dryRun, allOrNothing, from = 'auto' } = options
  const teller = openTeller({
    ...{ dataset: name, isTried: dryRun === true, isWhole: allOrNothing === true },
    ...{ meter: running.meter, isOfMany: all.length > 1, records: running.heeding.records },
  })
  const row = { dataset, by: 'cli', source: named.join(' '), kind: String(from) }
  await recordImport(parley, row, async (importId) => {
    const part = { ...running, dataset: name, options, importId, teller }
    for (const one of all) {
      if (running.heeding.signal.aborted) break
      await importNamed(doors, parley, one, part)
    }
    return teller.total()
  })
  return teller.end()
}

async function importNamed(doors: Doors, parley: Parley, named: string, part: Part): Promise<void> {
  const { meter, heeding, options } = part
  if (options['from'] === 'argilla' && isAddress(named)) {
    const args = { words: [part.dataset, named], options }
    const report = await importFromServer(doors, parley, args, part)
    return part.teller.answers(report, named)
  }
  await withFile(doors, named, (file) => importPath(parley, file, part), {
    meter,
    signal: heeding.signal,
  })
}

async function importPath(parley: Parley, path: string, part: Part): Promise<void> {
  const { options } = part
  const from = options['from'] ?? 'auto'
  const isArgilla = from === 'argilla' || (from === 'auto' && (await isArgillas(path, options)))
  if (isArgilla) return importArgillaFiles(parley, path, part)
  const kind = fileKinds.find((one) => one === from)
  const isPlain = kind !== undefined || from === 'auto' || from === 'hf'
  if (isPlain && readName(options) !== undefined) return importAnswered(parley, path, part, kind)
  if (isPlain) return importPlain(parley, path, part, kind)
  if (from === 'parley') return importWithAnswers(parley, path, part)
  if (from === 'ballots') return importBallots(parley, path, part)
  throw invalid({
    '--from': `"${String(from)}" is no kind of file. Use auto, hf, ${fileKinds.join(', ')}, parley for a raw or records export, ballots, or argilla.`,
  })
}

/** Whether this is a folder that Argilla wrote, or its settings. Its tables alone may be plain records. */
async function isArgillas(path: string, options: Arguments['options']): Promise<boolean> {
  if (path === '-' || options['answersBy'] !== undefined) return false
  const isNamed = /(^|\/)(records\.json|argilla\.yaml|settings\.json|\.argilla)\/?$/.test(path)
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() ?? false
  return (isNamed || isFolder) && (await findArgilla(path)) !== null
}

async function importArgillaFiles(parley: Parley, path: string, part: Part): Promise<void> {
  const { dataset, options, importId } = part
  if (readName(options) !== undefined)
    throw invalid({ '--answers-by': 'Leave it out: these files say whose their answers are.' })
  const imported = importFromFiles(
    parley,
    {
      ...{ dataset, path, importId, map: readMap(options['map']) },
      users: await readUsers(options),
      trustOrder: options['trustRankingOrder'] === true,
      ...readUnknownAs(options['unknownAs']),
    },
    part,
  )
  part.teller.areMany()
  for await (const { file, report } of imported) part.teller.answers(report, file)
}

async function importPlain(
  parley: Parley,
  path: string,
  part: Part,
  kind: FileKind | undefined,
): Promise<void> {
  const { dataset, options, importId, heeding, teller } = part
  const map = readMap(options['map'])
  await eachFile(path, part, async (opened, file) => {
    const report = await importRecords(parley, cliActor, {
      ...{ dataset, importId, ...opened, ...heeding },
      ...(kind ? { kind } : {}),
      ...(map ? { map } : {}),
    })
    teller.records(report, file)
    return report
  })
}

type Opened = Awaited<ReturnType<typeof openRows>>

/** Imports one file after another until it is stopped. */
async function eachFile(
  path: string,
  part: Part,
  importOne: (opened: Opened, file: string) => Promise<ImportReport>,
): Promise<void> {
  const files = await listFiles(path)
  if (files.length > 1) part.teller.areMany()
  const onBytes = await part.reading(files)
  for (const file of files) {
    const { stopped } = await importOne(await openRows(file, onBytes), file)
    if (stopped) break
  }
}

async function importAnswered(
  parley: Parley,
  path: string,
  part: Part,
  kind: FileKind | undefined,
): Promise<void> {
  const { dataset, options, importId, heeding, teller } = part
  const labeler = readName(options) ?? ''
  const map = readMap(options['map'])
  await eachFile(path, part, async (opened, file) => {
    const rows = { ...opened, ...(kind ? { kind } : {}) }
    const report = await importForeign(parley, cliActor, {
      ...{ dataset, importId, unit: unitOf(rows), ...heeding },
      read: answeredReader({ ...rows, labeler, ...(map ? { map } : {}) }),
    })
    teller.answers(report, file)
    return report
  })
}

async function importWithAnswers(parley: Parley, file: string, part: Part): Promise<void> {
  const { dataset, options, importId, heeding, teller } = part
  if (readName(options) !== undefined)
    throw invalid({ '--answers-by': 'Leave it out: this file says whose its answers are.' })
  await eachFile(file, part, async (opened, one) => {
    const report = await importAnswers(parley, cliActor, {
      ...{ dataset, importId, ...opened, ...heeding },
    })
    teller.answers(report, one)
    return report
  })
}

async function importBallots(parley: Parley, path: string, part: Part): Promise<void> {
  const { dataset, options, importId, heeding, teller } = part
  const labeler = readName(options)
  await eachFile(path, part, async (rows, file) => {
    const report = await importForeign(parley, cliActor, {
      ...{ dataset, importId, unit: unitOf(rows), ...heeding },
      read: ballotReader({ ...rows, ...(labeler === undefined ? {} : { labeler }) }),
    })
    teller.answers(report, file)
    return report
  })
}

function readUnknownAs(status: unknown): { unknownAs?: 'submitted' } {
  if (status === undefined || status === 'draft') return {}
  if (status === 'submitted') return { unknownAs: status }
  throw invalid({ '--unknown-as': 'Say draft or submitted.' })
}

/** The labeler of answers in a file that names none. */
function readName({ answersBy }: Arguments['options']): string | undefined {
  if (answersBy === undefined) return undefined
  const name = String(answersBy).trim()
  if (name !== '' && name.length <= 200) return name
  throw invalid({ '--answers-by': 'Write a name of 1 to 200 characters.' })
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

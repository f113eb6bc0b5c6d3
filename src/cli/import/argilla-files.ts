/** Imports from files that Argilla wrote: records with their answers, and a dataset's document. */

import { openUsers, type UserMap } from '../../argilla/users.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { importAnswers } from '../../imports/answers/import-answers.ts'
import { importForeign } from '../../imports/answers/import-foreign.ts'
import type { AnswersReport } from '../../imports/answers/write-answers.ts'
import { type ArgillaFolder, findArgilla } from '../../imports/argilla/folder.ts'
import { openOrders } from '../../imports/argilla/orders.ts'
import { argillaReader, argillaRecords } from '../../imports/argilla/reader.ts'
import { sidecarLines } from '../../imports/argilla/sidecar.ts'
import { unitOf } from '../../imports/readers/rows.ts'
import type { Parley } from '../../parley.ts'
import { counted } from '../../sentences.ts'
import { cliActor } from '../actor.ts'
import { openWarnings, sayDocument, warnOfUnknown } from './argilla.ts'
import type { Running } from './running-import.ts'
import { listFiles, openRows } from './source.ts'

export type FromFiles = {
  dataset: string
  path: string
  /** The import this is part of. */
  importId: string
  users: UserMap | undefined
  map: Readonly<Record<string, string>> | undefined
  trustOrder: boolean
  /** The status of answers that have none; draft by default. */
  unknownAs?: 'submitted'
}

/** Imports file after file, and yields each with its report. */
export async function* importFromFiles(
  parley: Parley,
  { dataset, path, importId, users: map, trustOrder, unknownAs, ...input }: FromFiles,
  running: Running,
): AsyncGenerator<{ file: string; report: AnswersReport }> {
  const found = await findArgilla(path)
  if (found?.sidecar) {
    const { file, head } = found.sidecar
    const onBytes = await running.reading([file, ...found.files])
    const source = sidecarLines(file, head, onBytes)
    yield {
      file,
      report: await importAnswers(parley, cliActor, {
        ...{ dataset, source, importId },
        ...running.heeding,
      }),
    }
    return
  }
  const outputs = readOutputs(input.map, found)
  const files = found?.files ?? (await listFiles(path))
  if (files.length === 0)
    throw invalid({
      [path]:
        "There are Argilla's settings, but no records: records.json, or tables in it or in data.",
    })
  const users = openUsers(map)
  const warn = openWarnings(running.meter)
  if (trustOrder) await checkOrders(parley, dataset, files, { found, outputs })
  const onBytes = await running.reading(files)
  for (const file of files) {
    const rows = await openRows(file, onBytes)
    const settings = found?.settings ?? null
    const report = await importForeign(parley, cliActor, {
      ...{ dataset, importId },
      read: argillaReader(
        { rows, settings, ...(outputs ? { outputs } : {}) },
        { users, trustOrder, ...(unknownAs ? { unknownAs } : {}) },
        { warning: warn },
      ),
      unit: unitOf(rows),
      ...running.heeding,
    })
    yield { file, report }
    if (report.warnings.byKind['ranks unknown'])
      warn(
        "Rankings without ranks are left out: Argilla 2 leaves the ranks out of its files. Its REST API has them (--from argilla with the server's address). If you know that its lists are best first, say --trust-ranking-order.",
      )
    const unknown = report.warnings.byKind['status unknown']
    if (unknown && !unknownAs)
      warn(
        `${counted(unknown, 'answer has', 'answers have')} no status, which Argilla 2 leaves out of its files: submitted, draft and discarded ones look alike. Without it they are kept as drafts and count for nothing. Its REST API has the statuses (--from argilla with the server's address). If you know that whole answers were submitted, say --unknown-as submitted.`,
      )
    if (report.stopped) break
  }
  warnOfUnknown(users, 'USER ID', warn)
}

/** Checked before anything is stored: lists that all have the same order are not rankings. */
async function checkOrders(
  parley: Parley,
  dataset: string,
  files: readonly string[],
  { found, outputs }: { found: ArgillaFolder | null; outputs: string[] | undefined },
): Promise<void> {
  const { document } = await getDataset(parley, dataset)
  const orders = openOrders()
  for (const file of files) {
    if (file === '-')
      throw invalid({ '--trust-ranking-order': 'Name a file: stdin cannot be looked over first.' })
    const rows = await openRows(file)
    const settings = found?.settings ?? null
    await orders.look(argillaRecords({ rows, settings, ...(outputs ? { outputs } : {}) }, document))
  }
  orders.check()
}

/** A document with the questions of an Argilla dataset; what has no counterpart is reported on stderr. */
export async function documentFromFiles(
  path: string,
  { name, outputs }: { name?: string; outputs?: readonly string[] },
): Promise<DatasetDocument> {
  const found = await findArgilla(path)
  if (!found)
    throw invalid({
      [path]:
        'No settings of Argilla lie there: .argilla/settings.json or argilla.yaml. Name the folder, or the https:// address of a server.',
    })
  // Our own export contains the document.
  if (found.sidecar && !outputs) return { ...found.sidecar.head.dataset, ...(name ? { name } : {}) }
  return sayDocument(found.settings, { name: name ?? found.name, ...(outputs ? { outputs } : {}) })
}

function readOutputs(map: FromFiles['map'], found: ArgillaFolder | null): string[] | undefined {
  const { outputs, ...others } = map ?? {}
  const [other] = Object.keys(others)
  if (other !== undefined || (found && outputs !== undefined))
    throw invalid({
      '--map': found
        ? "Leave it out: Argilla's settings tell which column is what."
        : `Only outputs can be said here (--map outputs=COLUMN,COLUMN), not ${other}: fields have their names of Argilla.`,
    })
  return outputs?.split(',').map((name) => name.trim())
}

/**
 * Brings in answers that were made elsewhere, by people this instance does not know: they become
 * labelers without an identity. All of their answers count: an answer fills a free place of its record,
 * and those beyond count too, like ballots of a post. A rerun changes nothing, and a changed answer is a
 * new revision; a second answer marked `repeat` is stored beside the first.
 */

import { writeAudit } from '../../datasets/audit.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { conflict, ParleyError } from '../../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { counted } from '../../sentences.ts'
import { recordImport, summaryOf } from '../import-row.ts'
import { refuse } from '../report.ts'
import { untilStopped } from '../until-stopped.ts'
import type { Foreign, ForeignReader } from './foreign.ts'
import { settle } from './settle-foreign.ts'
import {
  type AnswersReport,
  emptyAnswersReport,
  openWriter,
  type RecordCounts,
} from './write-answers.ts'

const batchRows = 500

const batchLength = 4_000_000

export type ForeignInput = {
  dataset: string
  read: ForeignReader
  unit?: AnswersReport['unit']
  /** The file's name and kind, stored with the import. */
  source?: string
  kind?: string
  /** The import this belongs to; otherwise it is a separate one. */
  importId?: string
  /** Counts the records of all the files of one import. */
  records?: RecordCounts
  onProgress?: (soFar: { lines: number; refused: number }) => void
  signal?: AbortSignal
}

/** @throws ParleyError `conflict` for a closed dataset. Bad lines do not throw; they are in the report. */
export async function importForeign(
  parley: Parley,
  actor: Actor,
  input: ForeignInput,
): Promise<AnswersReport> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  const { source = 'a stream', kind = 'answers', importId } = input
  const report = await recordImport(parley, { dataset, by, source, kind, importId }, (id) =>
    readAll(parley, dataset, { ...input, importId: id }),
  )
  await writeAudit(parley, {
    actor: by,
    act: 'import answers',
    dataset: dataset.name,
    detail: summaryOf(report),
  })
  return report
}

async function readAll(
  parley: Parley,
  dataset: Dataset,
  input: ForeignInput & { importId: string },
): Promise<AnswersReport> {
  const report = emptyAnswersReport(input.unit)
  const { importId, records } = input
  const writer = openWriter(parley, dataset, { report, importId, records })
  let batch: Foreign[] = []
  let length = 0
  let last: number | null = null
  const flush = async () => {
    const rows = batch
    batch = []
    length = 0
    await writer.write(await settle(parley, dataset, rows, report))
  }
  try {
    for await (const rows of untilStopped(input.read(dataset), input.signal, report)) {
      for (const row of rows) {
        // A row that holds several records comes once for each.
        if (row.number !== last) report.lines++
        last = row.number
        if ('problem' in row) {
          refuse(report, row.number, row.problem)
          report.answers.refused += row.answers ?? 0
          continue
        }
        batch.push(row)
        length += row.length ?? 0
        if (batch.length >= batchRows || length >= batchLength) await flush()
      }
      input.onProgress?.({ lines: report.lines, refused: report.refused.count })
    }
  } catch (error) {
    // Rows read before the source disconnected are kept and reported.
    if (error instanceof ParleyError && error.code === 'unavailable') await flush()
    throw withKept(error, report)
  }
  await flush()
  report.refused.lines.sort((a, b) => a.line - b.line)
  return report
}

function withKept(
  error: unknown,
  { created, updated, unchanged, answers }: AnswersReport,
): unknown {
  if (!(error instanceof ParleyError) || error.code !== 'unavailable') return error
  const records = created + updated + unchanged
  const all = answers.created + answers.changed + answers.unchanged
  return new ParleyError(
    'unavailable',
    `${error.message} ${counted(records, 'record')} with ${counted(all, 'answer')} ${records === 1 ? 'is' : 'are'} here; run the same command again for the rest.`,
    { cause: error },
  )
}

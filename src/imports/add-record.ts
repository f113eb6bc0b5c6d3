/** Adds one record, read and checked as a line of an import is. It is no import of its own: nothing to list or undo. */
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, invalid } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import type { RecordPart } from '../records/record-line.ts'
import { writeBatch } from '../records/upsert.ts'
import { lineReader, requireOpen } from './import-records.ts'
import { emptyReport, refusalOf } from './report.ts'

export type AddedRecord = {
  external_id: string
  outcome: 'created' | 'updated' | 'unchanged'
  /** What was another in a record that was updated. */
  parts: readonly RecordPart[]
  /** Likely mistakes in it, as sentences. */
  warnings: string[]
}

/**
 * `text` is JSON: a record in any shape that an import reads. An external id that is there already is
 * updated, unless people have answered it. Returns each record the text holds; most hold one.
 * @throws `invalid` by what is wrong where; `conflict` for a closed dataset and an answered record.
 */
export async function addRecord(
  parley: Parley,
  actor: Actor,
  input: { dataset: string | Dataset; text: string },
): Promise<AddedRecord[]> {
  requireAdmin(actor)
  const { text } = input
  const dataset =
    typeof input.dataset === 'string'
      ? await getDataset(parley, input.dataset, actor)
      : input.dataset
  requireOpen(dataset)
  const report = emptyReport('line')
  const records = lineReader(dataset, {}, report)({ number: 1, text })
  const [problem] = report.refused.lines
  if (records === null || problem) throw refusal(problem)
  const unique = [...new Map(records.map((record) => [record.external_id, record])).values()]
  const batch = unique.map((record) => ({ line: 1, record }))
  const written = await writeBatch(parley, dataset, batch)
  const warnings = report.warnings.lines.map(({ path, message }) => `${path} ${message}`.trim())
  return unique.map(({ external_id }, at) => {
    const { outcome = 'unchanged', parts = [] } = written[at] ?? {}
    if (outcome === 'answered' || outcome === 'leased') {
      const { message, remedy } = refusalOf(outcome, parts)
      throw conflict(`The record "${external_id}" ${message} ${remedy}`)
    }
    return { external_id, outcome, parts, warnings }
  })
}

function refusal(problem: { path: string; message: string; remedy: string } | undefined) {
  const { path = '', message = 'cannot be read.', remedy = '' } = problem ?? {}
  return invalid({ [path || 'record']: `${message} ${remedy}`.trim() })
}

/**
 * Undoes an import: deletes its answers and the records it created, unless a record has other answers,
 * is on somebody's card or was posted; such records stay and are named. Changes to records and answers
 * that existed before stay, because their earlier content is not stored. Works in batches under the
 * places' locks; run again, it finishes an interrupted undo.
 */
import { sql } from 'kysely'
import { callFunction } from '../../assignments/call.ts'
import { seenBy } from '../../datasets/access/tenants.ts'
import { writeAudit } from '../../datasets/audit.ts'
import type { Dataset } from '../../datasets/document.ts'
import { conflict, notFound } from '../../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { deadAfterMs } from '../import-row.ts'
import type { ImportSummary } from '../report.ts'

export type UndoneImport = {
  dataset: string
  answers: number
  records: number
  /** Records that stay; the first twenty by name. */
  kept: { count: number; ids: string[] }
  /** Changes made by the import, which stay. */
  changed: { records: number; parts: NonNullable<ImportSummary['parts']>; answers: number }
}

const batchSize = 500
const mostNamed = 20

/** @throws ParleyError `not_found`; `conflict` while it runs, and if it was undone before. */
export async function undoImport(
  parley: Parley,
  actor: Actor,
  { id }: { id: string },
): Promise<UndoneImport> {
  const by = requireAdmin(actor)
  const found = await findImport(parley, actor, id)
  const { dataset, report } = found
  if (found.state === 'undone') throw conflict(`Import ${id} was taken back before.`)
  if (found.state === 'queued')
    throw conflict(
      `Import ${id} waits for its turn. Cancel it in chat, or take it back when it is through.`,
    )
  if (found.state === 'running' && found.seenAt.getTime() > parley.now().getTime() - deadAfterMs)
    throw conflict(`Import ${id} is still running. Stop it, or take it back when it is through.`)
  const answers = await removeAnswers(parley, dataset.id, id)
  const { deleted, kept } = await removeRecords(parley, dataset.id, found)
  const undone: UndoneImport = {
    dataset: dataset.name,
    ...{ answers, records: deleted, kept },
    changed: {
      records: report.updated ?? 0,
      parts: report.parts ?? {},
      answers: report.answers?.changed ?? 0,
    },
  }
  await parley.db
    .updateTable('imports')
    .set({ state: 'undone', undoneAt: parley.now(), undone: JSON.stringify(undone) })
    .where('id', '=', id)
    .execute()
  await writeAudit(parley, {
    actor: by,
    act: 'undo import',
    dataset: dataset.name,
    detail: { import: id, answers, records: deleted, kept: kept.count },
  })
  return undone
}

async function findImport(parley: Parley, actor: Actor, id: string) {
  const row = /^[1-9]\d{0,17}$/.test(id)
    ? await parley.db
        .selectFrom('imports')
        .innerJoin('datasets', 'datasets.id', 'imports.datasetId')
        .select(['imports.id', 'state', 'seenAt', 'afterRecord', 'report', 'datasetId', 'name'])
        .where('imports.id', '=', id)
        .where(seenBy(actor))
        .executeTakeFirst()
    : undefined
  if (!row) throw notFound('import', id)
  const { datasetId, name, ...found } = row
  const report: Partial<ImportSummary> = found.report
  const dataset: Pick<Dataset, 'id' | 'name'> = { id: datasetId, name }
  return { ...found, report, dataset }
}

async function removeAnswers(parley: Parley, dataset: string, id: string): Promise<number> {
  let all = 0
  for (;;) {
    const { done } = await callFunction(
      parley,
      sql<{ done: { isEnd: boolean; gone: number } }>`
        select undo_imported_answers(${dataset}, ${id}, ${batchSize}) as done`,
    )
    if (done.isEnd) return all
    all += done.gone
  }
}

async function removeRecords(
  parley: Parley,
  dataset: string,
  { id, afterRecord }: { id: string; afterRecord: string },
): Promise<{ deleted: number; kept: UndoneImport['kept'] }> {
  const kept: UndoneImport['kept'] = { count: 0, ids: [] }
  let deleted = 0
  for (let after = afterRecord; ; ) {
    const { done } = await callFunction(
      parley,
      sql<{ done: { last: string | null; deleted: number; kept: string[] } }>`
        select undo_imported_records(${dataset}, ${id}, ${after}, ${batchSize}, ${parley.now()}) as done`,
    )
    if (done.last === null) return { deleted, kept }
    after = done.last
    deleted += done.deleted
    kept.count += done.kept.length
    kept.ids.push(...done.kept.slice(0, mostNamed - kept.ids.length))
  }
}

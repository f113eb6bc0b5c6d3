/**
 * Writes what was chosen, all of a request or nothing of it. The row of a day is locked while a dataset
 * takes spans of that day, so that its number is exact however many processes take at once; a span that
 * was taken once is never taken again.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { outputsNeeded } from '../datasets/check.ts'
import type { Dataset } from '../datasets/document.ts'
import { askModels } from '../generation/start.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { RecordLine } from '../records/record-line.ts'
import { writeBatch } from '../records/upsert.ts'
import type { Rule } from './rules.ts'

/** `day` as 2026-03-02. */
export type Chosen = { rule: Rule; day: string; line: RecordLine }

const batchRows = 500

/** Which of these a dataset has not taken yet, as far as its days have room; a look without a lock. */
export async function notYetTaken(
  parley: Parley,
  rule: Rule,
  spans: readonly { externalId: string; day: string }[],
): Promise<Set<string>> {
  const { rows } = await sql<{ externalId: string }>`
    select s.external_id from unnest(${spans.map(({ externalId }) => externalId)}::text[],
      ${spans.map(({ day }) => day)}::text[]) s(external_id, day)
    where not exists (select from taken_spans t
        where t.dataset_id = ${rule.dataset.id} and t.external_id = s.external_id)
      and not exists (select from trace_days d where d.dataset_id = ${rule.dataset.id}
        and d.day = s.day and d.taken >= ${rule.perDay})`.execute(parley.db)
  return new Set(rows.map(({ externalId }) => externalId))
}

/** How many records there are now that were not there before. */
export async function storeChosen(
  parley: Parley,
  by: string,
  chosen: readonly Chosen[],
): Promise<number> {
  if (chosen.length === 0) return 0
  const byRule = Map.groupBy(chosen, ({ rule }) => rule)
  return inTransaction(parley, async (inside) => {
    let created = 0
    // In one order, so that of two requests neither waits for what the other holds.
    const rules = [...byRule.keys()].sort((a, b) => Number(a.dataset.id) - Number(b.dataset.id))
    for (const rule of rules) created += await storeFor(inside, by, rule, byRule.get(rule) ?? [])
    return created
  })
}

async function storeFor(
  inside: Parley,
  by: string,
  rule: Rule,
  chosen: readonly Chosen[],
): Promise<number> {
  const { dataset } = rule
  const needed = outputsNeeded(dataset.document)
  if (chosen.some(({ line }) => line.outputs.length < needed)) await askModels(inside, dataset)
  if (!(await isOpen(inside, dataset))) return 0
  const byDay = Map.groupBy(chosen, ({ day }) => day)
  const taken: RecordLine[] = []
  for (const day of [...byDay.keys()].sort())
    taken.push(...(await take(inside, rule, day, byDay.get(day) ?? [])))
  for (let at = 0; at < taken.length; at += batchRows)
    await writeBatch(inside, dataset, numbered(taken.slice(at, at + batchRows)))
  if (taken.length > 0)
    await writeAudit(inside, {
      actor: by,
      act: 'take traces',
      dataset: dataset.name,
      detail: { records: taken.length },
    })
  return taken.length
}

/** It may have been closed or deleted since the rules were read; it cannot be until this is committed. */
async function isOpen(inside: Parley, { id }: Dataset): Promise<boolean> {
  const found = await inside.db
    .selectFrom('datasets')
    .select('status')
    .where('id', '=', id)
    .forShare()
    .executeTakeFirst()
  return found !== undefined && found.status !== 'closed'
}

/** Notes as many of these as the day has room for, and returns their records. */
async function take(
  inside: Parley,
  { dataset, perDay }: Rule,
  day: string,
  chosen: readonly Chosen[],
): Promise<RecordLine[]> {
  const { rows: days } = await sql<{ taken: number }>`
    insert into trace_days (dataset_id, day) values (${dataset.id}, ${day})
    on conflict (dataset_id, day) do update set taken = trace_days.taken
    returning taken`.execute(inside.db)
  const room = Math.max(0, perDay - (days[0]?.taken ?? 0))
  const lines = new Map(chosen.map(({ line }) => [line.external_id, line]))
  const { rows } = await sql<{ externalId: string }>`
    insert into taken_spans (dataset_id, external_id, at)
    select ${dataset.id}::bigint, s.external_id, ${inside.now()}
    from unnest(${[...lines.keys()]}::text[]) with ordinality s(external_id, nth)
    where not exists (select from taken_spans t
      where t.dataset_id = ${dataset.id} and t.external_id = s.external_id)
    order by s.nth limit ${room}
    on conflict do nothing
    returning external_id`.execute(inside.db)
  await sql`
    update trace_days set taken = taken + ${rows.length}
    where dataset_id = ${dataset.id} and day = ${day}`.execute(inside.db)
  return rows.flatMap(({ externalId }) => lines.get(externalId) ?? [])
}

function numbered(lines: readonly RecordLine[]) {
  return lines.map((record, at) => ({ line: at + 1, record, isPartial: true }))
}

/** What tests of exports stand on: a dataset, records, and answers of every kind put there directly. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { insertDataset } from '../../src/datasets/create.ts'
import { type Dataset, DatasetDocument } from '../../src/datasets/document.ts'
import type { ResponseStatus } from '../../src/db/schema.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'

export const cleo: Actor = { type: 'admin', name: 'cleo' }

export const ranking = { type: 'ranking', name: 'preference', title: 'Which is better?' }
export const answer = { type: 'text', name: 'answer', title: 'Answer' }

let made = 0

export async function makeDataset(
  parley: Parley,
  more: { [key: string]: unknown } = {},
): Promise<Dataset> {
  made += 1
  const document = DatasetDocument.parse({
    name: `prefs-${made}`,
    title: 'Which answer helps most?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [ranking, { ...answer, required: false }],
    distribution: { min_submitted: 3 },
    ...more,
  })
  return insertDataset(parley, document)
}

export async function addRecord(
  parley: Parley,
  dataset: Dataset,
  record: { [key: string]: unknown } = {},
): Promise<{ externalId: string; id: string }> {
  const line = RecordLine.parse({
    format: 1,
    external_id: 'r1',
    fields: { prompt: 'Why is the sky blue?' },
    outputs: [
      { id: 'a', text: 'Scattering.' },
      { id: 'b', text: 'It just is.' },
      { id: 'c', text: 'Paint.' },
    ],
    ...record,
  })
  const ids = await upsertRecords(parley, dataset, [line])
  return { externalId: line.external_id, id: ids.get(line.external_id) ?? '' }
}

export async function makeLabelers(parley: Parley, count: number): Promise<string[]> {
  const rows = await parley.db
    .insertInto('labelers')
    .values(Array.from({ length: count }, () => ({ createdAt: parley.now() })))
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

export type Answer = {
  labeler: string
  values?: { [question: string]: unknown }
  status?: ResponseStatus
  reason?: string
  counted?: boolean
  flags?: string[]
  repeat?: number
  shown?: string[]
  expanded?: string[]
  suggested?: 'before' | 'after' | 'held_out'
  /** How its texts were shown; of earlier answers too. */
  rendering?: string | null
  seconds?: number
  /** Values this answer had before, oldest first. */
  before?: { [question: string]: unknown }[]
}

/** Puts an answer where submitting would have put it, whatever the claim would have said. */
export async function addAnswer(
  parley: Parley,
  dataset: Dataset,
  record: { id: string },
  given: Answer,
): Promise<void> {
  const { status = 'submitted', before = [], values = {} } = given
  const counted = given.counted ?? status === 'submitted'
  const { id: assignmentId } = await parley.db
    .insertInto('assignments')
    .values({
      datasetId: dataset.id,
      recordId: record.id,
      labelerId: given.labeler,
      repeat: given.repeat ?? 0,
      shownOrder: given.shown ?? ['b', 'a', 'c'],
      expanded: given.expanded ?? [],
      suggested: given.suggested ?? null,
      suggestionsShown: given.suggested === 'before',
      shownAt: parley.now(),
      status: status === 'draft' ? 'expired' : status,
      counted,
      createdAt: parley.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const row = (revision: number, held: object) => ({
    datasetId: dataset.id,
    assignmentId,
    recordId: record.id,
    labelerId: given.labeler,
    revision,
    status,
    reason: given.reason ?? null,
    values: JSON.stringify(held),
    platform: 'slack',
    seconds: status === 'draft' ? null : (given.seconds ?? 12.5),
    submittedAt: status === 'draft' ? null : parley.now(),
    schemaVersion: 1,
    guidelinesVersion: 1,
    flags: given.flags ?? [],
    rendering: given.rendering ?? null,
  })
  for (const [at, held] of before.entries())
    await parley.db
      .insertInto('revisions')
      .values({ ...row(at + 1, held), status: 'submitted' })
      .execute()
  await parley.db
    .insertInto('responses')
    .values({ ...row(before.length + 1, values), draft: null })
    .execute()
  if (counted)
    await parley.db
      .updateTable('places')
      .set((is) => ({ counted: is('counted', '+', 1) }))
      .where('datasetId', '=', dataset.id)
      .where('recordId', '=', record.id)
      .execute()
}

/** A full ranking, as it is stored: best first; outputs in one list are tied. */
export function ranked(...levels: (string | string[])[]): { preference: unknown } {
  const ranks = Object.fromEntries(
    levels.flatMap((level, at) => [level].flat().map((id) => [id, at + 1])),
  )
  return { preference: { mode: 'full', ranks, all_unacceptable: false } }
}

export const bothBad = { preference: { mode: 'full', ranks: {}, all_unacceptable: true } }

/** The rows of a file, packed or not. */
export function readRows(path: string): Record<string, unknown>[] {
  return readText(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

export function readText(path: string): string {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
}

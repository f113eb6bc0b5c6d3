/** What tests of the claim stand on: a published dataset with records, and people to label them. */
import { insertDataset } from '../../src/datasets/create.ts'
import { type Dataset, DatasetDocument } from '../../src/datasets/document.ts'
import { consentVersion, type Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'

export type Ground = {
  name?: string
  records?: number
  outputs?: number
  wanted?: number
  discards?: number
  maxShown?: number
  order?: 'shuffled' | 'fixed'
  priority?: (n: number) => number
  questions?: unknown[]
  checks?: DatasetDocument['checks']
}

export const safety = { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] }

export async function makeDataset(parley: Parley, ground: Ground = {}): Promise<Dataset> {
  const document = DatasetDocument.parse({
    name: ground.name ?? 'safety',
    title: 'Is it safe?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: ground.questions ?? [safety],
    max_shown: ground.maxShown ?? 10,
    order: ground.order ?? 'fixed',
    checks: ground.checks,
    distribution: { min_submitted: ground.wanted ?? 1, max_discards: ground.discards ?? 3 },
  })
  const draft = await insertDataset(parley, document)
  await addRecords(parley, draft, ground)
  return setStatus(parley, draft, 'ready')
}

export async function addRecords(
  parley: Parley,
  dataset: Dataset,
  ground: Ground & { from?: number },
): Promise<void> {
  const from = ground.from ?? 1
  const outputs = Array.from({ length: ground.outputs ?? 2 }, (_, i) => ({
    id: `o${i + 1}`,
    text: `Answer ${i + 1}`,
  }))
  const lines = Array.from({ length: ground.records ?? 3 }, (_, i) =>
    RecordLine.parse({
      format: 1,
      external_id: `r${from + i}`,
      fields: { prompt: `Question ${from + i}` },
      outputs,
      priority: ground.priority?.(from + i) ?? 0,
    }),
  )
  for (let at = 0; at < lines.length; at += 1000)
    await upsertRecords(parley, dataset, lines.slice(at, at + 1000))
}

export async function setStatus(
  parley: Parley,
  dataset: Dataset,
  status: Dataset['status'],
): Promise<Dataset> {
  await parley.db.updateTable('datasets').set({ status }).where('id', '=', dataset.id).execute()
  return { ...dataset, status }
}

/** A labeler who has agreed to take part. */
export async function makeLabeler(parley: Parley, userId: string): Promise<Labeler> {
  const at = parley.now()
  const { id } = await parley.db
    .insertInto('labelers')
    .values({ consentVersion, consentedAt: at, createdAt: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  await parley.db
    .insertInto('identities')
    .values({ platform: 'slack', workspace: 'T1', userId, labelerId: id })
    .execute()
  return { id, consentVersion, person: { platform: 'slack', workspace: 'T1', userId } }
}

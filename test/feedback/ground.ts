/** What tests of feedback stand on: a dataset that takes some, and the verdicts there are. */
import { sql } from 'kysely'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { DatasetDocument } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { type FeedbackInput, takeFeedback } from '../../src/feedback/take.ts'
import type { Parley } from '../../src/parley.ts'

export const admin = { type: 'admin', name: 'cleo' } as const

/** A dataset of three lines, as an admin would write it. */
export async function openFeedback(
  parley: Parley,
  name: string,
  more = '',
): Promise<DatasetDocument> {
  const document = parseDocument(
    `name: ${name}\ntemplate: thumbs\nfeedback: { from: [support-bot] }\n${more}`,
  )
  await createDataset(parley, admin, { document })
  if (document.access) await publishDataset(parley, admin, { dataset: name })
  return document
}

export const conversation = [
  { role: 'system', content: 'You help with rain.' },
  { role: 'user', content: 'Why does it rain?' },
  { role: 'assistant', content: 'Because clouds are heavy.' },
]

export async function give(
  parley: Parley,
  dataset: string,
  input: Partial<FeedbackInput> & Pick<FeedbackInput, 'change'>,
) {
  return takeFeedback(parley, await getDataset(parley, dataset), {
    ...{ source: 'support-bot', message: 'm1', by: { source: 'support-bot', name: 'u1' } },
    conversation,
    ...input,
  })
}

export async function verdictsOf(parley: Parley, dataset: string) {
  const { id } = await getDataset(parley, dataset)
  return parley.db
    .selectFrom('verdicts')
    .selectAll()
    .where('datasetId', '=', id)
    .orderBy('message')
    .orderBy('person')
    .execute()
}

/** What is answered: record, values, whether it counts. */
export async function answersOf(parley: Parley, dataset: string) {
  const { rows } = await sql<{ record: string; values: object; counted: boolean; at: Date }>`
    select c.external_id as record, r."values", a.counted, r.submitted_at as at from responses r
    join assignments a on a.dataset_id = r.dataset_id and a.id = r.assignment_id
    join records c on c.id = r.record_id join datasets d on d.id = r.dataset_id
    where d.name = ${dataset} order by 1, r.labeler_id`.execute(parley.db)
  return rows
}

/** The same in another order, by this chance. */
export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

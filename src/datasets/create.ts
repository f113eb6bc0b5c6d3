/** Creates a dataset from a document: a draft that nobody sees until it is published. */
import { sql } from 'kysely'
import { codeOf, conflict } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { writeAudit } from './audit.ts'
import type { Dataset, DatasetDocument } from './document.ts'

/** @throws ParleyError `conflict` when the name is taken. */
export async function createDataset(
  parley: Parley,
  actor: Actor,
  input: { document: DatasetDocument },
): Promise<Dataset> {
  const name = requireAdmin(actor)
  try {
    return await inTransaction(parley, async (inside) => {
      const dataset = await insertDataset(inside, input.document)
      await writeAudit(inside, { actor: name, act: 'create dataset', dataset: dataset.name })
      return dataset
    })
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    throw conflict(
      `There is a dataset "${input.document.name}" already. Change it with parley dataset apply, or choose another name.`,
      error,
    )
  }
}

/** Writes the row with its first schema and guidelines versions. */
export async function insertDataset(parley: Parley, document: DatasetDocument): Promise<Dataset> {
  const at = parley.now()
  const text = JSON.stringify(document)
  const { id } = await parley.db
    .insertInto('datasets')
    .values({
      ...{ name: document.name, document: text, createdAt: at, updatedAt: at },
      hasEndpoints: sql`exists (select from endpoints where dataset_ids is null)`,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await parley.db
    .insertInto('datasetVersions')
    .values({ datasetId: id, schemaVersion: 1, document: text, at })
    .execute()
  await parley.db
    .insertInto('guidelines')
    .values({ datasetId: id, version: 1, text: document.guidelines ?? null, at })
    .execute()
  return {
    id,
    name: document.name,
    status: 'draft',
    document,
    schemaVersion: 1,
    guidelinesVersion: 1,
  }
}

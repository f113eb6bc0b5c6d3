/**
 * Starts a generation: a row that says what is wanted, and a ring for the worker that asks the models.
 * A dataset has one at a time; starting another leads to the one that runs, which is then followed.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { lockDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, ParleyError } from '../errors.ts'
import { type Person, personName } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Generation, generationColumns, readGeneration } from './generation.ts'
import { type GenerationFlags, type GenerationOptions, readOptions } from './options.ts'

export type Started = {
  generation: Generation
  dataset: Dataset
  /** False when one runs already: nothing was started, and this is the one to follow. */
  isNew: boolean
}

/**
 * @throws ParleyError `forbidden`; `not_found`; `conflict` for a closed dataset; `invalid` for options
 * that do not fit, models nobody knows and keys that are not set.
 */
export async function startGeneration(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    flags?: GenerationFlags
    /** Who follows it in a private message. */
    requestedBy?: Person
    /** The caller runs it, so that no worker is rung for. */
    here?: boolean
  },
): Promise<Started> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, input.dataset, actor)
    const options = readOptions(dataset.document, input.flags ?? {}, parley.models)
    const how = input.here ? ({ here: true } as const) : {}
    const { generation, isNew } = await startOne(inside, dataset, by, options, how)
    if (input.requestedBy) await follow(inside, generation.id, input.requestedBy)
    return { generation, dataset, isNew }
  })
}

/**
 * For records that came into a dataset whose document has `generate`: has its models write what those
 * that wait for outputs still lack. Call it in the transaction that adds the records; calling it twice
 * changes nothing. Null where the document names no models.
 * @throws ParleyError `conflict` for a closed dataset; `invalid` where its models cannot be asked.
 */
export async function generateForWaiting(
  parley: Parley,
  datasetName: string,
): Promise<Generation | null> {
  const actor: Actor = { type: 'system', job: 'generate' }
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, datasetName, actor)
    if (!dataset.document.generate) return null
    const flags = { records: 'waiting' }
    const options = readOptions(dataset.document, flags, parley.models)
    const by = requireAdmin(actor)
    return (await startOne(inside, dataset, by, options, { again: true })).generation
  })
}

/**
 * Has the models of a dataset write what the records lack that are about to be written, where it names
 * any. Before they are written: it locks the dataset for more than writing does, and of two batches each
 * would wait for the other.
 */
export async function askModels(inside: Parley, dataset: Dataset): Promise<void> {
  if (!dataset.document.generate || dataset.status === 'closed') return
  try {
    await generateForWaiting(inside, dataset.name)
  } catch (error) {
    // A model that cannot be asked keeps no record from being written: it waits for outputs.
    if (!(error instanceof ParleyError)) throw error
    inside.log.warn(
      { event: 'generation.models_missing', err: error, dataset: dataset.name },
      'New records wait for their models.',
    )
  }
}

/** Under the lock of the dataset, so that of two who come at once one finds the other's. */
async function startOne(
  parley: Parley,
  dataset: Dataset,
  by: string,
  options: GenerationOptions,
  { here = false, again = false }: { here?: boolean; again?: boolean } = {},
): Promise<{ generation: Generation; isNew: boolean }> {
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  // One that runs may have passed the records this is about: then another follows it.
  const found = await parley.db
    .updateTable('generations')
    .set({ again: sql<boolean>`again or ${again}` })
    .where('datasetId', '=', dataset.id)
    .where('state', 'in', ['queued', 'running'])
    .returning(generationColumns)
    .executeTakeFirst()
  if (found) return { generation: readGeneration(found), isNew: false }
  const row = await parley.db
    .insertInto('generations')
    .values({
      datasetId: dataset.id,
      askedBy: by,
      options: JSON.stringify(options),
      createdAt: parley.now(),
    })
    .returning(generationColumns)
    .executeTakeFirstOrThrow()
  const { system: _, ...detail } = options
  await writeAudit(parley, {
    actor: by,
    act: 'generate outputs',
    dataset: dataset.name,
    detail: { ...detail, generation: row.id },
  })
  if (!here)
    parley.afterCommit(() => parley.queue.ring('generate-outputs', { generationId: row.id }))
  return { generation: readGeneration(row), isNew: true }
}

/** Has its progress shown to this person, once. */
async function follow(parley: Parley, generationId: string, person: Person): Promise<void> {
  await parley.db
    .insertInto('generationFollowers')
    .values({ generationId, person: personName(person), locale: person.locale ?? null })
    .onConflict((at) => at.doNothing())
    .execute()
}

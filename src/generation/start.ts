/**
 * Starts a generation: stores a row with its options and queues the job that runs it. A dataset has one at a
 * time; starting another follows the one that is running.
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
  /** False if one was running already: this is it, and nothing was started. */
  isNew: boolean
}

/**
 * @throws ParleyError `forbidden`; `not_found`; `conflict` for a closed dataset; `invalid` for wrong options,
 * unknown models and keys that are not set.
 */
export async function startGeneration(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    flags?: GenerationFlags
    /** Who follows it in private messages. */
    requestedBy?: Person
    /** The caller runs it, so no job is queued. */
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
 * For records added to a dataset whose document has `generate`: has its models write the outputs that
 * records still need. Call it in the transaction that adds the records; calling it twice changes nothing.
 * Null if the document names no models.
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
 * Has a dataset's models, if it names any, write the outputs of records that are about to be inserted. Call
 * it before inserting them: it takes a stronger lock on the dataset than inserting does, so two batches
 * would otherwise wait for each other.
 */
export async function askModels(inside: Parley, dataset: Dataset): Promise<void> {
  if (!dataset.document.generate || dataset.status === 'closed') return
  try {
    await generateForWaiting(inside, dataset.name)
  } catch (error) {
    // A model that is unavailable does not keep a record out: it is stored and needs outputs.
    if (!(error instanceof ParleyError)) throw error
    inside.log.warn(
      { event: 'generation.models_missing', err: error, dataset: dataset.name },
      'New records wait for their models.',
    )
  }
}

/** Under the dataset's lock, so that of two starts at once the second finds the first one's. */
async function startOne(
  parley: Parley,
  dataset: Dataset,
  by: string,
  options: GenerationOptions,
  { here = false, again = false }: { here?: boolean; again?: boolean } = {},
): Promise<{ generation: Generation; isNew: boolean }> {
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  // A running one may be past these records already, so another follows it.
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

/** Shows this person its progress; idempotent. */
async function follow(parley: Parley, generationId: string, person: Person): Promise<void> {
  await parley.db
    .insertInto('generationFollowers')
    .values({ generationId, person: personName(person), locale: person.locale ?? null })
    .onConflict((at) => at.doNothing())
    .execute()
}

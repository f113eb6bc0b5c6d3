/** Stores what was written in the editor: a new draft, or a change of a dataset nobody else has changed since. */
import { changeMinSubmitted } from '../../assignments/distribution.ts'
import { applyDataset } from '../../datasets/apply.ts'
import { createDataset } from '../../datasets/create.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { etagOf } from '../../datasets/etag.ts'
import { keepText } from '../../datasets/form/kept-text.ts'
import { forbidden } from '../../errors.ts'
import { type Actor, inTransaction, type Parley } from '../../parley.ts'

/** @throws ParleyError `forbidden` for a key to one dataset; `conflict` when the name is taken. */
export async function createFromPage(
  parley: Parley,
  actor: Actor,
  { document, text }: { document: DatasetDocument; text: string },
): Promise<Dataset> {
  if (actor.type === 'admin' && actor.only !== undefined)
    throw forbidden('This key opens one dataset. To make another, use a key to all datasets.')
  return inTransaction(parley, async (inside) => {
    const dataset = await createDataset(inside, actor, { document })
    await keepText(inside, dataset.id, text)
    return dataset
  })
}

/**
 * Null when the dataset is not as `etag` says any more: nothing is stored then.
 * @throws ParleyError `invalid` naming every change that a published dataset cannot take.
 */
export async function applyFromPage(
  parley: Parley,
  actor: Actor,
  { document, text, etag }: { document: DatasetDocument; text: string; etag: string },
): Promise<{ changed: boolean } | null> {
  // Names of groups may be looked up on a platform, so no transaction of ours is open meanwhile.
  const onlyIf = (now: Dataset) => etagOf(now) === etag
  const applied = await applyDataset(parley, actor, { document, onlyIf })
  if (applied === null) return null
  await keepText(parley, applied.dataset.id, text)
  if (applied.minSubmittedChanged !== null)
    await changeMinSubmitted(parley, applied.dataset, applied.minSubmittedChanged)
  return { changed: applied.changed }
}

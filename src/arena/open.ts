/** Opens and closes arenas: an admin's act, one dataset a channel. */

import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset, getDatasetById } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, ifThere, invalid } from '../errors.ts'
import { findModels, keyProblem } from '../generation/options.ts'
import type { Model } from '../model.ts'
import type { Channel } from '../outbox.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/**
 * Opens it in a channel, in place of any other arena there; false if it was open already.
 * @throws ParleyError `conflict` if the dataset is not an arena or not published; `invalid` for models that
 * are unavailable.
 */
export async function openArena(
  parley: Parley,
  actor: Actor,
  { dataset: name, to }: { dataset: string; to: Channel },
): Promise<boolean> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, name, actor)
  modelsOf(parley, dataset)
  if (dataset.status !== 'ready')
    throw conflict(`"${name}" is ${dataset.status}. Publish it before you open it in a channel.`)
  const { platform, workspace, channelId } = to
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const row = { datasetId: dataset.id, openedBy: by, openedAt: inside.now() }
    const opened = await inside.db
      .insertInto('arenas')
      .values({ platform, workspace, channelId, ...row })
      .onConflict((at) =>
        at
          .columns(['platform', 'workspace', 'channelId'])
          .doUpdateSet(row)
          .where('arenas.datasetId', '<>', dataset.id),
      )
      .returning('datasetId')
      .executeTakeFirst()
    if (!opened) return false
    const detail = { platform, channel: channelId }
    await writeAudit(inside, { actor: by, act: 'open arena', dataset: name, detail })
    return true
  })
}

/** Closes it in a channel; running battles continue until they close. False if it was not open there. */
export async function closeArena(
  parley: Parley,
  actor: Actor,
  { dataset: name, to }: { dataset: string; to: Channel },
): Promise<boolean> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, name, actor)
  const { platform, workspace, channelId } = to
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const { numDeletedRows } = await inside.db
      .deleteFrom('arenas')
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('channelId', '=', channelId)
      .where('datasetId', '=', dataset.id)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return false
    const detail = { platform, channel: channelId }
    await writeAudit(inside, { actor: by, act: 'close arena', dataset: name, detail })
    return true
  })
}

/** The arena of a channel. @throws ParleyError `conflict` if none is open. */
export async function arenaIn(parley: Parley, to: Channel): Promise<Dataset> {
  const row = await parley.db
    .selectFrom('arenas')
    .select('datasetId')
    .where('platform', '=', to.platform)
    .where('workspace', '=', to.workspace)
    .where('channelId', '=', to.channelId)
    .executeTakeFirst()
  const dataset = row && (await ifThere(getDatasetById(parley, row.datasetId)))
  if (!dataset?.document.arena)
    throw conflict(
      'No arena is open in this channel. An admin opens one with /parley-admin arena DATASET.',
    )
  if (dataset.status !== 'ready')
    throw conflict(
      `“${dataset.document.title}” takes no questions at the moment: an admin paused or closed it.`,
    )
  return dataset
}

/** Its models, as configured. @throws ParleyError `conflict`, `invalid`. */
export function modelsOf(parley: Parley, { name, document }: Dataset): Model[] {
  const { arena } = document
  if (!arena)
    throw conflict(`"${name}" is no arena. Its document needs arena: { models: [small, large] }.`)
  const models = findModels(parley.models, arena.models)
  const missing = models.map(keyProblem).find((one) => one !== null)
  if (missing) throw invalid({ models: missing })
  const free = models.find(({ prices }) => prices === null)
  if (arena.limits?.money !== undefined && free)
    throw invalid({
      money: `What "${free.name}" costs is not known. Give it "prices" in PARLEY_MODELS, or limit the tokens.`,
    })
  return models
}

/** A daily digest of a dataset, posted in a channel of its admins: which channels get it, and when. */
import { sql } from 'kysely'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { queueDelivery } from '../deliveries/enqueue.ts'
import type { Channel } from '../outbox.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { digestTime } from './reminder.ts'
import { nextAt, workdays } from './when.ts'

/** Turns it on or off. @throws ParleyError `not_found` for an unknown dataset. */
export async function setChannelDigest(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; channel: Channel; zone: string; on: boolean },
): Promise<{ title: string }> {
  const by = requireAdmin(actor)
  const { channel, zone, on } = input
  const { id, name, document } = await getDataset(parley, input.dataset, actor)
  await inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, { id, name })
    const { db } = inside
    if (on) {
      const dueAt = nextAt(inside.now(), { time: digestTime, zone, days: workdays })
      await db
        .insertInto('channelDigests')
        .values({ datasetId: id, ...channel, zone, dueAt })
        .onConflict((one) =>
          one
            .columns(['datasetId', 'platform', 'workspace', 'channelId'])
            .doUpdateSet({ zone, dueAt }),
        )
        .execute()
    } else
      await db
        .deleteFrom('channelDigests')
        .where('datasetId', '=', id)
        .where('platform', '=', channel.platform)
        .where('workspace', '=', channel.workspace)
        .where('channelId', '=', channel.channelId)
        .execute()
    const act = on ? 'begin channel digest' : 'end channel digest'
    await writeAudit(inside, { actor: by, act, dataset: name, detail: { ...channel } })
  })
  return { title: document.title }
}

/** Queues the digests that are due, and schedules the next ones. */
export async function fireChannelDigests(parley: Parley): Promise<void> {
  await inTransaction(parley, async (inside) => {
    const now = inside.now()
    const due = await inside.db
      .selectFrom('channelDigests')
      .selectAll()
      .where('dueAt', '<=', now)
      .limit(1000)
      .forUpdate()
      .skipLocked()
      .execute()
    for (const { datasetId, platform, workspace, channelId, zone, dueAt } of due) {
      await queueDelivery(inside, {
        key: `digest:${datasetId}:${platform}:${workspace}:${channelId}:${dueAt.toISOString()}`,
        kind: 'digest',
        to: { platform, workspace, channelId },
        content: { datasetId },
        datasetId,
        priority: 8,
      })
      await inside.db
        .updateTable('channelDigests')
        .set({ dueAt: nextAt(now, { time: digestTime, zone, days: workdays }) })
        .where(sql<boolean>`(dataset_id, platform, workspace, channel_id) =
          (${datasetId}, ${platform}, ${workspace}, ${channelId})`)
        .execute()
    }
  })
}

/**
 * What follows when a recipient cannot be reached: a workspace removed Parley, a person left, a channel
 * was closed. Queued messages are given up, their records go to others, and admins are notified once.
 */
import { sql } from 'kysely'
import { expireDue } from '../assignments/lease.ts'
import { giveUpQueued, type Held, type Place } from '../deliveries/ledger.ts'
import { personName } from '../labelers/person.ts'
import { dropProfilesOf } from '../labelers/profile.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { noteLost } from '../reminders/outcome.ts'
import { personOf } from './draw-delivery.ts'
import { tellAdmins } from './tell-admins.ts'

/** Parley was removed from a workspace at this moment; an installation since then stays. */
export async function leaveWorkspace(
  parley: Parley,
  place: Place,
  reason: string,
  at: Date,
): Promise<void> {
  const left = await inTransaction(parley, async (inside) => {
    const now = inside.now()
    // Slack's events carry a time in whole seconds.
    const until = new Date(at.getTime() + 1000)
    const { rows } = await sql`
      insert into workspaces as w (platform, workspace, dead_at, dead_reason)
      values (${place.platform}, ${place.workspace}, ${now}, ${reason})
      on conflict (platform, workspace) do update
        set dead_at = ${now}, dead_reason = ${reason}, token = null, refresh_token = null
        where w.dead_at is null and (w.installed_at is null or w.installed_at <= ${until})
      returning w.workspace`.execute(inside.db)
    if (rows.length === 0) return false
    await giveUpQueued(inside, place, reason)
    await endLeases(inside, place)
    await dropProfilesOf(inside, place)
    await tellAdmins(inside, {
      key: `left:${place.platform}:${place.workspace}:${now.toISOString()}`,
      about: 'home',
      text: (said) => said.workspaceLost(place.workspace, reason.replaceAll('_', ' ')),
    })
    return true
  })
  if (!left) return
  parley.log.error(
    { event: 'workspace.removed', ...place, reason },
    'Parley was removed from a workspace.',
  )
  await expireDue(parley)
}

/** A person left, or a channel was closed: nothing more is sent there, and admins are notified once. */
export async function loseRecipient(parley: Parley, row: Held, reason: string): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await giveUpQueued(inside, row, reason, row.recipient)
    if (!row.isChannel) {
      await endLeases(inside, row, row.recipient)
      await noteLost(inside, personOf(row), reason)
    }
    await tellAdmins(inside, {
      key: `gone:${row.platform}:${row.workspace}:${row.recipient}`,
      about: { platform: row.platform, workspace: row.workspace },
      text: (said) => {
        const name = row.isChannel ? said.theChannel(row.recipient) : personName(personOf(row))
        return said.personLost(name, reason.replaceAll('_', ' '))
      },
    })
  })
  await expireDue(parley)
}

/** Ends these people's leases; the sweep of leases then frees their places. */
async function endLeases(
  parley: Parley,
  { platform, workspace }: Place,
  userId?: string,
): Promise<void> {
  const over = new Date(parley.now().getTime() - 1)
  await sql`
    update assignments a set lease_until = ${over}
    from identities i, datasets d
    where i.platform = ${platform} and i.workspace = ${workspace}
      and (${userId ?? null}::text is null or i.user_id = ${userId ?? null})
      and a.dataset_id = d.id and a.labeler_id = i.labeler_id and a.status = 'leased'`.execute(
    parley.db,
  )
}

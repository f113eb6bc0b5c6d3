/**
 * Invites people to a batch of a dataset. Nothing is claimed until they press Start; from then on the
 * batch is counted beside their tally. An ignored invitation is not repeated. If it is unknown whether
 * one arrived, it is repeated only when an admin asks for that.
 */

import { holdDataset } from '../datasets/access/tenants.ts'
import { requireDealt } from '../datasets/arena.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { queueDelivery } from '../deliveries/enqueue.ts'
import { conflict, invalid } from '../errors.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { type Person, personName } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Here, listInvited } from './invited-people.ts'
import { findNamed, nameRecords } from './invited-records.ts'
import type { Due } from './when.ts'

export type Invited = {
  invited: number
  /** People who already have an open invitation to this dataset. */
  already: number
  /** Those of them whose message may not have arrived; `again` sends it once more. */
  unsure: string[]
  /** People who may not label it. */
  refused: string[]
  /** Names that are, or no longer are, nobody's. */
  unknown: string[]
  /** Roles and channels whose members cannot be listed: only people who already take part were invited. */
  partly: string[]
  /** Of named records in shares: people for whom none was left. */
  without?: string[]
}

/**
 * Invites people (`slack:T1:U1`), a group, channel or role of a platform (`slack:@evals`,
 * `discord:@labelers`), the holders of a role here (`role:reviewer`), or everyone with access.
 * @throws ParleyError `invalid` for unknown names; `conflict` if the dataset takes no answers.
 */
export async function inviteLabelers(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    to: readonly string[]
    each?: number
    /** External ids: the batch is these records. With `each`, the people get so many each, in turn. */
    records?: readonly string[]
    /** A moment, or a day with its end. */
    due?: Date | Due
    here?: Here
    again?: boolean
    /** A program asks: it waits for the end of quiet hours, and is not sent once nothing is left. */
    quietly?: boolean
  },
): Promise<Invited> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  if (dataset.status !== 'ready')
    throw conflict((said) => said.inviteNotOpen(dataset.name, dataset.status))
  requireDealt(dataset)
  const { each, again = false, quietly = false } = input
  const due = input.due instanceof Date ? { at: input.due, day: null } : input.due
  if (each !== undefined && (!Number.isInteger(each) || each < 1))
    throw invalid({ each: (said) => said.inviteCount })
  if (due && due.at <= parley.now()) throw invalid({ due: (said) => said.inviteDue })
  const named = input.records && (await findNamed(parley, dataset, input.records))
  const { people, ...missed } = await listInvited(parley, actor, dataset, input.to, input.here)
  const [refused, unsure, without]: [string[], string[], string[]] = [[], [], []]
  const asked = { by, actor, dataset, count: each ?? null, due: due ?? null, again, quietly }
  let invited = 0
  let handed = 0
  for (const person of people) {
    if (!(await isLetIn(parley, dataset, person))) {
      refused.push(personName(person))
      continue
    }
    const records = named && (each === undefined ? named : named.slice(handed, handed + each))
    if (records?.length === 0) {
      without.push(personName(person))
      continue
    }
    const count = records?.length ?? asked.count
    const outcome = await invite(parley, { ...asked, count, records, person })
    if (outcome === 'invited') {
      invited++
      handed += each ?? 0
    }
    if (outcome === 'unsure') unsure.push(personName(person))
  }
  const already = people.length - refused.length - without.length - invited
  const about = { each, due: due?.day ?? due?.at, ...(named ? { records: named.length } : {}) }
  const detail = { invited, already, refused: refused.length, ...about }
  await writeAudit(parley, { actor: by, act: 'invite', dataset: dataset.name, detail })
  return { invited, already, unsure, refused, ...missed, ...(named ? { without } : {}) }
}

type Asked = {
  by: string
  actor: Actor
  dataset: Dataset
  person: Person
  count: number | null
  /** The records it names. */
  records?: readonly string[] | undefined
  due: Due | null
  again: boolean
  quietly: boolean
}

async function invite(parley: Parley, input: Asked): Promise<'invited' | 'already' | 'unsure'> {
  const { by, actor, dataset, person, count, due } = input
  const until = { dueAt: due?.at ?? null, dueDay: due?.day ?? null }
  const { platform, workspace, userId } = person
  const now = parley.now()
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const made = await inside.db
      .insertInto('invitations')
      .values({
        ...{ datasetId: dataset.id, platform, workspace, userId, count, ...until },
        ...{ invitedBy: by, createdAt: now },
      })
      .onConflict((one) => one.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (made) {
      await nameRecords(inside, made.id, input.records)
      await queueInvitation(inside, made.id, input)
      return 'invited'
    }
    const offered = await inside.db
      .selectFrom('invitations')
      .select('id')
      .where('datasetId', '=', dataset.id)
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('userId', '=', userId)
      .where('state', '=', 'offered')
      .executeTakeFirst()
    if (!offered) return 'already'
    // An invitation whose message could not be delivered is offered again.
    if (!(await queueInvitation(inside, offered.id, input)))
      return (await isUnsure(inside, offered.id)) ? 'unsure' : 'already'
    await inside.db
      .updateTable('invitations')
      .set({ count, ...until, invitedBy: by })
      .where('id', '=', offered.id)
      .execute()
    await nameRecords(inside, offered.id, input.records)
    return 'invited'
  })
}

function queueInvitation(
  parley: Parley,
  invitationId: string,
  { dataset, person, again, quietly }: Asked,
): Promise<boolean> {
  const queued = {
    key: keyOf(invitationId),
    kind: 'invitation',
    to: person,
    content: { invitationId, ...(quietly ? { quietly } : {}) },
    datasetId: dataset.id,
    priority: 3,
  } as const
  return queueDelivery(parley, queued, { again: again ? ['failed', 'unknown'] : ['failed'] })
}

async function isUnsure(parley: Parley, invitationId: string): Promise<boolean> {
  const row = await parley.db
    .selectFrom('deliveries')
    .select('state')
    .where('key', '=', keyOf(invitationId))
    .executeTakeFirst()
  return row?.state === 'unknown'
}

function keyOf(invitationId: string): string {
  return `invitation:${invitationId}`
}

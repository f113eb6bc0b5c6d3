/**
 * An invitation from the moment it is offered: a batch is counted from its start until it is completed.
 * A started batch brings a nudge after a day, and a reminder before its deadline.
 */

import { sql } from 'kysely'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Person } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { isId } from './reminder.ts'
import { findReminded, scheduleReminder } from './schedule.ts'

export type Invitation = {
  id: string
  dataset: Dataset
  person: Person
  count: number | null
  dueAt: Date | null
  /** The day, if no hour was named. */
  dueDay: string | null
  state: 'offered' | 'started' | 'done' | 'ended'
}

/** @throws ParleyError `not_found` if there is none, or it is another person's. */
export async function getInvitation(
  parley: Parley,
  invitationId: string,
  person?: Person,
): Promise<Invitation> {
  const row = isId(invitationId)
    ? await parley.db
        .selectFrom('invitations')
        .innerJoin('datasets', 'datasets.id', 'invitations.datasetId')
        .select(['invitations.platform', 'invitations.workspace', 'invitations.userId'])
        .select([
          'invitations.count',
          'invitations.dueAt',
          'invitations.dueDay',
          'invitations.state',
        ])
        .select(['datasets.name', 'invitations.id'])
        .where('invitations.id', '=', invitationId)
        .executeTakeFirst()
    : undefined
  const isTheirs =
    row !== undefined &&
    (person === undefined ||
      (row.platform === person.platform &&
        row.workspace === person.workspace &&
        row.userId === person.userId))
  if (!isTheirs) throw new ParleyError('not_found', (said) => said.invitationOver)
  const { platform, workspace, userId, name, ...rest } = row
  const dataset = await getDataset(parley, name)
  return { ...rest, dataset, person: { platform, workspace, userId } }
}

/** A person's invitations that can be started or continued, the one due first above. */
export async function listInvitations(
  parley: Parley,
  { platform, workspace, userId }: Person,
): Promise<OpenInvitation[]> {
  const rows = await parley.db
    .selectFrom('invitations')
    .innerJoin('datasets', 'datasets.id', 'invitations.datasetId')
    .select(['invitations.id', 'invitations.count', 'invitations.dueAt', 'invitations.state'])
    .select(['datasets.name', 'datasets.document'])
    .where('invitations.platform', '=', platform)
    .where('invitations.workspace', '=', workspace)
    .where('invitations.userId', '=', userId)
    .where('invitations.state', 'in', ['offered', 'started'])
    .where('datasets.status', '=', 'ready')
    .orderBy(sql`invitations.due_at nulls last, invitations.id`)
    .limit(50)
    .execute()
  return rows.map(({ id, name, document, count, dueAt, state }) => ({
    ...{ id, count, dueAt, dataset: { name, title: document.title } },
    isStarted: state === 'started',
  }))
}

export type OpenInvitation = {
  id: string
  dataset: { name: string; title: string }
  count: number | null
  dueAt: Date | null
  isStarted: boolean
}

/** Starts or continues a batch: from here on, n of m is counted. Idempotent. */
export async function startInvitation(
  parley: Parley,
  labeler: Labeler,
  invitation: Invitation,
): Promise<void> {
  const now = parley.now()
  await inTransaction(parley, async (inside) => {
    const started = await inside.db
      .updateTable('invitations')
      .set({ state: 'started', startedAt: now })
      .where('id', '=', invitation.id)
      .where('state', '=', 'offered')
      .returning('id')
      .executeTakeFirst()
    if (!started || invitation.count === null) return
    await sql`
      insert into tallies as t (dataset_id, labeler_id, goal, goal_from, goal_invitation)
      values (${invitation.dataset.id}, ${labeler.id}, ${invitation.count}, 0, ${invitation.id})
      on conflict (dataset_id, labeler_id) do update set goal = excluded.goal,
        goal_from = t.submitted + t.discarded, goal_invitation = excluded.goal_invitation
    `.execute(inside.db)
    const person = await findReminded(inside, labeler.id)
    if (!person) return
    const about = { about: `i${invitation.id}`, invitationId: invitation.id }
    const nudge = { ...about, kind: 'nudge', datasetId: invitation.dataset.id } as const
    await scheduleReminder(inside, person, { ...nudge, at: new Date(now.getTime() + aDayMs) })
    const { dueAt } = invitation
    if (!dueAt || dueAt.getTime() - now.getTime() < 2 * anHourMs) return
    const early = Math.max(dueAt.getTime() - aDayMs, now.getTime() + anHourMs)
    const deadline = { ...about, kind: 'deadline', datasetId: invitation.dataset.id } as const
    await scheduleReminder(inside, person, { ...deadline, at: new Date(early) })
  })
}

/** Completes the batch a labeler works on in a dataset. */
export async function endBatch(parley: Parley, labeler: Labeler, datasetId: string): Promise<void> {
  const now = parley.now()
  await sql`
    with ended as (
      update tallies t set goal = null, goal_from = null, goal_invitation = null
      from (select goal_invitation as id from tallies
        where dataset_id = ${datasetId} and labeler_id = ${labeler.id} for update) was
      where t.dataset_id = ${datasetId} and t.labeler_id = ${labeler.id} returning was.id
    )
    update invitations i set state = 'done', ended_at = ${now} from ended
    where i.id = ended.id and i.state = 'started'`.execute(parley.db)
}

const anHourMs = 3_600_000

const aDayMs = 24 * anHourMs

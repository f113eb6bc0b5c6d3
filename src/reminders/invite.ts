/**
 * Invitations: a batch of a dataset offered to a person. Nothing is claimed until they press Start;
 * from then on the batch is counted beside their tally. One that is ignored is not repeated.
 */
import { sql } from 'kysely'
import { personIn, platformsOf } from '../datasets/access.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/shape.ts'
import { queueDelivery } from '../deliveries/queue.ts'
import { conflict, invalid, ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { type Person, parsePerson, personName } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { findReminded, scheduleReminder } from './schedule.ts'

export type Invitation = {
  id: string
  dataset: Dataset
  person: Person
  count: number | null
  dueAt: Date | null
  state: 'offered' | 'started' | 'done' | 'ended'
}

export type Invited = {
  invited: number
  /** Who has an open invitation of this dataset already. */
  already: number
  /** Who may not label it. */
  refused: string[]
}

/**
 * Invites people (`slack:T1:U1`), the holders of a role (`role:reviewer`) or everyone with access.
 * @throws ParleyError `invalid` for who nobody is; `conflict` when the dataset takes no answers.
 */
export async function inviteLabelers(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; to: readonly string[]; each?: number; due?: Date },
): Promise<Invited> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset)
  if (dataset.status !== 'ready')
    throw conflict(`“${dataset.name}” is ${dataset.status}. Publish it before you invite people.`)
  const { each, due } = input
  if (each !== undefined && (!Number.isInteger(each) || each < 1))
    throw invalid({ each: 'How many each must be a whole number from 1 on.' })
  if (due && due <= parley.now()) throw invalid({ due: 'The due date is over already.' })
  const people = await listInvited(parley, dataset, input.to)
  const refused: string[] = []
  let invited = 0
  for (const person of people) {
    if (!(await isLetIn(parley, dataset, person))) refused.push(personName(person))
    else if (await invite(parley, { by, dataset, person, count: each ?? null, dueAt: due ?? null }))
      invited++
  }
  const already = people.length - refused.length - invited
  const detail = { invited, already, refused: refused.length, each, due }
  await writeAudit(parley, { actor: by, act: 'invite', dataset: dataset.name, detail })
  return { invited, already, refused }
}

/** @throws ParleyError `not_found` for somebody else's or none. */
export async function getInvitation(
  parley: Parley,
  invitationId: string,
  person?: Person,
): Promise<Invitation> {
  const row = /^\d{1,18}$/.test(invitationId)
    ? await parley.db
        .selectFrom('invitations')
        .innerJoin('datasets', 'datasets.id', 'invitations.datasetId')
        .select(['invitations.platform', 'invitations.workspace', 'invitations.userId'])
        .select(['invitations.count', 'invitations.dueAt', 'invitations.state'])
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

/** Begins (or goes on with) a batch: from here on n of m is counted. Starting twice is starting once. */
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

/** The batch a labeler works on in a dataset is through: what was asked for is done. */
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

async function invite(
  parley: Parley,
  input: { by: string; dataset: Dataset; person: Person; count: number | null; dueAt: Date | null },
): Promise<boolean> {
  const { by, dataset, person, count, dueAt } = input
  const { platform, workspace, userId } = person
  const now = parley.now()
  return inTransaction(parley, async (inside) => {
    const made = await inside.db
      .insertInto('invitations')
      .values({
        ...{ datasetId: dataset.id, platform, workspace, userId, count, dueAt },
        ...{ invitedBy: by, createdAt: now },
      })
      .onConflict((one) => one.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!made) return false
    await queueDelivery(inside, {
      key: `invitation:${made.id}`,
      kind: 'invitation',
      to: person,
      content: { invitationId: made.id },
      datasetId: dataset.id,
      priority: 3,
    })
    return true
  })
}

/** Who is meant, each once. */
async function listInvited(
  parley: Parley,
  dataset: Dataset,
  to: readonly string[],
): Promise<Person[]> {
  const found = new Map<string, Person>()
  for (const text of to.flatMap((one) => one.split(',')).map((one) => one.trim())) {
    if (text === '') continue
    for (const person of await namedBy(parley, dataset, text)) found.set(personName(person), person)
  }
  if (found.size === 0)
    throw invalid({
      to: 'Nobody is meant by that. Name people (slack:T1:U1), a role (role:reviewer) or everyone.',
    })
  return [...found.values()]
}

async function namedBy(parley: Parley, dataset: Dataset, text: string): Promise<Person[]> {
  if (text === 'everyone') return withAccess(parley, dataset)
  const [, role] = /^role:(admin|reviewer)$/.exec(text) ?? []
  if (role === undefined) return [parsePerson(text)]
  return parley.db
    .selectFrom('roles')
    .select([platformColumn, 'workspace', 'userId'])
    .where('role', '=', role === 'admin' ? 'admin' : 'reviewer')
    .execute()
}

/** Labelers who are let in, people the access list names, and members of the channels it names. */
async function withAccess(parley: Parley, dataset: Dataset): Promise<Person[]> {
  const labelers = await parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .select([platformColumn, 'workspace', 'userId'])
    .where('labelers.consentVersion', 'is not', null)
    .execute()
  const theirs = await Promise.all(
    labelers.map(async (person) => ((await isLetIn(parley, dataset, person)) ? [person] : [])),
  )
  const { access } = dataset.document
  const named: Person[] = []
  for (const platform of platformsOf(access)) {
    const adapter = parley.platforms.get(platform)
    for (const entry of access === 'everyone' ? [] : (access?.[platform] ?? [])) {
      const person = personIn(platform, entry)
      const workspace = person?.workspace ?? (await onlyWorkspace(parley, platform))
      if (person && workspace !== null) named.push({ platform, workspace, userId: person.userId })
      else if (!person) named.push(...((await adapter?.membersOf?.(entry)) ?? []))
    }
  }
  return [...theirs.flat(), ...named]
}

const platformColumn = sql<Person['platform']>`platform`.as('platform')

/** The workspace that is meant where only one is known; Discord has none. */
async function onlyWorkspace(parley: Parley, platform: Person['platform']): Promise<string | null> {
  if (platform === 'discord') return ''
  const known = await parley.db
    .selectFrom('identities')
    .select('workspace')
    .where('platform', '=', platform)
    .union(
      parley.db
        .selectFrom('workspaces')
        .select('workspace')
        .where('platform', '=', platform)
        .where('deadAt', 'is', null),
    )
    .limit(2)
    .execute()
  const [only, other] = known
  return only && !other ? only.workspace : null
}

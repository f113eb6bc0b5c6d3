/**
 * Invitations: a batch of a dataset offered to a person. Nothing is claimed until they press Start;
 * from then on the batch is counted beside their tally. One that is ignored is not repeated; one of
 * which nobody knows whether it arrived only when an admin says so.
 */

import { sql } from 'kysely'
import { groupText, personIn, platformsOf, readEntry } from '../datasets/access.ts'
import { type Reach, reachOfGroup } from '../datasets/audience.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { isGroup, resolveEntry } from '../datasets/groups.ts'
import { homesOf } from '../datasets/homes.ts'
import { holdDataset } from '../datasets/tenants.ts'
import { queueDelivery } from '../deliveries/enqueue.ts'
import { conflict, invalid, ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { type Person, type Platform, personName } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { readPrefix, traitsOf } from '../platforms/registry.ts'
import { isId } from './reminder.ts'
import { findReminded, scheduleReminder } from './schedule.ts'
import type { Due } from './when.ts'

export type Invitation = {
  id: string
  dataset: Dataset
  person: Person
  count: number | null
  dueAt: Date | null
  /** The day that was named, where no hour was. */
  dueDay: string | null
  state: 'offered' | 'started' | 'done' | 'ended'
}

export type Invited = {
  invited: number
  /** Who has an open invitation of this dataset already. */
  already: number
  /** Those of them of whose message nobody knows whether it arrived; it is sent once more with `again`. */
  unsure: string[]
  /** Who may not label it. */
  refused: string[]
  /** Who is nobody there, or nobody any more. */
  unknown: string[]
  /** Roles and channels of which only those could be invited who take part already: nobody lists the rest. */
  partly: string[]
}

/** Where an admin is who asks: there people and groups may be named without their platform. */
export type Here = Pick<Person, 'platform' | 'workspace'>

/**
 * Invites people (`slack:T1:U1`), a group, channel or role of a platform (`slack:@evals`,
 * `discord:@labelers`), the holders of a role here (`role:reviewer`), or everyone with access.
 * @throws ParleyError `invalid` for who nobody is; `conflict` when the dataset takes no answers.
 */
export async function inviteLabelers(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    to: readonly string[]
    each?: number
    /** A moment, or a day with its end. */
    due?: Date | Due
    here?: Here
    again?: boolean
  },
): Promise<Invited> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  if (dataset.status !== 'ready')
    throw conflict((said) => said.inviteNotOpen(dataset.name, dataset.status))
  const { each, again = false } = input
  const due = input.due instanceof Date ? { at: input.due, day: null } : input.due
  if (each !== undefined && (!Number.isInteger(each) || each < 1))
    throw invalid({ each: (said) => said.inviteCount })
  if (due && due.at <= parley.now()) throw invalid({ due: (said) => said.inviteDue })
  const { people, ...missed } = await listInvited(parley, actor, dataset, input.to, input.here)
  const [refused, unsure]: [string[], string[]] = [[], []]
  const asked = { by, actor, dataset, count: each ?? null, due: due ?? null, again }
  let invited = 0
  for (const person of people) {
    if (!(await isLetIn(parley, dataset, person))) {
      refused.push(personName(person))
      continue
    }
    const outcome = await invite(parley, { ...asked, person })
    if (outcome === 'invited') invited++
    if (outcome === 'unsure') unsure.push(personName(person))
  }
  const already = people.length - refused.length - invited
  const detail = { invited, already, refused: refused.length, each, due: due?.day ?? due?.at }
  await writeAudit(parley, { actor: by, act: 'invite', dataset: dataset.name, detail })
  return { invited, already, unsure, refused, ...missed }
}

/**
 * How many people the groups, channels and roles are that inviteLabelers would be told of; nobody is
 * invited. People and `everyone` are not among them.
 * @throws ParleyError `not_found` for no dataset of the admin's.
 */
export async function reachOfInvited(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; to: readonly string[]; here?: Here },
): Promise<Reach[]> {
  requireAdmin(actor)
  await getDataset(parley, input.dataset, actor)
  const groups = namesIn(input.to).flatMap((text) => {
    const { platform, entry } = placedName(text, input.here)
    return platform !== undefined && isGroup(platform, entry) ? [{ platform, entry }] : []
  })
  return Promise.all(groups.map(({ platform, entry }) => reachOfGroup(parley, platform, entry)))
}

/** @throws ParleyError `not_found` for somebody else's or none. */
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

type Asked = {
  by: string
  actor: Actor
  dataset: Dataset
  person: Person
  count: number | null
  due: Due | null
  again: boolean
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
    // One whose message could not be delivered is offered anew.
    if (!(await queueInvitation(inside, offered.id, input)))
      return (await isUnsure(inside, offered.id)) ? 'unsure' : 'already'
    await inside.db
      .updateTable('invitations')
      .set({ count, ...until, invitedBy: by })
      .where('id', '=', offered.id)
      .execute()
    return 'invited'
  })
}

function queueInvitation(
  parley: Parley,
  invitationId: string,
  { dataset, person, again }: Asked,
): Promise<boolean> {
  const queued = {
    key: keyOf(invitationId),
    kind: 'invitation',
    to: person,
    content: { invitationId },
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

type Meant = { people: Person[]; unknown: string[]; partly: string[] }

/** Who is meant, each once. */
async function listInvited(
  parley: Parley,
  actor: Actor,
  dataset: Dataset,
  to: readonly string[],
  here: Here | undefined,
): Promise<Meant> {
  const found = new Map<string, Person>()
  const [unknown, partly]: [string[], string[]] = [[], []]
  for (const text of namesIn(to)) {
    const meant = await namedBy(parley, actor, dataset, text, here)
    for (const person of meant.people) found.set(personName(person), person)
    unknown.push(...meant.unknown)
    partly.push(...meant.partly)
  }
  if (found.size === 0 && unknown.length + partly.length === 0)
    throw invalid({ to: (said) => said.inviteNobody })
  return { people: [...found.values()], unknown, partly }
}

/** Discord writes mentions one after the other. */
function namesIn(to: readonly string[]): string[] {
  const names = to.flatMap((one) => one.split(/,|(?<=>)\s+(?=<)/)).map((one) => one.trim())
  return names.filter((one) => one !== '')
}

/** A name without its platform, which is the one it says or the one the admin is on. */
function placedName(
  text: string,
  here: Here | undefined,
): { platform: Platform | undefined; entry: string } {
  const found = readPrefix(text)
  return { platform: found?.platform ?? here?.platform, entry: (found?.rest ?? text).trim() }
}

async function namedBy(
  parley: Parley,
  actor: Actor,
  dataset: Dataset,
  text: string,
  here: Here | undefined,
): Promise<Meant> {
  const only = (people: Person[]): Meant => ({ people, unknown: [], partly: [] })
  if (text === 'everyone') return only(await withAccess(parley, dataset, here))
  if (text === 'role:admin' || text === 'role:reviewer')
    return only(await listHolders(parley, actor, text === 'role:admin' ? 'admin' : 'reviewer'))
  const { platform, entry } = placedName(text, here)
  if (platform !== undefined && isGroup(platform, entry)) return inGroup(parley, platform, entry)
  const person = platform === undefined ? null : personIn(platform, entry)
  if (platform === undefined || person === null)
    throw invalid({ to: (said) => said.inviteWhom(text) })
  const isHere = here?.platform === platform
  const workspace =
    person.workspace ?? (isHere ? here.workspace : await onlyWorkspace(parley, platform))
  if (workspace === null) throw invalid({ to: (said) => said.inviteWhere(text) })
  const one: Person = { platform, workspace, userId: person.userId }
  const isThere = (await parley.platforms.get(platform)?.isThere?.(one)) ?? true
  return isThere ? only([one]) : { people: [], unknown: [personName(one)], partly: [] }
}

/** Who holds a role; for an admin of one workspace, those there. */
async function listHolders(
  parley: Parley,
  actor: Actor,
  role: 'admin' | 'reviewer',
): Promise<Person[]> {
  const of = actor.type === 'admin' ? actor.of : undefined
  const held = await parley.db
    .selectFrom('roles')
    .select([platformColumn, 'workspace', 'userId'])
    .where('role', '=', role)
    .where(
      of
        ? sql<boolean>`platform = ${of.platform}
            and (workspace = ${of.workspace}::text or ${of.workspace}::text is null or workspace = '')`
        : sql<boolean>`true`,
    )
    .execute()
  // A role of Discord may be of one server; a person of Discord never is.
  return held.map((one) => (isOfWorkspace(one.platform) ? one : { ...one, workspace: '' }))
}

/** Everybody in it, where the platform tells; else those who take part here and are in it. */
async function inGroup(parley: Parley, platform: Platform, text: string): Promise<Meant> {
  const found = await resolveEntry(parley, platform, text)
  if ('problem' in found) throw invalid({ to: found.problem })
  const { entry } = found
  const adapter = parley.platforms.get(platform)
  if (adapter?.membersOf)
    return { people: await adapter.membersOf(groupText(platform, entry)), unknown: [], partly: [] }
  const people: Person[] = []
  for (const person of await listLabelers(parley, platform))
    if (await adapter?.memberOf?.(person, groupText(platform, entry))) people.push(person)
  return { people, unknown: [], partly: [/\|([^>]+)>$/.exec(entry)?.[1] ?? text] }
}

/** Labelers who are let in, people the access list names, and members of the channels it names. */
async function withAccess(
  parley: Parley,
  dataset: Dataset,
  here: Here | undefined,
): Promise<Person[]> {
  const labelers = await listLabelers(parley)
  const theirs = await Promise.all(
    labelers.map(async (person) => ((await isLetIn(parley, dataset, person)) ? [person] : [])),
  )
  const { access } = dataset.document
  const named: Person[] = []
  for (const platform of platformsOf(access)) {
    const adapter = parley.platforms.get(platform)
    for (const entry of access === 'everyone' ? [] : (access?.[platform] ?? [])) {
      const one = readEntry(platform, entry)
      const home = isOfWorkspace(platform)
        ? ((await homesOf(parley))[platform] ?? (await onlyWorkspace(parley, platform)))
        : ''
      if (one?.type === 'person') {
        const workspace = isOfWorkspace(platform) ? (one.workspace ?? home) : ''
        if (workspace !== null) named.push({ platform, workspace, userId: one.userId })
      } else if (one?.type === 'group' && isListed(one.workspace, here))
        named.push(...((await adapter?.membersOf?.(one.text)) ?? []))
    }
  }
  return [...theirs.flat(), ...named]
}

/** A channel of another workspace is not listed from this one. */
function isListed(workspace: string | null, here: Here | undefined): boolean {
  return workspace === null || here === undefined || here.workspace === workspace
}

async function listLabelers(parley: Parley, platform?: Platform): Promise<Person[]> {
  return parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .select([platformColumn, 'workspace', 'userId'])
    .where('labelers.consentVersion', 'is not', null)
    .where('labelers.forgottenAt', 'is', null)
    .where((row) => row.and(platform === undefined ? {} : { platform }))
    .execute()
}

const isOfWorkspace = (platform: Platform) => traitsOf(platform).person.isOfWorkspace

const platformColumn = sql<Person['platform']>`platform`.as('platform')

/** The workspace that is meant where only one is known; Discord has none. */
async function onlyWorkspace(parley: Parley, platform: Person['platform']): Promise<string | null> {
  if (!isOfWorkspace(platform)) return ''
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

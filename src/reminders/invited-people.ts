/** Finds the people an admin names in an invitation: single people, groups, roles, or everyone with access. */

import { sql } from 'kysely'
import { groupText, personIn, platformsOf, readEntry } from '../datasets/access/access.ts'
import { type Reach, reachOfGroup } from '../datasets/access/audience.ts'
import { isGroup, resolveEntry } from '../datasets/access/groups.ts'
import { homesOf } from '../datasets/access/homes.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { invalid } from '../errors.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { type Person, type Platform, personName } from '../labelers/person.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { readPrefix, traitsOf } from '../platforms/registry.ts'

/** Where the admin asks from: there, people and groups can be named without their platform. */
export type Here = Pick<Person, 'platform' | 'workspace'>

/**
 * Counts the people in the groups, channels and roles an admin names, without inviting anyone. Single
 * people and `everyone` are not counted.
 * @throws ParleyError `not_found` unless the dataset is the admin's.
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

type Meant = { people: Person[]; unknown: string[]; partly: string[] }

/** The people an admin means, each once. */
export async function listInvited(
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

/** Discord writes mentions without commas between them. */
function namesIn(to: readonly string[]): string[] {
  const names = to.flatMap((one) => one.split(/,|(?<=>)\s+(?=<)/)).map((one) => one.trim())
  return names.filter((one) => one !== '')
}

/** Splits a name into platform and entry; without a prefix, the platform is the admin's own. */
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

/** The holders of a role; an admin of one workspace gets only those of it. */
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
  // On Discord a role can belong to one server, but a person never does.
  return held.map((one) => (isOfWorkspace(one.platform) ? one : { ...one, workspace: '' }))
}

/** All members of a group if the platform lists them, otherwise the labelers among them. */
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

/** Labelers with access, and the people, groups and channels on the access list. */
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

/** A workspace cannot list another workspace's channels. */
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

/** The workspace, if only one is known; '' where people belong to none. */
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

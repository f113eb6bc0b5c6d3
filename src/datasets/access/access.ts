/**
 * Who may label a dataset: everyone of a workspace or server, or the people, channels and groups its
 * access list names. An entry without a workspace means the platform's home (homes.ts).
 */
import { placeOf } from '../../platforms/keys.ts'
import { platformNames, traitsOf } from '../../platforms/registry.ts'
import type { Access, Dataset, DatasetDocument, Platform } from '../document.ts'
import type { Explained } from '../explain.ts'
import type { Homes } from './homes.ts'

/** What one entry of an access list names; `workspace` null: the platform's home. */
export type Entry =
  /** Discord's people are the same on every server. */
  | { type: 'person'; workspace: string | null; userId: string }
  /** Of Discord, `workspace` is the server. */
  | { type: 'everyone'; workspace: string | null }
  /** `text` is the entry the platform looks up; `guild` its server, if written. */
  | { type: 'group'; workspace: string | null; guild: string | null; id: string; text: string }
  /** Not found yet: `#ml`, `@evals`. */
  | { type: 'name' }

export function readEntry(platform: Platform, entry: string): Entry | null {
  const text = entry.trim()
  if (text === 'everyone') return { type: 'everyone', workspace: null }
  const all = everyoneIn(platform, text)
  if (all !== null) return { type: 'everyone', workspace: all }
  const person = personIn(platform, text)
  if (person !== null) return { type: 'person', ...person }
  const group = traitsOf(platform).group.read(text)
  if (group !== null) return { type: 'group', ...group }
  return isGroupName(platform, text) ? { type: 'name' } : null
}

/**
 * `T1` of `slack:T1`, `T1` or `everyone of slack:T1`; of Discord `everyone of discord:9` only, as its
 * people's ids read the same.
 */
function everyoneIn(platform: Platform, text: string): string | null {
  const [, said, named = ''] = /^(everyone of )?(\S+)$/.exec(text) ?? []
  const id = withoutPrefix(platform, named)
  const { place, person } = traitsOf(platform)
  return place.isId(id) && (said !== undefined || !person.isId(id)) ? id : null
}

function withoutPrefix(platform: Platform, text: string): string {
  return text.startsWith(`${platform}:`) ? text.slice(platform.length + 1) : text
}

/** The id of a bare entry that may be a server as well as a person (`discord:9`), or null. */
export function placeOrPersonIn(platform: Platform, entry: string): string | null {
  const id = withoutPrefix(platform, entry.trim())
  const { place, person } = traitsOf(platform)
  return place.isId(id) && person.isId(id) ? id : null
}

/** How everyone of a workspace or server is written in an access list. */
export function everyoneOf(platform: Platform, workspace: string): string {
  return `everyone of ${platform}:${workspace}`
}

/** A person and, if they used one, the server they made their gesture in. */
type Somebody = { platform: Platform; workspace: string; userId: string; guildId?: string }

/**
 * Checked when a task is opened and again when it is answered. `groups` are the list's entries that the
 * person belongs to, from isLetIn of the labelers room.
 */
export function mayLabel(
  dataset: { document: { access?: Access | undefined } },
  person: Somebody,
  groups: ReadonlySet<string> = new Set(),
  homes: Homes = {},
): boolean {
  const home = homes[person.platform]
  return entriesFor(dataset.document.access, person.platform).some((entry) => {
    const named = readEntry(person.platform, entry)
    switch (named?.type) {
      case 'everyone': {
        const place = named.workspace ?? home
        if (place === undefined || isOf(person, place)) return true
        return groups.has(everyoneOf(person.platform, place))
      }
      case 'person':
        return named.userId === person.userId && isThere(person, named.workspace, home)
      case 'group':
        return groups.has(entry) && isThere(person, named.workspace, home)
      default:
        return false
    }
  })
}

/** The channels and groups, by id, whose membership has to be looked up. */
export function groupsIn(
  access: Access | undefined,
  platform: Platform,
  person?: Somebody,
  homes: Homes = {},
): string[] {
  return entriesFor(access, platform).flatMap((entry) => {
    const named = readEntry(platform, entry)
    const home = homes[platform]
    if (named?.type === 'group')
      return person && !isThere(person, named.workspace, home) ? [] : [entry]
    // The person's server is unknown: look them up there.
    const place = named?.type === 'everyone' ? (named.workspace ?? home) : undefined
    const isUntold = person !== undefined && placeOf(person) === null
    return isUntold && place !== undefined ? [everyoneOf(platform, place)] : []
  })
}

function entriesFor(access: Access | undefined, platform: Platform): readonly string[] {
  if (access === undefined) return []
  return access === 'everyone' ? ['everyone'] : (access[platform] ?? [])
}

function isOf(person: Somebody, place: string): boolean {
  return placeOf(person) === place
}

/** An id that is only valid within a workspace belongs to the home unless one is named. */
function isThere(person: Somebody, named: string | null, home: string | undefined): boolean {
  const { isOfWorkspace } = traitsOf(person.platform).person
  const place = isOfWorkspace ? (named ?? home ?? null) : named
  return place === null || isOf(person, place)
}

/** The platform's id of a channel or group in an access list, without its workspace. */
export function groupText(platform: Platform, entry: string): string {
  const named = readEntry(platform, entry)
  return named?.type === 'group' ? named.text : entry
}

/** The id of the channel or group an entry names, or null when it names a person, or only a name. */
export function groupIdOf(platform: Platform, entry: string): string | null {
  const named = readEntry(platform, entry)
  return named?.type === 'group' ? named.id : null
}

/** Whether an entry names a channel or a group by its name only (`#ml`, `@evals`). */
export function isGroupName(platform: Platform, entry: string): boolean {
  return traitsOf(platform).group.isName(entry.trim())
}

/** What is wrong with the lists of people in a document: `access`, and who may vote on posts. */
export function checkAccess({ access, posts }: DatasetDocument): Explained[] {
  const isEmpty = access !== undefined && access !== 'everyone' && entriesIn(access).length === 0
  return [
    ...(isEmpty ? [{ path: ['access'], message: 'names nobody.', remedy: someAccess }] : []),
    ...strangersIn(access, ['access']),
    ...strangersIn(posts?.roles, ['posts', 'roles']),
  ]
}

const someAccess = 'Name people, e.g. access: { slack: [U123] }, or everyone.'

function strangersIn(access: Access | undefined, path: string[]): Explained[] {
  return entriesIn(access).flatMap(({ platform, entry, at }) =>
    readEntry(platform, entry) === null
      ? [
          {
            path: [...path, platform, at],
            message: strange(platform, entry),
            remedy: writeAs(platform),
          },
        ]
      : [],
  )
}

function entriesIn(access: Access | undefined) {
  return platformsOf(access).flatMap((platform) =>
    entriesFor(access, platform).map((entry, at) => ({ platform, entry, at })),
  )
}

function strange(platform: Platform, entry: string): string {
  const { label, group } = traitsOf(platform)
  return `names "${entry}", which is not ${group.kinds} of ${label}.`
}

function writeAs(platform: Platform): string {
  const { person, place, group } = traitsOf(platform)
  return `Write an id such as ${person.exampleId}, ${group.examples}, or "${everyoneOf(platform, place.exampleId)}".`
}

/** Why this access would admit nobody, or null. */
export function accessProblem(access: Dataset['document']['access']): string | null {
  if (access === undefined)
    return 'Nobody may label yet. Set access: everyone, or access: { slack: [U123, "#channel"] }.'
  if (access === 'everyone') return null
  const entries = entriesIn(access)
  if (entries.length === 0) return `The access list is empty. ${someAccess}`
  const stranger = entries.find(({ platform, entry }) => readEntry(platform, entry) === null)
  if (!stranger) return null
  const { platform, entry } = stranger
  return `Access ${strange(platform, entry)} ${writeAs(platform)}`
}

/** The platforms a dataset asks for; `everyone` means whichever are connected. */
export function platformsOf(access: Access | undefined): Platform[] {
  if (access === undefined || access === 'everyone') return []
  return platformNames().filter((platform) => access[platform] !== undefined)
}

/** `U123`, `<@U123>`, `<@U123|ana>`, `T1:U123` and `slack:T1:U123` (Discord: `discord:123`). */
export function personIn(
  platform: Platform,
  entry: string,
): { workspace: string | null; userId: string } | null {
  const bare = traitsOf(platform).person.bare(entry.trim())
  const parts = bare.split(':')
  if (parts.length > 1 && parts[0] === platform) parts.shift()
  const [first = '', second] = parts
  if (parts.length > 2 || !traitsOf(platform).person.isId(second ?? first)) return null
  return second === undefined
    ? { workspace: null, userId: first }
    : { workspace: first, userId: second }
}

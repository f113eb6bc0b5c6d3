/** Counts the people in the groups, channels and roles an admin names, before anybody is messaged. */
import type { Parley } from '../../parley.ts'
import type { Access, Platform } from '../document.ts'
import { platformsOf, readEntry } from './access.ts'
import { groupName, isGroup, resolveEntry } from './groups.ts'

/** `people` is null if the platform does not report it. */
export type Reach = { name: string; people: number | null }

/** The groups of an access list, each with how many people it holds. */
export async function reachOfAccess(parley: Parley, access: Access | undefined): Promise<Reach[]> {
  if (access === undefined || access === 'everyone') return []
  const groups = platformsOf(access).flatMap((platform) =>
    (access[platform] ?? []).flatMap((entry) =>
      isGroup(platform, entry) ? [{ platform, entry }] : [],
    ),
  )
  return Promise.all(groups.map(({ platform, entry }) => reachOfGroup(parley, platform, entry)))
}

/** One group, channel or role; a failure here does not stop the command. */
export async function reachOfGroup(
  parley: Parley,
  platform: Platform,
  text: string,
): Promise<Reach> {
  let name = text
  try {
    const found = await resolveEntry(parley, platform, text)
    const group = 'problem' in found ? null : readEntry(platform, found.entry)
    if (group?.type !== 'group') return { name, people: null }
    name = groupName(group.text) ?? text
    const { workspace } = group
    const count = await parley.platforms
      .get(platform)
      ?.countOf?.(group.text, workspace ?? undefined)
    return { name, people: count ?? null }
  } catch (error) {
    parley.log.warn(
      { event: 'access.group_uncounted', err: error, group: text },
      'How many people a group holds cannot be told.',
    )
    return { name, people: null }
  }
}

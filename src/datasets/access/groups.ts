/**
 * Turns the names of channels and groups in an access list into ids that keep the name to read:
 * `#ml` becomes `<#C0123|ml>`. Renaming a channel must not change who is let in.
 */
import { invalid } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { traitsOf } from '../../platforms/registry.ts'
import type { Access, Platform } from '../document.ts'
import {
  everyoneOf,
  groupIdOf,
  groupText,
  isGroupName,
  placeOrPersonIn,
  platformsOf,
} from './access.ts'
import { homesOf } from './homes.ts'

/** @throws ParleyError `invalid` for a group that is not there, or may not be looked into. */
export async function resolveAccess(parley: Parley, access: Access): Promise<Access> {
  if (access === 'everyone') return access
  const resolved: Access = { ...access }
  const problems: string[] = []
  for (const platform of platformsOf(access)) {
    const entries: string[] = []
    for (const entry of access[platform] ?? []) {
      const found = await resolveEntry(parley, platform, entry)
      if ('problem' in found) problems.push(found.problem)
      else entries.push(found.entry)
    }
    resolved[platform] = entries
  }
  if (problems.length > 0) throw invalid({ access: problems.join('\n') })
  return resolved
}

/** Replaces names with the ids found for them before. */
export function keepResolved(
  before: Access | undefined,
  after: Access | undefined,
): Access | undefined {
  if (after === undefined || after === 'everyone') return after
  if (before === undefined || before === 'everyone') return after
  const kept: Access = { ...after }
  for (const platform of platformsOf(after)) {
    const known = new Map(
      (before[platform] ?? []).map((entry) => [groupName(entry) ?? entry, entry] as const),
    )
    kept[platform] = (after[platform] ?? []).map((entry) => known.get(entry.trim()) ?? entry)
  }
  return kept
}

/** Whether a name has to be looked up. */
export function hasGroups(access: Access): boolean {
  if (access === 'everyone') return false
  return platformsOf(access).some((platform) =>
    (access[platform] ?? []).some(
      (entry) => isGroup(platform, entry) || placeOrPersonIn(platform, entry) !== null,
    ),
  )
}

/** The id of one channel, group or role, as an access list keeps it; other entries stay as they are. */
export async function resolveEntry(
  parley: Parley,
  platform: Platform,
  entry: string,
): Promise<{ entry: string } | { problem: string }> {
  const adapter = parley.platforms.get(platform)
  // `discord:9` reads the same for a person and a server; the platform tells which it is.
  const server = placeOrPersonIn(platform, entry)
  if (server !== null && (await adapter?.isServer?.(server)))
    return { entry: everyoneOf(platform, server) }
  if (!isGroup(platform, entry)) return { entry }
  const text = groupText(platform, entry.trim())
  if (text !== entry.trim()) return { entry: entry.trim() }
  if (adapter?.findGroup) {
    const found = await adapter.findGroup(text)
    return 'problem' in found ? found : { entry: await placed(parley, platform, found) }
  }
  if (groupIdOf(platform, entry) !== null) return { entry: entry.trim() }
  const { label, group } = traitsOf(platform)
  return {
    problem: `${entry} cannot be looked up, because ${label} is not connected here. Publish from chat${group.byId ? `, or write its id (${group.byId})` : ''}.`,
  }
}

/** A channel of another workspace than the home says of which. */
async function placed(
  parley: Parley,
  platform: Platform,
  found: { entry: string; workspace?: string },
): Promise<string> {
  const home = (await homesOf(parley))[platform]
  const isHome = found.workspace === undefined || home === undefined || home === found.workspace
  return isHome ? found.entry : `${found.workspace}:${found.entry}`
}

export function isGroup(platform: Platform, entry: string): boolean {
  return groupIdOf(platform, entry) !== null || isGroupName(platform, entry)
}

/** `#ml` of `<#C0123|ml>`, `@evals` of `<!subteam^S1|@evals>`, `@verified` of `<@&1:9|@verified>`. */
export function groupName(entry: string): string | null {
  const [, sign, name] = /^<(#|!subteam\^|@&)[A-Z0-9:]+\|@?([^>]+)>$/.exec(entry) ?? []
  return name === undefined ? null : `${sign === '#' ? '#' : '@'}${name}`
}

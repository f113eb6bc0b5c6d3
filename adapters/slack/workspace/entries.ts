/**
 * Channels and user groups as an admin writes them (`#ml`, `@evals`, `C0123`, Slack's own mention):
 * found in the current workspace, and written as access lists keep them.
 */
import { spoken } from '../../../src/chat/words/words.ts'
import type { HowToAllow } from '../install/scopes.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { eachOfPages } from './pages.ts'

type Found = { entry: string } | { problem: string }

/** Finds what the text names; `problem` tells the admin why there is no such thing. */
export async function findEntry(api: SlackApi, text: string): Promise<Found> {
  const id = idOfEntry(text)
  if (id === null)
    return text.startsWith('#') ? findChannelByName(api, text) : findUserGroup(api, text)
  if (id.startsWith('S')) return findUserGroup(api, id)
  return { entry: channelEntry(await api.channelInfo(id)) }
}

/** Public channels first: private ones need a scope of their own, and Parley in them. */
async function findChannelByName(api: SlackApi, text: string): Promise<Found> {
  const name = text.slice(1).toLowerCase()
  for (const kind of ['public_channel', 'private_channel'] as const) {
    const channels = eachOfPages(async (cursor) => {
      const { channels: items, next } = await api.listChannels(kind, cursor)
      return { items, next }
    })
    for await (const channel of channels)
      if (channel.name === name) return { entry: channelEntry(channel) }
  }
  return {
    problem: `There is no channel ${text} that Parley can see. Check the name; a private channel has to invite @Parley first.`,
  }
}

async function findUserGroup(api: SlackApi, text: string): Promise<Found> {
  const name = text.replace(/^@/, '').toLowerCase()
  const groups = await api.listUserGroups()
  const found = groups.find(({ id, handle }) => id === text || handle.toLowerCase() === name)
  if (found) return { entry: `<!subteam^${found.id}|@${found.handle}>` }
  return {
    problem: `There is no user group ${text} in this workspace. Check the name. If ${text} is a person, the app does not escape names yet: tick "Escape channels, users, and links" in the settings of its commands.`,
  }
}

function channelEntry({ id, name }: { id: string; name: string }): string {
  return name ? `<#${id}|${name}>` : id
}

/** The id of the channel or user group in an entry; null where it has none. */
export function idOfEntry(entry: string): string | null {
  const mention = /^<(?:#|!subteam\^)([CGS][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(entry)?.[1]
  return mention ?? (/^[CGS][A-Z0-9]{6,}$/.test(entry) ? entry : null)
}

/** Why Slack would not look it up, for the admin who named it; null for failures of another kind. */
export async function whyNotFound(
  text: string,
  error: unknown,
  howToAllow: HowToAllow,
): Promise<string | null> {
  if (isGone(error))
    return `There is no ${text} that Parley can see. Check the id; a private channel has to invite @Parley first.`
  if (slackCode(error) !== 'missing_scope') return null
  const isUserGroup = /^@|^<!subteam|^S/.test(text)
  const scopes = isUserGroup ? (['usergroups:read'] as const) : channelScopes
  return spoken().groupScope(text, scopes.join(', '), await howToAllow(scopes))
}

const channelScopes = ['channels:read', 'groups:read'] as const

/** Whether the channel or user group does not exist any more, or Parley cannot see it. */
export function isGone(error: unknown): boolean {
  return goneCodes.has(slackCode(error) ?? '')
}

const goneCodes = new Set([
  ...['channel_not_found', 'is_archived', 'not_in_channel', 'no_such_subteam'],
  ...['subteam_not_found', 'not_found', 'method_not_supported_for_channel_type'],
])

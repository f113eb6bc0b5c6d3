/**
 * The channel an admin names for a post or a hub: found by its name, its id or Discord's mention, and
 * refused if Parley could not post to it, before anything is queued. Nothing is cached: an admin who has
 * just given Parley access tries again at once.
 */
import type { ChatAdapter } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { refusalOf } from '../send/failures.ts'
import type { Rest } from '../send/rest.ts'
import { currentServer } from './current-server.ts'
import { readEntry } from './entries.ts'
import {
  type Overwrite,
  permissionsIn,
  type Role,
  sendMessages,
  sendMessagesInThreads,
  viewChannel,
} from './permissions.ts'
import type { Server, ServerChannel } from './servers.ts'

/** https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
const directs = new Set([1, 3])
const texts = new Set([0, 5])
const threads = new Set([10, 11, 12])

export function openChannels(rest: Rest): Required<Pick<ChatAdapter, 'findChannel'>> {
  return {
    async findChannel(text, server) {
      const found = await findChannel(rest, text, server === '' ? undefined : server)
      if (typeof found === 'string') return { problem: found }
      const problem = await whyNot(rest, found)
      if (problem !== null) return { problem }
      return { platform: 'discord', workspace: '', channelId: found.id }
    },
  }
}

/** The channel, or what to tell the admin. */
async function findChannel(
  rest: Rest,
  text: string,
  server: string | undefined,
): Promise<ServerChannel | string> {
  const said = spoken()
  const entry = readEntry(text)
  const id = entry?.kind === 'channel' ? entry.id : /^\d{15,20}$/.exec(text)?.[0]
  if (id !== undefined) return (await findById(rest, id)) ?? said.channelUnseen(text)
  const there = await rest<Server[]>({ method: 'GET', path: '/users/@me/guilds' })
  const wanted = server ?? currentServer()
  const servers = wanted === null ? there : there.filter((one) => isNamed(one, wanted))
  if (servers.length === 0) return said.noServer(wanted ?? '')
  const found = await findByName(rest, text.replace(/^#/, '').trim().toLowerCase(), servers)
  const [first, ...others] = found
  if (!first) return said.channelUnseen(text.startsWith('#') ? text : `#${text}`)
  if (others.length === 0) return first.channel
  return said.severalChannels(
    text,
    found.map(({ channel, server: { name } }) => `${channel.id} (${name})`),
  )
}

async function findById(rest: Rest, id: string): Promise<ServerChannel | null> {
  try {
    return await channelOf(rest, id)
  } catch (error) {
    const status = refusalOf(error)?.status
    if (status === 403 || status === 404) return null
    throw error
  }
}

/** Channels with this name in these servers; text channels win, since voice channels share names. */
async function findByName(
  rest: Rest,
  name: string,
  servers: readonly Server[],
): Promise<{ channel: ServerChannel; server: Server }[]> {
  const found: { channel: ServerChannel; server: Server }[] = []
  for (const server of servers) {
    const at = { guild: server.id }
    const all = await rest<ServerChannel[]>({ method: 'GET', path: '/guilds/:guild/channels', at })
    const named = all.filter((one) => one.name?.toLowerCase() === name)
    const written = named.filter(({ type }) => texts.has(type))
    for (const channel of written.length > 0 ? written : named) found.push({ channel, server })
  }
  return found
}

function channelOf(rest: Rest, channel: string): Promise<ServerChannel> {
  return rest({ method: 'GET', path: '/channels/:channel', at: { channel } })
}

/** Why Parley could not post to it, or null. */
async function whyNot(rest: Rest, channel: ServerChannel): Promise<string | null> {
  const said = spoken()
  const { guild_id: guild, name = channel.id, type } = channel
  if (directs.has(type) || guild === undefined) return said.directIsNoChannel
  const isThread = threads.has(type)
  if (!isThread && !texts.has(type)) return said.noTextChannel(name)
  if (channel.thread_metadata?.archived || channel.thread_metadata?.locked)
    return said.threadIsOver(name)
  // A thread has no overwrites of its own; its channel's apply.
  const holder = isThread && channel.parent_id ? await channelOf(rest, channel.parent_id) : channel
  const held = await permissionsOfBot(rest, guild, holder.permission_overwrites ?? [])
  if (!(held & viewChannel)) return said.channelUnseen(`#${name}`)
  return held & (isThread ? sendMessagesInThreads : sendMessages) ? null : said.mayNotPost(name)
}

function isNamed({ id, name }: Server, wanted: string): boolean {
  return id === wanted || name.toLowerCase() === wanted.toLowerCase()
}

/** Parley's own permissions in a channel with these overwrites. */
async function permissionsOfBot(
  rest: Rest,
  guild: string,
  overwrites: readonly Overwrite[],
): Promise<bigint> {
  const { id: user } = await rest<{ id: string }>({ method: 'GET', path: '/users/@me' })
  const [roles, { roles: held }] = await Promise.all([
    rest<Role[]>({ method: 'GET', path: '/guilds/:guild/roles', at: { guild } }),
    rest<{ roles: string[] }>({
      method: 'GET',
      path: '/guilds/:guild/members/:user',
      at: { guild, user },
    }),
  ])
  return permissionsIn(overwrites, guild, { roles, held, userId: user })
}

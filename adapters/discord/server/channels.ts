/**
 * The channel an admin names for a post or a hub: found by its name, its id or Discord's mention, and
 * refused where Parley could not post to it, before anything is put on its way.
 */
import type { ChatAdapter } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { type Rest, refusalOf } from '../send/rest.ts'
import { guildHere } from './groups.ts'
import {
  type Overwrite,
  permissionsIn,
  type Role,
  sendMessages,
  sendMessagesInThreads,
  viewChannel,
} from './permissions.ts'

type Guild = { id: string; name: string }
type Channel = {
  id: string
  type: number
  name?: string
  guild_id?: string
  parent_id?: string | null
  permission_overwrites?: Overwrite[]
  thread_metadata?: { archived?: boolean; locked?: boolean }
}

/** https://docs.discord.com/developers/resources/channel#channel-object-channel-types */
const directs = new Set([1, 3])
const texts = new Set([0, 5])
const threads = new Set([10, 11, 12])

export function openChannels(rest: Rest): Required<Pick<ChatAdapter, 'findChannel'>> {
  const guilds = () => rest<Guild[]>({ method: 'GET', path: '/users/@me/guilds' })
  const channelOf = (channel: string) =>
    rest<Channel>({ method: 'GET', path: '/channels/:channel', at: { channel } })

  /** Why Parley could not post to it, or null. */
  const whyNot = async (channel: Channel): Promise<string | null> => {
    const said = spoken()
    const { guild_id: guild, name = channel.id, type } = channel
    if (directs.has(type) || guild === undefined) return said.directIsNoChannel
    const isThread = threads.has(type)
    if (!isThread && !texts.has(type)) return said.noTextChannel(name)
    if (channel.thread_metadata?.archived || channel.thread_metadata?.locked)
      return said.threadIsOver(name)
    // A thread has no overwrites of its own: its channel's hold.
    const holder = isThread && channel.parent_id ? await channelOf(channel.parent_id) : channel
    const held = await permissionsOfBot(rest, guild, holder.permission_overwrites ?? [])
    if (!(held & viewChannel)) return said.channelUnseen(`#${name}`)
    return held & (isThread ? sendMessagesInThreads : sendMessages) ? null : said.mayNotPost(name)
  }

  const byId = async (id: string): Promise<Channel | null> => {
    try {
      return await channelOf(id)
    } catch (error) {
      const status = refusalOf(error)?.status
      if (status === 403 || status === 404) return null
      throw error
    }
  }

  /** Those of a name, on the servers asked about: text channels first, for voice ones share names. */
  const byName = async (name: string, servers: readonly Guild[]) => {
    const found: { channel: Channel; guild: Guild }[] = []
    for (const guild of servers) {
      const at = { guild: guild.id }
      const all = await rest<Channel[]>({ method: 'GET', path: '/guilds/:guild/channels', at })
      const named = all.filter((one) => one.name?.toLowerCase() === name)
      const written = named.filter(({ type }) => texts.has(type))
      for (const channel of written.length > 0 ? written : named) found.push({ channel, guild })
    }
    return found
  }

  const find = async (text: string, server: string | undefined) => {
    const said = spoken()
    const id = /^<#(\d+)(?::\d+)?(?:\|[^>]*)?>$/.exec(text)?.[1] ?? /^\d{15,20}$/.exec(text)?.[0]
    if (id !== undefined) return (await byId(id)) ?? said.channelUnseen(text)
    const there = await guilds()
    const wanted = server ?? guildHere()
    const servers = wanted === null ? there : there.filter((one) => isNamed(one, wanted))
    if (servers.length === 0) return said.noServer(wanted ?? '')
    const found = await byName(text.replace(/^#/, '').trim().toLowerCase(), servers)
    const [first, ...others] = found
    if (!first) return said.channelUnseen(text.startsWith('#') ? text : `#${text}`)
    if (others.length === 0) return first.channel
    return said.severalChannels(
      text,
      found.map(({ channel, guild }) => `${channel.id} (${guild.name})`),
    )
  }

  return {
    async findChannel(text, server) {
      const found = await find(text, server === '' ? undefined : server)
      if (typeof found === 'string') return { problem: found }
      const problem = await whyNot(found)
      if (problem !== null) return { problem }
      return { platform: 'discord', workspace: '', channelId: found.id }
    },
  }
}

function isNamed({ id, name }: Guild, wanted: string): boolean {
  return id === wanted || name.toLowerCase() === wanted.toLowerCase()
}

/** What Parley itself may do in a channel with these overwrites. */
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

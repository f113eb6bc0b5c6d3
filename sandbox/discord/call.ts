/** One call of REST v10 as its route sees it, and the places a call may be about. */
import type { Json, JsonObject } from '../json.ts'
import { type Refusal, refuse } from './errors.ts'
import type { Town } from './interactions.ts'
import type { Upload } from './messages.ts'
import { may, type Permission } from './permissions.ts'
import { type Channel, type Guild, guildOf, type World } from './world.ts'

export type Call = {
  town: Town
  world: World
  /** A segment of the address, by its name in the route. */
  param: (name: string) => string
  query: URLSearchParams
  body: JsonObject
  raw: Json | undefined
  uploads: Upload[]
  /** Whether edits of old messages are counted, as with the other rate limits. */
  isLimited: boolean
}

export type Answer = { status: 200 | 201 | 204; body: Json } | Refusal
export type Route = (call: Call) => Answer | Promise<Answer>

/** The channel of the address, if the bot sees it and may do this there. */
export function inChannel(
  call: Call,
  needs: readonly Permission[],
  then: (channel: Channel) => Answer,
): Answer {
  const { world, param } = call
  const channel = world.channels.get(param('channel'))
  if (!channel) return refuse('unknown channel')
  if (channel.guildId !== null && !guildOf(world, channel)?.installed) {
    return refuse('missing access')
  }
  if (!may(world, channel, world.app.id, 'VIEW_CHANNEL')) return refuse('missing access')
  const lacks = needs.some((one) => !may(world, channel, world.app.id, one))
  return lacks ? refuse('missing permissions') : then(channel)
}

/** The guild of the address, if the app is in it. */
export function inGuild(call: Call, then: (guild: Guild) => Answer): Answer {
  const guild = call.world.guilds.get(call.param('guild'))
  if (!guild) return refuse('unknown guild')
  return guild.installed ? then(guild) : refuse('missing access')
}

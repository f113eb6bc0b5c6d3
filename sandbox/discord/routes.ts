/** What each route of REST v10 does, once the door let the call in. */
import { type Json, type JsonObject, text } from '../json.ts'
import { judgeMessage, type Surface } from './bodies.ts'
import { type Answer, type Call, inChannel, inGuild, type Route } from './call.ts'
import { commandRoutes } from './command-routes.ts'
import { type Refusal, refuse } from './errors.ts'
import {
  answerInteraction,
  judgeUploads,
  legacyOf,
  namesOf,
  openInteraction,
} from './interactions.ts'
import { times } from './limits.ts'
import { createMessage, deleteMessage, editMessage } from './messages.ts'
import {
  channelJson,
  guildJson,
  interactionAnswer,
  memberJson,
  messageJson,
  roleJson,
  userJson,
} from './payloads.ts'
import { may } from './permissions.ts'
import type { RouteName } from './route-names.ts'
import { threadRoutes } from './thread-routes.ts'
import {
  type Channel,
  channelsOf,
  directMessage,
  type Interaction,
  type Message,
  type World,
} from './world.ts'

const ok = (body: Json): Answer => ({ status: 200, body })
const nothing: Answer = { status: 204, body: null }

export const routes: Record<RouteName, Route> = {
  'GET /gateway': ({ town }) => ok({ url: town.gateway.url() }),
  'GET /gateway/bot': ({ town }) =>
    ok({
      url: town.gateway.url(),
      shards: 1,
      session_start_limit: {
        total: 1000,
        remaining: Math.max(0, 1000 - town.gateway.identifies()),
        reset_after: 14_400_000,
        max_concurrency: 1,
      },
    }),
  'GET /users/@me': ({ world }) => {
    const bot = world.users.get(world.app.id)
    return bot ? ok(userJson(bot)) : refuse('unknown user')
  },
  'GET /users/@me/guilds': ({ world }) =>
    ok(
      [...world.guilds.values()]
        .filter(({ installed }) => installed)
        .map(({ id, name, ownerId }) => ({ id, name, owner: ownerId === world.app.id })),
    ),
  'GET /users/:user': ({ world, param }) => {
    const user = world.users.get(param('user'))
    return user ? ok(userJson(user)) : refuse('unknown user')
  },
  'GET /applications/@me': ({ world }) => ok(applicationJson(world)),
  'PATCH /applications/@me': async (call) => {
    const { world, town, body } = call
    const address = body['interactions_endpoint_url']
    if (address === undefined) return ok(applicationJson(world))
    const before = world.app.endpoint
    world.app.endpoint = typeof address === 'string' && address !== '' ? address : null
    town.courier.deliverTo(world.app.endpoint)
    const why = world.app.endpoint === null ? null : await town.courier.verify()
    if (why === null) return ok(applicationJson(world))
    world.app.endpoint = before
    town.courier.deliverTo(before)
    const told = {
      code: 'APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID',
      message: `The specified interactions endpoint url could not be verified: ${why}.`,
    }
    return refuse('invalid form body', { interactions_endpoint_url: { _errors: [told] } })
  },
  'GET /oauth2/applications/@me': ({ world }) => ok(applicationJson(world)),
  'POST /users/@me/channels': ({ world, body }) => {
    const user = world.users.get(text(body['recipient_id']))
    if (!user) return refuse('unknown user')
    if (user.isBot) return refuse('cannot write to user')
    return ok(channelJson(world, directMessage(world, user.id)))
  },
  'DELETE /users/@me/guilds/:guild': ({ town, world, param }) => {
    const guild = world.guilds.get(param('guild'))
    if (!guild?.installed) return refuse('unknown guild')
    guild.installed = false
    guild.members.delete(world.app.id)
    town.gateway.tellGuild('DELETE', guild)
    return nothing
  },

  ...commandRoutes,
  ...threadRoutes,

  'POST /interactions/:interaction/:token/callback': (call) => {
    const { town, world, param } = call
    const interaction = openInteraction(world, param('interaction'), param('token'))
    if ('status' in interaction) return interaction
    const answer = answerInteraction(town, interaction, call.raw ?? null, call.uploads)
    if (!('message' in answer)) return answer
    if (call.query.get('with_response') !== 'true') return nothing
    const type = Number(call.body['type'])
    return ok(interactionAnswer(world, interaction, type, answer.message))
  },
  'POST /webhooks/:application/:token': followUp,
  'GET /webhooks/:application/:token/messages/@original': (call) =>
    onOriginal(call, ({ message }) => ok(messageJson(call.world, message))),
  'PATCH /webhooks/:application/:token/messages/@original': (call) =>
    onOriginal(call, (found) => editByToken(call, found)),
  'DELETE /webhooks/:application/:token/messages/@original': (call) =>
    onOriginal(call, (found) => deleteByToken(call, found)),
  'GET /webhooks/:application/:token/messages/:message': (call) =>
    onOwn(call, ({ message }) => ok(messageJson(call.world, message))),
  'PATCH /webhooks/:application/:token/messages/:message': (call) =>
    onOwn(call, (found) => editByToken(call, found)),
  'DELETE /webhooks/:application/:token/messages/:message': (call) =>
    onOwn(call, (found) => deleteByToken(call, found)),

  'GET /channels/:channel': (call) =>
    inChannel(call, [], (channel) => ok(channelJson(call.world, channel))),
  'GET /channels/:channel/messages': (call) =>
    inChannel(call, ['READ_MESSAGE_HISTORY'], (channel) => {
      const most = Math.min(100, Math.max(1, Number(call.query.get('limit') ?? 50)))
      const newest = channel.messages.slice(-most).toReversed()
      return ok(newest.map((message) => messageJson(call.world, message, isOpen(call, message))))
    }),
  'POST /channels/:channel/messages': (call) =>
    inChannel(call, [], (channel) => writeMessage(call, channel)),
  'GET /channels/:channel/messages/:message': (call) =>
    onMessage(call, (message) => ok(messageJson(call.world, message, isOpen(call, message)))),
  'PATCH /channels/:channel/messages/:message': (call) =>
    onMessage(call, (message) => {
      const { world, town, body, uploads } = call
      if (message.authorId !== world.app.id) return refuse('not yours')
      const wrong = judge(call, 'edit', message)
      if (wrong) return wrong
      if (call.isLimited && isTooOld(world, message)) return refuse('too many old edits')
      editMessage(world, town.tell, message, body, uploads)
      return ok(messageJson(world, message))
    }),
  'DELETE /channels/:channel/messages/:message': (call) =>
    onMessage(call, (message, channel) => {
      const { world, town } = call
      const isOwn = message.authorId === world.app.id
      if (!isOwn && !may(world, channel, world.app.id, 'MANAGE_MESSAGES')) {
        return refuse('missing permissions')
      }
      deleteMessage(world, town.tell, message)
      return nothing
    }),
  'POST /channels/:channel/typing': (call) => inChannel(call, ['SEND_MESSAGES'], () => nothing),

  'GET /guilds/:guild': (call) => inGuild(call, (guild) => ok(guildJson(guild))),
  'GET /guilds/:guild/channels': (call) =>
    inGuild(call, (guild) => {
      const all = channelsOf(call.world, guild).filter(({ kind }) => kind !== 'thread')
      return ok(all.map((channel) => channelJson(call.world, channel)))
    }),
  'GET /guilds/:guild/roles': (call) =>
    inGuild(call, (guild) => ok([...guild.roles.values()].map(roleJson))),
  // A map of ids to counts; without @everyone (docs.discord.com/developers/resources/guild).
  'GET /guilds/:guild/roles/member-counts': (call) =>
    inGuild(call, (guild) => {
      const holders = [...guild.members.values()].flatMap((member) => member.roles)
      const roles = [...guild.roles.keys()].filter((id) => id !== guild.id)
      const count = (id: string) => holders.filter((held) => held === id).length
      return ok(Object.fromEntries(roles.map((id) => [id, count(id)])))
    }),
  'GET /guilds/:guild/members/:user': (call) =>
    inGuild(call, (guild) => {
      if (!call.world.users.has(call.param('user'))) return refuse('unknown user')
      const member = guild.members.get(call.param('user'))
      return member ? ok(memberJson(call.world, member)) : refuse('unknown member')
    }),
}

function applicationJson(world: World): JsonObject {
  const bot = world.users.get(world.app.id)
  return {
    id: world.app.id,
    name: world.app.name,
    icon: null,
    description: '',
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: world.app.publicKey,
    flags: 0,
    bot: bot ? userJson(bot) : null,
    owner: null,
    team: null,
    interactions_endpoint_url: world.app.endpoint,
    approximate_guild_count: [...world.guilds.values()].filter((g) => g.installed).length,
  }
}

function onMessage(call: Call, then: (message: Message, channel: Channel) => Answer): Answer {
  return inChannel(call, [], (channel) => {
    const message = call.world.messages.get(call.param('message'))
    // An ephemeral message is no message to anybody but the holder of its token.
    const isThere = message?.channelId === channel.id && message.ephemeralTo === null
    return isThere ? then(message, channel) : refuse('unknown message')
  })
}

/** Whether the bot may read what a message says without the intent for message content. */
function isOpen({ world }: Call, message: Message): boolean {
  const channel = world.channels.get(message.channelId)
  const isPrivate = channel?.kind === 'dm'
  const isOwn = message.authorId === world.app.id || message.mentions.includes(world.app.id)
  return isPrivate || isOwn || (world.app.intents & (1 << 15)) !== 0
}

function judge(call: Call, surface: Surface, message: Message | null): Refusal | null {
  const { world, uploads, raw } = call
  const files = [...uploads.map(({ name }) => name), ...namesOf(message)]
  const around = { flags: message?.flags ?? 0, files, uploads: uploads.length }
  const legacy = legacyOf(message)
  return judgeUploads(world, uploads) ?? judgeMessage(raw, surface, { ...around, legacy })
}

export function writeMessage(call: Call, channel: Channel): Answer {
  const { world, town, body, uploads } = call
  const send = channel.kind === 'thread' ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES'
  if (!may(world, channel, world.app.id, send)) return refuse('missing permissions')
  if (uploads.length > 0 && !may(world, channel, world.app.id, 'ATTACH_FILES')) {
    return refuse('missing permissions')
  }
  const closed = channel.kind === 'dm' ? judgeReach(world, channel) : null
  if (closed) return closed
  const wrong = judge(call, 'create', null)
  if (wrong) return wrong
  const sent = body['enforce_nonce'] === true ? sentBefore(world, channel, body['nonce']) : null
  if (sent) return ok(messageJson(world, sent))
  const draft = { channel, authorId: world.app.id, body, uploads }
  return ok(messageJson(world, createMessage(world, town.tell, draft)))
}

/** The bot's message of the past few minutes that has this nonce. */
function sentBefore(world: World, channel: Channel, nonce: Json | undefined): Message | null {
  if (nonce === undefined || nonce === null) return null
  for (const message of channel.messages.toReversed()) {
    if (world.now() - message.at >= times.nonceMs) return null
    const isOwn = message.authorId === world.app.id
    if (isOwn && message.nonce === String(nonce)) return message
  }
  return null
}

/** Closed to strangers, or nobody shares a guild with them any more. */
function judgeReach(world: World, channel: Channel): Refusal | null {
  const userId = channel.recipientId ?? ''
  if (world.users.get(userId)?.dmClosed) return refuse('cannot write to user')
  const guilds = [...world.guilds.values()].filter(({ installed }) => installed)
  return guilds.some(({ members }) => members.has(userId)) ? null : refuse('no mutual guild')
}

/** Edits of messages older than an hour are scarce: three in six seconds and channel, as observed. */
function isTooOld(world: World, message: Message): boolean {
  if (world.now() - message.at < times.oldMs) return false
  const channel = world.channels.get(message.channelId)
  const recent = (channel?.messages ?? [])
    .filter((one) => world.now() - one.at >= times.oldMs)
    .flatMap((one) => one.edits.filter((at) => world.now() - at < 6000))
  return recent.length >= 3
}

type Found = { interaction: Interaction; message: Message }

/** The interaction a webhook's token belongs to; dead after fifteen minutes. */
function byToken({ world, param }: Call): Interaction | Refusal {
  const interaction = world.interactions.get(param('token'))
  if (!interaction || param('application') !== world.app.id) return refuse('unknown webhook')
  if (world.now() - interaction.at > times.tokenMs) return refuse('invalid webhook token')
  const isEarly = ['new', 'expired', 'choices', 'modal'].includes(interaction.state)
  return isEarly ? refuse('unknown webhook') : interaction
}

function onOriginal(call: Call, then: (found: Found) => Answer): Answer {
  const interaction = byToken(call)
  if ('status' in interaction) return interaction
  const message = call.world.messages.get(interaction.originalId ?? '')
  return message ? then({ interaction, message }) : refuse('unknown message')
}

/** A message of this token, by its id: an answer, or a follow-up. */
function onOwn(call: Call, then: (found: Found) => Answer): Answer {
  const interaction = byToken(call)
  if ('status' in interaction) return interaction
  const message = call.world.messages.get(call.param('message'))
  const isOwn =
    message && (message.interaction === interaction || message.id === interaction.originalId)
  return isOwn ? then({ interaction, message }) : refuse('unknown message')
}

function editByToken(call: Call, { interaction, message }: Found): Answer {
  const { world, town, body, uploads } = call
  const wrong = judge(call, 'webhook edit', message)
  if (wrong) return wrong
  editMessage(world, town.tell, message, body, uploads)
  const waits = interaction.state === 'deferred' || interaction.state === 'deferred update'
  if (waits && message.id === interaction.originalId) {
    interaction.state = 'answered'
    interaction.settled({ how: 'answered' })
  }
  return ok(messageJson(world, message))
}

function deleteByToken(call: Call, { interaction, message }: Found): Answer {
  deleteMessage(call.world, call.town.tell, message)
  if (interaction.state === 'deferred' && message.id === interaction.originalId) {
    interaction.state = 'answered'
    interaction.settled({ how: 'answered' })
  }
  return nothing
}

function followUp(call: Call): Answer {
  const { world, town, body, uploads } = call
  const interaction = byToken(call)
  if ('status' in interaction) return interaction
  // The first follow-up after "is thinking…" takes its place.
  const waiting = interaction.state === 'deferred' ? interaction.originalId : null
  const thinking = world.messages.get(waiting ?? '')
  if (thinking) return editByToken(call, { interaction, message: thinking })
  const wrong = judge(call, 'follow up', null)
  if (wrong) return wrong
  const channel = world.channels.get(interaction.channelId)
  if (!channel) return refuse('unknown channel')
  const draft = { channel, authorId: world.app.id, body, uploads, interaction, type: 0 }
  return ok(messageJson(world, createMessage(world, town.tell, draft)))
}

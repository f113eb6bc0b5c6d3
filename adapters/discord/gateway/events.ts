/** Events of the gateway: interactions, and servers that Parley is added to or removed from. */
import { type Client, Events } from 'discord.js'
import type { Inside } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { asIncoming } from '../receive/endpoint.ts'
import type { Responder } from '../respond/responder.ts'
import { callbackByCall } from '../send/callback.ts'
import type { Rest } from '../send/rest.ts'

/** What the events need of the adapter. */
export type EventContext = Pick<
  Inside,
  'log' | 'leaveWorkspace' | 'joinWorkspace' | 'mayJoin' | 'now'
> & {
  rest: Rest
  responder: Responder
}

/** Handles the gateway's events. */
export function listen(client: Client, context: EventContext): void {
  const { log } = context
  client.on(Events.Error, (error) =>
    log.warn({ event: 'discord.client_error', err: error }, 'discord.js met an error.'),
  )
  client.on(Events.ShardError, (error) =>
    log.warn({ event: 'discord.gateway_error', err: error }, 'The gateway met an error.'),
  )
  onRaw(client, 'INTERACTION_CREATE', (data) => onInteraction(data, context))
  listenForServers(client, context)
}

function onInteraction(data: object, { log, rest, responder }: EventContext): void {
  const raw = asIncoming(data)
  if (raw === null) return
  const send = callbackByCall(rest, raw)
  responder
    .isNew(raw)
    .then(
      async (isNew) => {
        if (isNew && (await responder.respond(raw, send))) return
        log.info(
          { event: 'discord.repeated', interaction: raw.id },
          'The same interaction came before.',
        )
      },
      (error: unknown) => responder.sayUnavailable(raw, error, send),
    )
    .catch((error: unknown) =>
      log.error({ event: 'discord.gesture_failed', err: error }, 'A gesture failed.'),
    )
}

/** READY lists the servers Parley is already in; any other that appears is new. */
function listenForServers(client: Client, context: EventContext): void {
  const { log, leaveWorkspace, joinWorkspace, mayJoin, now, rest } = context
  const ready = new Set<string>()
  onRaw(client, 'READY', (data) => {
    for (const { id } of guildsIn(data)) ready.add(id)
  })
  onRaw(client, 'GUILD_CREATE', (data) => {
    const id = idIn(data)
    if (id === null || ready.has(id)) return
    ready.add(id)
    if (mayJoin?.(id) === false) return void leaveServer(rest, id, data, log)
    joinWorkspace?.(id).catch((error: unknown) =>
      log.error({ event: 'discord.join_unstored', err: error }, 'A new server was not noted.'),
    )
  })
  onRaw(client, 'GUILD_DELETE', (data) => {
    const id = idIn(data)
    // During an outage Discord sends the same event, marked unavailable.
    if (id === null || ('unavailable' in data && data.unavailable === true)) return
    ready.delete(id)
    leaveWorkspace?.(id, 'removed_from_server', now()).catch((error: unknown) => {
      log.error(
        { event: 'discord.removal_unstored', err: error, server: id },
        'It could not be noted that Parley was removed.',
      )
    })
  })
}

/** Explains why in the server's system channel, and leaves. */
async function leaveServer(rest: Rest, guild: string, data: object, log: Inside['log']) {
  log.warn(
    { event: 'discord.not_allowed', server: guild },
    'Parley was added where PARLEY_INSTALL_ALLOW does not name it.',
  )
  const channel = 'system_channel_id' in data ? data.system_channel_id : null
  try {
    if (typeof channel === 'string')
      await rest({
        method: 'POST',
        path: '/channels/:channel/messages',
        at: { channel },
        body: { content: spoken().notAllowedHere, allowed_mentions: { parse: [] } },
      }).catch((error: unknown) =>
        log.info({ event: 'discord.refusal_untold', err: error }, 'A server was not told why.'),
      )
    await rest({ method: 'DELETE', path: '/users/@me/guilds/:guild', at: { guild } })
  } catch (error) {
    log.error(
      { event: 'discord.not_left', err: error, server: guild },
      'A server that is not allowed could not be left.',
    )
  }
}

/** Listens to a raw event, which discord.js emits but does not type. */
function onRaw(client: Client, event: string, take: (data: object) => void): void {
  const emitter = client.ws as unknown as {
    on(event: string, take: (data: unknown) => void): void
  }
  emitter.on(event, (data) => {
    if (typeof data === 'object' && data !== null) take(data)
  })
}

function idIn(data: object): string | null {
  return 'id' in data && typeof data.id === 'string' ? data.id : null
}

function guildsIn(data: object): { id: string }[] {
  const guilds: unknown = 'guilds' in data ? data.guilds : []
  if (!Array.isArray(guilds)) return []
  return guilds.flatMap((guild: unknown) => {
    const id = typeof guild === 'object' && guild !== null ? idIn(guild) : null
    return id === null ? [] : [{ id }]
  })
}

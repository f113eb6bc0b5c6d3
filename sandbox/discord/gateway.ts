/**
 * The gateway: bots connect, identify, beat, resume, and hear what happens. Everybody who
 * identified with the token hears everything, as with a bot that is started twice by mistake.
 * docs.discord.com/developers/events/gateway
 */
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json, type JsonObject, list, parseJson, text } from '../json.ts'
import type { Wire } from '../wire.ts'
import type { Faults } from './faults.ts'
import { limits } from './limits.ts'
import { messageEvent } from './messages.ts'
import { guildCreate, userJson } from './payloads.ts'
import type { Guild, Message, World } from './world.ts'

/** docs.discord.com/developers/events/gateway#gateway-intents */
const intents = {
  guilds: 1 << 0,
  guildMembers: 1 << 1,
  guildPresences: 1 << 8,
  guildMessages: 1 << 9,
  directMessages: 1 << 12,
  messageContent: 1 << 15,
} as const

const privileged = intents.guildMembers | intents.guildPresences | intents.messageContent
const known = 0x3f_ffff | (3 << 24)

type Event = { op: 0; t: string; s: number; d: Json }

type Session = {
  id: string
  intents: number
  shard: [number, number]
  seq: number
  /** Kept so that a bot that comes back misses nothing. */
  log: Event[]
  socket: WebSocket | null
}

export type Gateway = {
  attach(server: Server): void
  /** Where `GET /gateway/bot` sends a bot. */
  url(): string
  /** Whether anybody would hear an event. */
  connections(): number
  identifies(): number
  resumes(): number
  heartbeats(): number
  /** Tells every session; those that are away hear it when they resume. */
  dispatch(event: string, data: JsonObject, needs?: number): void
  tellMessage(event: 'CREATE' | 'UPDATE' | 'DELETE', message: Message): void
  tellGuild(event: 'CREATE' | 'UPDATE' | 'DELETE', guild: Guild): void
  /** The connection is lost, as networks lose them. */
  drop(code?: number): void
  /** Opcode 7: connect again and resume. */
  reconnect(): void
  /** Opcode 9: the session has ended, or may be resumed once more. */
  invalidate(canResume?: boolean): void
  /** Guilds stay unavailable until they are released; what a slow start looks like. */
  hold(isHeld: boolean): void
  close(): void
}

type Options = { world: World; wire: Wire; faults: Faults; heartbeatMs: number }

export function openGateway({ world, wire, faults, heartbeatMs }: Options): Gateway {
  const sockets = new WebSocketServer({ noServer: true })
  const sessions = new Map<string, Session>()
  const counts = { identifies: 0, resumes: 0, heartbeats: 0 }
  let isHeld = false
  /** At most one IDENTIFY in five seconds is Discord's rule; the day's budget is a thousand. */
  let budget = 1000

  function send(socket: WebSocket, value: Json): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(value))
  }

  function push(session: Session, t: string, d: Json): void {
    session.seq += 1
    const event: Event = { op: 0, t, s: session.seq, d }
    session.log.push(event)
    if (session.log.length > 1000) session.log.shift()
    if (session.socket) send(session.socket, event)
  }

  function refuse(socket: WebSocket, code: number, reason: string): void {
    faults.record('gateway_closed', `${code} ${reason}`)
    socket.close(code, reason)
  }

  function identify(socket: WebSocket, d: JsonObject): Session | null {
    counts.identifies += 1
    log('IDENTIFY', d)
    const wanted = d['intents']
    if (d['token'] !== world.app.token) {
      refuse(socket, 4004, 'Authentication failed.')
      return null
    }
    if (typeof wanted !== 'number' || (wanted & ~known) !== 0) {
      refuse(socket, 4013, 'Invalid intent(s).')
      return null
    }
    if ((wanted & privileged & ~world.app.intents) !== 0) {
      refuse(socket, 4014, 'Disallowed intent(s).')
      return null
    }
    const [index = 0, of = 1] = list(d['shard']).map(Number)
    if (!(index >= 0 && index < of)) {
      refuse(socket, 4010, 'Invalid shard.')
      return null
    }
    if (budget <= 0) {
      // Discord ends every session and resets the token when the day's budget is spent.
      refuse(socket, 4004, 'Authentication failed.')
      return null
    }
    budget -= 1
    const session: Session = {
      id: randomBytes(16).toString('hex'),
      intents: wanted,
      shard: [index, of],
      seq: 0,
      log: [],
      socket,
    }
    sessions.set(session.id, session)
    ready(session)
    return session
  }

  function ready(session: Session): void {
    const bot = world.users.get(world.app.id)
    const mine = [...world.guilds.values()].filter((one) => one.installed && isOf(session, one))
    push(session, 'READY', {
      v: 10,
      user: {
        ...(bot && userJson(bot)),
        verified: true,
        mfa_enabled: false,
        email: null,
        flags: 0,
      },
      guilds: mine.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: url(),
      session_type: 'normal',
      shard: session.shard,
      application: { id: world.app.id, flags: 0 },
      private_channels: [],
      relationships: [],
      user_settings: {},
    })
    if (isHeld || !(session.intents & intents.guilds)) return
    for (const guild of mine) push(session, 'GUILD_CREATE', guildCreate(world, guild))
  }

  function resume(socket: WebSocket, d: JsonObject): Session | null {
    log('RESUME', d)
    const session = sessions.get(text(d['session_id']))
    const seq = Number(d['seq'])
    const oldest = session?.log[0]?.s ?? 1
    const isLost = !session || seq > session.seq || seq < oldest - 1
    if (isLost || d['token'] !== world.app.token) {
      send(socket, { op: 9, d: false })
      return null
    }
    counts.resumes += 1
    session.socket = socket
    for (const event of session.log.filter(({ s }) => s > seq)) send(socket, event)
    push(session, 'RESUMED', { _trace: [] })
    return session
  }

  function log(what: string, d: JsonObject): void {
    wire.write({
      at: new Date(world.now()).toISOString(),
      direction: 'call',
      method: 'GATEWAY',
      path: `/gateway/${what}`,
      status: 0,
      request: d,
      response: null,
    })
  }

  sockets.on('connection', (socket: WebSocket) => {
    let session: Session | null = null
    let heard = 0
    let since = world.now()
    let alive = true
    send(socket, { op: 10, d: { heartbeat_interval: heartbeatMs, _trace: [] }, s: null, t: null })
    const watch = setInterval(() => {
      if (!alive) return refuse(socket, 4009, 'Session timed out.')
      alive = false
    }, heartbeatMs * 2).unref()
    socket.on('close', () => {
      clearInterval(watch)
      if (session?.socket === socket) session.socket = null
    })
    socket.on('message', (raw: Buffer) => {
      const said = parseJson(raw.toString())
      if (raw.byteLength > limits['gateway.event_bytes'].max) {
        return refuse(socket, 4002, 'Error while decoding payload.')
      }
      if (!isObject(said)) return refuse(socket, 4002, 'Error while decoding payload.')
      if (world.now() - since > 60_000) [heard, since] = [0, world.now()]
      heard += 1
      if (heard > limits['gateway.events_per_minute'].max) {
        return refuse(socket, 4008, 'Rate limited.')
      }
      const d = isObject(said['d']) ? said['d'] : {}
      switch (said['op']) {
        case 1:
          alive = true
          counts.heartbeats += 1
          return send(socket, { op: 11 })
        case 2:
          if (session) return refuse(socket, 4005, 'Already authenticated.')
          session = identify(socket, d)
          return
        case 6:
          if (session) return refuse(socket, 4005, 'Already authenticated.')
          session = resume(socket, d)
          return
        case 3:
        case 4:
        case 8:
          if (!session) refuse(socket, 4003, 'Not authenticated.')
          return
        default:
          refuse(socket, 4001, 'Unknown opcode.')
      }
    })
  })

  function dispatch(event: string, data: JsonObject, needs = 0): void {
    for (const session of sessions.values()) {
      if (needs === 0 || session.intents & needs) push(session, event, data)
    }
  }

  const url = () => `${world.url.replace(/^http/, 'ws')}/gateway`

  return {
    attach(server) {
      server.on('upgrade', (request, socket, head) => {
        const address = new URL(request.url ?? '/', 'http://gateway')
        if (address.pathname !== '/gateway' && address.pathname !== '/gateway/') return
        sockets.handleUpgrade(request, socket, head, (opened) => {
          const version = address.searchParams.get('v')
          if (version !== '10' && version !== '9') {
            refuse(opened, 4012, 'Invalid API version.')
          } else sockets.emit('connection', opened, request)
        })
      })
    },
    url,
    connections: () => [...sessions.values()].filter(({ socket }) => socket !== null).length,
    identifies: () => counts.identifies,
    resumes: () => counts.resumes,
    heartbeats: () => counts.heartbeats,
    dispatch,
    tellMessage(event, message) {
      const channel = world.channels.get(message.channelId)
      const needs = channel?.kind === 'dm' ? intents.directMessages : intents.guildMessages
      for (const session of sessions.values()) {
        if (!(session.intents & needs)) continue
        const isOpen =
          channel?.kind === 'dm' ||
          message.authorId === world.app.id ||
          message.mentions.includes(world.app.id) ||
          (session.intents & intents.messageContent) !== 0
        const told =
          event === 'DELETE'
            ? { id: message.id, channel_id: message.channelId, guild_id: channel?.guildId ?? null }
            : messageEvent(world, message, isOpen)
        push(session, `MESSAGE_${event}`, told)
      }
    },
    tellGuild(event, guild) {
      const told = event === 'DELETE' ? { id: guild.id } : guildCreate(world, guild)
      for (const session of sessions.values()) {
        if (session.intents & intents.guilds && isOf(session, guild)) {
          push(session, `GUILD_${event}`, told)
        }
      }
    },
    drop(code) {
      for (const socket of sockets.clients) {
        if (code === undefined) socket.terminate()
        else socket.close(code)
      }
    },
    reconnect() {
      for (const socket of sockets.clients) send(socket, { op: 7, d: null })
    },
    invalidate(canResume = false) {
      if (!canResume) sessions.clear()
      for (const socket of sockets.clients) send(socket, { op: 9, d: canResume })
    },
    hold(held) {
      isHeld = held
      if (held) return
      for (const session of sessions.values()) {
        for (const guild of world.guilds.values()) {
          if (guild.installed && isOf(session, guild) && session.intents & intents.guilds) {
            push(session, 'GUILD_CREATE', guildCreate(world, guild))
          }
        }
      }
    },
    close() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

/** docs.discord.com/developers/events/gateway#sharding */
function isOf({ shard: [index, of] }: Session, guild: Guild): boolean {
  return Number((BigInt(guild.id) >> 22n) % BigInt(of)) === index
}

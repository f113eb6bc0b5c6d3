/**
 * A strict stand-in Discord on one HTTP server: REST v10, the gateway, signed interactions, and
 * people who act on what is on their screens. It imports nothing of ours, so that it can
 * contradict us.
 *
 *     const discord = await openDiscordStandIn({ people: [{ name: 'Ana' }] })
 *     // configure the bot with discord.env (DISCORD_API_URL and its like): it comes by the gateway
 *     discord.deliverTo(app.fetch)          // instead over HTTP, with discord.httpEnv; or an address
 *     const ana = discord.person('Ana')     // somebody new when there is no Ana yet
 *     discord.role('labelers', { people: ['Ana'] }); discord.channel('crowd')
 *     await ana.command('/parley next dataset:prefs')
 *     await ana.autocomplete('/parley next dataset:pr')
 *     await ana.receives('Which answer is better?')
 *     await ana.press('A is better')        // or press('Answer', { in: 'part of the message' })
 *     await ana.choose('Topic', 'Science'); await ana.fill('Why', 'shorter'); await ana.submit()
 *     await ana.useMessage('Use as my answer', 'the message'); await ana.post('general', 'hello')
 *     ana.screen(); ana.messages(); ana.modal(); ana.files(); ana.reload()
 *     discord.faults.seen                   // missed answers, refused calls, closed sockets
 *     discord.faults.next('POST /channels/:channel/messages', { statusAfterEffect: 502 })
 *     discord.faults.nextDelivery({ twice: true })
 *     discord.gateway.drop(); discord.gateway.reconnect(); discord.gateway.invalidate()
 *     discord.forbid('crowd', ['VIEW_CHANNEL']); discord.deleteChannel('crowd')
 *     const other = discord.addGuild({ name: 'Other', people: ['Eve'] }); other.remove()
 *     await discord.close()
 *
 * Gestures resolve when the bot has answered: `{ok: true}`, or `{ok: false, problem}` when the
 * person's client showed an error (no answer in 3 s, a required field empty). They throw when the
 * control is not on the screen or switched off, or when an endpoint is one Discord would not take.
 */
import { generateKeyPairSync } from 'node:crypto'
import { Hono } from 'hono'
import type { JsonObject } from '../json.ts'
import { listen } from '../listen.ts'
import { discordPageRoutes } from '../page/discord-routes.ts'
import { openWire, type WireLine } from '../wire.ts'
import { invalidSize, openBuckets } from './buckets.ts'
import { discordControl } from './control.ts'
import { type Courier, openCourier, type Target } from './deliver.ts'
import { type Faults, openFaults } from './faults.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { type GuildHouse, makeGuild, openGuild } from './guilds.ts'
import type { Town } from './interactions.ts'
import { limits, times } from './limits.ts'
import { fileMark } from './payloads.ts'
import { answerCall } from './rest.ts'
import {
  type Interaction,
  note,
  secret,
  snowflake,
  type TranscriptLine,
  type World,
} from './world.ts'

export type DiscordOptions = {
  port?: number
  /** The origin whose page may show this one's in a frame; none unless told. */
  framedBy?: string
  /** The stand-in's clock in milliseconds; ids, tokens, buckets and links live by it. */
  now?: () => number
  /** Appends the wire log to this file. */
  wireLog?: string
  people?: { name: string; locale?: string }[]
  guildName?: string
  guildLocale?: string
  channels?: string[]
  botName?: string
  botToken?: string
  /** Privileged intents an admin switched on; none unless asked for. */
  intents?: ('members' | 'presences' | 'messageContent')[]
  deliverTo?: Target
  /** Every so many deliveries the endpoint gets a bad signature too, as Discord does on purpose. */
  probeEvery?: number
  /** Discord's rate limits, by the stand-in's clock; off unless asked for. */
  rateLimits?: boolean
  /** Calls answered 401, 403 or 429 in ten minutes that are a ban; Discord's ten thousand. */
  banAfterInvalid?: number
  /** The largest file of a message here; 10 MiB unless the guild is boosted. */
  attachmentLimit?: number
  /** Shortened by tests that wait for the real three seconds. */
  ackMs?: number
  /** How long people wait while the app "is thinking…". */
  patienceMs?: number
  heartbeatMs?: number
}

type DiscordVariable =
  | 'DISCORD_APPLICATION_ID'
  | 'DISCORD_BOT_TOKEN'
  | 'DISCORD_API_URL'
  | 'DISCORD_TRANSPORT'
  | 'DISCORD_PUBLIC_KEY'

export type DiscordStandIn = GuildHouse & {
  url: string
  /** Ends in /api; a client appends /v10. */
  apiUrl: string
  applicationId: string
  botToken: string
  publicKey: string
  /** What a service is started with to talk to this stand-in. */
  env: Record<'DISCORD_APPLICATION_ID' | 'DISCORD_BOT_TOKEN' | 'DISCORD_API_URL', string>
  /** The same for interactions over HTTP. */
  httpEnv: Record<DiscordVariable, string>
  now(): number
  /** The endpoint interactions go to from now on; null gives them back to the gateway. */
  deliverTo(target: Target | null): void
  /** Pings the endpoint as Discord does when it is saved: null when taken, else why not. */
  verifyEndpoint(): Promise<string | null>
  /** Headers that sign a body, and a way to send it with any; for forged and replayed requests. */
  sign: Courier['sign']
  sendRaw: Courier['sendRaw']
  /** The last request to the endpoint, to be sent again. */
  lastRequest: Courier['last']
  addGuild(options: { name: string; people?: string[]; installed?: boolean }): GuildHouse
  /** Closes or opens somebody's direct messages to people and apps they share a server with. */
  closeDms(name: string, isClosed?: boolean): void
  /** A direct message of the bot's, or a message anywhere, vanishes. */
  deleteMessage(containing: string): void
  gateway: Omit<Gateway, 'attach' | 'dispatch' | 'tellMessage' | 'tellGuild' | 'close'>
  /** Calls answered 401, 403 or 429 in the last ten minutes; ten thousand are a ban. */
  invalidRequests(): number
  /** What bots did with interactions, oldest first. */
  interactions(): Pick<Interaction, 'id' | 'name' | 'state' | 'type'>[]
  /** Commands as registered, global ones and the guilds'. */
  commands(): JsonObject[]
  wire: readonly WireLine[]
  transcript: readonly TranscriptLine[]
  faults: Faults
  close(): Promise<void>
}

export async function openDiscordStandIn(options: DiscordOptions = {}): Promise<DiscordStandIn> {
  const world = makeWorld(options)
  const { app } = world
  const faults = openFaults(world.now)
  const wire = openWire({
    platform: 'discord',
    secrets: [app.token],
    ...(options.wireLog !== undefined && { path: options.wireLog }),
  })
  const heartbeatMs = options.heartbeatMs ?? times.heartbeatMs
  const ackMs = options.ackMs ?? times.ackMs
  const probeEvery = options.probeEvery ?? 0
  const gateway = openGateway({ world, wire, faults, heartbeatMs })
  const courier = openCourier({ world, wire, faults, gateway, ackMs, probeEvery })
  if (options.deliverTo !== undefined) courier.deliverTo(options.deliverTo)
  const town: Town = {
    world,
    faults,
    wire,
    gateway,
    courier,
    tell: gateway.tellMessage,
    ackMs,
    patienceMs: options.patienceMs ?? 10_000,
  }
  const invalid: number[] = []
  const banAfterInvalid = options.banAfterInvalid ?? invalidSize.calls
  const buckets = options.rateLimits ? openBuckets(world.now) : null
  const guild = makeGuild(world, {
    name: options.guildName ?? 'Parley Sandbox',
    locale: options.guildLocale ?? 'en-US',
    channels: options.channels ?? ['general'],
  })
  const first = openGuild(town, guild)
  for (const { name, locale } of options.people ?? []) {
    first.person(name, locale === undefined ? {} : { locale })
  }

  const hono = new Hono<{ Bindings: Bindings }>()
  hono.all('/api/*', async (c) => {
    const answer = await answerCall({ town, buckets, invalid, banAfterInvalid }, c)
    if (answer.hangMs) await new Promise((resolve) => setTimeout(resolve, answer.hangMs))
    if (answer.drop) c.env.outgoing?.socket?.destroy()
    // With a JSON content type a 204 makes clients read a body that is not there.
    if (answer.status === 204) return new Response(null, { status: 204, headers: answer.headers })
    const isText = typeof answer.body === 'string'
    return new Response(isText ? String(answer.body) : JSON.stringify(answer.body), {
      status: answer.status,
      headers: {
        'content-type': isText ? 'text/html' : 'application/json',
        ...answer.headers,
      },
    })
  })
  fileRoutes(hono, world)
  discordPageRoutes(hono, town, guild.id, options.framedBy)
  discordControl(hono, town, guild.id)
  const server = await listen(hono, options.port ?? 0, gateway)
  world.url = server.url
  const apiUrl = `${server.url}/api`
  const env = {
    DISCORD_APPLICATION_ID: app.id,
    DISCORD_BOT_TOKEN: app.token,
    DISCORD_API_URL: apiUrl,
  }

  return {
    ...first,
    url: server.url,
    apiUrl,
    applicationId: app.id,
    botToken: app.token,
    publicKey: app.publicKey,
    env,
    httpEnv: { ...env, DISCORD_TRANSPORT: 'http', DISCORD_PUBLIC_KEY: app.publicKey },
    now: world.now,
    deliverTo: courier.deliverTo,
    verifyEndpoint: courier.verify,
    sign: courier.sign,
    sendRaw: courier.sendRaw,
    lastRequest: courier.last,
    addGuild({ name, people = [], installed = true }) {
      const added = makeGuild(world, { name, locale: 'en-US', channels: ['general'], installed })
      if (installed) gateway.tellGuild('CREATE', added)
      const house = openGuild(town, added)
      for (const person of people) house.person(person)
      return house
    },
    closeDms(name, isClosed = true) {
      const user = [...world.users.values()].find((one) => one.name === name)
      if (!user) throw new Error(`Nobody here is called ${name}.`)
      user.dmClosed = isClosed
      note(world, name, isClosed ? 'closes direct messages' : 'opens direct messages')
    },
    deleteMessage: first.deleteMessage,
    gateway,
    invalidRequests: () => invalid.length,
    interactions: () =>
      [...world.interactions.values()].map(({ id, name, state, type }) => ({
        id,
        name,
        state,
        type,
      })),
    commands: () => world.commands.map(({ body, guildId, id }) => ({ ...body, id, guildId })),
    wire: wire.lines,
    transcript: world.transcript,
    faults,
    async close() {
      gateway.close()
      await server.close()
    },
  }
}

type Bindings = { outgoing?: { socket?: { destroy(): void } | null } }

const intentBits = { members: 1 << 1, presences: 1 << 8, messageContent: 1 << 15 } as const

function makeWorld(options: DiscordOptions): World {
  const now = options.now ?? Date.now
  const keys = generateKeyPairSync('ed25519')
  const spki = keys.publicKey.export({ format: 'der', type: 'spki' })
  const name = options.botName ?? 'Parley'
  const id = snowflake(now() - 30 * 24 * 3_600_000)
  const marker = Buffer.from(id).toString('base64url')
  const world: World = {
    now,
    url: '',
    app: {
      id,
      name,
      token: options.botToken ?? `${marker}.${secret(4)}.${secret(28)}`,
      publicKey: spki.subarray(-32).toString('hex'),
      privateKey: keys.privateKey,
      intents: (options.intents ?? []).reduce((sum, one) => sum | intentBits[one], 0),
      attachmentLimit: options.attachmentLimit ?? limits['file.bytes'].max,
      endpoint: null,
    },
    users: new Map(),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    ephemerals: new Map(),
    interactions: new Map(),
    commands: [],
    created: [],
    forms: new Map(),
    keptForms: new Map(),
    notices: new Map(),
    here: new Map(),
    files: new Map(),
    transcript: [],
    watchers: new Set(),
  }
  const bot = { id, name, locale: 'en-US', isBot: true, isPhone: false, dmClosed: true }
  world.users.set(id, bot)
  return world
}

/** Discord's CDN: addresses are signed and expire. */
function fileRoutes(hono: Hono<{ Bindings: Bindings }>, world: World): void {
  hono.get('/attachments/:id/:name', (c) => {
    const file = world.files.get(c.req.param('id'))
    const expires = c.req.query('ex') ?? ''
    const isOver = world.now() > Number.parseInt(expires, 16) * 1000
    const isSigned = c.req.query('hm') === fileMark(world, c.req.param('id'), expires)
    if (!file || !isSigned || isOver) {
      return c.text('This content is no longer available.', 404)
    }
    return new Response(new Blob([new Uint8Array(file.bytes)]), {
      headers: { 'content-type': file.contentType },
    })
  })
}

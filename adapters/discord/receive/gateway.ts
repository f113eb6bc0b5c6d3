/**
 * Discord's interactions over the gateway: a connection that Parley opens itself, so that nothing of
 * it has to be reachable. Raw payloads, handed on as they come: nothing waits until all servers have
 * arrived, and no cache decides about anybody.
 *
 * 1. One process at a time connects with a token; the next waits for the lock and takes over.
 * 2. A lost connection is resumed by discord.js; a start that fails is tried again, ever more slowly:
 *    a token that identifies a thousand times in a day is reset by Discord.
 * 3. What no retry can mend (a wrong token, an intent that is not allowed) is said and ends it.
 */
import { Client, Events, GatewayIntentBits, Options } from 'discord.js'
import type { HeldLock, Inside } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import { ParleyError } from '../../../src/errors.ts'
import { callbackDoor, type Responder } from '../send/respond.ts'
import { isTokenRefused, type Rest } from '../send/rest.ts'
import { asIncoming } from './endpoint.ts'

export type GatewayOptions = Pick<
  Inside,
  'log' | 'locks' | 'left' | 'joined' | 'mayJoin' | 'now'
> & {
  apiUrl: string
  botToken: string
  applicationId: string
  rest: Rest
  responder: Responder
  /** Runs once in each process that holds the connection, after it stands. */
  onConnected: () => Promise<void>
  backoffMs?: (failures: number) => number
}

export type Gateway = {
  /** Resolves when connected, or when another process is. @throws when Discord will never let us in. */
  start(): Promise<void>
  stop(): Promise<void>
  state(): 'stopped' | 'waiting' | 'connecting' | 'connected' | 'refused'
}

const fewIdentifies = 50
const patienceMs = 15_000

export function openGateway(options: GatewayOptions): Gateway {
  const { log, locks, rest, responder } = options
  const backoffMs = options.backoffMs ?? ((failures) => Math.min(300_000, 5_000 * 2 ** failures))
  const name = `discord gateway ${options.applicationId}`
  let state: ReturnType<Gateway['state']> = 'stopped'
  let stopping = new AbortController()
  let serving: Promise<void> = Promise.resolve()

  /** The lock at once, or null when somebody else has it. */
  async function tryLock(): Promise<HeldLock | null> {
    return locks ? locks.tryLock(name) : unlocked
  }

  /** Serves for as long as the lock is ours; `ready` tells how the first connection went. */
  async function serve(held: HeldLock, ready: (error?: unknown) => void): Promise<void> {
    const over = new AbortController()
    void held.lost.then(() => over.abort())
    stopping.signal.addEventListener('abort', () => over.abort())
    try {
      for (let failures = 0; !over.signal.aborted; failures++) {
        state = 'connecting'
        try {
          await identifyBudget(over.signal)
          if (over.signal.aborted) return
          await connectOnce(over.signal, ready)
          return
        } catch (error) {
          const fatal = whyFatal(error)
          if (fatal !== null) {
            state = 'refused'
            ready(fatal)
            throw fatal
          }
          log.warn({ err: error, failures }, 'Discord could not be connected to; trying again.')
          ready()
          await pause(backoffMs(failures), over.signal)
        }
      }
    } finally {
      ready()
      await held.release()
    }
  }

  /** Connects and stays until the lock or the process ends. @throws when it never stood. */
  async function connectOnce(signal: AbortSignal, ready: () => void): Promise<void> {
    const client = clientOf(options)
    const refusedLater = new Promise<never>((_, reject) => {
      client.on(Events.ShardDisconnect, ({ code }) => reject(closedBy(code)))
    })
    refusedLater.catch(() => {})
    const ended = aborted(signal)
    listen(client, options, responder, rest)
    try {
      await Promise.race([client.login(options.botToken), refusedLater, ended])
      if (signal.aborted) return
      state = 'connected'
      log.info({}, 'Discord is connected.')
      void options.onConnected().finally(() => ready())
      await Promise.race([ended, refusedLater])
    } finally {
      await client.destroy()
    }
  }

  /** Discord tells how many connections are left today; the last ones are not for a loop. */
  async function identifyBudget(signal: AbortSignal): Promise<void> {
    const told = await rest<{
      session_start_limit?: { remaining?: number; reset_after?: number }
    }>({ method: 'GET', path: '/gateway/bot' })
    const { remaining = 1000, reset_after = 0 } = told.session_start_limit ?? {}
    if (remaining > fewIdentifies) return
    log.error(
      { remaining },
      'Almost all connections that Discord allows in a day are used. Parley waits, so that the token is not reset; look for a process that starts again and again.',
    )
    await pause(remaining > 0 ? Math.min(reset_after, 10 * 60_000) : reset_after, signal)
  }

  async function waitAndServe(): Promise<void> {
    for (let failures = 0; !stopping.signal.aborted; failures++) {
      state = 'waiting'
      try {
        const held = locks ? await locks.lock(name, stopping.signal) : unlocked
        if (held === null) return
        failures = 0
        await serve(held, () => {})
      } catch (error) {
        if (error instanceof ParleyError && error.code === 'forbidden') {
          log.error({ err: error }, error.message)
          return
        }
        log.warn({ err: error }, 'The lock for Discord could not be asked for; trying again.')
      }
      if (!stopping.signal.aborted)
        await pause(Math.min(30_000, 1000 * 2 ** failures), stopping.signal)
    }
  }

  return {
    state: () => state,
    async start() {
      stopping = new AbortController()
      const held = await tryLock()
      if (held === null) {
        log.info({}, 'Another process is connected to Discord; this one takes over when that ends.')
        state = 'waiting'
        serving = waitAndServe()
        return
      }
      await new Promise<void>((resolve, reject) => {
        const ready = (error?: unknown) => (error === undefined ? resolve() : reject(error))
        // Whoever starts us is not kept waiting by a Discord that does not answer.
        setTimeout(ready, patienceMs).unref()
        serving = serve(held, ready)
          .then(() => waitAndServe())
          .catch((error: unknown) => {
            const why =
              error instanceof ParleyError ? error.message : 'Discord is not served any more.'
            log.error({ err: error }, why)
          })
      })
    },
    async stop() {
      stopping.abort()
      await serving
      state = 'stopped'
    },
  }
}

/** Without a database of its own (a test of the transport) nobody else is there. */
const unlocked: HeldLock = { lost: new Promise(() => {}), release: async () => {} }

function clientOf({ apiUrl }: GatewayOptions): Client {
  const client = new Client({
    // Servers come and go; nothing else is asked for, no message is ever read.
    intents: [GatewayIntentBits.Guilds],
    rest: { api: apiUrl },
    allowedMentions: { parse: [] },
    waitGuildTimeout: 0,
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      GuildMemberManager: 0,
      UserManager: 0,
      ThreadManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
    }),
  })
  leaveRaw(client)
  return client
}

/**
 * discord.js would make objects of each interaction for listeners that are not there. What it cannot
 * read (Discord adds to its payloads) would be thrown where nobody catches it, and end the process.
 */
function leaveRaw(client: Client): void {
  const actions: unknown = Reflect.get(client, 'actions')
  const action: unknown =
    typeof actions === 'object' && actions !== null
      ? Reflect.get(actions, 'InteractionCreate')
      : null
  if (typeof action === 'object' && action !== null) Reflect.set(action, 'handle', () => {})
}

function listen(
  client: Client,
  { log, left, joined, mayJoin, now }: GatewayOptions,
  responder: Responder,
  rest: Rest,
) {
  const ready = new Set<string>()
  const on = (event: string, take: (data: object) => void) =>
    asEmitter(client.ws).on(event, (data: unknown) => {
      if (typeof data === 'object' && data !== null) take(data)
    })
  client.on(Events.Error, (error) => log.warn({ err: error }, 'discord.js met an error.'))
  client.on(Events.ShardError, (error) => log.warn({ err: error }, 'The gateway met an error.'))
  on('INTERACTION_CREATE', (data) => {
    const raw = asIncoming(data)
    if (raw === null) return
    responder
      .isNew(raw)
      .then(
        async (isNew) => {
          if (isNew && (await responder.respond(raw, callbackDoor(rest, raw)))) return
          log.info({ interaction: raw.id }, 'The same interaction came before.')
        },
        (error: unknown) => responder.away(raw, error, callbackDoor(rest, raw)),
      )
      .catch((error: unknown) => log.error({ err: error }, 'A gesture failed.'))
  })
  on('READY', (data) => {
    for (const { id } of guildsIn(data)) ready.add(id)
  })
  on('GUILD_CREATE', (data) => {
    const id = idIn(data)
    if (id === null || ready.has(id)) return
    ready.add(id)
    if (mayJoin?.(id) === false) return void leaveServer(rest, id, data, log)
    joined?.(id).catch((error: unknown) => log.error({ err: error }, 'A new server was not noted.'))
  })
  on('GUILD_DELETE', (data) => {
    const id = idIn(data)
    // An outage of Discord's looks the same but for this.
    if (id === null || ('unavailable' in data && data.unavailable === true)) return
    ready.delete(id)
    left?.(id, 'removed_from_server', now()).catch((error: unknown) => {
      log.error({ err: error, server: id }, 'It could not be noted that Parley was removed.')
    })
  })
}

/** Says why where the server hears such things, and leaves it. */
async function leaveServer(rest: Rest, guild: string, data: object, log: GatewayOptions['log']) {
  log.warn({ server: guild }, 'Parley was added where PARLEY_INSTALL_ALLOW does not name it.')
  const channel = 'system_channel_id' in data ? data.system_channel_id : null
  try {
    if (typeof channel === 'string')
      await rest({
        method: 'POST',
        path: '/channels/:channel/messages',
        at: { channel },
        body: { content: spoken().notAllowedHere, allowed_mentions: { parse: [] } },
      }).catch((error: unknown) => log.info({ err: error }, 'A server was not told why.'))
    await rest({ method: 'DELETE', path: '/users/@me/guilds/:guild', at: { guild } })
  } catch (error) {
    log.error({ err: error, server: guild }, 'A server that is not allowed could not be left.')
  }
}

/** The raw events of the gateway, which discord.js emits but types as none. */
function asEmitter(ws: Client['ws']): { on(event: string, take: (data: unknown) => void): void } {
  return ws as unknown as { on(event: string, take: (data: unknown) => void): void }
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

/** What Discord's closing of the connection means, in words for the operator. */
function closedBy(code: number): ParleyError | Error {
  const why = closings[code]
  return why === undefined
    ? new Error(`Discord closed the connection (${code}).`)
    : new ParleyError('forbidden', `${why} (Discord closed the connection with ${code}.)`)
}

export const wrongToken =
  'Discord does not accept DISCORD_BOT_TOKEN. Copy it anew from https://discord.com/developers/applications, under “Bot”, and start Parley again.'

const closings: Readonly<Record<number, string>> = {
  4004: wrongToken,
  4010: 'Discord refuses the shard that Parley asked for.',
  4011: 'This bot is in so many servers that Discord wants its connection divided. Use DISCORD_TRANSPORT=http.',
  4012: 'Discord no longer speaks this version of its gateway. Update Parley.',
  4013: 'Discord refuses the intents that Parley asks for as invalid. Update Parley.',
  4014: 'Discord refuses an intent that Parley asks for. In the developer portal, under “Bot”, nothing has to be switched on for Parley: check that DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN are of the same application.',
}

/** A failure that no retry mends, in words for the operator; else null. */
function whyFatal(error: unknown): ParleyError | null {
  if (error instanceof ParleyError && error.code === 'forbidden') return error
  const isToken =
    isTokenRefused(error) ||
    (error instanceof Error && 'code' in error && error.code === 'TokenInvalid')
  if (isToken) return new ParleyError('forbidden', wrongToken, { cause: error })
  // discord.js knows its own words for these when they come before the connection stood.
  const text = error instanceof Error ? error.message : ''
  for (const [words, code] of [
    ['disallowed intents', 4014],
    ['invalid intents', 4013],
    ['Authentication failed', 4004],
  ] as const)
    if (text.toLowerCase().includes(words.toLowerCase()))
      return new ParleyError('forbidden', closings[code] ?? text, { cause: error })
  return null
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([over, aborted(signal)]).finally(() => clearTimeout(timer))
}

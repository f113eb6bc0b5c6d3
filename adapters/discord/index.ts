/**
 * Discord as a ChatAdapter: one handler for raw interactions, two thin transports before it, and what
 * Parley sends by itself.
 */
import { readFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import type { ChatAdapter, Inside, Reply, ShownForm } from '../../src/chat/port/port.ts'
import type { Time } from '../../src/chat/time.ts'
import { wordsOn } from '../../src/chat/words/words.ts'
import type { DiscordConfig } from '../../src/config/platforms.ts'
import { invalid, ParleyError, unavailable } from '../../src/errors.ts'
import { drawMessage } from './draw/draw.ts'
import { unsupportedByDiscord } from './draw/unsupported.ts'
import { budgets, limits } from './limits.ts'
import type { Around } from './receive/answer.ts'
import { commands, inviteLink, registerCommands } from './receive/commands.ts'
import { openEndpoint } from './receive/endpoint.ts'
import { openGateway, wrongToken } from './receive/gateway.ts'
import { openLane } from './send/lanes.ts'
import { openResponder } from './send/respond.ts'
import {
  type File,
  failureOf,
  isTokenRefused,
  openRest,
  type Rest,
  refusalOf,
} from './send/rest.ts'
import { knownAgainMs, mostAtOnce, openOutbox } from './send/send.ts'
import { openChannels } from './server/channels.ts'
import { inGuild, openGroups } from './server/groups.ts'

export type DiscordSettings = DiscordConfig & { publicUrl: string }

/** `time` is the lane's clock; the bench runs it faster. The others are a test's own patience. */
export function discordAdapter(
  settings: DiscordSettings,
  inside: Inside,
  options: { time?: Time; deferAfterMs?: number; lateAfterMs?: number } = {},
): ChatAdapter {
  const { log, now } = inside
  const { applicationId } = settings
  const rest = restOf(settings, options.time)
  const outbox = openOutbox(rest)
  const responder = openResponder({
    rest,
    around: aroundOf(inside),
    firstSight: inside.firstSight,
    ...(inside.note ? { note: inside.note } : {}),
    log,
    ...options,
  })
  const register = async () => {
    try {
      const outcome = await registerCommands(rest, applicationId)
      if (outcome === 'changed') log.info({}, 'Discord was told our commands.')
    } catch (error) {
      log.error({ err: error }, 'Discord did not take our commands.')
    }
  }
  const gateway =
    settings.transport === 'gateway'
      ? openGateway({ ...settings, ...inside, rest, responder, onConnected: register })
      : null
  const endpoint =
    settings.transport === 'http'
      ? openEndpoint({ publicKey: settings.publicKey, responder, rest, now, log })
      : null

  return {
    platform: 'discord',
    door: gateway ? 'gateway' : 'web',
    hasConfiguredToken: true,
    knownAgainMs,
    mostAtOnce,
    mostFileBytes: limits.fileBytes,
    refusesFile: (error) => refusalOf(error)?.status === 413 || refusalOf(error)?.code === 40005,
    unsupported: unsupportedByDiscord,
    ...openGroups(rest, inside),
    ...openChannels(rest),
    async send(to, reply, attempt) {
      if (reply.type === 'nothing') throw new Error('There is nothing to send.')
      const locale = 'userId' in to ? (to.locale ?? (await inside.localeOf?.(to))) : undefined
      const body = drawMessage(reply, wordsOn('discord', locale))
      const sent = await outbox.post(to, body, await filesOf(reply), attempt)
      return { platform: 'discord', workspace: to.workspace, ...sent, locale }
    },
    async repaint(delivered, reply) {
      if (reply.type === 'nothing') return
      const body = drawMessage(reply, wordsOn('discord', delivered.locale))
      await outbox.edit(delivered, body, await filesOf(reply))
    },
    openFile: (_, { ref, size }) => download(ref, Math.max(size, budgets.importFile)),
    failureOf,
    routes(hono) {
      if (endpoint) hono.post('/discord/interactions', endpoint.bound, endpoint.handler)
    },
    check: () => check(rest, settings, gateway?.state() ?? null),
    async start() {
      if (gateway) await gateway.start()
      else await register()
    },
    settled: () => responder.settled(),
    async stop() {
      await gateway?.stop()
      await responder.settled()
    },
  }
}

/** The way to Discord's REST API, for the service and for commands of the terminal. */
export function restOf(settings: DiscordSettings, time?: Time): Rest {
  const { apiUrl, botToken, publicUrl } = settings
  return openRest({ apiUrl, botToken, publicUrl, lane: openLane(time) })
}

/** Registers the commands from a terminal; no service has to run. */
export async function registerDiscord(settings: DiscordSettings): Promise<{
  outcome: 'changed' | 'unchanged'
  names: string[]
  invite: string
}> {
  const { applicationId } = settings
  try {
    const outcome = await registerCommands(restOf(settings), applicationId)
    const names = commands.map(({ name, type }) => (type === 1 ? `/${name}` : `“${name}”`))
    return { outcome, names, invite: inviteLink(applicationId) }
  } catch (error) {
    if (isTokenRefused(error)) throw new ParleyError('forbidden', wrongToken, { cause: error })
    if (failureOf(error).type !== 'refused') throw unavailable('Discord', error)
    throw error
  }
}

/** What the card needs of the inside and of the world. */
function aroundOf(inside: Inside): Around {
  // It never changes for an assignment and a schema version.
  const shown = new LRUCache<string, ShownForm>({ max: 5000 })
  return {
    handle: (interaction) =>
      inGuild(interaction.by.guildId ?? null, () => inside.handle(interaction)),
    async shown(by, assignmentId, schemaVersion) {
      const key = `${by.userId} ${assignmentId} ${schemaVersion}`
      const known = shown.get(key)
      if (known) return known
      const found = (await inside.shown?.(by, assignmentId, schemaVersion)) ?? null
      if (found) shown.set(key, found)
      return found
    },
    download,
    readFile: (path) => readFile(path),
    log: inside.log,
  }
}

async function filesOf(reply: Reply): Promise<File[]> {
  return reply.type === 'file' ? [{ name: reply.name, bytes: await readFile(reply.path) }] : []
}

/** The bytes of an attachment, and not more than `most` of them. */
async function* download(url: string, most: number): AsyncIterable<Uint8Array> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  }).catch((cause: unknown) => {
    throw unavailable('Discord', cause)
  })
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    throw invalid(
      { file: (said) => said.fileGone('discord') },
      new Error(`The file was answered with ${response.status}.`),
    )
  if (!response.ok || response.body === null)
    throw unavailable('Discord', new Error(`The file was answered with ${response.status}.`))
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.byteLength
    if (bytes > most)
      throw invalid({
        file: `It is larger than ${Math.floor(most / 1024 / 1024)} MB. Import it with the CLI instead.`,
      })
    yield part
  }
}

type Application = {
  id?: string
  name?: string
  verify_key?: string
  interactions_endpoint_url?: string | null
  approximate_guild_count?: number
}

/** Whether Discord knows us, and sends what people do to where we listen. */
async function check(
  rest: Rest,
  settings: DiscordSettings,
  gateway: string | null,
): Promise<{ ok: boolean; detail: string }> {
  try {
    const app = await rest<Application>({ method: 'GET', path: '/applications/@me' })
    const problem =
      whyDeaf(app, settings) ??
      (gateway === 'refused' ? 'Discord refused the connection; the log says why.' : null)
    if (problem !== null) return { ok: false, detail: problem }
    const servers = app.approximate_guild_count
    const where =
      servers === undefined ? '' : `, in ${servers} ${servers === 1 ? 'server' : 'servers'}`
    return {
      ok: true,
      detail: `Discord knows us as ${app.name ?? 'Parley'}${where}. People add Parley to a server at ${inviteLink(settings.applicationId)}`,
    }
  } catch (error) {
    if (isTokenRefused(error)) return { ok: false, detail: wrongToken }
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function whyDeaf(app: Application, settings: DiscordSettings): string | null {
  if (app.id !== undefined && app.id !== settings.applicationId)
    return `DISCORD_BOT_TOKEN belongs to the application ${app.id}, not to DISCORD_APPLICATION_ID ${settings.applicationId}.`
  const url = app.interactions_endpoint_url ?? null
  if (settings.transport === 'gateway')
    return url === null
      ? null
      : `Discord sends what people do to ${url} and nothing over the gateway. Clear “Interactions Endpoint URL” in the developer portal, or set DISCORD_TRANSPORT=http.`
  if (app.verify_key !== undefined && app.verify_key !== settings.publicKey.toLowerCase())
    return 'DISCORD_PUBLIC_KEY is not the key of this application. Copy it from the developer portal.'
  const wanted = `${settings.publicUrl}/discord/interactions`
  return url === null
    ? `Set “Interactions Endpoint URL” in the developer portal to ${wanted}: until then nothing people do arrives here.`
    : null
}

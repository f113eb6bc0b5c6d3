/**
 * Discord as a ChatAdapter: one handler for raw interactions behind two thin transports, and the messages
 * Parley sends unprompted.
 */
import { readFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'
import type { ChatAdapter, Inside, Reply, ShownForm } from '../../src/chat/port/port.ts'
import type { Time } from '../../src/chat/time.ts'
import { wordsOn } from '../../src/chat/words/words.ts'
import { ParleyError, unavailable } from '../../src/errors.ts'
import { check } from './check.ts'
import { unsupportedByDiscord } from './draw/admin/unsupported.ts'
import { drawMessage } from './draw/message.ts'
import { drawPreview } from './draw/task/preview.ts'
import { wrongToken } from './gateway/closings.ts'
import { budgets, limits } from './limits.ts'
import { commands, inviteLink, registerCommands } from './receive/commands.ts'
import { download } from './receive/download.ts'
import type { AnswerContext } from './respond/answers.ts'
import { openResponder } from './respond/responder.ts'
import { failureOf, isTokenRefused, refusalOf } from './send/failures.ts'
import { openLane } from './send/lanes.ts'
import { openOutbox } from './send/messages.ts'
import { type File, openRest, type Rest } from './send/rest.ts'
import { openChannels } from './server/channels.ts'
import { inServer } from './server/current-server.ts'
import { openGroups } from './server/groups.ts'
import { openServers } from './server/servers.ts'
import type { DiscordSettings } from './settings.ts'
import { openTransport } from './transport.ts'

/** `time` is the lane's clock; the bench runs it faster. Only tests set the other timeouts. */
export function discordAdapter(
  settings: DiscordSettings,
  inside: Inside,
  options: { time?: Time; deferAfterMs?: number; lateAfterMs?: number } = {},
): ChatAdapter {
  const { log, now } = inside
  const rest = restOf(settings, options.time, inside.onRateLimited)
  const outbox = openOutbox(rest)
  const responder = openResponder({
    rest,
    context: contextOf(inside),
    firstSight: inside.firstSight,
    ...(inside.noteProfile ? { noteProfile: inside.noteProfile } : {}),
    ...(inside.trackMessage ? { trackMessage: inside.trackMessage } : {}),
    log,
    ...options,
  })
  const transport = openTransport(settings, inside, { rest, responder })

  return {
    platform: 'discord',
    door: transport.door,
    hasConfiguredToken: true,
    knownAgainMs: budgets.knownAgainMs,
    mostAtOnce: budgets.messagesAtOnce,
    mostFileBytes: limits.fileBytes,
    refusesFile: (error) => refusalOf(error)?.status === 413 || refusalOf(error)?.code === 40005,
    unsupported: unsupportedByDiscord,
    drawPreview,
    ...openGroups(openServers(rest, now), log),
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
    routes: transport.routes,
    check: () => check(rest, settings, transport.state()),
    start: transport.start,
    settled: responder.settled,
    async stop() {
      await transport.stop()
      await responder.settled()
    },
  }
}

/** The way to Discord's REST API, for the service and for commands of the terminal. */
export function restOf(settings: DiscordSettings, time?: Time, onRateLimited?: () => void): Rest {
  const { apiUrl, botToken, publicUrl } = settings
  return openRest({ apiUrl, botToken, publicUrl, lane: openLane(time, onRateLimited) })
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

/** What answering needs, built from what main.ts passes in. */
function contextOf(inside: Inside): AnswerContext {
  // It never changes for an assignment and a schema version.
  const shown = new LRUCache<string, ShownForm>({ max: 5000 })
  return {
    handle: (interaction) =>
      inServer(interaction.by.guildId ?? null, () => inside.handle(interaction)),
    async shown(by, assignmentId, schemaVersion) {
      const key = `${by.userId} ${assignmentId} ${schemaVersion}`
      const known = shown.get(key)
      if (known) return known
      const found = (await inside.findShownForm?.(by, assignmentId, schemaVersion)) ?? null
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

/** The routes by which an app registers its commands, and reads who may use them. */
import { isObject, type Json, type JsonObject, list, text } from '../json.ts'
import type { Answer, Call } from './call.ts'
import { judgeCommand, judgeCommands } from './command-bodies.ts'
import { refuse } from './errors.ts'
import { limits } from './limits.ts'
import { commandJson } from './payloads.ts'
import { type Command, changed, snowflake, type World } from './world.ts'

const day = 24 * 3_600_000

export const commandRoutes = {
  'GET /applications/:application/commands': (call: Call) => listCommands(call, null),
  'POST /applications/:application/commands': (call: Call) => createCommand(call, null),
  'PUT /applications/:application/commands': (call: Call) => replaceCommands(call, null),
  'PATCH /applications/:application/commands/:command': (call: Call) => editCommand(call, null),
  'DELETE /applications/:application/commands/:command': (call: Call) => dropCommand(call, null),
  'GET /applications/:application/guilds/:guild/commands': (call: Call) =>
    ofGuild(call, listCommands),
  'POST /applications/:application/guilds/:guild/commands': (call: Call) =>
    ofGuild(call, createCommand),
  'PUT /applications/:application/guilds/:guild/commands': (call: Call) =>
    ofGuild(call, replaceCommands),
  'PATCH /applications/:application/guilds/:guild/commands/:command': (call: Call) =>
    ofGuild(call, editCommand),
  'DELETE /applications/:application/guilds/:guild/commands/:command': (call: Call) =>
    ofGuild(call, dropCommand),
  'GET /applications/:application/guilds/:guild/commands/permissions': (call: Call) =>
    ofGuild(call, ({ world }, guildId) => {
      const overwrites = world.guilds.get(guildId)?.commandOverwrites ?? new Map()
      return {
        status: 200,
        body: [...overwrites].map(([id, permissions]) => ({
          id,
          application_id: world.app.id,
          guild_id: guildId,
          permissions,
        })),
      }
    }),
  'GET /applications/:application/guilds/:guild/commands/:command/permissions': (call: Call) =>
    ofGuild(call, ({ world, param }, guildId) => {
      const id = param('command')
      const permissions = world.guilds.get(guildId)?.commandOverwrites.get(id)
      if (!permissions) return refuse('unknown command')
      const body = { id, application_id: world.app.id, guild_id: guildId, permissions }
      return { status: 200, body }
    }),
  // Only people may change who uses a command, with a token of their own.
  'PUT /applications/:application/guilds/:guild/commands/:command/permissions': () =>
    refuse('bots cannot'),
} satisfies Record<string, (call: Call) => Answer>

function ofGuild(call: Call, then: (call: Call, guildId: string) => Answer): Answer {
  const guild = call.world.guilds.get(call.param('guild'))
  if (!guild?.installed) return refuse('missing access')
  return then(call, guild.id)
}

function registered(world: World, guildId: string | null): Command[] {
  return world.commands.filter((command) => command.guildId === guildId)
}

function listCommands({ world, param }: Call, guildId: string | null): Answer {
  if (param('application') !== world.app.id) return refuse('unknown application')
  const all = registered(world, guildId).map((command) => commandJson(world, command))
  return { status: 200, body: all }
}

function replaceCommands(call: Call, guildId: string | null): Answer {
  const { world, raw } = call
  const wrong = judgeCommands(raw)
  if (wrong) return wrong
  const before = registered(world, guildId)
  const bodies = list(raw).filter(isObject)
  const fresh = bodies.filter((body) => !before.some((one) => isSame(one, body)))
  if (!mayCreate(world, guildId, fresh.length)) return refuse('too many daily commands')
  const after = bodies.map((body) => commandOf(world, guildId, body, before))
  world.commands = [...world.commands.filter((one) => one.guildId !== guildId), ...after]
  changed(world)
  return { status: 200, body: after.map((command) => commandJson(world, command)) }
}

function createCommand(call: Call, guildId: string | null): Answer {
  const { world, body } = call
  const wrong = judgeCommand(body)
  if (wrong) return wrong
  const before = registered(world, guildId)
  const known = before.find((one) => isSame(one, body))
  const all = [...before.filter((one) => one !== known).map((one) => one.body), body]
  const tooMany = judgeCommands(all)
  if (tooMany) return tooMany
  if (!known && !mayCreate(world, guildId, 1)) return refuse('too many daily commands')
  const command = commandOf(world, guildId, body, before)
  world.commands = [...world.commands.filter((one) => one !== known), command]
  changed(world)
  return { status: known ? 200 : 201, body: commandJson(world, command) }
}

function editCommand(call: Call, guildId: string | null): Answer {
  const { world, body, param } = call
  const command = registered(world, guildId).find(({ id }) => id === param('command'))
  if (!command) return refuse('unknown command')
  const next: JsonObject = { ...command.body, ...body }
  const wrong = judgeCommand(next)
  if (wrong) return wrong
  command.body = next
  command.version = snowflake(world.now())
  changed(world)
  return { status: 200, body: commandJson(world, command) }
}

function dropCommand({ world, param }: Call, guildId: string | null): Answer {
  const command = registered(world, guildId).find(({ id }) => id === param('command'))
  if (!command) return refuse('unknown command')
  world.commands = world.commands.filter((one) => one !== command)
  changed(world)
  return { status: 204, body: null }
}

const isSame = (command: Command, body: JsonObject) =>
  command.body['name'] === body['name'] && command.type === Number(body['type'] ?? 1)

/** A command of the same name keeps its id; only new names count against the day. */
function commandOf(
  world: World,
  guildId: string | null,
  body: JsonObject,
  before: readonly Command[],
): Command {
  const known = before.find((one) => isSame(one, body))
  const { id: _, ...rest } = body
  const isUnchanged = known && JSON.stringify(known.body) === JSON.stringify(rest)
  return {
    id: known?.id ?? snowflake(world.now()),
    version: isUnchanged ? known.version : snowflake(world.now()),
    type: Number(body['type'] ?? 1),
    guildId,
    body: rest,
  }
}

function mayCreate(world: World, guildId: string | null, fresh: number): boolean {
  const since = world.now() - day
  world.created = world.created.filter(({ at }) => at > since)
  const used = world.created.filter((one) => one.guildId === guildId).length
  if (used + fresh > limits['commands.daily'].max) return false
  for (let i = 0; i < fresh; i++) world.created.push({ guildId, at: world.now() })
  return true
}

/** The words of one locale, as a person's menu shows them. */
export function localized(body: JsonObject, key: 'name' | 'description', locale: string): string {
  const all: Json | undefined = body[`${key}_localizations`]
  const own = isObject(all) ? text(all[locale]) : ''
  return own || text(body[key])
}

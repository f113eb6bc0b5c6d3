/**
 * Reads a slash command the way somebody fills it in: `/parley-admin export dataset:prefs`. Only
 * what the app registered, what the person may use, and what an option takes can be sent.
 */
import { isObject, type Json, type JsonObject, objects, text } from '../json.ts'
import { localized } from './command-routes.ts'
import { fileJson, memberJson, roleJson, userJson } from './payloads.ts'
import { channelPermissions, guildPermissions, permissions } from './permissions.ts'
import {
  type Channel,
  type Command,
  findPerson,
  type Guild,
  guildOf,
  type StoredFile,
  type User,
  type World,
} from './world.ts'

/** The commands a person is offered in a channel, those of the guild before those of all guilds. */
export function commandsFor(world: World, user: User, channel: Channel): Command[] {
  const guild = guildOf(world, channel)
  const ours = guild === null ? true : guild.installed
  if (!ours) return []
  const own = world.commands.filter((one) => guild !== null && one.guildId === guild.id)
  const global = world.commands.filter(
    (one) =>
      one.guildId === null &&
      !own.some((mine) => mine.type === one.type && mine.body['name'] === one.body['name']),
  )
  return [...own, ...global].filter((command) => mayUse(world, user, channel, command))
}

function mayUse(world: World, user: User, channel: Channel, command: Command): boolean {
  const guild = guildOf(world, channel)
  const { contexts, dm_permission: inDms, default_member_permissions: needed } = command.body
  if (!guild) {
    const isMeant = Array.isArray(contexts) ? contexts.includes(1) : inDms !== false
    return command.guildId === null && isMeant
  }
  if (Array.isArray(contexts) && !contexts.includes(0)) return false
  const held = channelPermissions(world, channel, user.id)
  if (!(held & permissions.USE_APPLICATION_COMMANDS)) return false
  if (guildPermissions(guild, user.id) & permissions.ADMINISTRATOR) return true
  const changedBy = overwriteFor(guild, user, command)
  if (changedBy !== null) return changedBy
  if (needed === undefined || needed === null) return true
  const wanted = BigInt(String(needed))
  // "0" hides a command from everybody but admins.
  return wanted !== 0n && (guildPermissions(guild, user.id) & wanted) === wanted
}

/** What the guild's admins said, a person before their roles before everyone. */
function overwriteFor(guild: Guild, user: User, command: Command): boolean | null {
  const list = guild.commandOverwrites.get(command.id) ?? []
  const own = list.find((one) => one.type === 2 && one.id === user.id)
  if (own) return own.permission
  const roles = guild.members.get(user.id)?.roles ?? []
  const byRole = list.filter((one) => one.type === 1 && roles.includes(one.id))
  if (byRole.length > 0) return byRole.some((one) => one.permission)
  return list.find((one) => one.type === 1 && one.id === guild.id)?.permission ?? null
}

export type Typed =
  | { ok: true; command: Command; path: string; data: JsonObject }
  /** What the client says instead of sending it. */
  | { ok: false; problem: string }

type Attachments = ReadonlyMap<string, StoredFile>

/** Reads what was typed; throws when there is no such command or option to fill in. */
export function readTyped(
  world: World,
  user: User,
  channel: Channel,
  typed: string,
  attached: Attachments = new Map(),
  focused = false,
): Typed {
  const words = typed.trim().replace(/^\//, '')
  const offered = commandsFor(world, user, channel).filter(({ type }) => type === 1)
  const names = (body: JsonObject) => [text(body['name']), localized(body, 'name', user.locale)]
  const command = offered.find(({ body }) =>
    names(body).some((name) => words === name || words.startsWith(`${name} `)),
  )
  if (!command) {
    const known = offered.map(({ body }) => `/${localized(body, 'name', user.locale)}`)
    throw new Error(
      `${user.name} is not offered ${typed.split(' ')[0] ?? ''} here; offered are ${known.join(', ') || 'no commands'}.`,
    )
  }
  let rest = afterName(words, names(command.body))
  let inner: JsonObject = command.body
  const path: JsonObject[] = []
  while (objects(inner['options']).some((one) => Number(one['type']) < 3)) {
    const below = objects(inner['options']).find((one) =>
      names(one).some((name) => rest === name || rest.startsWith(`${name} `)),
    )
    if (!below) {
      const known = objects(inner['options']).map((one) => text(one['name']))
      throw new Error(
        `/${text(command.body['name'])} has no "${rest.split(' ')[0] ?? ''}"; it has ${known.join(', ')}.`,
      )
    }
    rest = afterName(rest, names(below))
    path.push(below)
    inner = below
  }
  const resolved: Record<string, JsonObject> = {}
  const filled = fillIn({ world, user, channel, attached, resolved, focused }, inner, rest)
  if (!filled.ok) return filled
  const options = path.reduceRight<JsonObject[]>(
    (below, one) => [
      {
        name: text(one['name']),
        type: Number(one['type']),
        ...(below.length > 0 && { options: below }),
      },
    ],
    filled.options,
  )
  const name = text(command.body['name'])
  return {
    ok: true,
    command,
    path: [name, ...path.map((one) => text(one['name']))].join(' '),
    data: {
      id: command.id,
      name,
      type: 1,
      ...(command.guildId !== null && { guild_id: command.guildId }),
      ...(options.length > 0 && { options }),
      ...(Object.keys(resolved).length > 0 && { resolved }),
    },
  }
}

function afterName(words: string, names: string[]): string {
  const name = names.find((one) => words === one || words.startsWith(`${one} `)) ?? ''
  return words.slice(name.length).trim()
}

type Filling = {
  world: World
  user: User
  channel: Channel
  attached: Attachments
  resolved: Record<string, JsonObject>
  focused: boolean
}

function fillIn(
  filling: Filling,
  inner: JsonObject,
  rest: string,
): { ok: true; options: JsonObject[] } | { ok: false; problem: string } {
  const known = objects(inner['options'])
  const given = pairs(known, rest, filling.user.locale)
  const options: JsonObject[] = []
  for (const option of known) {
    const name = text(option['name'])
    const typed = given.get(name)
    const file = filling.attached.get(name)
    if (typed === undefined && file === undefined) {
      // While somebody is typing, missing options are no error.
      if (option['required'] !== true || filling.focused) continue
      return { ok: false, problem: `${name}: This option is required. Specify a value.` }
    }
    const isLast = filling.focused && [...given.keys()].at(-1) === name
    const value = isLast ? (typed ?? '') : sentValue(filling, option, typed ?? '', file)
    if (isObject(value)) return { ok: false, problem: `${name}: ${text(value['problem'])}` }
    options.push({
      name,
      type: Number(option['type']),
      value,
      ...(isLast && { focused: true }),
    })
  }
  return { ok: true, options }
}

/** `name:value` pairs; a value goes on until the next name of an option, or is quoted. */
function pairs(known: JsonObject[], rest: string, locale: string): Map<string, string> {
  const found = new Map<string, string>()
  const names = new Map(
    known.flatMap((one) => [
      [localized(one, 'name', locale), text(one['name'])] as const,
      [text(one['name']), text(one['name'])] as const,
    ]),
  )
  const starts = [...rest.matchAll(/(?:^|\s)([^\s:]+):/gu)].filter(([, name = '']) =>
    names.has(name),
  )
  const before = rest.slice(0, starts[0]?.index ?? rest.length).trim()
  if (before !== '') {
    throw new Error(
      `"${before}" is no option; there are ${[...names.values()].join(', ') || 'none'}. Write name:value.`,
    )
  }
  for (const [i, start] of starts.entries()) {
    const name = names.get(start[1] ?? '') ?? ''
    const from = start.index + start[0].length
    const value = rest.slice(from, starts[i + 1]?.index ?? rest.length).trim()
    found.set(name, /^".*"$/s.test(value) ? value.slice(1, -1) : value)
  }
  return found
}

/** The value as it is sent; an object with a problem when the client would not send it. */
function sentValue(
  filling: Filling,
  option: JsonObject,
  typed: string,
  file: StoredFile | undefined,
): Json {
  const { world, channel, resolved } = filling
  const choices = objects(option['choices'])
  if (choices.length > 0) {
    const chosen = choices.find((one) => one['name'] === typed || String(one['value']) === typed)
    return chosen?.['value'] ?? { problem: 'Please select one of the options.' }
  }
  const keep = (key: string, id: string, value: JsonObject) => {
    resolved[key] = { ...resolved[key], [id]: value }
    return id
  }
  const guild = guildOf(world, channel)
  switch (option['type']) {
    case 3:
      return fits(option, 'length', [...typed].length) ?? typed
    case 4:
    case 10: {
      const count = Number(typed)
      const isWhole = option['type'] === 10 || Number.isInteger(count)
      if (typed === '' || Number.isNaN(count) || !isWhole)
        return { problem: 'Input a valid number.' }
      return fits(option, 'value', count) ?? count
    }
    case 5:
      return ['true', 'false'].includes(typed.toLowerCase())
        ? typed.toLowerCase() === 'true'
        : { problem: 'Please select True or False.' }
    case 6: {
      const user = findPerson(world, typed.replace(/^@/, ''))
      if (!user) return { problem: 'Input a valid user.' }
      const member = guild?.members.get(user.id)
      if (member) keep('members', user.id, withoutUser(memberJson(world, member)))
      return keep('users', user.id, userJson(user))
    }
    case 7: {
      const found = [...world.channels.values()].find(
        (one) => one.guildId === guild?.id && one.name === typed.replace(/^#/, ''),
      )
      if (!found) return { problem: 'Input a valid channel.' }
      const { id, name } = found
      const held = String(channelPermissions(world, found, filling.user.id))
      return keep('channels', id, { id, name, type: 0, permissions: held })
    }
    case 8: {
      const role = [...(guild?.roles.values() ?? [])].find(
        (one) => one.name === typed.replace(/^@/, ''),
      )
      return role ? keep('roles', role.id, roleJson(role)) : { problem: 'Input a valid role.' }
    }
    case 11:
      return file
        ? keep('attachments', file.id, fileJson(world, file))
        : { problem: 'Upload a file.' }
    default:
      return { problem: 'This kind of option is not supported here.' }
  }
}

function fits(option: JsonObject, what: 'length' | 'value', size: number): JsonObject | null {
  const [min, max] = [option[`min_${what}`], option[`max_${what}`]]
  if (typeof min === 'number' && size < min) return { problem: `Must be at least ${min}.` }
  if (typeof max === 'number' && size > max) return { problem: `Must be at most ${max}.` }
  // docs.discord.com application-commands: a string option holds at most 6000 characters.
  return what === 'length' && size > 6000 ? { problem: 'Must be at most 6000.' } : null
}

function withoutUser({ user: _, ...member }: JsonObject): JsonObject {
  return member
}

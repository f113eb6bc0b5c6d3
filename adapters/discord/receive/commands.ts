/**
 * Discord's commands, built from the chat commands, and their registration, which runs only if Discord's
 * copy differs. Admin commands are hidden from people without Manage Server; the core checks each use.
 */
import { argumentOf } from '../../../src/chat/commands/arguments.ts'
import {
  type Both,
  type Command as ChatCommand,
  roots,
} from '../../../src/chat/commands/command.ts'
import { commands as chatCommands } from '../../../src/chat/commands/commands.ts'
import { isOn, nameOn, waysOf } from '../../../src/chat/commands/notation.ts'
import type { Rank } from '../../../src/chat/port/port.ts'
import type { Rest } from '../send/rest.ts'
import { askMessageName, sendMessageName, useMessageName } from './own-message.ts'

type Option = {
  type: number
  name: string
  description: string
  name_localizations: { de: string }
  description_localizations: { de: string }
  required?: boolean
  autocomplete?: boolean
  choices?: { name: string; value: string }[]
  options?: Option[]
}

export type Command = {
  type: number
  name: string
  description?: string
  name_localizations?: { de: string }
  description_localizations?: { de: string }
  options?: Option[]
  contexts: number[]
  integration_types: number[]
  default_member_permissions?: string
}

/** In servers and in a conversation with Parley; installed by servers, not by people. */
const everywhere = { contexts: [0, 1], integration_types: [0] }
const manageGuild = String(1 << 5)

/** The kinds of arguments as Discord numbers them: docs.discord.com/developers/interactions/application-commands */
const kinds = { text: 3, whole: 4, hours: 4, yesOrNo: 5, channel: 7, file: 11 } as const
const chatInput = 1
const subcommand = 1
const onMessage = 3

/** Everything that is registered: the commands of chat, and those in the menu of a message. */
export function registrationOf(all: readonly ChatCommand[]): Command[] {
  const here = all.filter((one) => isOn('discord', one))
  return [
    ...here.flatMap((one) => shortOf(one) ?? []),
    { ...rootOf('labeler', here), ...everywhere },
    { ...rootOf('admin', here), ...everywhere, default_member_permissions: manageGuild },
    {
      type: onMessage,
      name: useMessageName,
      name_localizations: { de: 'Als meine Antwort verwenden' },
      ...everywhere,
    },
    {
      type: onMessage,
      name: askMessageName,
      name_localizations: { de: 'Zwei Modelle fragen' },
      contexts: [0],
      integration_types: [0],
    },
    {
      type: onMessage,
      name: sendMessageName,
      name_localizations: { de: 'An Parley senden' },
      ...everywhere,
    },
  ]
}

export const commands: readonly Command[] = registrationOf(chatCommands)

function rootOf(rank: Rank, all: readonly ChatCommand[]) {
  const { name, about } = roots[rank]
  const options = all
    .filter((one) => one.rank === rank)
    .map((one) => ({
      type: subcommand,
      ...texts(nameOn('discord', one), one.german, one.about),
      options: optionsOf(one),
    }))
  return { type: chatInput, ...texts(name, name, about), options }
}

/** `/label`, beside the same as a subcommand. */
function shortOf(command: ChatCommand): Command | null {
  const [way = ''] = waysOf('discord', command)
  if (!command.short || way.includes(' ')) return null
  const { german } = command.short
  return {
    type: chatInput,
    ...texts(way.slice(1), german, command.about),
    options: optionsOf(command),
    ...everywhere,
  }
}

function optionsOf({ arguments: all }: ChatCommand): Option[] {
  return Object.entries(all).map(([name, schema]) => {
    const { kind, german, about, isRequired, suggests, choices } = argumentOf(schema)
    return {
      type: kinds[kind],
      ...texts(name, german, about),
      ...(isRequired ? { required: true } : {}),
      ...(suggests ? { autocomplete: true } : {}),
      ...(choices ? { choices: choices.map((value) => ({ name: value, value })) } : {}),
    }
  })
}

/** A name and its description, capitalised for Discord. */
function texts(name: string, german: string, about: Both) {
  return {
    name,
    description: capital(about.en),
    name_localizations: { de: german },
    description_localizations: { de: capital(about.de) },
  }
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Registers the commands with Discord, unless it has them already. */
export async function registerCommands(
  rest: Rest,
  applicationId: string,
): Promise<'changed' | 'unchanged'> {
  const at = { app: applicationId }
  const path = '/applications/:app/commands'
  const known = await rest<unknown>({ method: 'GET', path, at, query: 'with_localizations=true' })
  if (isSame(commands, known)) return 'unchanged'
  await rest({ method: 'PUT', path, at, body: commands, repeatable: true })
  return 'changed'
}

/** The link that adds Parley to a server, with only the permissions it uses. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(permissions),
  })
  return `https://discord.com/oauth2/authorize?${query}`
}

/** See channels, write into them and their threads, attach files, read back what it posted. */
const permissions = [10, 11, 14, 15, 16, 38].reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n)

/** Whether Discord has the same commands; keys that Discord adds do not count. */
export function isSame(ours: readonly Command[], theirs: unknown): boolean {
  if (!Array.isArray(theirs) || theirs.length !== ours.length) return false
  return ours.every((one) =>
    theirs.some(
      (other: unknown) =>
        holds(other, { name: one.name, type: one.type }) &&
        holds(other, one) &&
        holds(one, other, true),
    ),
  )
}

const compared = new Set([
  ...['type', 'name', 'description', 'name_localizations', 'description_localizations'],
  ...['options', 'required', 'autocomplete', 'contexts', 'integration_types'],
  ...['default_member_permissions', 'choices', 'value', 'de'],
])

/** Whether `whole` contains everything in `part`. `known`: compare only the keys that we use. */
function holds(whole: unknown, part: unknown, known = false): boolean {
  if (isNothing(part)) return true
  if (Array.isArray(part)) {
    const all = Array.isArray(whole) ? whole : []
    return part.length === all.length && part.every((one, n) => holds(all[n], one, known))
  }
  if (typeof part !== 'object' || part === null) return whole === part
  const has = typeof whole === 'object' && whole !== null ? whole : {}
  return Object.entries(part)
    .filter(([name]) => !known || compared.has(name))
    .every(([name, value]) => holds(Reflect.get(has, name), value, known))
}

/** Discord's defaults for missing keys. */
function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

/** Everything one person's Discord shows them, as the page draws it: no more than they may see. */
import { compact, type JsonObject, objects, text } from '../json.ts'
import { localized } from './command-routes.ts'
import type { Town } from './interactions.ts'
import { fileUrl, messageJson } from './payloads.ts'
import { channelPermissions, may, permissions } from './permissions.ts'
import { enteredIn, fieldOf, filesShown, newestOf } from './screen.ts'
import { commandsFor } from './typed.ts'
import {
  type Channel,
  type Command,
  directMessage,
  type Form,
  flag,
  type Message,
  peopleOf,
  type User,
  type World,
} from './world.ts'

/** How far back the page shows messages; a person can press what they see, so no further. */
const shownMessages = 100

/** What the page of this person shows now; `home` is the guild they look at. */
export function seenBy({ world }: Town, user: User, home: string): JsonObject {
  const dm = directMessage(world, user.id)
  const channels = [...world.channels.values()].filter((one) => isListed(world, one, user, home))
  const here = world.channels.get(world.here.get(user.id) ?? '') ?? channels[0] ?? dm
  const form = world.forms.get(user.id)
  return {
    guild: { id: home, name: world.guilds.get(home)?.name ?? '' },
    app: { id: world.app.id, name: world.app.name },
    me: { id: user.id, name: user.name, locale: user.locale, phone: user.isPhone },
    people: peopleOf(world).map(({ id, name }) => ({ id, name })),
    channels: channels.map((channel) => channelSeen(world, channel, user)),
    here: here.id,
    commands: commandsFor(world, user, here).map((one) => commandSeen(one, user)),
    messages: newestOf(world, user, shownMessages)
      .toReversed()
      .map((message) => messageSeen(world, message, user)),
    form: form ? formSeen(form) : null,
    notices: world.notices.get(user.id) ?? [],
    names: namesOf(world),
  }
}

function isListed(world: World, channel: Channel, user: User, home: string): boolean {
  if (channel.kind === 'dm') return channel.recipientId === user.id
  return channel.guildId === home && may(world, channel, user.id, 'VIEW_CHANNEL')
}

function channelSeen(world: World, channel: Channel, user: User): JsonObject {
  const held = channelPermissions(world, channel, user.id)
  return {
    id: channel.id,
    name: channel.kind === 'dm' ? world.app.name : channel.name,
    kind: channel.kind,
    parent: channel.parentId,
    mayWrite: (held & permissions.SEND_MESSAGES) !== 0n,
  }
}

/** A command in the words of this person's language, with what can be filled in. */
function commandSeen({ id, type, body }: Command, user: User): JsonObject {
  const told = (one: JsonObject): JsonObject =>
    compact({
      name: text(one['name']),
      label: localized(one, 'name', user.locale),
      description: localized(one, 'description', user.locale),
      type: one['type'],
      required: one['required'] === true,
      autocomplete: one['autocomplete'] === true,
      choices: objects(one['choices']).map((each) => ({
        name: localized(each, 'name', user.locale),
        value: each['value'] ?? null,
      })),
      options: objects(one['options']).map(told),
    })
  return { ...told(body), id, type }
}

function messageSeen(world: World, message: Message, user: User): JsonObject {
  const whole = messageJson(world, message)
  const mine = world.guilds.get(world.channels.get(message.channelId)?.guildId ?? '')
  const roles = mine?.members.get(user.id)?.roles ?? []
  const isPinged = message.pings.some((id) => [user.id, 'everyone', ...roles].includes(id))
  return {
    id: message.id,
    channel: message.channelId,
    author: message.authorId,
    at: message.at,
    content: message.content,
    embeds: message.embeds,
    components: whole['components'] ?? [],
    files: filesShown(message).map((file) => ({
      id: file.id,
      name: file.name,
      size: file.bytes.byteLength,
      url: fileUrl(world, file),
    })),
    usesV2: (message.flags & flag.componentsV2) !== 0,
    thinking: (message.flags & flag.loading) !== 0,
    onlyYou: message.ephemeralTo !== null,
    edited: message.editedAt !== null && message.ephemeralTo === null,
    pings: isPinged,
    replyTo: message.replyTo,
    /** Who used which command, above an answer to one. */
    used:
      message.interaction && message.interaction.type === 2
        ? { by: message.interaction.userId, name: message.interaction.name }
        : null,
    chosen: Object.fromEntries(message.chosen.get(user.id) ?? []),
  }
}

function formSeen(form: Form): JsonObject {
  const fields = form.components.flatMap((one) => {
    const { field } = fieldOf(one)
    return field ? [field] : []
  })
  return {
    customId: form.customId,
    title: form.title,
    components: form.components,
    entered: Object.fromEntries(
      fields.map((field) => [text(field['custom_id']), enteredIn(form, field)]),
    ),
    files: Object.fromEntries(
      [...form.files].map(([id, files]) => [id, files.map(({ name }) => name)]),
    ),
    errors: Object.fromEntries(form.errors),
  }
}

/** Names for the ids in mentions. */
function namesOf(world: World): JsonObject {
  const roles = [...world.guilds.values()].flatMap((guild) => [...guild.roles.values()])
  return Object.fromEntries([
    ...[...world.users.values()].map(({ id, name }) => [id, name]),
    ...[...world.channels.values()].map(({ id, name }) => [id, name]),
    ...roles.map(({ id, name }) => [id, name]),
  ])
}

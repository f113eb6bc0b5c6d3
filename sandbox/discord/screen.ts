/**
 * What one person has before their eyes, and the search for a control on it. A form covers
 * everything; else it is the conversations they see, newest message first.
 */
import { isObject, type JsonObject, list, objects, text } from '../json.ts'
import { flat, kind, selects } from './components.ts'
import { unmark } from './markdown.ts'
import { may } from './permissions.ts'
import type { Entered, Form, Message, User, World } from './world.ts'
import { flag } from './world.ts'

export type Control = { message: Message; component: JsonObject }

/** Which of several alike is meant: in a message that reads so or has this id, or by position. */
export type Where = { in?: string; nth?: number; message?: string }

/** How far back somebody scrolls to press something. */
const reach = 100
const shownMessages = 12

/** The newest messages a person sees, newest first. */
export function newestOf(world: World, user: User, most: number, channelId?: string): Message[] {
  const seen = [...world.channels.values()].filter(
    (channel) =>
      (channelId === undefined || channel.id === channelId) &&
      (channel.kind === 'dm'
        ? channel.recipientId === user.id
        : may(world, channel, user.id, 'VIEW_CHANNEL')),
  )
  const open = seen.flatMap((channel) => channel.messages.slice(-most))
  const own = (world.ephemerals.get(user.id) ?? [])
    .slice(-most)
    .filter((one) => !one.gone && (channelId === undefined || one.channelId === channelId))
  return [...open, ...own].sort(newestFirst).slice(0, most)
}

/** Ids tell the time; a longer one is younger. */
function newestFirst(a: Message, b: Message): number {
  return b.id.length - a.id.length || (a.id < b.id ? 1 : -1)
}

/** The screen as text: what the client complains of, the form, the latest messages. */
export function screenText(world: World, user: User): string {
  const notices = (world.notices.get(user.id) ?? []).map((line) => `! ${line}`)
  const form = world.forms.get(user.id)
  const parts = form ? [formText(world, form)] : []
  const messages = newestOf(world, user, shownMessages).toReversed()
  for (const message of messages) parts.push(messageText(world, message, user))
  return [...notices, ...parts].join('\n\n')
}

export function messageText(world: World, message: Message, user: User): string {
  const author = world.users.get(message.authorId)?.name ?? 'Deleted User'
  const channel = world.channels.get(message.channelId)
  const place = channel?.kind === 'dm' ? '' : ` in #${channel?.name ?? '?'}`
  const only = message.ephemeralTo === null ? '' : ' (only you can see this)'
  const pinged = message.pings.some((id) => id === user.id || id === 'everyone')
  const edited = message.editedAt === null || message.ephemeralTo !== null ? '' : ' (edited)'
  const head = `${author}${place}${only}${edited}${pinged ? ' (mentions you)' : ''}:`
  return [head, ...readable(world, message, user)].join('\n')
}

/** The lines a person reads in a message; controls stand in brackets. */
export function readable(world: World, message: Message, user?: User): string[] {
  if (message.flags & flag.loading) {
    return [`${world.app.name} is thinking…`]
  }
  const chosen = message.chosen.get(user?.id ?? '')
  const content = message.content === '' ? [] : unmark(world, message.content).split('\n')
  const embeds = message.embeds.flatMap((one) => embedLines(world, one))
  const components = message.components.flatMap((one) => lines(world, one, chosen))
  return [
    ...content,
    ...embeds,
    ...components,
    ...filesShown(message).map((f) => `[file ${f.name}]`),
  ]
}

/** With components V2 only files a component refers to are there for the eye. */
export function filesShown(message: Message) {
  if (!(message.flags & flag.componentsV2)) return message.files
  const named = JSON.stringify(message.components)
  return message.files.filter((file) => named.includes(JSON.stringify(`attachment://${file.name}`)))
}

function embedLines(world: World, embed: JsonObject): string[] {
  const author = isObject(embed['author']) ? text(embed['author']['name']) : ''
  const footer = isObject(embed['footer']) ? text(embed['footer']['text']) : ''
  const fields = objects(embed['fields']).flatMap((one) => [text(one['name']), text(one['value'])])
  return [author, text(embed['title']), text(embed['description']), ...fields, footer]
    .filter((one) => one !== '')
    .flatMap((one) => unmark(world, one).split('\n'))
}

function lines(world: World, one: JsonObject, chosen: Map<string, string[]> | undefined): string[] {
  const inside = () => objects(one['components'])
  switch (one['type']) {
    case kind.row:
      return [
        inside()
          .map((each) => controlText(each, chosen))
          .join(' '),
      ]
    case kind.container:
      return inside().flatMap((each) => lines(world, each, chosen))
    case kind.section: {
      const accessory = isObject(one['accessory']) ? [controlText(one['accessory'], chosen)] : []
      return [...inside().flatMap((each) => lines(world, each, chosen)), ...accessory]
    }
    case kind.text:
      return unmark(world, text(one['content'])).split('\n')
    case kind.separator:
      return one['divider'] === false ? [] : ['---']
    case kind.gallery:
      return objects(one['items']).map((item) => `[image ${text(item['description'])}]`)
    default:
      return []
  }
}

function controlText(one: JsonObject, chosen: Map<string, string[]> | undefined): string {
  if (one['type'] === kind.thumbnail) return `[image ${text(one['description'])}]`
  const off = one['disabled'] === true ? ' (off)' : ''
  if (one['type'] === kind.button) return `[${buttonText(one)}${off}]`
  const values = chosen?.get(text(one['custom_id'])) ?? defaultsOf(one)
  const shown = optionsOf(one)
    .filter((option) => values.includes(text(option['value'])))
    .map((option) => text(option['label']))
  const named = text(one['placeholder']) || 'Make a selection'
  return `<${named}${shown.length > 0 ? `: ${shown.join(', ')}` : ''}${off}>`
}

/** How a button reads: its emoji and its label. */
export function buttonText(one: JsonObject): string {
  const emoji = isObject(one['emoji']) ? text(one['emoji']['name']) : ''
  return [emoji, text(one['label'])].filter((part) => part !== '').join(' ')
}

export function optionsOf(one: JsonObject): JsonObject[] {
  return objects(one['options'])
}

export function defaultsOf(one: JsonObject): string[] {
  const options = optionsOf(one).filter((option) => option['default'] === true)
  const given = objects(one['default_values']).map((each) => text(each['id']))
  return [...options.map((option) => text(option['value'])), ...given]
}

/** The form as text: title, fields with what is in them, errors, buttons. */
export function formText(world: World, form: Form): string {
  const whole = form.errors.get('')
  const fields = form.components.flatMap((one) => fieldLines(world, form, one))
  const head = [`== ${form.title} ==`, ...(whole === undefined ? [] : [`! ${whole}`])]
  return [...head, ...fields, '[Cancel] [Submit]'].join('\n')
}

function fieldLines(world: World, form: Form, one: JsonObject): string[] {
  if (one['type'] === kind.text) return unmark(world, text(one['content'])).split('\n')
  const { label, description, field } = fieldOf(one)
  if (!field) return []
  const mark = isRequired(field) ? ' *' : ''
  const error = form.errors.get(text(field['custom_id']))
  return [
    `${label}${mark}`,
    ...(description === '' ? [] : [description]),
    ...fieldText(form, field),
    ...(error === undefined ? [] : [`  ! ${error}`]),
  ]
}

function fieldText(form: Form, field: JsonObject): string[] {
  const entered = enteredIn(form, field)
  if (field['type'] === kind.textInput) {
    return [`[${String(entered) || text(field['placeholder'])}]`]
  }
  if (field['type'] === kind.checkbox) return [entered === true ? '(x)' : '( )']
  if (field['type'] === kind.fileUpload) {
    const files = form.files.get(text(field['custom_id'])) ?? []
    return files.length === 0 ? ['[Choose files]'] : files.map(({ name }) => `[file ${name}]`)
  }
  const values = Array.isArray(entered) ? entered : [String(entered)]
  const isList = selects.includes(Number(field['type']))
  const shown = optionsOf(field).map((option) => {
    const sign = values.includes(text(option['value'])) ? '(x)' : '( )'
    return `${sign} ${text(option['label'])}`
  })
  return isList ? [`<${text(field['placeholder'])}>`, ...shown] : shown
}

/** The one input of a top-level component, with the words around it. */
export function fieldOf(one: JsonObject): {
  label: string
  description: string
  field: JsonObject | null
} {
  if (one['type'] === kind.label) {
    const field = isObject(one['component']) ? one['component'] : null
    return { label: text(one['label']), description: text(one['description']), field }
  }
  const field = objects(one['components'])[0] ?? null
  return { label: text(field?.['label']), description: '', field }
}

/** What is in a field now: what was entered, else what the bot filled in. */
export function enteredIn(form: Form, field: JsonObject): Entered {
  const entered = form.entered.get(text(field['custom_id']))
  if (entered !== undefined) return entered
  switch (field['type']) {
    case kind.textInput:
      return text(field['value'])
    case kind.checkbox:
      return field['default'] === true
    case kind.radioGroup:
      return defaultsOf(field)[0] ?? ''
    default:
      return defaultsOf(field)
  }
}

/** Fields are required unless they say otherwise; a checkbox never is. */
export function isRequired(field: JsonObject): boolean {
  return field['type'] !== kind.checkbox && field['required'] !== false
}

/** The one control that reads so, or none. Throws when several do and none is meant. */
export function findControl(
  world: World,
  user: User,
  wanted: { what: string; label: string; types: readonly number[]; where?: Where | undefined },
): Control | null {
  const { where } = wanted
  const messages = newestOf(world, user, reach).filter((message) => {
    if (where?.message !== undefined) return message.id === where.message
    if (where?.in === undefined) return true
    const reads = readable(world, message, user).join('\n').toLowerCase()
    return reads.includes(where.in.toLowerCase())
  })
  const levels: ((label: string) => boolean)[] = [
    (label) => label === wanted.label,
    (label) => label.toLowerCase() === wanted.label.toLowerCase(),
    (label) => label.toLowerCase().includes(wanted.label.toLowerCase()),
  ]
  for (const matches of levels) {
    for (const message of messages) {
      const found = flat(message.components).filter(
        (one) => wanted.types.includes(Number(one['type'])) && labelsOf(one).some(matches),
      )
      if (found.length > 1 && where?.nth === undefined) {
        throw new Error(
          `${user.name} sees ${found.length} ${wanted.what}s that read "${wanted.label}". Say which with { nth }.\n\n${screenText(world, user)}`,
        )
      }
      const component = found[where?.nth ?? 0]
      if (component) return { message, component }
    }
  }
  return null
}

/** How a person, or a program, would name a control. */
function labelsOf(one: JsonObject): string[] {
  const own = one['type'] === kind.button ? [buttonText(one), text(one['label'])] : []
  return [...own, text(one['placeholder']), text(one['custom_id'])].filter((each) => each !== '')
}

/** The option that reads so or has this value; throws a sentence naming what is offered. */
export function findOption(one: JsonObject, label: string): JsonObject {
  const options = optionsOf(one)
  const reads = (option: JsonObject) => text(option['label'])
  const wanted = label.toLowerCase()
  const found =
    options.find((option) => reads(option) === label) ??
    options.find((option) => reads(option).toLowerCase() === wanted) ??
    options.find((option) => option['value'] === label)
  if (found) return found
  const close = options.filter((option) => reads(option).toLowerCase().includes(wanted))
  const [only] = close
  if (close.length === 1 && only) return only
  throw new Error(
    `No option reads "${label}". Offered are: ${list(options.map(reads)).join(', ') || 'none'}.`,
  )
}

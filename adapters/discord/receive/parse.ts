/**
 * Turns what Discord sends (commands, presses, choices, forms) into Interactions, from the payload
 * alone: both transports hand over the same object. Pure.
 */
import { type Command, roots } from '../../../src/chat/commands/command.ts'
import { commands } from '../../../src/chat/commands/commands.ts'
import { readOptions } from '../../../src/chat/commands/read-command.ts'
import {
  daysId,
  parseCancelId,
  parseMyDataId,
  parsePublicId,
  readDays,
} from '../../../src/chat/port/ids.ts'
import {
  type GivenFile,
  type Interaction,
  type Person,
  postReadingId,
  type ReaderPart,
  type TextView,
} from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import type { Filled } from '../draw/questions.ts'
import { readerPart } from '../draw/reading.ts'
import { parseReminderId } from '../draw/reminders.ts'
import type { ZoneAt } from '../draw/zones.ts'
import { flags } from '../limits.ts'
import {
  type FormMeta,
  type Greet,
  type HomeVerb,
  homeVerbs,
  inputKey,
  type Pick,
  type Pressed,
  parseFormId,
  parseId,
  type ReadAs,
  type Start,
  type TextRef,
} from './ids.ts'
import { type RawMessage, readOwnMessage, useMessageName } from './own-message.ts'

/** A payload, as far as we use it. */
export type Raw = {
  id: string
  type: number
  data?: Data
  guild_id?: string
  channel_id?: string
  channel?: { id?: string }
  member?: { user?: User; roles?: string[]; joined_at?: string }
  user?: User
  locale?: string
  guild_locale?: string
  /** 0 a guild, 1 the DM with us, 2 another private channel. */
  context?: number
  message?: { id?: string; flags?: number }
  attachment_size_limit?: number
}
type User = { id: string }
type Data = {
  name?: string
  type?: number
  options?: RawOption[]
  target_id?: string
  resolved?: {
    messages?: Record<string, RawMessage>
    attachments?: Record<string, RawAttachment>
  }
  custom_id?: string
  component_type?: number
  values?: string[]
  components?: RawComponent[]
}
type RawOption = {
  name: string
  type?: number
  value?: string | number | boolean
  focused?: boolean
  options?: RawOption[]
}
type RawAttachment = { filename?: string; size?: number; url?: string }
type RawComponent = {
  type?: number
  custom_id?: string
  value?: string | boolean | null
  values?: string[]
  component?: RawComponent
  components?: RawComponent[]
}

/** A file somebody gave, not fetched yet. */
export type Attachment = { name: string; size: number; url: string }

/** What came of a payload: a gesture, or what needs a look at the inside before it is one. */
export type Parsed =
  | { type: 'ping' }
  | { type: 'autocomplete'; by: Person; ask: Asking }
  | { type: 'gesture'; gesture: Interaction; asked: Asked }
  | { type: 'open'; gesture: Interaction; start: Start | null }
  | {
      type: 'read'
      by: Person
      on: { assignmentId: string; schemaVersion: number }
      ref: TextRef
      part: ReaderPart | null
      page: number
      as: ReadAs
      view: TextView | null
    }
  /** The texts of a card shown otherwise; `start` is where its form goes on. */
  | { type: 'render'; gesture: Interaction; start: Start | null }
  | { type: 'pick'; by: Person; pick: Pick; chosen: readonly string[] }
  | { type: 'page'; by: Person; pick: Pick }
  | { type: 'done'; by: Person; assignmentId: string; schemaVersion: number; editing: boolean }
  | { type: 'manage'; by: Person; dataset: string }
  | {
      type: 'of'
      gesture: Interaction
      act: HomeVerb
      dataset: string
      page: number
      turn: boolean
    }
  | { type: 'zones'; by: Person; at: ZoneAt }
  /** The first card with another part of it chosen; nothing is kept. */
  | { type: 'greet'; by: Person; greet: Greet }
  | {
      type: 'form'
      by: Person
      meta: FormMeta
      entered: Map<string, Filled>
      files: Map<string, Attachment>
    }
  /** Another reason to skip is to be asked for. */
  | { type: 'why'; by: Person; assignmentId: string }
  | {
      type: 'export'
      by: Person
      dataset: string
      format: string | null
      values: Map<string, string>
    }
  | { type: 'import'; by: Person; dataset: string; file: Attachment | null; most: number }
  /** Not understood, or refused on sight: what to say. */
  | { type: 'say'; text: (said: Words) => string }

/** What the gesture itself said and its reply does not. */
export type Asked = { wish?: string }

/** Which option is being typed, what stands in it, and the dataset named beside it. */
export type Asking = { option: string; text: string; dataset: string | null; admin: boolean }

/** Discord's word for its own payload: it came over a verified connection. */
export function asRaw(payload: object): Raw {
  return payload as Raw
}

/** `all` are the commands there are. */
export function parseInteraction(raw: Raw, all: readonly Command[] = commands): Parsed {
  switch (raw.type) {
    case 1:
      return { type: 'ping' }
    case 2:
      return parseCommand(raw, all)
    case 3:
      return parsePress(raw)
    case 4:
      return parseTyping(raw)
    case 5:
      return parseModal(raw)
  }
  return { type: 'say', text: (said) => said.oldButton }
}

/** Who did it, with what the payload told of them: roles are never looked up in a cache. */
export function personOf(raw: Raw): Person {
  const { member, user, guild_id, locale } = raw
  const channelId = channelOf(raw)
  return {
    platform: 'discord',
    workspace: '',
    userId: member?.user?.id ?? user?.id ?? '',
    ...(channelId ? { channelId } : {}),
    ...(guild_id ? { guildId: guild_id } : {}),
    ...(member?.roles ? { roles: member.roles } : {}),
    ...(locale ? { locale } : {}),
  }
}

export function channelOf(raw: Raw): string | undefined {
  return raw.channel_id ?? raw.channel?.id
}

/** Whether only this person sees the message a gesture was made on. */
export function isPrivate(raw: Raw): boolean {
  return isDm(raw) || ((raw.message?.flags ?? 0) & flags.ephemeral) !== 0
}

export function isDm(raw: Raw): boolean {
  return raw.context === 1 || (raw.context === undefined && raw.guild_id === undefined)
}

/** What an answer will be, before anything slow is asked: see the contract with the transports. */
export function expectationsOf(payload: object): {
  place: 'new' | 'update'
  mayOpenModal: boolean
  isAutocomplete: boolean
  isPing: boolean
  isDm: boolean
} {
  const raw = asRaw(payload)
  const parsed = parseInteraction(raw)
  const isOnMessage = raw.message !== undefined && isPrivate(raw)
  const isNew = parsed.type === 'read' ? parsed.as !== 'turn' : isBeside(parsed)
  return {
    place: isOnMessage && !isNew ? 'update' : 'new',
    mayOpenModal: raw.type !== 5 && opensModal(parsed),
    isAutocomplete: raw.type === 4,
    isPing: raw.type === 1,
    isDm: isDm(raw),
  }
}

/** Panels answer on the spot where they change; what else they lead to stands beside them. */
export function isBeside(parsed: Parsed): boolean {
  if (parsed.type === 'of')
    return !parsed.turn && parsed.act !== 'publish' && parsed.act !== 'pause'
  return parsed.type === 'import' || parsed.type === 'say'
}

function opensModal(parsed: Parsed): boolean {
  switch (parsed.type) {
    case 'open':
    case 'why':
      return true
    case 'gesture':
      return ['press', 'rank', 'use', 'admin-export-form', 'admin-import-form'].includes(
        parsed.gesture.type,
      )
    case 'of':
      return parsed.act === 'export' || parsed.act === 'import'
    default:
      return false
  }
}

function parsePress(raw: Raw): Parsed {
  const by = personOf(raw)
  const { custom_id = '', values = [] } = raw.data ?? {}
  const own = parseId(custom_id)
  // A menu whose options are ids: the option is what was pressed.
  const id = own?.verb === 'menu' ? (values[0] ?? '') : custom_id
  if (custom_id === daysId)
    return { type: 'gesture', gesture: { by, ...readDays(values) }, asked: {} }
  const ofMyData = parseMyDataId(id)
  if (ofMyData) return { type: 'gesture', gesture: { by, ...ofMyData }, asked: {} }
  const ofCancel = parseCancelId(id)
  if (ofCancel) return { type: 'gesture', gesture: { by, ...ofCancel }, asked: {} }
  const ofReminder = parseReminderId(id)
  if (ofReminder)
    return 'zones' in ofReminder
      ? { type: 'zones', by, at: ofReminder.zones }
      : { type: 'gesture', gesture: { by, ...ofReminder.gesture }, asked: {} }
  const ofPublic = parsePublicId(id, raw.message?.id)
  if (ofPublic)
    return {
      type: 'gesture',
      gesture: { by, ...ofPublic },
      asked: ofPublic.type === 'vote' ? { wish: postReadingId(ofPublic.postId) } : wishOf(ofPublic),
    }
  const pressed = own?.verb === 'menu' ? parseId(id) : own
  return pressed
    ? parsePressed(by, pressed, values)
    : { type: 'say', text: (said) => said.oldButton }
}

function parsePressed(by: Person, pressed: Pressed, values: readonly string[]): Parsed {
  const plain = (gesture: Interaction): Parsed => ({ type: 'gesture', gesture, asked: {} })
  switch (pressed.verb) {
    case 'press': {
      const { assignmentId, schemaVersion, press } = pressed
      return plain({ by, type: 'press', assignmentId, schemaVersion, press })
    }
    case 'rank': {
      const { assignmentId, schemaVersion, step, tap } = pressed
      return plain({ by, type: 'rank', assignmentId, schemaVersion, step, tap })
    }
    case 'undo': {
      const { verb: type, ...which } = pressed
      return plain({ by, type, ...which })
    }
    case 'open': {
      const { assignmentId, start, editing } = pressed
      return { type: 'open', gesture: { by, type: editing ? 'edit' : 'open', assignmentId }, start }
    }
    case 'skip': {
      const { assignmentId, reason } = pressed
      return plain({ by, type: 'discard', assignmentId, reason })
    }
    case 'why':
      return { type: 'why', by, assignmentId: pressed.assignmentId }
    case 'read': {
      const { assignmentId, schemaVersion, ref, page, as, view } = pressed
      const on = { assignmentId, schemaVersion }
      return { type: 'read', by, on, ref, part: readerPart(ref), page, as, view }
    }
    case 'text': {
      const { assignmentId, view, start, editing } = pressed
      const gesture: Interaction = { by, type: 'render', assignmentId, view }
      return { type: 'render', gesture: editing ? { ...gesture, editing } : gesture, start }
    }
    case 'pick':
    case 'page': {
      const { verb, ...pick } = pressed
      return verb === 'pick'
        ? { type: 'pick', by, pick, chosen: values }
        : { type: 'page', by, pick }
    }
    case 'done': {
      const { assignmentId, schemaVersion, editing } = pressed
      return { type: 'done', by, assignmentId, schemaVersion, editing }
    }
    case 'next': {
      const { dataset } = pressed
      return plainNext(by, dataset)
    }
    case 'start': {
      const { version, dataset, zone } = pressed
      return plain({
        ...{ by, type: 'consent', version },
        ...(dataset === null ? {} : { dataset }),
        ...(zone === null ? {} : { zone }),
      })
    }
    case 'greet':
      return { type: 'greet', by, greet: pressed }
    case 'show':
      return plain({ by, type: pressed.what })
    case 'manage':
      return { type: 'manage', by, dataset: pressed.dataset }
    case 'of': {
      const { act, dataset, page, turn } = pressed
      return {
        type: 'of',
        gesture: { by, type: homeVerbs[act], dataset },
        act,
        dataset,
        page,
        turn,
      }
    }
    case 'exportas': {
      const { dataset, format } = pressed
      return plain({ by, type: 'admin-export-form', dataset, format })
    }
    case 'menu':
      return { type: 'say', text: (said) => said.oldButton }
  }
}

function parseModal(raw: Raw): Parsed {
  const by = personOf(raw)
  const submitted = parseFormId(raw.data?.custom_id ?? '')
  if (!submitted) return { type: 'say', text: (said) => said.oldButton }
  const inputs = inputsIn(raw.data?.components)
  const attachmentOf = (input: RawComponent) => attachmentIn(raw, input.values?.[0])
  if (submitted.kind === 'skip') {
    const { assignmentId } = submitted
    const [text] = inputs.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
    const own = text?.trim() ? { text } : {}
    const gesture: Interaction = { by, type: 'discard', assignmentId, reason: 'other', ...own }
    return { type: 'gesture', gesture, asked: {} }
  }
  if (submitted.kind === 'import') {
    const [file] = inputs.flatMap((input) => attachmentOf(input) ?? [])
    const { dataset } = submitted
    return { type: 'import', by, dataset, file: file ?? null, most: raw.attachment_size_limit ?? 0 }
  }
  if (submitted.kind === 'export') {
    const { dataset, format } = submitted
    const chosen = inputs.flatMap(({ custom_id = '', value, values }) => {
      const one = typeof value === 'string' ? value.trim() : values?.[0]
      const key = inputKey(custom_id)?.split(':')[1]
      return key && one ? [[key, one] as const] : []
    })
    return { type: 'export', by, dataset, format, values: new Map(chosen) }
  }
  const entered = new Map<string, Filled>()
  const files = new Map<string, Attachment>()
  for (const input of inputs) {
    const key = inputKey(input.custom_id ?? '')
    if (key === null) continue
    const file = input.type === 19 ? attachmentOf(input) : null
    if (file) files.set(key, file)
    entered.set(key, filledOf(input))
  }
  return { type: 'form', by, meta: submitted.meta, entered, files }
}

function filledOf({ type, value, values }: RawComponent): Filled {
  if (type === 4) return { text: typeof value === 'string' ? value : '' }
  if (type === 19) return {}
  return { chosen: values ?? (typeof value === 'string' && value !== '' ? [value] : []) }
}

/** Inputs stand in labels; older forms had rows. */
function inputsIn(components: readonly RawComponent[] = []): RawComponent[] {
  return components.flatMap((one) => {
    if (one.component) return inputsIn([one.component])
    if (one.components) return inputsIn(one.components)
    return one.custom_id === undefined ? [] : [one]
  })
}

function attachmentIn(raw: Raw, id: unknown): Attachment | null {
  const all = raw.data?.resolved?.attachments
  const found = typeof id === 'string' && all && Object.hasOwn(all, id) ? all[id] : undefined
  if (!found?.url) return null
  return { name: found.filename ?? '', size: found.size ?? 0, url: found.url }
}

/** Subcommands and their options, flattened: `{ words: ['export'], options }`. */
function flatten(options: readonly RawOption[] = []): {
  verb: string
  options: Map<string, string>
  focused: RawOption | null
} {
  const [sub] = options
  // 1 is a subcommand, 2 a group of them.
  if (sub && (sub.type === 1 || sub.type === 2)) {
    const inner = flatten(sub.options)
    return { ...inner, verb: [sub.name, inner.verb].filter(Boolean).join(' ') }
  }
  return {
    verb: '',
    options: new Map(options.map(({ name, value }) => [name, String(value ?? '').trim()])),
    focused: options.find((one) => one.focused) ?? null,
  }
}

function parseTyping(raw: Raw): Parsed {
  const { options, focused } = flatten(raw.data?.options)
  return {
    type: 'autocomplete',
    by: personOf(raw),
    ask: {
      option: focused?.name ?? '',
      text: String(focused?.value ?? ''),
      dataset: focused?.name === 'dataset' ? null : (options.get('dataset') ?? null),
      admin: raw.data?.name === roots.admin.name,
    },
  }
}

function parseCommand(raw: Raw, all: readonly Command[]): Parsed {
  const by = personOf(raw)
  const { name = '', type = 1 } = raw.data ?? {}
  if (type === 3) return parseMessageCommand(raw, by, name)
  const { verb, options } = flatten(raw.data?.options)
  const way = [`/${name}`, verb].filter(Boolean).join(' ')
  const read = readOptions(by, way, options, (id) => givenFile(attachmentIn(raw, id)), all)
  if ('say' in read) return { type: 'say', text: read.say }
  const { gesture } = read
  if (gesture.type !== 'admin-import') return { type: 'gesture', gesture, asked: wishOf(gesture) }
  const { dataset, file } = gesture
  const { name: fileName, size, ref: url } = file
  const most = raw.attachment_size_limit ?? 0
  return { type: 'import', by, dataset, file: { name: fileName, size, url }, most }
}

function givenFile(file: Attachment | null): GivenFile | null {
  return file && { name: file.name, size: file.size, ref: file.url }
}

/** "Use as my answer", on a message of one's own. */
function parseMessageCommand(raw: Raw, by: Person, name: string): Parsed {
  const { target_id = '', resolved } = raw.data ?? {}
  if (name !== useMessageName)
    return { type: 'say', text: (said) => said.unknownCommand(name, null) }
  const messages = resolved?.messages
  const message = messages && Object.hasOwn(messages, target_id) ? messages[target_id] : undefined
  const text = message ? readOwnMessage(message, by.userId) : null
  if (text === null) return { type: 'say', text: (said) => said.notYourMessage }
  return { type: 'gesture', gesture: { by, type: 'use', text }, asked: {} }
}

function wishOf(gesture: { type: string; dataset?: string }): Asked {
  return gesture.type === 'next' && gesture.dataset ? { wish: gesture.dataset } : {}
}

function plainNext(by: Person, dataset: string | null): Parsed {
  return {
    type: 'gesture',
    gesture: { by, type: 'next', ...(dataset === null ? {} : { dataset }) },
    asked: dataset === null ? {} : { wish: dataset },
  }
}

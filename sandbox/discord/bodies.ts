/** Judges what a bot sends: messages on their four ways in, and answers to interactions. */
import { isObject, type Json, type JsonObject, length, list, objects, text } from '../json.ts'
import { breaksOverBytes, flat, kind, messageComponents, modalRule } from './components.ts'
import { type Refusal, refuse } from './errors.ts'
import { limits } from './limits.ts'
import {
  anyString,
  boolean,
  type Check,
  fail,
  integer,
  listOf,
  number,
  oneOf,
  type Rule,
  setOf,
  shape,
  snowflakeRule,
  string,
  treeOf,
  url,
} from './shape.ts'
import { flag } from './world.ts'

/** Where a message comes in; each takes its own keys. */
export type Surface = 'create' | 'edit' | 'answer' | 'update' | 'follow up' | 'webhook edit'

/** What there is already: the message an edit is of, and the files that come along. */
export type Around = {
  flags: number
  /** What a message without components V2 has that one with them may not have. */
  legacy?: readonly ('content' | 'embeds')[]
  /** Names of the files of the request and of those the message keeps. */
  files: readonly string[]
  uploads: number
}

const int31 = 2_147_483_647
const web = ['http', 'https', 'attachment']

/** RFC 3339, as the official specification wants it. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/

const picture = shape({
  url: url('embed.url', web),
  width: integer(0, int31),
  height: integer(0, int31),
  proxy_url: anyString,
  placeholder: anyString,
  placeholder_version: integer(0, int31),
  is_animated: boolean,
  description: string('embed.description'),
})

const embed = shape({
  type: anyString,
  title: string('embed.title'),
  description: string('embed.description'),
  url: url('embed.url', ['http', 'https']),
  timestamp: (check, value, at) => {
    if (typeof value !== 'string' || !dateTime.test(value) || Number.isNaN(Date.parse(value))) {
      fail(check, at, 'DATE_TIME_TYPE_PARSE', `Could not parse ${value}. Should be ISO8601.`)
    }
  },
  color: integer(0, 0xff_ffff),
  footer: shape({
    text: string('embed.footer'),
    icon_url: url('embed.url', web),
    proxy_icon_url: anyString,
  }),
  image: picture,
  thumbnail: picture,
  video: picture,
  provider: shape({ name: string('embed.author'), url: url('embed.url', ['http', 'https']) }),
  author: shape({
    name: string('embed.author'),
    url: url('embed.url', ['http', 'https']),
    icon_url: url('embed.url', web),
    proxy_icon_url: anyString,
  }),
  fields: listOf(
    'embed.fields',
    shape(
      {
        name: string('embed.field_name', 1),
        value: string('embed.field_value', 1),
        inline: boolean,
      },
      ['name', 'value'],
    ),
  ),
})

const mentions: Rule = (check, value, at) => {
  shape({
    parse: setOf('mentions.users', oneOf('users', 'roles', 'everyone')),
    users: setOf('mentions.users', snowflakeRule),
    roles: setOf('mentions.roles', snowflakeRule),
    replied_user: boolean,
  })(check, value, at)
  if (!isObject(value)) return
  for (const key of ['users', 'roles']) {
    if (list(value['parse']).includes(key) && list(value[key]).length > 0) {
      const told = `parse:["${key}"] and ${key}: [ids...] are mutually exclusive.`
      fail(check, at, 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', told)
    }
  }
}

/** The specification wants text; Discord's own examples number the files of a request. */
const attachmentId: Rule = (check, value, at) =>
  snowflakeRule(check, typeof value === 'number' ? String(value) : value, at)

const attachment = shape(
  {
    id: attachmentId,
    filename: string('attachment.filename', 1),
    description: string('attachment.description'),
    title: string('attachment.filename'),
    duration_secs: number(0, int31),
    waveform: anyString,
    is_spoiler: boolean,
    is_remix: boolean,
    // Read-only fields of a message sent back as it came.
    ...Object.fromEntries(
      ['size', 'url', 'proxy_url', 'content_type', 'width', 'height', 'ephemeral', 'flags'].map(
        (key) => [key, () => {}],
      ),
    ),
  },
  ['id'],
)

const pollMedia = (limit: 'poll.question' | 'poll.answer') =>
  shape({
    text: string(limit, 1),
    emoji: shape({ id: snowflakeRule, name: string('emoji.name'), animated: boolean }),
  })

const poll = shape(
  {
    question: pollMedia('poll.question'),
    answers: listOf(
      'poll.answers',
      shape({ poll_media: pollMedia('poll.answer') }, ['poll_media']),
      1,
    ),
    allow_multiselect: boolean,
    layout_type: oneOf(1),
    duration: integer(1, limits['poll.hours'].max),
  },
  ['question', 'answers'],
)

const nonce: Rule = (check, value, at) => {
  if (typeof value === 'number' && Number.isInteger(value)) return
  string('message.nonce')(check, value, at)
}

const common = (isV2: boolean): Record<string, Rule> => ({
  content: string('message.content'),
  embeds: listOf('message.embeds', embed),
  allowed_mentions: mentions,
  components: messageComponents(isV2),
  attachments: listOf('message.attachments', attachment),
  flags: integer(0, int31),
})

const stickers = listOf('message.stickers', snowflakeRule)
const reference = shape(
  {
    type: oneOf(0),
    message_id: snowflakeRule,
    channel_id: snowflakeRule,
    guild_id: snowflakeRule,
    fail_if_not_exists: boolean,
  },
  ['message_id'],
)

/** What discord.js adds to every body, unasked: fine while it is false. */
const quiet: Rule = (check, value, at) => {
  if (value !== false) fail(check, at, 'UNKNOWN_FIELD', 'This field has no meaning here.')
}

function keysOf(surface: Surface, isV2: boolean): Record<string, Rule> {
  const keys = { ...common(isV2), tts: quiet, enforce_nonce: quiet }
  switch (surface) {
    case 'create':
      return {
        ...keys,
        tts: boolean,
        enforce_nonce: boolean,
        nonce,
        poll,
        sticker_ids: stickers,
        message_reference: reference,
      }
    case 'edit':
      return { ...keys, sticker_ids: stickers }
    case 'answer':
      return { ...keys, tts: boolean, poll }
    case 'update':
      return keys
    case 'follow up':
      return { ...keys, tts: boolean, poll }
    case 'webhook edit':
      return { ...keys, poll }
  }
}

const creates: readonly Surface[] = ['create', 'answer', 'follow up']

/** Null when Discord would take the message, else how it refuses. */
export function judgeMessage(
  body: Json | undefined,
  surface: Surface,
  around: Around,
  at = '',
): Refusal | null {
  const check: Check = { problems: [] }
  const given = isObject(body) ? body : {}
  const flags = typeof given['flags'] === 'number' ? given['flags'] : 0
  const isV2 = ((flags | around.flags) & flag.componentsV2) !== 0
  shape(keysOf(surface, isV2))(check, body === undefined ? {} : body, at)
  if (isV2) judgeV2(check, given, around, at)
  judgeEmbeds(check, given, at)
  judgeFiles(check, given, around, at)
  if (check.problems.length > 0) return refuse('invalid form body', treeOf(check))
  if (isEmpty(given, surface, around)) return refuse('empty message')
  if (isV2 && breaksOverBytes(objects(given['components']))) return refuse('general error')
  return null
}

function judgeV2(check: Check, body: JsonObject, around: Around, at: string): void {
  for (const key of ['content', 'embeds', 'poll', 'sticker_ids']) {
    const value = body[key]
    const isKept = value === undefined && around.legacy?.some((one) => one === key)
    const isThere = Array.isArray(value) ? value.length > 0 : Boolean(value) || isKept
    if (!isThere) continue
    const told = `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`
    fail(check, `${at}/${key}`, 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', told)
  }
}

function judgeEmbeds(check: Check, body: JsonObject, at: string): void {
  const part = (value: Json | undefined, key: string) =>
    isObject(value) ? length(text(value[key])) : 0
  const sum = objects(body['embeds']).reduce((total, one) => {
    const fields = objects(one['fields']).reduce(
      (inner, field) => inner + part(field, 'name') + part(field, 'value'),
      0,
    )
    const own = part(one, 'title') + part(one, 'description')
    return total + own + fields + part(one['footer'], 'text') + part(one['author'], 'name')
  }, 0)
  if (sum > limits['embed.sum'].max) {
    const told = `Embed size exceeds maximum size of ${limits['embed.sum'].max}`
    fail(check, `${at}/embeds`, 'MAX_EMBED_SIZE_EXCEEDED', told)
  }
}

/** Files named by components must come along, and new entries of the list need their file. */
function judgeFiles(check: Check, body: JsonObject, around: Around, at: string): void {
  for (const [i, one] of objects(body['attachments']).entries()) {
    const number = Number(one['id'])
    // Small numbers name the request's own files[n], large ones what the message has already.
    if (number < 100 && number >= around.uploads) {
      const told = `There is no files[${number}] in this request.`
      fail(check, `${at}/attachments/${i}/id`, 'ATTACHMENT_NOT_FOUND', told)
    }
  }
  for (const one of flat(objects(body['components']))) {
    const items = one['type'] === kind.gallery ? objects(one['items']) : [one]
    for (const item of items) {
      const holder = item['file'] ?? item['media']
      const address = isObject(holder) ? text(holder['url']) : ''
      if (!address.startsWith('attachment://')) continue
      if (around.files.includes(address.slice('attachment://'.length))) continue
      const told = `The referenced attachment was not found: ${address}`
      fail(check, `${at}/components`, 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', told)
    }
  }
}

function isEmpty(body: JsonObject, surface: Surface, around: Around): boolean {
  if (!creates.includes(surface)) return false
  const has = (key: string) => {
    const value = body[key]
    return Array.isArray(value) ? value.length > 0 : Boolean(value)
  }
  const keys = ['content', 'embeds', 'components', 'sticker_ids', 'poll']
  return around.uploads === 0 && !keys.some(has)
}

const choice = shape(
  {
    name: string('choice.name', 1),
    name_localizations: (check, value, at) => {
      for (const [key, one] of Object.entries(isObject(value) ? value : {})) {
        string('choice.name', 1)(check, one ?? '', `${at}/${key}`)
      }
    },
    value: (check, value, at) => {
      if (typeof value === 'number') return
      string('choice.value')(check, value, at)
    },
  },
  ['name', 'value'],
)

/** The callback of an interaction, but for what depends on its kind and state. */
export function judgeCallback(body: Json | undefined, around: Around): Refusal | null {
  const check: Check = { problems: [] }
  const given = isObject(body) ? body : {}
  const type = Number(given['type'])
  shape({ type: oneOf(1, 4, 5, 6, 7, 8, 9, 12), data: () => {} }, ['type'])(check, body ?? {}, '')
  const data = given['data']
  switch (type) {
    case 1:
    case 12:
      shape({ type: oneOf(type) })(check, body ?? null, '')
      break
    case 4:
      if (check.problems.length > 0) break
      if (!isObject(data)) return refuse('empty message')
      return judgeMessage(data, 'answer', around, '/data')
    case 7:
      if (check.problems.length > 0) break
      return judgeMessage(data ?? {}, 'update', around, '/data')
    case 5:
      judgeDeferral(check, data)
      break
    case 6:
      if (data === undefined || data === null) break
      return judgeMessage(data, 'update', around, '/data')
    case 8:
      shape({ choices: listOf('autocomplete.choices', choice) })(check, data ?? null, '/data')
      judgeKinds(check, data)
      break
    case 9:
      modalRule(check, data ?? null, '/data')
      break
  }
  return check.problems.length > 0 ? refuse('invalid form body', treeOf(check)) : null
}

/** Choices are those of one option: all texts, or all numbers. */
function judgeKinds(check: Check, data: Json | undefined): void {
  const choices = objects(isObject(data) ? data['choices'] : null)
  const kinds = new Set(choices.map((one) => typeof one['value']))
  if (kinds.size < 2) return
  fail(check, '/data/choices', 'BASE_TYPE_CHOICES', 'Values must all be of one type.')
}

function judgeDeferral(check: Check, data: Json | undefined): void {
  if (data === undefined || data === null) return
  shape({ flags: integer(0, int31), tts: quiet })(check, data, '/data')
  const flags = isObject(data) ? Number(data['flags'] ?? 0) : 0
  if (flags & ~flag.ephemeral) {
    const told = 'A deferral takes no flag but EPHEMERAL.'
    fail(check, '/data/flags', 'MESSAGE_FLAGS_INVALID', told)
  }
}

/** Judges the commands an app registers, as the endpoints of application commands do. */
import { isObject, type Json, type JsonObject, length, list, objects, text } from '../json.ts'
import { channelType } from './components.ts'
import { type Refusal, refuse } from './errors.ts'
import { limits } from './limits.ts'
import {
  boolean,
  byType,
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
} from './shape.ts'

/** docs.discord.com/developers/reference#locales */
export const locales: readonly string[] = [
  ...['id', 'da', 'de', 'en-GB', 'en-US', 'es-ES', 'es-419', 'fr', 'hr', 'it', 'lt', 'hu', 'nl'],
  ...['no', 'pl', 'pt-BR', 'ro', 'fi', 'sv-SE', 'vi', 'tr', 'cs', 'el', 'bg', 'ru', 'uk', 'hi'],
  ...['th', 'zh-CN', 'ja', 'zh-TW', 'ko'],
]

/** docs.discord.com/developers/interactions/application-commands#naming, in lower case. */
const slashName = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

const lowerName: Rule = (check, value, at) => {
  string('command.name', 1)(check, value, at)
  if (typeof value !== 'string') return
  if (slashName.test(value) && value === value.toLowerCase()) return
  fail(check, at, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
}

const localized =
  (rule: Rule): Rule =>
  (check, value, at) => {
    if (!isObject(value)) return fail(check, at, 'MODEL_TYPE_CONVERT', 'Must be a dictionary')
    for (const [locale, one] of Object.entries(value)) {
      if (!locales.includes(locale)) {
        const told = `Value must be one of {${locales.join(', ')}}.`
        fail(check, `${at}/${locale}`, 'BASE_TYPE_CHOICES', told)
      } else rule(check, one, `${at}/${locale}`)
    }
  }

const description = string('command.description', 1)

const named = {
  type: integer(1, 11),
  name: lowerName,
  name_localizations: localized(lowerName),
  description,
  description_localizations: localized(description),
  required: boolean,
}
const needed = ['type', 'name', 'description']
const plain = shape(named, needed)

const choiceName = string('choice.name', 1)
const choices = (value: Rule): Rule =>
  listOf(
    'command.choices',
    shape({ name: choiceName, name_localizations: localized(choiceName), value }, [
      'name',
      'value',
    ]),
  )
const int53 = integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
const double = number(-(2 ** 53), 2 ** 53)

const leaves: Record<number, Rule> = {
  3: shape(
    {
      ...named,
      autocomplete: boolean,
      choices: choices(string('choice.value')),
      min_length: integer(0, limits['command.min_length'].max),
      max_length: integer(1, limits['command.max_length'].max),
    },
    needed,
  ),
  4: shape(
    {
      ...named,
      autocomplete: boolean,
      choices: choices(int53),
      min_value: int53,
      max_value: int53,
    },
    needed,
  ),
  5: plain,
  6: plain,
  7: shape({ ...named, channel_types: setOf('command.options', channelType) }, needed),
  8: plain,
  9: plain,
  10: shape(
    {
      ...named,
      autocomplete: boolean,
      choices: choices(double),
      min_value: double,
      max_value: double,
    },
    needed,
  ),
  11: plain,
}
const subcommand = shape({ ...named, options: listOf('command.options', byType(leaves)) }, needed)
const group = shape(
  { ...named, options: listOf('command.options', byType({ 1: subcommand })) },
  needed,
)
const options = listOf('command.options', byType({ ...leaves, 1: subcommand, 2: group }))

const slash = shape(
  {
    id: snowflakeRule,
    type: oneOf(1),
    name: lowerName,
    name_localizations: localized(lowerName),
    description,
    description_localizations: localized(description),
    options,
    ...gate(),
  },
  ['name', 'description'],
)

const menuName = string('command.name', 1)
const menu = shape(
  {
    id: snowflakeRule,
    type: oneOf(2, 3),
    name: menuName,
    name_localizations: localized(menuName),
    // Commands of the context menu have none; the empty string is what discord.js sends.
    description: oneOf(''),
    ...gate(),
  },
  ['name'],
)

/** Who may use a command, and where. */
function gate(): Record<string, Rule> {
  return {
    default_permission: boolean,
    default_member_permissions: (check, value, at) => {
      if (typeof value === 'string' && /^\d+$/.test(value) && BigInt(value) <= 2n ** 54n) return
      integer(0, 2 ** 54)(check, value, at)
    },
    dm_permission: boolean,
    contexts: setOf('command.options', oneOf(0, 1, 2), 1),
    integration_types: setOf('command.options', oneOf(0, 1), 1),
    nsfw: boolean,
    handler: oneOf(1, 2),
  }
}

/** One command; null when Discord would take it. */
export function judgeCommand(body: Json | undefined): Refusal | null {
  const check: Check = { problems: [] }
  judgeOne(check, body, '')
  return check.problems.length > 0 ? refuse('invalid form body', treeOf(check)) : null
}

/** The whole list that replaces what was registered. */
export function judgeCommands(body: Json | undefined): Refusal | null {
  const check: Check = { problems: [] }
  if (!Array.isArray(body)) {
    fail(check, '', 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType.')
  }
  const seen = new Set<string>()
  const counts = new Map<number, number>()
  for (const [i, one] of list(body).entries()) {
    judgeOne(check, one, `/${i}`)
    const type = isObject(one) ? Number(one['type'] ?? 1) : 1
    const key = `${type} ${text(isObject(one) ? one['name'] : '')}`
    if (seen.has(key)) {
      const told = 'Application command names must be unique'
      fail(check, `/${i}/name`, 'APPLICATION_COMMANDS_DUPLICATE_NAME', told)
    }
    seen.add(key)
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  const most: [number, number][] = [
    [1, limits['commands.slash'].max],
    [2, limits['commands.user'].max],
    [3, limits['commands.message'].max],
  ]
  for (const [type, max] of most) {
    if ((counts.get(type) ?? 0) <= max) continue
    const told = `Maximum number of application commands reached (${max}).`
    fail(check, '', 'APPLICATION_COMMANDS_MAX', told)
  }
  return check.problems.length > 0 ? refuse('invalid form body', treeOf(check)) : null
}

function judgeOne(check: Check, body: Json | undefined, at: string): void {
  const type = isObject(body) ? (body['type'] ?? 1) : 1
  if (type === 2 || type === 3) menu(check, body ?? null, at)
  else slash(check, body ?? null, at)
  if (!isObject(body)) return
  const size = charactersOf(body)
  if (size > limits['command.characters'].max) {
    const told = `Command exceeds maximum size (${limits['command.characters'].max})`
    fail(check, at, 'APPLICATION_COMMAND_TOO_LARGE', told)
  }
  judgeOrder(check, body, at)
}

function charactersOf(one: JsonObject): number {
  const longest = (key: string) => {
    const others = one[`${key}_localizations`]
    const all = [one[key], ...(isObject(others) ? Object.values(others) : [])]
    return Math.max(...all.map((value) => length(text(value ?? ''))))
  }
  const own = longest('name') + longest('description')
  const offered = objects(one['choices']).reduce((sum, each) => {
    const value = each['value']
    return sum + length(text(each['name'])) + length(String(value ?? ''))
  }, 0)
  return objects(one['options']).reduce((sum, option) => sum + charactersOf(option), own + offered)
}

function judgeOrder(check: Check, one: JsonObject, at: string): void {
  let isOptional = false
  const inside = objects(one['options'])
  const kinds = inside.map((option) => Number(option['type']) < 3)
  if (kinds.includes(true) && kinds.includes(false)) {
    const told = 'Sub-commands and options cannot stand side by side'
    fail(check, `${at}/options`, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', told)
  }
  const names = inside.map((option) => text(option['name']))
  for (const [i, option] of inside.entries()) {
    const place = `${at}/options/${i}`
    if (names.indexOf(names[i] ?? '') < i) {
      const told = 'Option names must be unique'
      fail(check, `${place}/name`, 'APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATED', told)
    }
    if (option['required'] === true && isOptional) {
      const told = 'Required options must be placed before non-required options'
      fail(check, place, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', told)
    }
    if (option['required'] !== true) isOptional = true
    if (option['autocomplete'] === true && list(option['choices']).length > 0) {
      const told = 'Options with autocomplete cannot have choices'
      fail(check, place, 'APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES', told)
    }
    judgeOrder(check, option, place)
  }
}

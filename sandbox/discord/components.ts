/** The components of messages and modals, each with the keys and sizes Discord documents. */
import { isObject, type Json, type JsonObject, length, objects, text } from '../json.ts'
import { type LimitId, limits, textDisplayBytes } from './limits.ts'
import {
  anyString,
  boolean,
  both,
  byType,
  type Check,
  fail,
  integer,
  listOf,
  oneOf,
  type Rule,
  setOf,
  shape,
  snowflakeRule,
  string,
  url,
} from './shape.ts'

/** docs.discord.com/developers/components/reference#component-object-component-types */
export const kind = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const

export const selects: readonly number[] = [3, 5, 6, 7, 8]

/** docs.discord.com/developers/resources/channel#channel-object-channel-types */
export const channelType = oneOf(0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15)

const int31 = 2_147_483_647
const id = { type: integer(1, 99), id: integer(0, int31) }
const customId = string('custom_id', 1)

const emoji = shape({ id: snowflakeRule, name: string('emoji.name'), animated: boolean }, ['name'])

const option = shape(
  {
    label: string('option.label', 1),
    value: string('option.value', 1),
    description: string('option.description'),
    default: boolean,
    emoji,
  },
  ['label', 'value'],
)
const plainOption = shape(
  {
    label: string('option.label', 1),
    value: string('option.value', 1),
    description: string('option.description'),
    default: boolean,
  },
  ['label', 'value'],
)

const button = both(
  shape(
    {
      ...id,
      style: integer(1, 6),
      label: string('button.label'),
      emoji,
      custom_id: customId,
      sku_id: snowflakeRule,
      url: url('button.url', ['http', 'https', 'discord']),
      disabled: boolean,
    },
    ['style'],
  ),
  judgeButton,
)

function judgeButton(check: Check, value: Json, at: string): void {
  if (!isObject(value)) return
  const { style, label, emoji: sign, custom_id: name, url: link, sku_id: sku } = value
  const told = (one: Json | undefined) => one !== undefined && one !== null && one !== ''
  const needs = (key: string, has: boolean, code: string, message: string) => {
    if (!has) fail(check, `${at}/${key}`, code, message)
  }
  const bans = (key: string, has: boolean) => {
    if (has)
      fail(
        check,
        `${at}/${key}`,
        'BUTTON_COMPONENT_FIELD_NOT_ALLOWED',
        `${key} cannot be set on this style of button`,
      )
  }
  if (style === 5) {
    needs('url', told(link), 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required')
    bans('custom_id', told(name))
  } else if (style === 6) {
    needs('sku_id', told(sku), 'BUTTON_COMPONENT_SKU_REQUIRED', 'A sku_id is required')
    bans('custom_id', told(name))
  } else {
    needs('custom_id', told(name), 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required')
    bans('url', told(link))
  }
  if (style !== 6 && !told(label) && !told(sign)) {
    fail(check, at, 'BUTTON_COMPONENT_LABEL_REQUIRED', 'A label or an emoji is required')
  }
}

function select(more: Record<string, Rule>, required: readonly string[] = []): Rule {
  return both(
    shape(
      {
        ...id,
        custom_id: customId,
        placeholder: string('select.placeholder'),
        min_values: integer(0, limits['select.min_values'].max),
        max_values: integer(1, limits['select.max_values'].max),
        disabled: boolean,
        required: boolean,
        ...more,
      },
      ['custom_id', ...required],
    ),
    judgeCounts,
  )
}

const defaults = (...types: string[]): Record<string, Rule> => ({
  default_values: listOf(
    'select.default_values',
    shape({ id: snowflakeRule, type: oneOf(...types) }, ['id', 'type']),
  ),
})

const selectRules: Record<number, Rule> = {
  [kind.stringSelect]: select({ options: listOf('select.options', option, 1) }, ['options']),
  [kind.userSelect]: select(defaults('user')),
  [kind.roleSelect]: select(defaults('role')),
  [kind.mentionableSelect]: select(defaults('user', 'role')),
  [kind.channelSelect]: select({
    ...defaults('channel'),
    channel_types: setOf('select.options', channelType),
  }),
}

/** Options that repeat, too many defaults, counts that cannot be met. */
function judgeCounts(check: Check, value: Json, at: string): void {
  if (!isObject(value)) return
  const options = objects(value['options'])
  const type = value['type']
  const isClosed = Array.isArray(value['options'])
  const values = options.map((one) => one['value'])
  for (const [i, one] of values.entries()) {
    if (values.indexOf(one) < i) {
      const told = 'The specified option value is already used'
      fail(check, `${at}/options/${i}/value`, 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', told)
    }
  }
  const most = type === kind.checkboxGroup ? options.length : 1
  const max = typeof value['max_values'] === 'number' ? value['max_values'] : most
  const min = typeof value['min_values'] === 'number' ? value['min_values'] : 0
  const chosen = options.filter((one) => one['default'] === true).length
  if (chosen > Math.max(max, 1)) {
    const told = `The number of default options must be at most ${max}`
    fail(check, `${at}/options`, 'SELECT_COMPONENT_TOO_MANY_DEFAULTS', told)
  }
  if (min > max) {
    const told = 'min_values must be less than or equal to max_values'
    fail(check, `${at}/min_values`, 'SELECT_COMPONENT_MIN_VALUES_EXCEEDS_MAX', told)
  }
  if (isClosed && type !== kind.radioGroup && Math.max(max, min) > options.length) {
    const told = 'max_values must be less than or equal to the number of options'
    fail(check, `${at}/max_values`, 'SELECT_COMPONENT_MAX_VALUES_EXCEEDS_OPTIONS', told)
  }
}

const textDisplay = shape({ ...id, content: string('text_display.content', 1) }, ['content'])
const media = shape(
  {
    url: url('media.url', ['http', 'https', 'attachment']),
    // Read-only fields of a message sent back as it came.
    proxy_url: anyString,
    height: integer(0, int31),
    width: integer(0, int31),
    content_type: anyString,
    attachment_id: snowflakeRule,
  },
  ['url'],
)
const attached = shape({ url: url('media.url', ['attachment']) }, ['url'])
const described = { media, description: string('media.description', 1), spoiler: boolean }
const thumbnail = shape({ ...id, ...described }, ['media'])

const row = both(
  shape(
    {
      ...id,
      components: listOf(
        'action_row.buttons',
        byType({ [kind.button]: button, ...selectRules }),
        1,
      ),
    },
    ['components'],
  ),
  (check, value, at) => {
    const inside = objects(isObject(value) ? value['components'] : null)
    if (inside.length < 2 || inside.every((one) => one['type'] === kind.button)) return
    const told = 'A select fills its row: nothing may stand beside it.'
    fail(check, `${at}/components`, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', told)
  },
)

const section = shape(
  {
    ...id,
    components: listOf('section.components', byType({ [kind.text]: textDisplay }), 1),
    accessory: byType({ [kind.button]: button, [kind.thumbnail]: thumbnail }),
  },
  ['components', 'accessory'],
)

const leaves: Record<number, Rule> = {
  [kind.row]: row,
  [kind.section]: section,
  [kind.text]: textDisplay,
  [kind.gallery]: shape(
    { ...id, items: listOf('media_gallery.items', shape(described, ['media']), 1) },
    ['items'],
  ),
  [kind.file]: shape({ ...id, file: attached, spoiler: boolean }, ['file']),
  [kind.separator]: shape({ ...id, divider: boolean, spacing: oneOf(1, 2) }),
}

const container = shape(
  {
    ...id,
    components: listOf('message.components', byType(leaves), 1),
    accent_color: integer(0, 0xff_ffff),
    spoiler: boolean,
  },
  ['components'],
)

/** The components of a message; which are allowed depends on the sticky flag of components V2. */
export function messageComponents(isV2: boolean): Rule {
  const kinds: Record<number, Rule> = isV2 ? { ...leaves, [kind.container]: container } : leaves
  const limit = isV2 ? 'message.components' : 'message.rows'
  return both(listOf(limit, byType(kinds)), (check, value, at) => {
    const top = objects(value)
    const all = flat(top)
    judgeCustomIds(check, all, at)
    if (!isV2) {
      for (const [i, one] of top.entries()) {
        if (one['type'] === kind.row) continue
        const told = 'This component needs MessageFlags.IS_COMPONENTS_V2.'
        fail(check, `${at}/${i}/type`, 'UNION_TYPE_CHOICES', told)
      }
      return
    }
    if (all.length > limits['message.components'].max) {
      const told = `The message has ${all.length} components; no more than 40 are allowed`
      fail(check, at, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', told)
    }
    const texts = all.filter((one) => one['type'] === kind.text).map((one) => text(one['content']))
    const sum = texts.reduce((total, one) => total + length(one), 0)
    if (sum > limits['message.text_sum'].max) {
      const told = `The text of all components has ${sum} characters; at most 4000 are displayable`
      fail(check, at, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', told)
    }
  })
}

/** Whether Discord would break over this message's bytes and answer 500. */
export function breaksOverBytes(components: readonly JsonObject[]): boolean {
  const texts = flat(components).filter((one) => one['type'] === kind.text)
  const bytes = texts.reduce(
    (sum, one) => sum + Buffer.byteLength(text(one['content'])) + textDisplayBytes,
    0,
  )
  return bytes > limits['message.bytes'].max
}

function judgeCustomIds(check: Check, all: readonly JsonObject[], at: string): void {
  const seen = new Set<string>()
  for (const one of all) {
    const name = text(one['custom_id'])
    if (name === '') continue
    if (seen.has(name)) {
      const told = `Component custom id cannot be duplicated: ${name}`
      fail(check, at, 'COMPONENT_CUSTOM_ID_DUPLICATED', told)
    }
    seen.add(name)
  }
}

const textInput = both(
  shape(
    {
      ...id,
      custom_id: customId,
      style: oneOf(1, 2),
      label: string('text_input.label', 1),
      value: string('text_input.value'),
      placeholder: string('text_input.placeholder'),
      required: boolean,
      min_length: integer(0, limits['text_input.min_length'].max),
      max_length: integer(1, limits['text_input.max_length'].max),
    },
    ['custom_id', 'style'],
  ),
  (check, value, at) => {
    if (!isObject(value)) return
    const count = (key: string, none: number) => {
      const given = value[key]
      return typeof given === 'number' ? given : none
    }
    const [min, max] = [count('min_length', 0), count('max_length', 4000)]
    if (min > max) {
      const told = 'min_length must be less than or equal to max_length'
      fail(check, `${at}/min_length`, 'TEXT_INPUT_MIN_LENGTH_EXCEEDS_MAX', told)
    }
    const size = length(text(value['value']))
    if (size > 0 && (size > max || size < min)) {
      const told = `Must be between ${min} and ${max} in length.`
      fail(check, `${at}/value`, 'BASE_TYPE_BAD_LENGTH', told)
    }
  },
)

function counted(name: 'checkbox_group' | 'file_upload', more: Record<string, Rule>): Rule {
  const most = (which: 'min_values' | 'max_values') => {
    const limit: LimitId = `${name}.${which}`
    return limits[limit].max
  }
  return both(
    shape(
      {
        ...id,
        custom_id: customId,
        required: boolean,
        min_values: integer(0, most('min_values')),
        max_values: integer(1, most('max_values')),
        ...more,
      },
      ['custom_id', ...Object.keys(more).filter((key) => key === 'options')],
    ),
    judgeCounts,
  )
}

/** docs.discord.com/developers/reference#file-type-filtering, as discord-api-types has it. */
const fileType = /^(audio|image|video|\..+)$/

const inModal: Record<number, Rule> = {
  [kind.textInput]: textInput,
  ...selectRules,
  [kind.fileUpload]: counted('file_upload', {
    file_types: listOf('file_upload.file_types', string('file_upload.file_type', 1, fileType)),
  }),
  [kind.radioGroup]: both(
    shape(
      {
        ...id,
        custom_id: customId,
        required: boolean,
        options: listOf('radio_group.options', plainOption, 2),
      },
      ['custom_id', 'options'],
    ),
    judgeCounts,
  ),
  [kind.checkboxGroup]: counted('checkbox_group', {
    options: listOf('checkbox_group.options', plainOption, 1),
  }),
  [kind.checkbox]: shape({ ...id, custom_id: customId, default: boolean }, ['custom_id']),
}

const labelRule = shape(
  {
    ...id,
    label: string('label.label', 1),
    description: string('label.description', 1),
    component: byType(inModal),
  },
  ['label', 'component'],
)

const legacyRow = shape(
  { ...id, components: listOf('action_row.buttons', byType({ [kind.textInput]: textInput }), 1) },
  ['components'],
)

/** The `data` of a callback that opens a modal. */
export const modalRule: Rule = both(
  shape(
    {
      custom_id: customId,
      title: string('modal.title', 1),
      components: listOf(
        'modal.components',
        byType({ [kind.row]: legacyRow, [kind.label]: labelRule, [kind.text]: textDisplay }),
        1,
      ),
    },
    ['custom_id', 'title', 'components'],
  ),
  (check, value, at) => {
    if (!isObject(value)) return
    const all = flat(objects(value['components']))
    judgeCustomIds(check, all, `${at}/components`)
    for (const one of all) judgeInModal(check, one, `${at}/components`)
  },
)

const mayStayEmpty: readonly number[] = [...selects, kind.fileUpload, kind.checkboxGroup]

function judgeInModal(check: Check, one: JsonObject, at: string): void {
  if (one['disabled'] === true) {
    fail(check, at, 'MODAL_COMPONENT_DISABLED', 'Components of a modal cannot be disabled')
  }
  const isCounted = mayStayEmpty.includes(Number(one['type']))
  if (isCounted && one['min_values'] === 0 && one['required'] !== false) {
    const told = 'min_values of 0 needs required to be false'
    fail(check, at, 'COMPONENT_REQUIRED_MIN_VALUES', told)
  }
}

/** Every component, those inside others too, in the order they are drawn. */
export function flat(components: readonly JsonObject[]): JsonObject[] {
  return components.flatMap((one) => [
    one,
    ...flat(objects(one['components'])),
    ...[one['accessory'], one['component']].flatMap((inner) =>
      isObject(inner) ? flat([inner]) : [],
    ),
  ])
}

/** The components as Discord sends them back: every one has a number. */
export function numbered(components: readonly JsonObject[]): JsonObject[] {
  const copy = structuredClone([...components])
  const all = flat(copy)
  const taken = new Set(all.map((one) => one['id']).filter((one) => typeof one === 'number'))
  let next = 0
  for (const one of all) {
    if (typeof one['id'] === 'number' && one['id'] > 0) continue
    do next += 1
    while (taken.has(next))
    one['id'] = next
  }
  return copy
}

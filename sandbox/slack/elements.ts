/** Validates Block Kit elements and composition objects: what Slack would refuse is named here. */

import { isObject, type Json, type JsonObject, list, same } from '../json.ts'
import {
  type Check,
  checkBoolean,
  checkInteger,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  fail,
  needs,
  onlyKeys,
} from './check.ts'
import { type LimitId, limits } from './limits.ts'

/** Where an element stands; Slack allows different ones in each place. */
export type Place =
  | 'section'
  | 'actions'
  | 'input'
  | 'context'
  | 'context_actions'
  | 'card'
  | 'card_actions'

const selects = ['static_select', 'users_select', 'conversations_select', 'channels_select']
const singleSelects = [...selects, 'external_select']
const multiSelects = singleSelects.map((type) => `multi_${type}`)
const pickers = ['datepicker', 'timepicker', 'datetimepicker']
const choices = ['checkboxes', 'radio_buttons']

const placed: Record<Place, readonly string[]> = {
  section: [
    ...['button', 'image', 'overflow', 'workflow_button', 'datepicker', 'timepicker'],
    ...[...choices, ...singleSelects, ...multiSelects],
  ],
  actions: [
    ...['button', 'overflow', 'workflow_button', 'rich_text_input'],
    ...[...choices, ...pickers, ...singleSelects, ...multiSelects],
  ],
  input: [
    ...['plain_text_input', 'number_input', 'email_text_input', 'url_text_input'],
    ...['rich_text_input', 'file_input'],
    ...[...choices, ...pickers, ...singleSelects, ...multiSelects],
  ],
  context: ['image'],
  context_actions: ['feedback_buttons', 'icon_button'],
  card: ['image'],
  card_actions: ['button'],
}

/** Checks one element where it stands. */
export function checkElement(check: Check, value: Json | undefined, at: string, place: Place) {
  if (!isObject(value)) return fail(check, at, 'must provide an object')
  const type = value['type']
  if (typeof type !== 'string' || !placed[place].includes(type)) {
    return fail(check, `${at}/type`, `unsupported type: ${String(type)}`)
  }
  // Documented for all surfaces, refused outside messages: slackapi/python-slack-sdk#1631.
  if (place === 'actions' && check.surface !== 'message' && type.startsWith('multi_')) {
    return fail(check, `${at}/type`, `unsupported type: ${type}`)
  }
  const rule = rules[type]
  if (!rule) return fail(check, `${at}/type`, `unsupported type: ${type}`)
  const shared = type === 'image' ? ['type'] : ['type', 'action_id']
  onlyKeys(check, value, at, [...shared, ...rule.keys])
  needs(check, value, at, rule.needs ?? [])
  checkString(check, value['action_id'], `${at}/action_id`, 'action_id', 1)
  checkText(check, value['placeholder'], `${at}/placeholder`, 'placeholder')
  checkBoolean(check, value, at, ['focus_on_load'])
  checkConfirm(check, value['confirm'], `${at}/confirm`)
  rule.check?.(check, value, at)
}

type Rule = {
  keys: readonly string[]
  needs?: readonly string[]
  check?: (check: Check, value: JsonObject, at: string) => void
}

const asked = ['confirm', 'focus_on_load']
const placeable = [...asked, 'placeholder']
const dispatched = ['dispatch_action_config', 'focus_on_load', 'placeholder']

const rules: Record<string, Rule> = {
  button: {
    keys: ['text', 'value', 'url', 'style', 'accessibility_label', 'confirm'],
    needs: ['text'],
    check: checkButton,
  },
  workflow_button: {
    keys: ['text', 'workflow', 'style', 'accessibility_label', 'confirm'],
    needs: ['text', 'workflow'],
    check: checkButton,
  },
  image: {
    keys: ['alt_text', 'image_url', 'slack_file'],
    needs: ['alt_text'],
    check: checkImage,
  },
  static_select: {
    keys: [...placeable, 'options', 'option_groups', 'initial_option'],
    check: (check, value, at) => {
      const offered = checkSelectOptions(check, value, at, 'static_select.options')
      checkInitial(check, value['initial_option'], `${at}/initial_option`, offered)
    },
  },
  multi_static_select: {
    keys: [...placeable, 'options', 'option_groups', 'initial_options', 'max_selected_items'],
    check: (check, value, at) => {
      const offered = checkSelectOptions(check, value, at, 'multi_static_select.options')
      checkInitials(check, value, at, offered)
      checkMaxSelected(check, value, at)
    },
  },
  external_select: {
    keys: [...placeable, 'initial_option', 'min_query_length'],
    check: (check, value, at) => {
      checkOption(check, value['initial_option'], `${at}/initial_option`, ['plain_text'])
      checkQueryLength(check, value, at)
    },
  },
  multi_external_select: {
    keys: [...placeable, 'initial_options', 'min_query_length', 'max_selected_items'],
    check: (check, value, at) => {
      for (const [i, option] of list(value['initial_options']).entries())
        checkOption(check, option, `${at}/initial_options/${i}`, ['plain_text'])
      checkQueryLength(check, value, at)
      checkMaxSelected(check, value, at)
    },
  },
  users_select: { keys: [...placeable, 'initial_user'] },
  multi_users_select: {
    keys: [...placeable, 'initial_users', 'max_selected_items'],
    check: checkMaxSelected,
  },
  channels_select: { keys: [...placeable, 'initial_channel', 'response_url_enabled'] },
  multi_channels_select: {
    keys: [...placeable, 'initial_channels', 'max_selected_items'],
    check: checkMaxSelected,
  },
  conversations_select: {
    keys: [
      ...[...placeable, 'initial_conversation', 'default_to_current_conversation'],
      ...['filter', 'response_url_enabled'],
    ],
  },
  multi_conversations_select: {
    keys: [
      ...[...placeable, 'initial_conversations', 'default_to_current_conversation'],
      ...['filter', 'max_selected_items'],
    ],
    check: checkMaxSelected,
  },
  radio_buttons: {
    keys: [...asked, 'options', 'initial_option'],
    needs: ['options'],
    check: (check, value, at) => {
      const offered = checkOptions(check, value['options'], `${at}/options`, {
        limit: 'radio_buttons.options',
        texts: ['plain_text', 'mrkdwn'],
      })
      checkInitial(check, value['initial_option'], `${at}/initial_option`, offered)
    },
  },
  checkboxes: {
    keys: [...asked, 'options', 'initial_options'],
    needs: ['options'],
    check: (check, value, at) => {
      const offered = checkOptions(check, value['options'], `${at}/options`, {
        limit: 'checkboxes.options',
        texts: ['plain_text', 'mrkdwn'],
      })
      checkInitials(check, value, at, offered)
    },
  },
  overflow: {
    keys: ['options', 'confirm'],
    needs: ['options'],
    check: (check, value, at) => {
      checkOptions(check, value['options'], `${at}/options`, {
        limit: 'overflow.options',
        texts: ['plain_text'],
      })
    },
  },
  datepicker: {
    keys: [...placeable, 'initial_date'],
    check: (check, value, at) =>
      checkPattern(check, value['initial_date'], `${at}/initial_date`, /^\d{4}-\d\d-\d\d$/),
  },
  timepicker: {
    keys: [...placeable, 'initial_time', 'timezone'],
    check: (check, value, at) =>
      checkPattern(check, value['initial_time'], `${at}/initial_time`, /^\d\d:\d\d$/),
  },
  datetimepicker: { keys: [...asked, 'initial_date_time'] },
  plain_text_input: {
    keys: [...dispatched, 'initial_value', 'multiline', 'min_length', 'max_length'],
    check: checkPlainTextInput,
  },
  number_input: {
    keys: [...dispatched, 'is_decimal_allowed', 'initial_value', 'min_value', 'max_value'],
    needs: ['is_decimal_allowed'],
    check: (check, value, at) => {
      checkBoolean(check, value, at, ['is_decimal_allowed'])
      for (const key of ['initial_value', 'min_value', 'max_value']) {
        checkPattern(check, value[key], `${at}/${key}`, /^-?\d+(\.\d+)?$/)
      }
    },
  },
  email_text_input: { keys: [...dispatched, 'initial_value'] },
  url_text_input: { keys: [...dispatched, 'initial_value'] },
  rich_text_input: {
    keys: [...dispatched, 'initial_value', 'min_lines', 'max_lines'],
    check: (check, value, at) => {
      const bounds = { min: 1, max: limits['rich_text_input.max_lines'].max }
      checkInteger(check, value['min_lines'], `${at}/min_lines`, bounds)
      checkInteger(check, value['max_lines'], `${at}/max_lines`, bounds)
    },
  },
  file_input: {
    keys: ['filetypes', 'max_files'],
    check: (check, value, at) => {
      if (check.surface !== 'modal') fail(check, `${at}/type`, 'unsupported type: file_input')
      const bounds = { min: 1, max: limits['file_input.max_files'].max }
      checkInteger(check, value['max_files'], `${at}/max_files`, bounds)
      checkFiletypes(check, value['filetypes'], `${at}/filetypes`)
    },
  },
  feedback_buttons: {
    keys: ['positive_button', 'negative_button'],
    needs: ['positive_button', 'negative_button'],
    check: (check, value, at) => {
      for (const side of ['positive_button', 'negative_button']) {
        const button = value[side]
        if (button === undefined) continue
        if (!isObject(button)) {
          fail(check, `${at}/${side}`, 'must provide an object')
          continue
        }
        onlyKeys(check, button, `${at}/${side}`, ['text', 'value', 'accessibility_label'])
        needs(check, button, `${at}/${side}`, ['text', 'value'])
        checkText(check, button['text'], `${at}/${side}/text`, 'feedback_button.text')
        checkString(check, button['value'], `${at}/${side}/value`, 'feedback_button.value')
        checkString(
          check,
          button['accessibility_label'],
          `${at}/${side}/accessibility_label`,
          'feedback_button.accessibility_label',
        )
      }
    },
  },
  icon_button: {
    keys: ['icon', 'text', 'value', 'accessibility_label', 'visible_to_user_ids', 'confirm'],
    needs: ['icon', 'text'],
    check: (check, value, at) => {
      checkOneOf(check, value['icon'], `${at}/icon`, ['trash'])
      checkText(check, value['text'], `${at}/text`, 'button.text')
      checkString(check, value['value'], `${at}/value`, 'button.value')
    },
  },
}

function checkButton(check: Check, value: JsonObject, at: string): void {
  checkText(check, value['text'], `${at}/text`, 'button.text')
  checkString(check, value['value'], `${at}/value`, 'button.value')
  checkString(check, value['url'], `${at}/url`, 'button.url', 1)
  checkOneOf(check, value['style'], `${at}/style`, ['primary', 'danger'])
  checkString(
    check,
    value['accessibility_label'],
    `${at}/accessibility_label`,
    'button.accessibility_label',
  )
}

export function checkImage(check: Check, value: JsonObject, at: string): void {
  checkString(check, value['alt_text'], `${at}/alt_text`, 'image.alt_text', 1)
  checkString(check, value['image_url'], `${at}/image_url`, 'image.image_url', 1)
  const given = [value['image_url'], value['slack_file']].filter((v) => v !== undefined)
  if (given.length !== 1) fail(check, at, 'must provide exactly one of image_url or slack_file')
}

function checkPlainTextInput(check: Check, value: JsonObject, at: string): void {
  checkBoolean(check, value, at, ['multiline'])
  const longest = limits['plain_text_input.max_length'].max
  checkInteger(check, value['min_length'], `${at}/min_length`, { min: 0, max: longest })
  checkInteger(check, value['max_length'], `${at}/max_length`, { min: 1, max: longest })
  const [min, max] = [value['min_length'], value['max_length']]
  if (typeof min === 'number' && typeof max === 'number' && min > max) {
    fail(check, `${at}/min_length`, 'must be less than max_length')
  }
  if (value['initial_value'] !== undefined && typeof value['initial_value'] !== 'string') {
    fail(check, `${at}/initial_value`, 'must be a string')
  }
}

function checkPattern(check: Check, value: Json | undefined, at: string, pattern: RegExp): void {
  if (value === undefined) return
  if (typeof value !== 'string' || !pattern.test(value)) fail(check, at, 'invalid format')
}

function checkQueryLength(check: Check, value: JsonObject, at: string): void {
  const bounds = { min: 0, max: limits['option.text'].max }
  checkInteger(check, value['min_query_length'], `${at}/min_query_length`, bounds)
}

/** What an app answers when its options are looked up; problems are told as for any payload. */
export function checkSuggestions(check: Check, answer: JsonObject): void {
  onlyKeys(check, answer, '', ['options', 'option_groups'])
  if (Array.isArray(answer['options']) && answer['options'].length === 0) return
  checkSelectOptions(check, answer, '', 'static_select.options')
}

/** Names of extensions, without their dot; a field that takes none would be of no use. */
function checkFiletypes(check: Check, value: Json | undefined, at: string) {
  if (value === undefined) return
  if (!Array.isArray(value) || value.length === 0)
    return fail(check, at, 'must be an array of at least 1 item')
  for (const [i, type] of value.entries()) {
    if (typeof type !== 'string' || !/^[a-z0-9_]+$/.test(type))
      fail(check, `${at}/${i}`, 'must be a file extension')
  }
}

function checkMaxSelected(check: Check, value: JsonObject, at: string): void {
  checkInteger(check, value['max_selected_items'], `${at}/max_selected_items`, {
    min: 1,
    max: limits['static_select.options'].max,
  })
}

function checkConfirm(check: Check, value: Json | undefined, at: string) {
  if (value === undefined) return
  if (!isObject(value)) return fail(check, at, 'must provide an object')
  onlyKeys(check, value, at, ['title', 'text', 'confirm', 'deny', 'style'])
  needs(check, value, at, ['text'])
  checkText(check, value['title'], `${at}/title`, 'confirm.title')
  checkText(check, value['text'], `${at}/text`, 'confirm.text', ['plain_text', 'mrkdwn'])
  checkText(check, value['confirm'], `${at}/confirm`, 'confirm.confirm')
  checkText(check, value['deny'], `${at}/deny`, 'confirm.deny')
  checkOneOf(check, value['style'], `${at}/style`, ['primary', 'danger'])
}

type OptionRule = { limit: LimitId; texts: readonly ('plain_text' | 'mrkdwn')[] }

function checkSelectOptions(check: Check, value: JsonObject, at: string, limit: LimitId): Json[] {
  const groups = value['option_groups']
  if ((value['options'] === undefined) === (groups === undefined)) {
    fail(check, at, 'must provide exactly one of options or option_groups')
    return []
  }
  const rule: OptionRule = { limit, texts: ['plain_text'] }
  if (groups === undefined) return checkOptions(check, value['options'], `${at}/options`, rule)
  const inGroup: OptionRule = { limit: 'option_group.options', texts: ['plain_text'] }
  const groupsAt = `${at}/option_groups`
  return checkList(check, groups, groupsAt, 'static_select.option_groups').flatMap((group, i) => {
    if (!isObject(group)) {
      fail(check, `${groupsAt}/${i}`, 'must provide an object')
      return []
    }
    onlyKeys(check, group, `${groupsAt}/${i}`, ['label', 'options'])
    needs(check, group, `${groupsAt}/${i}`, ['label', 'options'])
    checkText(check, group['label'], `${groupsAt}/${i}/label`, 'option_group.label')
    return checkOptions(check, group['options'], `${groupsAt}/${i}/options`, inGroup)
  })
}

function checkOptions(
  check: Check,
  value: Json | undefined,
  at: string,
  { limit, texts }: OptionRule,
): Json[] {
  const options = checkList(check, value, at, limit)
  // Only the options of an overflow menu may carry a url, and an empty one is refused.
  const linked = limit === 'overflow.options'
  for (const [i, option] of options.entries()) {
    checkOption(check, option, `${at}/${i}`, texts, linked)
  }
  return options
}

function checkOption(
  check: Check,
  value: Json | undefined,
  at: string,
  texts: OptionRule['texts'],
  linked = false,
) {
  if (value === undefined) return
  if (!isObject(value)) return fail(check, at, 'must provide an object')
  onlyKeys(check, value, at, ['text', 'value', 'description', ...(linked ? ['url'] : [])])
  needs(check, value, at, ['text', 'value'])
  checkText(check, value['text'], `${at}/text`, 'option.text', texts)
  checkString(check, value['value'], `${at}/value`, 'option.value', 1)
  checkText(check, value['description'], `${at}/description`, 'option.description', texts)
  checkString(check, value['url'], `${at}/url`, 'option.url', 1)
}

/** The initial option must be identical to one that is offered, or Slack refuses the payload. */
function checkInitial(check: Check, value: Json | undefined, at: string, offered: Json[]): void {
  if (value === undefined) return
  if (!offered.some((option) => same(plain(option), plain(value)))) {
    fail(check, at, 'initial_option did not match an option')
  }
}

function checkInitials(check: Check, value: JsonObject, at: string, offered: Json[]) {
  const initial = value['initial_options']
  if (initial === undefined) return
  if (!Array.isArray(initial)) return fail(check, `${at}/initial_options`, 'must be an array')
  if (initial.length === 0) {
    fail(check, `${at}/initial_options`, 'must have at least 1 item')
  }
  for (const [i, option] of list(initial).entries()) {
    checkInitial(check, option, `${at}/initial_options/${i}`, offered)
  }
}

/** An option without the defaults Slack itself would fill in. */
function plain(option: Json): Json {
  if (!isObject(option) || !isObject(option['text'])) return option
  const { emoji, verbatim, ...text } = option['text']
  const kept = { ...text, ...(emoji === false && { emoji }), ...(verbatim && { verbatim }) }
  return { ...option, text: kept }
}

/**
 * What is entered into the elements of a message or view: the starting values, what a person puts
 * there, and `state.values` as payloads carry it.
 */

import { compact, isObject, type Json, type JsonObject, objects, same, text } from '../json.ts'
import { actionable } from './blocks.ts'
import { type Entered, entryKey } from './workspace.ts'

const stateless = ['button', 'overflow', 'workflow_button', 'icon_button', 'feedback_buttons']

/** The elements of these blocks that hold a value, each with its block. */
export function stateful(
  blocks: readonly JsonObject[],
): { block: JsonObject; element: JsonObject }[] {
  return blocks.flatMap((block) =>
    block['type'] === 'container'
      ? stateful(objects(block['child_blocks']))
      : actionable(block)
          .filter((element) => !stateless.includes(text(element['type'])))
          .map((element) => ({ block, element })),
  )
}

/**
 * The values these blocks start with. What stood in `before` under the same block_id, action_id and
 * type stays, and the new initial value is ignored: Slack keeps what a person typed over an update.
 */
export function startValues(
  blocks: readonly JsonObject[],
  before: Map<string, Entered> = new Map(),
): Map<string, Entered> {
  const values = new Map<string, Entered>()
  for (const { block, element } of stateful(blocks)) {
    const key = entryKey(text(block['block_id']), text(element['action_id']))
    const held = before.get(key)
    values.set(key, held && held['type'] === element['type'] ? held : startValue(element))
  }
  return values
}

/** `state.values` of these blocks. */
export function stateValues(
  blocks: readonly JsonObject[],
  entered: Map<string, Entered>,
): JsonObject {
  const values: JsonObject = {}
  for (const { block, element } of stateful(blocks)) {
    const [blockId, actionId] = [text(block['block_id']), text(element['action_id'])]
    const value = entered.get(entryKey(blockId, actionId)) ?? startValue(element)
    const inBlock = values[blockId]
    values[blockId] = { ...(isObject(inBlock) ? inBlock : {}), [actionId]: value }
  }
  return values
}

/** As stateValues, without what is as it was drawn: Slack is known to leave that out at times. */
export function touchedValues(
  blocks: readonly JsonObject[],
  entered: Map<string, Entered>,
): JsonObject {
  const touched = blocks.filter((block) =>
    stateful([block]).some(({ element }) => {
      const held = entered.get(entryKey(text(block['block_id']), text(element['action_id'])))
      return held !== undefined && !same(held, startValue(element))
    }),
  )
  return stateValues(touched, entered)
}

function startValue(element: JsonObject): Entered {
  const type = text(element['type'])
  const start = (key: string): Json => element[key] ?? null
  if (type.startsWith('multi_')) {
    const [held, initial] = manyKeys[type] ?? ['selected_options', 'initial_options']
    return { type, [held]: element[initial] ?? [] }
  }
  switch (type) {
    case 'checkboxes':
      return { type, selected_options: element['initial_options'] ?? [] }
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
      return { type, selected_option: start('initial_option') }
    case 'users_select':
      return { type, selected_user: start('initial_user') }
    case 'channels_select':
      return { type, selected_channel: start('initial_channel') }
    case 'conversations_select':
      return { type, selected_conversation: start('initial_conversation') }
    case 'datepicker':
      return { type, selected_date: start('initial_date') }
    case 'timepicker':
      return { type, selected_time: start('initial_time') }
    case 'datetimepicker':
      return { type, selected_date_time: start('initial_date_time') }
    case 'file_input':
      return { type, files: [] }
    case 'rich_text_input':
      return compact({ type, rich_text_value: element['initial_value'] })
    default:
      return { type, value: start('initial_value') }
  }
}

const manyKeys: Record<string, [string, string]> = {
  multi_users_select: ['selected_users', 'initial_users'],
  multi_channels_select: ['selected_channels', 'initial_channels'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'],
}

/** Why Slack's client would not send this form yet, by block_id. Nothing is delivered then. */
export function unfinished(
  blocks: readonly JsonObject[],
  entered: Map<string, Entered>,
): Map<string, string> {
  const missing = new Map<string, string>()
  for (const block of blocks) {
    if (block['type'] !== 'input' || !isObject(block['element'])) continue
    const element = block['element']
    const id = text(block['block_id'])
    const held = entered.get(entryKey(id, text(element['action_id']))) ?? startValue(element)
    const empty = isEmpty(held)
    if (empty && block['optional'] !== true) missing.set(id, 'Please complete this required field.')
    const wrong = empty ? undefined : clientRefusal(element, held)
    if (wrong !== undefined) missing.set(id, wrong)
  }
  return missing
}

function isEmpty(held: Entered): boolean {
  const { type: _, ...values } = held
  return Object.values(values).every(
    (value) => value === null || value === '' || (Array.isArray(value) && value.length === 0),
  )
}

function clientRefusal(element: JsonObject, held: Entered): string | undefined {
  const value = text(held['value'])
  const [min, max] = [element['min_length'], element['max_length']]
  switch (element['type']) {
    case 'plain_text_input':
      if (typeof min === 'number' && value.length < min) return `Use at least ${min} characters.`
      if (typeof max === 'number' && value.length > max) return `Use at most ${max} characters.`
      return undefined
    case 'number_input': {
      const number = Number(value)
      if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Enter a number.'
      if (element['is_decimal_allowed'] !== true && !Number.isInteger(number)) {
        return 'Enter a whole number.'
      }
      if (typeof element['min_value'] === 'string' && number < Number(element['min_value'])) {
        return `Enter ${element['min_value']} or more.`
      }
      if (typeof element['max_value'] === 'string' && number > Number(element['max_value'])) {
        return `Enter ${element['max_value']} or less.`
      }
      return undefined
    }
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(value) ? undefined : 'Enter an email address.'
    case 'url_text_input':
      return /^https?:\/\/\S+$/.test(value) ? undefined : 'Enter a URL.'
    default:
      return undefined
  }
}

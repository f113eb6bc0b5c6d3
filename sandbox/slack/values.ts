/** What people enter: the value each kind of control holds after it was typed, chosen, attached. */
import { compact, type Json, type JsonObject, list } from '../json.ts'
import { mostBytesOfFile } from './limits.ts'
import { findOption, type Where } from './screen.ts'
import { newId, type StoredFile, type User, type Workspace } from './workspace.ts'

export const typed = [
  ...['plain_text_input', 'number_input', 'email_text_input', 'url_text_input'],
  ...['rich_text_input', 'datepicker', 'timepicker', 'datetimepicker'],
]
export const chosen = [
  ...['static_select', 'radio_buttons', 'users_select', 'channels_select', 'conversations_select'],
  'external_select',
]
export const ticked = [
  ...['checkboxes', 'multi_static_select', 'multi_external_select', 'multi_users_select'],
  ...['multi_channels_select', 'multi_conversations_select'],
]
/** Their options are looked up by the app. */
export const searched = ['external_select', 'multi_external_select']

export function typedValue(type: string, value: string): JsonObject {
  switch (type) {
    case 'datepicker':
      return { selected_date: value }
    case 'timepicker':
      return { selected_time: value }
    case 'datetimepicker':
      return { selected_date_time: Math.floor(Date.parse(value) / 1000) }
    case 'rich_text_input': {
      const section: Json = { type: 'rich_text_section', elements: [{ type: 'text', text: value }] }
      return { rich_text_value: { type: 'rich_text', elements: [section] } }
    }
    default:
      return { value: value === '' ? null : value }
  }
}

export function chosenValue(
  workspace: Workspace,
  element: JsonObject,
  option: string,
  where?: Where,
): JsonObject {
  const byName = [...workspace.users.values()].find((u) => u.realName === option)
  const channel = [...workspace.channels.values()].find((c) => c.name === option.replace(/^#/, ''))
  switch (element['type']) {
    case 'users_select':
      return { selected_user: byName?.id ?? option }
    case 'channels_select':
      return { selected_channel: channel?.id ?? option }
    case 'conversations_select':
      return { selected_conversation: channel?.id ?? byName?.id ?? option }
    default:
      return { selected_option: findOption(workspace, element, option, where) }
  }
}

/** Several people or channels, by name or id; undefined for a menu of other things. */
export function listedValue(
  workspace: Workspace,
  type: string,
  names: readonly string[],
): JsonObject | undefined {
  const one = (kind: string) => (name: string) =>
    Object.values(chosenValue(workspace, { type: kind }, name))[0] ?? name
  switch (type) {
    case 'multi_users_select':
      return { selected_users: names.map(one('users_select')) }
    case 'multi_channels_select':
      return { selected_channels: names.map(one('channels_select')) }
    case 'multi_conversations_select':
      return { selected_conversations: names.map(one('conversations_select')) }
    default:
      return undefined
  }
}

/** What a pressed button tells of itself. */
export function pick(element: JsonObject): JsonObject {
  const { text: label, value, url, style, confirm, icon } = element
  return compact({ text: label, value, url, style, confirm, icon })
}

/** Why Slack's client does not take a file into a field; undefined when it does. */
export function fileRefusal(
  element: JsonObject,
  { name, content }: { name: string; content: string | Uint8Array },
): string | undefined {
  const types = list(element['filetypes'])
  const extension = name.split('.').at(-1)?.toLowerCase() ?? ''
  if (types.length > 0 && !types.includes(extension)) return `${name} is no file of this kind.`
  const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength
  return bytes > mostBytesOfFile ? `${name} is larger than 10 MB.` : undefined
}

export function attach(
  workspace: Workspace,
  user: User,
  file: { name: string; content: string | Uint8Array },
): StoredFile {
  const bytes =
    typeof file.content === 'string' ? new TextEncoder().encode(file.content) : file.content
  const stored: StoredFile = {
    id: newId('F'),
    name: file.name,
    title: file.name,
    length: null,
    bytes,
    userId: user.id,
    channels: new Set(),
    complete: true,
    created: Math.floor(workspace.now() / 1000),
  }
  workspace.files.set(stored.id, stored)
  return stored
}

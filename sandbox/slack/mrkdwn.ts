/** What a person reads: messages and blocks as lines of text, without markup. */
import { isObject, type Json, type JsonObject, list, objects, text } from '../json.ts'
import { textOf } from './json.ts'
import type { Entered, Message, Workspace } from './workspace.ts'
import { entryKey } from './workspace.ts'

/** The lines a person reads in a message. */
export function readable(workspace: Workspace, message: Message, userId?: string): string[] {
  const entered = message.entered.get(userId ?? '')
  const body =
    message.blocks.length > 0
      ? readableBlocks(workspace, message.blocks, entered)
      : message.text === ''
        ? []
        : [unmark(workspace, message.text)]
  const files = message.files.map((id) => `[file ${workspace.files.get(id)?.name ?? id}]`)
  const caption = message.blocks.length > 0 && message.files.length > 0 ? [message.text] : []
  return [...caption.filter((line) => line !== ''), ...body, ...files]
}

/** The lines a person reads in blocks; controls stand in brackets. */
export function readableBlocks(
  workspace: Workspace,
  blocks: readonly JsonObject[],
  entered?: Map<string, Entered>,
  errors?: Map<string, string>,
): string[] {
  return blocks.flatMap((block) => {
    const lines = blockLines(workspace, block, entered)
    const error = errors?.get(text(block['block_id']))
    return error === undefined ? lines : [...lines, `  ! ${error}`]
  })
}

function blockLines(
  workspace: Workspace,
  block: JsonObject,
  entered: Map<string, Entered> | undefined,
): string[] {
  const control = (element: Json | undefined) => controlLine(workspace, block, element, entered)
  const elements = () => list(block['elements'])
  switch (block['type']) {
    case 'divider':
      return ['---']
    case 'markdown':
      return [text(block['text'])]
    case 'image':
      return [`[image ${text(block['alt_text'])}]`]
    case 'input':
      return [show(workspace, block['label']), control(block['element'])].concat(
        block['hint'] === undefined ? [] : [show(workspace, block['hint'])],
      )
    case 'actions':
    case 'context_actions':
      return [elements().map(control).join(' ')]
    case 'context':
      return [
        elements()
          .map((e) => (isObject(e) && e['type'] === 'image' ? '' : show(workspace, e)))
          .join(' '),
      ]
    case 'rich_text':
      return [richText(block)]
    case 'container':
      return [
        show(workspace, block['title']),
        ...(block['subtitle'] === undefined ? [] : [show(workspace, block['subtitle'])]),
        ...readableBlocks(workspace, objects(block['child_blocks']), entered),
      ]
    case 'carousel':
      return readableBlocks(workspace, objects(block['elements']), entered)
    case 'table':
    case 'data_table':
      return [
        ...(block['type'] === 'table' ? [] : [text(block['caption'])]),
        ...list(block['rows']).map((row) => list(row).map(cell).join(' | ')),
      ]
    default: {
      const shown = ['title', 'subtitle', 'text', 'body']
        .filter((key) => block[key] !== undefined)
        .map((key) => show(workspace, block[key]))
      const fields = list(block['fields']).map((field) => show(workspace, field))
      const accessory = block['accessory'] === undefined ? [] : [control(block['accessory'])]
      const actions = list(block['actions']).map(control)
      return [...shown, ...fields, ...accessory, ...actions]
    }
  }
}

function cell(value: Json): string {
  if (!isObject(value)) return ''
  return value['type'] === 'rich_text' ? richText(value) : textOf(value)
}

/** All text inside rich text, in order. */
export function richText(value: Json): string {
  if (Array.isArray(value)) return value.map(richText).join('')
  if (!isObject(value)) return ''
  if (typeof value['text'] === 'string') return value['text']
  if (value['type'] === 'link') return text(value['url'])
  const joined = list(value['elements']).map(richText)
  return joined.join(
    value['type'] === 'rich_text' || value['type'] === 'rich_text_list' ? '\n' : '',
  )
}

function controlLine(
  workspace: Workspace,
  block: JsonObject,
  value: Json | undefined,
  entered: Map<string, Entered> | undefined,
): string {
  if (!isObject(value)) return ''
  const held = entered?.get(entryKey(text(block['block_id']), text(value['action_id'])))
  const options = () => [
    ...objects(value['options']),
    ...objects(value['option_groups']).flatMap((g) => objects(g['options'])),
  ]
  switch (value['type']) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return `[${show(workspace, value['text'])}]`
    case 'feedback_buttons':
      return ['positive_button', 'negative_button']
        .map((side) => `[${show(workspace, isObject(value[side]) ? value[side]['text'] : '')}]`)
        .join(' ')
    case 'overflow':
      return `[... ${options()
        .map((o) => show(workspace, o['text']))
        .join(' / ')}]`
    case 'image':
      return `[image ${text(value['alt_text'])}]`
    case 'radio_buttons':
    case 'checkboxes':
      return options()
        .map((o) => `${isChosen(held, o) ? '(x)' : '( )'} ${show(workspace, o['text'])}`)
        .join('  ')
    default:
      return `<${shownValue(workspace, held) || show(workspace, value['placeholder']) || '...'}>`
  }
}

function isChosen(held: Entered | undefined, option: JsonObject): boolean {
  const chosen = [held?.['selected_option'] ?? null, ...list(held?.['selected_options'])]
  return chosen.some((o) => isObject(o) && o['value'] === option['value'])
}

function shownValue(workspace: Workspace, held: Entered | undefined): string {
  if (held === undefined) return ''
  if (typeof held['value'] === 'string') return held['value']
  if (isObject(held['rich_text_value'])) return richText(held['rich_text_value'])
  const files = objects(held['files']).map((file) => text(file['name']))
  const chosen = [held['selected_option'] ?? null, ...list(held['selected_options'])]
  const options = chosen.filter(isObject).map((option) => show(workspace, option['text']))
  return [...files, ...options].join(', ')
}

/** A text object as it reads. */
export function show(workspace: Workspace, value: Json | undefined): string {
  const shown = textOf(value)
  if (isObject(value) && value['type'] === 'mrkdwn') return unmark(workspace, shown)
  return unescaped(shown)
}

/** mrkdwn without its marks: links by their label, mentions by name, emphasis bare. */
export function unmark(workspace: Workspace, value: string): string {
  const plain = value
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (_, id: string) => {
      return `@${workspace.users.get(id)?.realName ?? id}`
    })
    .replace(/<#([A-Z0-9]+)(?:\|([^>]*))?>/g, (_, id: string, name: string | undefined) => {
      return `#${name || (workspace.channels.get(id)?.name ?? id)}`
    })
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<!subteam\^[A-Z0-9]+(?:\|([^>]*))?>/g, '$1')
    .replace(/<!(channel|here|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<((?:https?|mailto):[^|>]*)\|([^>]*)>/g, '$2')
    .replace(/<((?:https?|mailto):[^|>]*)>/g, '$1')
  return unescaped(
    plain
      .replace(/```\n?([\s\S]*?)\n?```/g, '$1')
      .replace(/(^|[\s(])([*_~`])(\S|\S[^\n]*?\S)\2(?=$|[\s).,:;!?])/gm, '$1$3'),
  )
}

function unescaped(value: string): string {
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

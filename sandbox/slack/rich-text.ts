/**
 * Validates rich text and tables as Slack's reference describes them (docs.slack.dev/reference/
 * block-kit/blocks/rich-text-block, …/table-block, …/block-elements/rich-text-*-element): which part
 * may stand in which, which styles and keys each knows.
 */
import { isObject, type Json, type JsonObject, text } from '../json.ts'
import {
  type Check,
  checkBoolean,
  checkInteger,
  checkList,
  checkOneOf,
  fail,
  needs,
  onlyKeys,
} from './check.ts'
import { limits } from './limits.ts'

export function checkRichText(check: Check, block: JsonObject, at: string): void {
  for (const [i, part] of listOf(check, block, at).entries())
    checkPart(check, part, `${at}/elements/${i}`)
}

/** The elements of a part: at least one. */
function listOf(check: Check, value: JsonObject, at: string, min = 1): Json[] {
  const elements = value['elements']
  if (!Array.isArray(elements)) {
    fail(check, `${at}/elements`, 'must be an array')
    return []
  }
  if (elements.length < min) fail(check, `${at}/elements`, 'must have at least 1 item')
  return elements
}

function checkPart(check: Check, part: Json, at: string): void {
  if (!isObject(part)) {
    fail(check, at, 'must provide an object')
    return
  }
  const type = text(part['type'])
  const border = () => checkInteger(check, part['border'], `${at}/border`, { min: 0, max: 1 })
  const inside = (allowed: readonly string[]) => {
    for (const [i, one] of listOf(check, part, at).entries())
      checkInline(check, one, `${at}/elements/${i}`, allowed)
  }
  switch (type) {
    case 'rich_text_section':
      onlyKeys(check, part, at, ['type', 'elements'])
      inside(inlineTypes)
      return
    case 'rich_text_quote':
      onlyKeys(check, part, at, ['type', 'elements', 'border'])
      border()
      inside(inlineTypes)
      return
    case 'rich_text_preformatted':
      onlyKeys(check, part, at, ['type', 'elements', 'border', 'language'])
      border()
      inside(['text', 'link'])
      return
    case 'rich_text_list':
      onlyKeys(check, part, at, ['type', 'elements', 'style', 'indent', 'offset', 'border'])
      needs(check, part, at, ['style'])
      checkOneOf(check, part['style'], `${at}/style`, ['bullet', 'ordered'])
      checkInteger(check, part['indent'], `${at}/indent`, {
        min: 0,
        max: limits['rich_text.indent'].max,
      })
      checkInteger(check, part['offset'], `${at}/offset`, { min: 0, max: Number.MAX_SAFE_INTEGER })
      border()
      for (const [i, item] of listOf(check, part, at).entries()) checkItem(check, item, at, i)
      return
    default:
      fail(check, `${at}/type`, `unsupported type: ${type || String(part['type'])}`)
  }
}

/** An entry of a list is a section and nothing else: lists do not nest, they have an indent. */
function checkItem(check: Check, item: Json, at: string, i: number): void {
  const here = `${at}/elements/${i}`
  if (isObject(item) && item['type'] !== 'rich_text_section')
    fail(check, `${here}/type`, `unsupported type: ${text(item['type'])}`)
  else checkPart(check, item, here)
}

const textStyles = ['bold', 'italic', 'strike', 'code', 'underline']
const mentionStyles = ['bold', 'italic', 'strike', 'highlight', 'client_highlight', 'unlink']
const linkStyles = [...new Set([...textStyles, ...mentionStyles])]

/** What may stand in a line: its keys, the one it needs, its styles. */
const inlines: Record<string, { keys: string[]; needs: string; styles: string[] }> = {
  text: { keys: ['text'], needs: 'text', styles: textStyles },
  link: {
    keys: ['url', 'text', 'unsafe', 'from_llm', 'is_slack_url', 'truncated'],
    needs: 'url',
    styles: linkStyles,
  },
  user: { keys: ['user_id'], needs: 'user_id', styles: mentionStyles },
  usergroup: { keys: ['usergroup_id'], needs: 'usergroup_id', styles: mentionStyles },
  channel: { keys: ['channel_id'], needs: 'channel_id', styles: mentionStyles },
  team: { keys: ['team_id'], needs: 'team_id', styles: mentionStyles },
  broadcast: { keys: ['range'], needs: 'range', styles: mentionStyles },
  emoji: { keys: ['name', 'unicode', 'url'], needs: 'name', styles: textStyles },
  color: { keys: ['value'], needs: 'value', styles: textStyles },
  date: {
    keys: ['timestamp', 'format', 'url', 'fallback'],
    needs: 'timestamp',
    styles: textStyles,
  },
}
const inlineTypes = Object.keys(inlines)

function checkInline(check: Check, value: Json, at: string, allowed: readonly string[]): void {
  if (!isObject(value)) {
    fail(check, at, 'must provide an object')
    return
  }
  const type = text(value['type'])
  const rule = allowed.includes(type) ? inlines[type] : undefined
  if (!rule) {
    fail(check, `${at}/type`, `unsupported type: ${type || String(value['type'])}`)
    return
  }
  onlyKeys(check, value, at, ['type', 'style', ...rule.keys])
  needs(check, value, at, [rule.needs])
  for (const key of ['text', 'url']) {
    if (value[key] === undefined) continue
    if (typeof value[key] !== 'string') fail(check, `${at}/${key}`, 'must be a string')
    else if (value[key] === '') fail(check, `${at}/${key}`, 'must be more than 0 characters')
  }
  if (type === 'broadcast')
    checkOneOf(check, value['range'], `${at}/range`, ['here', 'channel', 'everyone'])
  if (value['style'] === undefined) return
  if (!isObject(value['style'])) {
    fail(check, `${at}/style`, 'must provide an object')
    return
  }
  onlyKeys(check, value['style'], `${at}/style`, rule.styles)
  checkBoolean(check, value['style'], `${at}/style`, rule.styles)
}

/** Up to 100 rows of up to 20 cells, each text or rich text; all rows are as long as the first. */
export function checkTable(check: Check, block: JsonObject, at: string): void {
  const rows = checkList(check, block['rows'], `${at}/rows`, 'table.rows')
  const columns = Array.isArray(rows[0]) ? rows[0].length : 0
  for (const [i, row] of rows.entries()) {
    const cells = checkList(check, row, `${at}/rows/${i}`, 'table.columns')
    if (cells.length !== columns) fail(check, `${at}/rows/${i}`, `must have ${columns} items`)
    for (const [j, cell] of cells.entries()) checkCell(check, cell, `${at}/rows/${i}/${j}`)
  }
  if (block['column_settings'] === undefined) return
  const here = `${at}/column_settings`
  const settings = checkList(check, block['column_settings'], here, 'table.column_settings', 0)
  for (const [i, one] of settings.entries()) {
    if (one === null) continue
    if (!isObject(one)) {
      fail(check, `${here}/${i}`, 'must provide an object')
      continue
    }
    onlyKeys(check, one, `${here}/${i}`, ['align', 'is_wrapped'])
    checkOneOf(check, one['align'], `${here}/${i}/align`, ['left', 'center', 'right'])
    checkBoolean(check, one, `${here}/${i}`, ['is_wrapped'])
  }
}

function checkCell(check: Check, cell: Json, at: string): void {
  if (!isObject(cell)) {
    fail(check, at, 'must provide an object')
    return
  }
  switch (cell['type']) {
    case 'rich_text':
      onlyKeys(check, cell, at, ['type', 'elements', 'block_id'])
      checkRichText(check, cell, at)
      return
    case 'raw_text':
      onlyKeys(check, cell, at, ['type', 'text'])
      if (typeof cell['text'] !== 'string' || cell['text'] === '')
        fail(check, `${at}/text`, 'must be more than 0 characters')
      return
    case 'raw_number':
      onlyKeys(check, cell, at, ['type', 'value', 'text'])
      needs(check, cell, at, ['value'])
      return
    default:
      fail(check, `${at}/type`, `unsupported type: ${String(cell['type'])}`)
  }
}

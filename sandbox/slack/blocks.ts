/**
 * Validates blocks for the surface they stand on, and gives them what Slack gives them: generated
 * block_ids and action_ids, `emoji: true` and `verbatim: false`.
 */

import { isObject, type Json, type JsonObject, length, objects, text } from '../json.ts'
import {
  type Check,
  checkBoolean,
  checkList,
  checkOneOf,
  checkString,
  checkText,
  fail,
  needs,
  onlyKeys,
  type Surface,
} from './check.ts'
import { checkElement, checkImage } from './elements.ts'
import { type LimitId, limits } from './limits.ts'
import { checkRichText, checkTable } from './rich-text.ts'
import { checkDataTable, dataTableCharacters } from './tables.ts'

/** Checks all blocks of a message or view; problems carry pointers below `at`. */
export function checkBlocks(check: Check, value: Json | undefined, at: string): void {
  const limit = { message: 'message.blocks', modal: 'view.blocks', home: 'home.blocks' } as const
  const blocks = checkList(check, value, at, limit[check.surface], 0)
  for (const [i, block] of blocks.entries()) checkBlock(check, block, `${at}/${i}`, false)
  checkUnique(check, blocks, at)
  checkCounts(check, blocks, at)
}

type Rule = {
  on: readonly Surface[]
  keys: readonly string[]
  needs?: readonly string[]
  inContainer?: boolean
  check?: (check: Check, block: JsonObject, at: string) => void
}

const everywhere: Surface[] = ['message', 'modal', 'home']
const either = ['plain_text', 'mrkdwn'] as const

const rules: Record<string, Rule> = {
  section: {
    on: everywhere,
    keys: ['text', 'fields', 'accessory', 'expand'],
    inContainer: true,
    check: checkSection,
  },
  divider: { on: everywhere, keys: [], inContainer: true },
  header: {
    on: everywhere,
    keys: ['text'],
    needs: ['text'],
    inContainer: true,
    check: (check, block, at) => checkText(check, block['text'], `${at}/text`, 'header.text'),
  },
  actions: {
    on: everywhere,
    keys: ['elements'],
    needs: ['elements'],
    inContainer: true,
    check: (check, block, at) => checkElements(check, block, at, 'actions'),
  },
  context: {
    on: everywhere,
    keys: ['elements'],
    needs: ['elements'],
    inContainer: true,
    check: checkContext,
  },
  image: {
    on: everywhere,
    keys: ['alt_text', 'title', 'image_url', 'slack_file'],
    needs: ['alt_text'],
    inContainer: true,
    check: (check, block, at) => {
      checkImage(check, block, at)
      checkText(check, block['title'], `${at}/title`, 'image.title')
    },
  },
  input: {
    on: everywhere,
    keys: ['label', 'hint', 'element', 'optional', 'dispatch_action'],
    needs: ['label', 'element'],
    check: (check, block, at) => {
      checkText(check, block['label'], `${at}/label`, 'input.label')
      checkText(check, block['hint'], `${at}/hint`, 'input.hint')
      checkBoolean(check, block, at, ['optional', 'dispatch_action'])
      if (block['element'] !== undefined) {
        checkElement(check, block['element'], `${at}/element`, 'input')
      }
    },
  },
  rich_text: {
    on: everywhere,
    keys: ['elements'],
    needs: ['elements'],
    check: checkRichText,
  },
  markdown: {
    on: ['message'],
    keys: ['text'],
    needs: ['text'],
    check: (check, block, at) => {
      checkString(check, block['text'], `${at}/text`, 'markdown.text', 1)
    },
  },
  alert: {
    on: ['modal'],
    keys: ['text', 'level'],
    needs: ['text'],
    check: (check, block, at) => {
      checkText(check, block['text'], `${at}/text`, 'alert.text', either)
      const levels = ['default', 'info', 'warning', 'error', 'success']
      checkOneOf(check, block['level'], `${at}/level`, levels)
    },
  },
  card: {
    on: everywhere,
    keys: ['hero_image', 'icon', 'title', 'subtitle', 'body', 'actions'],
    check: checkCard,
  },
  carousel: {
    on: ['message', 'home'],
    keys: ['elements'],
    needs: ['elements'],
    check: (check, block, at) => {
      const cards = checkList(check, block['elements'], `${at}/elements`, 'carousel.elements')
      for (const [i, card] of cards.entries()) {
        checkBlock(check, card, `${at}/elements/${i}`, false, ['card'])
      }
    },
  },
  container: {
    on: ['message'],
    keys: [
      ...['title', 'rich_text_title', 'subtitle', 'child_blocks', 'width', 'icon'],
      ...['is_collapsible', 'default_collapsed', 'has_header_divider'],
    ],
    needs: ['child_blocks'],
    check: checkContainer,
  },
  context_actions: {
    on: ['message'],
    keys: ['elements'],
    needs: ['elements'],
    check: (check, block, at) => checkElements(check, block, at, 'context_actions'),
  },
  table: {
    on: ['message'],
    keys: ['rows', 'column_settings'],
    needs: ['rows'],
    inContainer: true,
    check: checkTable,
  },
  data_table: {
    on: ['message'],
    keys: ['rows', 'caption', 'page_size', 'row_header_column_index'],
    needs: ['rows', 'caption'],
    check: checkDataTable,
  },
  video: {
    on: everywhere,
    keys: [
      ...['alt_text', 'author_name', 'description', 'provider_icon_url', 'provider_name'],
      ...['title', 'title_url', 'thumbnail_url', 'video_url'],
    ],
    needs: ['alt_text', 'title', 'thumbnail_url', 'video_url'],
    inContainer: true,
    check: (check, block, at) => {
      checkText(check, block['title'], `${at}/title`, 'video.title')
      checkString(check, block['alt_text'], `${at}/alt_text`, 'video.alt_text', 1)
    },
  },
}

function checkBlock(
  check: Check,
  block: Json,
  at: string,
  inContainer: boolean,
  only?: readonly string[],
) {
  if (!isObject(block)) return fail(check, at, 'must provide an object')
  const type = text(block['type'])
  const rule = rules[type]
  const here = rule?.on.includes(check.surface) && (!inContainer || rule.inContainer)
  if (!rule || !here || (only && !only.includes(type))) {
    return fail(check, `${at}/type`, `unsupported type: ${type || String(block['type'])}`)
  }
  onlyKeys(check, block, at, ['type', 'block_id', ...rule.keys])
  needs(check, block, at, rule.needs ?? [])
  checkString(check, block['block_id'], `${at}/block_id`, 'block_id')
  rule.check?.(check, block, at)
}

function checkSection(check: Check, block: JsonObject, at: string): void {
  if (block['text'] === undefined && block['fields'] === undefined) {
    fail(check, at, 'missing required field: text')
  }
  checkText(check, block['text'], `${at}/text`, 'section.text', either)
  checkBoolean(check, block, at, ['expand'])
  if (block['fields'] !== undefined) {
    const fields = checkList(check, block['fields'], `${at}/fields`, 'section.fields')
    for (const [i, field] of fields.entries()) {
      checkText(check, field, `${at}/fields/${i}`, 'section.field', either)
    }
  }
  if (block['accessory'] !== undefined) {
    checkElement(check, block['accessory'], `${at}/accessory`, 'section')
  }
}

function checkContext(check: Check, block: JsonObject, at: string): void {
  const elements = checkList(check, block['elements'], `${at}/elements`, 'context.elements')
  for (const [i, element] of elements.entries()) {
    const here = `${at}/elements/${i}`
    if (isObject(element) && element['type'] === 'image') {
      checkElement(check, element, here, 'context')
    } else checkText(check, element, here, 'context.text', either)
  }
}

function checkElements(
  check: Check,
  block: JsonObject,
  at: string,
  place: 'actions' | 'context_actions',
): void {
  const limit: LimitId = `${place}.elements`
  const elements = checkList(check, block['elements'], `${at}/elements`, limit)
  for (const [i, element] of elements.entries()) {
    checkElement(check, element, `${at}/elements/${i}`, place)
  }
}

function checkCard(check: Check, block: JsonObject, at: string): void {
  if (!['hero_image', 'title', 'actions', 'body'].some((key) => block[key] !== undefined)) {
    fail(check, at, 'must provide at least one of hero_image, title, actions or body')
  }
  checkText(check, block['title'], `${at}/title`, 'card.title', either)
  checkText(check, block['subtitle'], `${at}/subtitle`, 'card.subtitle', either)
  checkText(check, block['body'], `${at}/body`, 'card.body', either)
  for (const key of ['hero_image', 'icon']) {
    if (block[key] !== undefined) checkElement(check, block[key], `${at}/${key}`, 'card')
  }
  if (block['actions'] === undefined) return
  const buttons = checkList(check, block['actions'], `${at}/actions`, 'card.actions')
  for (const [i, button] of buttons.entries()) {
    checkElement(check, button, `${at}/actions/${i}`, 'card_actions')
  }
}

function checkContainer(check: Check, block: JsonObject, at: string): void {
  if (block['title'] === undefined && block['rich_text_title'] === undefined) {
    fail(check, at, 'missing required field: title')
  }
  checkText(check, block['title'], `${at}/title`, 'container.title')
  checkText(check, block['subtitle'], `${at}/subtitle`, 'container.subtitle', either)
  checkOneOf(check, block['width'], `${at}/width`, ['narrow', 'standard', 'wide', 'full'])
  const flags = ['is_collapsible', 'default_collapsed', 'has_header_divider']
  checkBoolean(check, block, at, flags)
  if (block['default_collapsed'] === true && block['is_collapsible'] !== true) {
    fail(check, `${at}/default_collapsed`, 'requires is_collapsible')
  }
  const childrenAt = `${at}/child_blocks`
  const children = checkList(check, block['child_blocks'], childrenAt, 'container.child_blocks')
  for (const [i, child] of children.entries()) checkBlock(check, child, `${childrenAt}/${i}`, true)
}

function checkUnique(check: Check, blocks: Json[], at: string): void {
  const seen = new Set<string>()
  for (const [i, block] of blocks.entries()) {
    if (!isObject(block)) continue
    const id = text(block['block_id'])
    if (id && seen.has(id)) fail(check, `${at}/${i}/block_id`, `block_id "${id}" already exists`)
    seen.add(id)
    const actions = new Set<string>()
    for (const element of actionable(block)) {
      const action = text(element['action_id'])
      if (action && actions.has(action)) {
        fail(check, `${at}/${i}`, `\`action_id\` "${action}" already exists for block_id "${id}"`)
      }
      actions.add(action)
    }
  }
}

/** Every element of a block that carries an action_id. */
export function actionable(block: JsonObject): JsonObject[] {
  if (block['type'] === 'rich_text') return []
  const own = [block['accessory'], block['element']].filter(isObject)
  return [...own, ...objects(block['elements']), ...objects(block['actions'])].filter(
    (element) => !['plain_text', 'mrkdwn', 'image', 'card'].includes(text(element['type'])),
  )
}

function checkCounts(check: Check, blocks: Json[], at: string): void {
  const known = blocks.filter(isObject)
  const markdown = known.filter((block) => block['type'] === 'markdown')
  const sum = markdown.reduce((total, block) => total + length(text(block['text'])), 0)
  if (markdown.length > 1 && sum > limits['message.markdown_sum'].max) {
    fail(check, at, `must be less than ${limits['message.markdown_sum'].max + 1} characters`)
  }
  const all = known.flatMap((block) => [block, ...objects(block['child_blocks'])])
  const tables = all.filter((block) => block['type'] === 'table')
  if (tables.length > limits['message.tables'].max) fail(check, at, 'only one table is allowed')
  const cells = known.reduce((sum, block) => sum + dataTableCharacters(block), 0)
  if (cells > limits['data_table.text'].max) {
    fail(check, at, `must be less than ${limits['data_table.text'].max + 1} characters`)
  }
  const focused = known.flatMap(actionable).filter((element) => element['focus_on_load'] === true)
  if (focused.length > 1) fail(check, at, 'only one element may have focus_on_load')
}

/** Whether a view with these blocks needs a submit button. */
export function hasInput(blocks: Json): boolean {
  return objects(blocks).some((block) => block['type'] === 'input')
}

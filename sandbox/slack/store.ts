/**
 * Blocks as Slack stores and returns them: block_ids and action_ids generated, `emoji: true` and
 * `verbatim: false` filled in, and in messages `&`, `<` and `>` escaped even in plain text
 * (slackapi/bolt-python#513).
 */
import { isObject, type Json, type JsonObject, object, objects, text } from '../json.ts'

export function storeBlocks(
  blocks: Json,
  surface: 'message' | 'view',
  newId: () => string,
): JsonObject[] {
  return objects(blocks).map((block) => {
    const stored = object(fillTexts(block, surface))
    const filled: JsonObject = { ...stored, block_id: text(block['block_id']) || newId() }
    if (filled['type'] === 'markdown') filled['block_id'] = newId()
    for (const key of ['elements', 'actions']) {
      const elements = filled[key]
      if (!Array.isArray(elements) || filled['type'] === 'rich_text') continue
      filled[key] = elements.map((element) => withActionId(element, surface, newId))
    }
    for (const key of ['element', 'accessory']) {
      const element = filled[key]
      if (element !== undefined) filled[key] = withActionId(element, surface, newId)
    }
    if (Array.isArray(filled['child_blocks'])) {
      filled['child_blocks'] = storeBlocks(filled['child_blocks'], surface, newId)
    }
    return filled
  })
}

const idle = ['plain_text', 'mrkdwn', 'image']

function withActionId(element: Json, surface: 'message' | 'view', newId: () => string): Json {
  if (!isObject(element)) return element
  if (element['type'] === 'card') return storeBlocks([element], surface, newId)[0] ?? element
  if (idle.includes(text(element['type']))) return element
  return { ...element, action_id: text(element['action_id']) || newId() }
}

function fillTexts(value: Json, surface: 'message' | 'view'): Json {
  if (Array.isArray(value)) return value.map((entry) => fillTexts(entry, surface))
  if (!isObject(value)) return value
  const filled: JsonObject = {}
  for (const [key, entry] of Object.entries(value)) filled[key] = fillTexts(entry, surface)
  if (typeof filled['text'] !== 'string') return filled
  if (filled['type'] === 'plain_text') {
    const shown = surface === 'message' ? escapeOnce(filled['text']) : filled['text']
    return { emoji: true, ...filled, text: shown }
  }
  if (filled['type'] === 'mrkdwn') return { verbatim: false, ...filled }
  return filled
}

function escapeOnce(value: string): string {
  return value
    .replace(/&(?!amp;|lt;|gt;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

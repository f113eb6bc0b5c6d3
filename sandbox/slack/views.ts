/** Validates a modal or a home tab before Slack would show it. */

import { isObject, type Json, type JsonObject, text } from '../json.ts'
import { checkBlocks, hasInput } from './blocks.ts'
import {
  type Check,
  checkBoolean,
  checkString,
  checkText,
  fail,
  messagesOf,
  needs,
  onlyKeys,
} from './check.ts'
import { slackJson } from './json.ts'
import { limits } from './limits.ts'

export type ViewVerdict =
  | { ok: true; view: JsonObject; type: 'modal' | 'home' }
  | { ok: false; error: string; messages: string[] }

const shared = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id']
const modalOnly = [
  'title',
  'close',
  'submit',
  'clear_on_close',
  'notify_on_close',
  'submit_disabled',
]

/** Judges a view for one surface; `wanted` is the surface the method serves. */
export function judgeView(value: Json | undefined, wanted: readonly string[]): ViewVerdict {
  if (!isObject(value)) {
    return refuse(['[ERROR] must provide an object [json-pointer:/view]'])
  }
  const type = text(value['type'])
  if ((type !== 'modal' && type !== 'home') || !wanted.includes(type)) {
    return refuse([`[ERROR] unsupported type: ${type} [json-pointer:/view/type]`])
  }
  if (slackJson(value).length > limits['view.bytes'].max) {
    return { ok: false, error: 'view_too_large', messages: [] }
  }
  const check: Check = { surface: type, problems: [] }
  onlyKeys(check, value, '/view', type === 'modal' ? [...shared, ...modalOnly] : shared)
  needs(check, value, '/view', type === 'modal' ? ['title', 'blocks'] : ['blocks'])
  checkText(check, value['title'], '/view/title', 'view.title')
  checkText(check, value['submit'], '/view/submit', 'view.submit')
  checkText(check, value['close'], '/view/close', 'view.close')
  checkString(check, value['private_metadata'], '/view/private_metadata', 'view.private_metadata')
  checkString(check, value['callback_id'], '/view/callback_id', 'view.callback_id')
  checkString(check, value['external_id'], '/view/external_id', 'view.external_id')
  checkBoolean(check, value, '/view', ['clear_on_close', 'notify_on_close'])
  checkBlocks(check, value['blocks'], '/view/blocks')
  const blocks = value['blocks'] ?? []
  if (type === 'modal' && hasInput(blocks) && value['submit'] === undefined) {
    fail(check, '/view', 'missing required field: submit')
  }
  if (type === 'modal' && Array.isArray(blocks) && blocks.length === 0) {
    fail(check, '/view/blocks', 'must have at least 1 item')
  }
  if (check.problems.length > 0) return refuse(messagesOf(check))
  return { ok: true, view: value, type }
}

function refuse(messages: string[]): ViewVerdict {
  return { ok: false, error: 'invalid_arguments', messages }
}

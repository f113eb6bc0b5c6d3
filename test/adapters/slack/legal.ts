/**
 * Judges what we draw twice: by our own table of limits and by the stand-in Slack's, which was typed
 * from the sources by somebody else.
 */

import { type Message, textSum, type View } from '../../../adapters/slack/draw/blocks.ts'
import { limits } from '../../../adapters/slack/limits.ts'
import type { Json } from '../../../sandbox/json.ts'
import { judgeBlocks } from '../../../sandbox/slack/messages.ts'
import { isTooLong } from '../../../sandbox/slack/sums.ts'
import { judgeView } from '../../../sandbox/slack/views.ts'

/** What Slack would hold against this message; empty when it is legal. */
export function faultsOfMessage(message: Message): string[] {
  const json: Json = JSON.parse(JSON.stringify(message.blocks))
  const judged = judgeBlocks(json)
  const faults = judged.ok ? [] : judged.messages
  if (isTooLong(json)) faults.push('msg_blocks_too_long')
  if (message.blocks.length > limits.messageBlocks) faults.push('too many blocks')
  if (textSum(message.blocks) > limits.messageTextSum) faults.push('too much text')
  if (message.text === '') faults.push('no fallback text')
  if (message.text.length > limits.updateText) faults.push('fallback text too long to update')
  return [...faults, ...strayMarkup(JSON.stringify(message))]
}

/** What Slack would hold against this view. */
export function faultsOfView(view: View): string[] {
  const judged = judgeView(JSON.parse(JSON.stringify(view)), ['modal'])
  const faults = judged.ok ? [] : [judged.error, ...judged.messages]
  const texts = JSON.stringify(view.blocks)
  if (view.blocks.length > limits.viewBlocks) faults.push('too many blocks')
  return [...faults, ...strayMarkup(texts)]
}

/** What Slack would act on: markup in angle brackets, and whatever in rich text is neither text nor a link. */
function strayMarkup(json: string): string[] {
  const faults: string[] = []
  const outside = JSON.stringify(JSON.parse(json), (_, value) => {
    if (value?.type !== 'rich_text') return value
    faults.push(...strayElements(value))
    return null
  })
  return /<[!@#]/.test(outside) ? [...faults, 'markup that Slack would act on'] : faults
}

const richTypes = /^rich_text(_section|_list|_quote|_preformatted)?$/

function strayElements(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(strayElements)
  if (typeof value !== 'object' || value === null) return []
  const one = value as Record<string, unknown>
  const type = String(one['type'])
  if (type === 'text') return []
  if (type === 'link')
    return /^(https?:\/\/|mailto:)/.test(String(one['url'])) ? [] : [`a link to ${one['url']}`]
  return richTypes.test(type) ? strayElements(one['elements']) : [`rich text with a ${type}`]
}

/** What a person reads of rich text and tables, in order. */
export function richText(value: unknown): string {
  if (Array.isArray(value)) return value.map(richText).join('')
  if (typeof value !== 'object' || value === null) return ''
  const one = value as Record<string, unknown>
  if (one['type'] === 'text' || one['type'] === 'link') return String(one['text'])
  if (one['type'] === 'table') return richText(one['rows'])
  const type = String(one['type'])
  return richTypes.test(type) ? richText(one['elements']) : ''
}

/** Letters and digits alone: what has to be there whatever the layout. */
export function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '')
}

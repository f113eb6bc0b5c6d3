/**
 * Judges what we draw twice: by our own table of limits and by the stand-in Slack's, which was typed
 * from the sources by somebody else.
 */

import { type Message, textSum, type View } from '../../../adapters/slack/blocks.ts'
import { budgets, limits } from '../../../adapters/slack/limits.ts'
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
  if (view.blocks.length > budgets.viewBlocks) faults.push('too many blocks')
  return [...faults, ...strayMarkup(texts)]
}

/** Anything in angle brackets would ping, link or date; nothing we draw from a card has them. */
function strayMarkup(json: string): string[] {
  return /<[!@#]/.test(json) ? ['markup that Slack would act on'] : []
}

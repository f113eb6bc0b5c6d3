/**
 * Problems of a form that belong to none of its inputs, as Slack's alert blocks: in windows only
 * (docs.slack.dev/reference/block-kit/blocks/alert-block).
 */
import type { types } from '@slack/bolt'
import { costOf, escapedCost, shorten } from '../../../src/chat/text.ts'
import { limits } from '../limits.ts'
import { formId } from '../receive/ids.ts'
import { asView, type SubmissionBody } from '../receive/payloads.ts'
import { type Block, plain, section, type View } from './blocks.ts'

/** The blocks above a form; a text longer than an alert takes stands in full below a mark. */
export function alert(text: string, level: types.AlertBlock['level'] = 'error'): Block[] {
  const whole = text.replace(/\s+/g, ' ').trim()
  if (whole === '') return []
  if (costOf(whole, escapedCost) <= limits.alertText)
    return [{ type: 'alert', level, text: plain(whole), block_id: alertId }]
  return [
    { type: 'alert', level, text: plain('⚠'), block_id: alertId },
    { ...section(shorten(whole, 2000, escapedCost)), block_id: moreId },
  ]
}

/** The submitted window with a problem above it; what was typed stays in its inputs. */
export function withAlert({ view }: SubmissionBody, text: string): View {
  const own = asView(view).blocks.filter(
    ({ block_id }) => block_id !== alertId && block_id !== moreId,
  )
  return copyOf(asView(view), [...alert(text), ...own].slice(0, limits.viewBlocks))
}

/** The window as it was submitted: nothing changes on the screen. */
export function sameView({ view }: SubmissionBody): View {
  return copyOf(asView(view), asView(view).blocks)
}

/** The parts of a view that Slack takes back. */
function copyOf(view: View, blocks: View['blocks']): View {
  const { type, callback_id, title, submit, close, private_metadata, notify_on_close } = view
  return {
    type,
    title,
    blocks,
    ...(callback_id ? { callback_id } : {}),
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    ...(private_metadata ? { private_metadata } : {}),
    // Without it Slack would not report a form that is closed, and no draft would be kept.
    ...(notify_on_close || callback_id === formId ? { notify_on_close: true } : {}),
  }
}

const alertId = 'v1:alert'
const moreId = 'v1:alert-more'

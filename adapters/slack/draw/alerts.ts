/**
 * Problems of a form that belong to none of its inputs, as Slack's alert blocks: in windows only
 * (docs.slack.dev/reference/block-kit/blocks/alert-block).
 */
import type { types } from '@slack/bolt'
import { costOf, escapedCost, shorten } from '../../../src/chat/text.ts'
import { limits } from '../limits.ts'
import { formId } from '../receive/ids.ts'
import { asView, type SubmissionBody } from '../receive/parse.ts'
import { type Block, plain, section, type View } from './blocks.ts'

/** What stands above a form; a text that is longer than Slack takes comes whole, below a mark. */
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

/** The window that was submitted with a problem above it; what was typed stays in its inputs. */
export function withAlert({ view }: SubmissionBody, text: string): View {
  const { type, callback_id, title, submit, close, blocks, private_metadata } = asView(view)
  const { notify_on_close } = asView(view)
  const own = blocks.filter(({ block_id }) => block_id !== alertId && block_id !== moreId)
  return {
    type,
    title,
    blocks: [...alert(text), ...own].slice(0, limits.viewBlocks),
    ...(callback_id ? { callback_id } : {}),
    ...(submit ? { submit } : {}),
    ...(close ? { close } : {}),
    ...(private_metadata ? { private_metadata } : {}),
    // Without it Slack would not tell of a form that is closed, and no draft would be kept.
    ...(notify_on_close || callback_id === formId ? { notify_on_close: true } : {}),
  }
}

const alertId = 'v1:alert'
const moreId = 'v1:alert-more'

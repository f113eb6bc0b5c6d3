/** The Block Kit pieces that everything is drawn with; all text is escaped here. */
import type { types } from '@slack/bolt'
import { costOf, escapedCost, escapeSlack, shorten } from '../../../src/chat/text.ts'
import { limits } from '../limits.ts'
import { drawAsText, drawPlain } from './rich-text.ts'

export type Block = types.KnownBlock
export type View = types.ModalView
export type Option = types.PlainTextOption
export type Message = { text: string; blocks: Block[] }

/** Text as it is: no markup, no `:emoji:`, nothing that pings. */
export function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text: escapeSlack(text), emoji: false }
}

/** A short plain text: cut with "…" where a label or a button has no more room. */
export function label(text: string, most: number): types.PlainTextElement {
  return plain(shorten(flat(text) || '…', most, escapedCost))
}

/** A short string that is no text object; it is escaped too, because a client might read markup in it. */
export function bare(text: string, most: number): string {
  return shorten(flat(text).replace(/<(?=[!@#])/g, '‹'), most)
}

/** One line in bold, foreign characters escaped. */
export function strong(text: string, rest = ''): types.MrkdwnElement {
  const bold = shorten(flat(text).replaceAll('*', '∗') || '…', 1000, escapedCost)
  return { type: 'mrkdwn', text: `*${escapeSlack(bold)}*${escapeSlack(rest)}`, verbatim: true }
}

/**
 * Text that is shown as it is, as rich text: nothing in it is escaped and nothing can be read as
 * markup. Beside a button it must be a section's plain text, and fit one.
 */
export function section(text: string, accessory?: types.Button): Block {
  if (!accessory) return drawPlain(text)
  return { type: 'section', text: plain(text), expand: true, accessory }
}

export function heading(text: string, rest?: string, accessory?: types.Button): types.SectionBlock {
  return { type: 'section', text: strong(text, rest), ...(accessory ? { accessory } : {}) }
}

/** Names below each other, in bold. */
export function strongList(names: readonly string[]): types.SectionBlock {
  const most = Math.floor((limits.sectionText - 100) / Math.max(names.length, 1)) - 8
  const lines = names.map((name) => `• ${strong(shorten(name, most, escapedCost)).text}`)
  return { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n'), verbatim: true } }
}

export function header(text: string): Block {
  const whole = flat(text)
  if (costOf(whole, escapedCost) > limits.headerText) return heading(whole)
  return { type: 'header', text: label(whole, limits.headerText) }
}

export function context(...lines: string[]): types.ContextBlock {
  return { type: 'context', elements: lines.map((line) => label(line, limits.contextText)) }
}

/** The same blocks without tables, which Slack refuses in windows. */
export function withoutTables(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => (block.type === 'table' ? drawAsText(block) : block))
}

export function actions(
  ...elements: (types.Button | types.StaticSelect | types.Overflow)[]
): types.ActionsBlock {
  return { type: 'actions', elements }
}

export function divider(): types.DividerBlock {
  return { type: 'divider' }
}

/** A button; `id` says what it does and is both its action_id and its value. */
export function button(text: string, id: string, style?: 'primary' | 'danger'): types.Button {
  return {
    type: 'button',
    text: label(text, limits.buttonText),
    action_id: id.slice(0, limits.actionId),
    value: id,
    ...(style ? { style } : {}),
  }
}

/** A button that opens a page. Slack tells of the press too; without a value nothing is asked of us. */
export function linkButton(
  text: string,
  url: string,
  look: 'primary' | 'quiet' = 'primary',
): types.Button {
  return {
    type: 'button',
    text: label(text, limits.buttonText),
    action_id: 'open-page',
    url,
    ...(look === 'primary' ? { style: look } : {}),
  }
}

/** All text of blocks, as Slack adds it up for `msg_blocks_too_long`. */
export function textSum(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textSum(one), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum, [key, one]) => {
    if (typeof one !== 'string') return sum + textSum(one)
    return key === 'text' || key === 'alt_text' ? sum + one.length : sum
  }, 0)
}

/** Size of JSON as Slack counts a view: `\uXXXX` for everything that is not ASCII, `\/` for `/`. */
export function jsonSize(value: unknown): number {
  const json = JSON.stringify(value)
  let size = json.length
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i)
    if (unit > 126) size += 5
    else if (unit === 47) size += 1
  }
  return size
}

function flat(text: string): string {
  if (!/[^\S ]|\s\s|^\s|\s$/.test(text)) return text
  return text.replace(/\s+/g, ' ').trim()
}

/** Texts cut to what Slack takes, and the line that notifications show. */
import { escapedCost, escapeSlack, shorten, splitText } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets, limits } from '../limits.ts'
import { type Block, label, section } from './blocks.ts'

export function sections(text: string, most: number = budgets.noticeChars): Block[] {
  const shown = text.trim() === '' ? '…' : shorten(text, most, escapedCost)
  return splitText(shown, limits.sectionText, { cost: escapedCost }).map(({ raw }) => section(raw))
}

export function title(text: string, said: Words) {
  return label(text.trim() === '' ? said.appName : text, limits.viewTitle)
}

/** The text that notifications and screen readers use instead of blocks. */
export function fallback(parts: (string | undefined)[]): string {
  const line = parts.filter((part) => part !== undefined && part.trim() !== '').join(' · ')
  return escapeSlack(shorten(line || '…', budgets.fallbackText, escapedCost))
}

/** A title in a list, where twenty have to fit one message. */
export function brief(text: string): string {
  return shorten(text, 200, escapedCost)
}

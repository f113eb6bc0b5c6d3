/** What a record holds, a text or a chat, as HTML: a chat by who speaks, with calls of tools, results and reasoning. */
import { html, raw } from 'hono/html'
import { sayRole } from '../../chat/cards/content.ts'
import { shownContent } from '../../chat/cards/shown-chat.ts'
import { spoken, type Words } from '../../chat/words/words.ts'
import type { Content } from '../../records/record-line.ts'
import { type Html, type RenderOptions, renderText } from './text.ts'

/** `before` are chats above this one, whose calls its results may answer; `said` the reader's language. */
export type ContentOptions = RenderOptions & { before?: readonly Content[]; said?: Words }

/** A text, or each message of a chat under its speaker. */
export async function renderContent(content: Content, options: ContentOptions = {}): Promise<Html> {
  const { before = [], said = spoken(), ...how } = options
  const shown = shownContent(content, before, said)
  if (typeof shown === 'string') return renderText(shown, how)
  const messages: string[] = []
  for (const { role, content: words } of shown) {
    const kind = ['user', 'assistant', 'system'].includes(role) ? role : 'other'
    messages.push(
      String(
        await html`<section class="message message-${kind}"><p class="speaker" dir="auto">${sayRole(role, said)}</p>${await renderText(words, how)}</section>`,
      ),
    )
  }
  return raw(`<div class="chat">${messages.join('\n')}</div>`)
}

/** The first card a person sees, as in chat: what Parley is, what it stores and why, Start and Decline. */
import type { Welcome } from '../../chat/port/port.ts'
import { card } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import type { Holder } from './holder.ts'
import type { Said } from './questions.ts'

export function drawWelcome(
  welcome: Welcome,
  { by, base }: Pick<Holder, 'by' | 'base'>,
  { csrf, said }: { csrf: Content; said: Said },
): Html {
  const { chat, own } = said
  const part = (title: string, text: string) => html`<h3>${title}</h3><p class="lines">${text}</p>`
  return card(
    { title: chat.consentTitle },
    html`<p>${chat.consentWhat}</p>
<h3>${chat.consentWork}</h3><ul>${welcome.datasets.map(({ title }) => html`<li dir="auto">${title}</li>`)}</ul>
${part(chat.consentStoredTitle, chat.consentStored(by.platform))}
${part(chat.consentUseTitle, chat.consentUse)}
${part(chat.consentDeleteTitle, chat.consentDelete)}
<form method="post" action="${base}" class="actions">${csrf}<input type="hidden" name="consent" value="${welcome.consentVersion}">
<button class="button button-main" name="do" value="agree">${own.agree}</button>
<button class="button button-plain" name="do" value="decline">${own.decline}</button></form>`,
  )
}

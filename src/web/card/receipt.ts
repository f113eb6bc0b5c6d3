/** What a person sees once they answered or skipped: what was saved, and every way on from there. */
import { taskIdOf } from '../../chat/port/ids.ts'
import type { Reply } from '../../chat/port/port.ts'
import { sayImprove, sayMore } from '../../chat/words/say.ts'
import { labelOf } from '../../platforms/registry.ts'
import { notice } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import type { Holder } from './holder.ts'
import type { Said } from './questions.ts'

/** `csrf` is the form's hidden field. */
export function drawReceipt(
  reply: Extract<Reply, { type: 'receipt' }>,
  holder: Holder,
  { csrf, said }: { csrf: Content; said: Said },
): Html {
  const { saved } = reply
  const { own, chat } = said
  const { base } = holder
  const act = (what: string, text: string, tone = 'plain') =>
    html`<button class="button button-${tone}" name="do" value="${what}">${text}</button>\n`
  const [summary = '', ...more] = saved.summary.split('\n')
  return html`<section class="card receipt">
<p class="receipt-summary" role="status" dir="auto">${summary}</p>${more.map((line) => html`<p dir="auto">${line}</p>`)}
${reply.notice ? html`<p>${reply.notice}</p>` : ''}
<form method="post" action="${base}" class="actions">${csrf}${saved.revision === undefined ? '' : html`<input type="hidden" name="revision" value="${saved.revision}">`}
${saved.adopt ? html`<input type="hidden" name="version" value="${saved.adopt.schemaVersion}">${act(`adopt:${saved.adopt.revision}`, chat.adopt)}` : ''}
${saved.canUndo ? act('undo', own.undo) : ''}
${saved.canEdit ? html`<a class="button button-plain" href="${base}?edit=1">${saved.asksMore ? sayMore(saved.asksMore, chat) : own.editAnswer}</a>` : ''}
${(saved.improve ?? []).map((one) => html`<a class="button button-plain" href="${improveAddress(base, one.id)}">${sayImprove(one, chat)}</a>\n`)}
</form></section>
${drawOn(reply, holder, said)}`
}

/** The page of an output's text, by the id chats use for it. */
function improveAddress(base: string, id: string): string {
  return `${base}/improve/${id.slice(taskIdOf(id).length + 1)}`
}

function drawOn(
  { saved, elsewhere }: Extract<Reply, { type: 'receipt' }>,
  { by, isSignedIn }: Holder,
  { own }: Said,
): Html {
  if (!isSignedIn) return notice('info', own.goesOnInChat(labelOf(by.platform)))
  const { name, title } = elsewhere ?? saved.dataset
  return html`<p class="actions next-task"><a class="button button-main" href="/work/next?dataset=${encodeURIComponent(name)}">${elsewhere ? own.nextIn(title) : own.next}</a> <a class="button button-quiet" href="/work">${own.yourTasks}</a></p>`
}

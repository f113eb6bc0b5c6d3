/** What is read before answering: passages and outputs, rendered or as they were written. */
import { turnsOf } from '../../chat/cards/content.ts'
import type { Content, TaskCard } from '../../chat/port/port.ts'
import { sayView } from '../../chat/words/say.ts'
import { mediaFigure } from '../media/figure.ts'
import { attributes, type Html, html } from '../page/markup.ts'
import { renderText } from '../render/text.ts'
import type { Said } from './questions.ts'

/** `formId`: the form whose entries a press of the view's button carries along. */
export async function drawReading(
  card: TaskCard,
  { base, formId }: { base: string; formId: string },
  said: Said,
): Promise<Html> {
  const { outputs } = card
  const isRaw = card.rendering === 'raw'
  const marked = markedIn(card)
  const passages = await Promise.all(
    card.passages
      .filter(({ name }) => !marked.has(name))
      .map(
        async ({ name, title, content, media }) =>
          html`<article class="passage"><h2 dir="auto">${title}</h2>${
            media
              ? mediaFigure({
                  ...{ type: media, title, alone: said.own.openAlone },
                  address: `${base}/media/${encodeURIComponent(name)}`,
                })
              : await drawContent(content, isRaw, said)
          }</article>\n`,
      ),
  )
  const shown = await Promise.all(
    outputs.map(
      async ({ letter, content }) =>
        html`<article class="output" data-letter="${letter}"><h2>${said.chat.output(letter)}</h2><div class="output-text" tabindex="0" role="region" aria-label="${said.chat.output(letter)}">${await drawContent(content, isRaw, said)}</div></article>\n`,
    ),
  )
  const hasTexts = passages.length + shown.length > 0
  const view = isRaw ? 'formatted' : 'raw'
  return html`<section id="reading" class="reading" aria-label="${said.own.reading}">
${hasTexts ? html`<div class="reading-tools"><button${attributes({ class: 'button button-quiet', form: formId, name: 'do', value: `render:${view}`, 'data-do': 'render', formnovalidate: true })}>${sayView(view, said.chat)}</button></div>` : ''}
${passages}
${shown.length > 1 ? drawCompare(card, base, said) : ''}
${shown.length > 0 ? html`<div class="outputs" data-outputs="${shown.length}">${shown}</div>` : ''}
</section>`
}

/** Fields whose text stands in a question already, where it is marked. */
function markedIn({ questions, passages }: TaskCard): Set<string> {
  const texts = new Set(
    passages.flatMap((one) => (typeof one.content === 'string' ? one.name : [])),
  )
  return new Set(
    questions.flatMap((one) => (one.type === 'span' && texts.has(one.field) ? one.field : [])),
  )
}

/** A text, or each message of a chat under its speaker. */
async function drawContent(content: Content, isRaw: boolean, said: Said): Promise<Html> {
  const how = isRaw ? { rendering: 'raw' as const } : {}
  const turns = turnsOf(content, said.chat)
  const drawn = await Promise.all(
    turns.map(async ({ role, text }) =>
      role === null
        ? renderText(text, how)
        : html`<section class="message"><p class="speaker" dir="auto">${role}</p>${await renderText(text, how)}</section>`,
    ),
  )
  return html`${drawn}`
}

/** Two outputs to compare word by word: a page of its own, or with scripts a part of this one. */
function drawCompare({ outputs }: TaskCard, base: string, said: Said): Html {
  const choice = (name: string, label: string, chosen: number) =>
    html`<select name="${name}" aria-label="${label}">${outputs.map(({ letter }, place) => html`<option${attributes({ value: place, selected: place === chosen })}>${letter}</option>`)}</select>`
  return html`<div class="outputs-tools">
<label class="choice choice-alone" data-tool="columns" hidden><input type="checkbox" checked><span class="choice-text">${said.own.sideBySide}</span></label>
<label class="choice choice-alone" data-tool="scroll" hidden><input type="checkbox" checked><span class="choice-text">${said.own.scrollTogether}</span></label>
<form class="compare-form" method="get" action="${base}/compare" hx-get="${base}/compare" hx-target="#compare">${said.own.compare} ${choice('a', said.own.compare, 0)} ${said.own.compareWith} ${choice('b', said.own.compareWith, 1)} <button class="button button-quiet">${said.own.compare}</button></form>
</div>
<div id="compare" aria-live="polite"></div>`
}

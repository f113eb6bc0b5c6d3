/** A task as a page: what to read on one side, its form on the other. */
import { pressesFor } from '../../chat/cards/presses.ts'
import { seenOf } from '../../chat/cards/seen.ts'
import { type Receipt, skipReasons, type TaskCard } from '../../chat/port/port.ts'
import { sayReason } from '../../chat/words/say.ts'
import type { Problems } from '../../questions/values.ts'
import { notice } from '../page/components.ts'
import { attributes, type Content, type Html, html } from '../page/markup.ts'
import { renderText } from '../render/text.ts'
import type { Form } from './entered.ts'
import { drawQuestions, type Said } from './questions.ts'
import { drawReading } from './reading.ts'

export type View = {
  /** Where the form goes and its parts lie. */
  base: string
  csrf: Content
  said: Said
  /** What is stored, where the form shows something else: by default what the card starts from. */
  seen?: string
  /** Why the form is shown again, by question. */
  problems?: Problems
  /** A sentence above it. */
  notice?: { tone: 'bad' | 'warn' | 'info'; text: string }
  /** The answer before this task, while it can be taken back. */
  undo?: { saved: Receipt; base: string } | null
}

const formId = 'card-form'

/** What the inputs of a card are drawn for and read with. */
export function formOf(card: TaskCard): Form {
  const texts = card.passages.flatMap(({ name, content }) =>
    typeof content === 'string' ? [[name, content] as const] : [],
  )
  return { outputs: card.outputs.map(({ id }) => id), texts: Object.fromEntries(texts) }
}

export async function drawTask(card: TaskCard, view: View): Promise<Html> {
  const { said, base } = view
  const { own } = said
  return html`${view.undo ? drawUndo(view.undo, view) : ''}
${view.notice ? notice(view.notice.tone, view.notice.text) : ''}
<p class="lead task-progress">${progressOf(card, said)}</p>
${await drawGuidelines(card, said)}
<div class="task"${attributes({ 'data-base': base })}>
${await drawReading(card, { base, formId }, said)}
<div class="answer">
<form${attributes({ id: formId, method: 'post', action: base, class: 'answer-form', 'aria-label': own.answering })}>
<button class="default" name="do" value="submit" tabindex="-1" aria-hidden="true"></button>
${view.csrf}<input type="hidden" name="seen" value="${view.seen ?? seenOf(card)}"><input type="hidden" name="version" value="${card.schemaVersion}">${card.editing ? html`<input type="hidden" name="editing" value="yes">` : ''}
${drawProblems(card, view)}
${card.suggestion === undefined ? '' : html`<p class="suggestion" dir="auto">${card.suggestion}</p>`}
${drawAnswer(card, view)}
</form>
${card.ballot || card.improving || card.editing ? '' : drawSkip(view)}
${drawTold(own)}
</div></div>
${drawHelp(said)}<p class="keys-hint"><button type="button" class="button button-quiet" data-help hidden>${own.help} <kbd aria-hidden="true">?</kbd></button></p>
<p id="told" class="hidden" role="status" aria-live="polite"></p>`
}

function progressOf(card: TaskCard, { chat }: Said): string {
  if (card.ballot) return chat.ballotPrivate(chat.moment(card.ballot.closesAt, 'UTC'))
  const { submitted, assigned, minutes } = card.progress
  return `${chat.done(submitted, assigned)} · ${chat.minutesHere(minutes)}`
}

async function drawGuidelines({ dataset }: TaskCard, { chat }: Said): Promise<Html> {
  if (dataset.guidelines === null) return html``
  return html`<details class="guidelines"><summary>${chat.guidelines}</summary>${await renderText(dataset.guidelines)}</details>`
}

function drawUndo({ saved, base }: { saved: Receipt; base: string }, { csrf, said }: View): Html {
  return html`<form class="saved-line" method="post" action="${base}">${csrf}${saved.revision === undefined ? '' : html`<input type="hidden" name="revision" value="${saved.revision}">`}<p role="status" dir="auto">${saved.summary}</p>${saved.canUndo ? html`<button class="button button-quiet" name="do" value="undo">${said.own.undo}</button>` : ''}</form>`
}

/** Where the form is shown again, each problem with the way to its question. */
function drawProblems({ questions }: TaskCard, { problems = {}, said }: View): Html {
  const all = Object.entries(problems)
  if (all.length === 0) return html``
  return html`<div class="notice notice-bad" role="alert" tabindex="-1" data-focus><strong>${said.own.problems(all.length)}</strong><ul>${all.map(
    ([name, problem]) => {
      const at = questions.findIndex((one) => one.name === name)
      const title = questions[at]?.title
      return title === undefined
        ? html`<li>${problem}</li>`
        : html`<li><a href="#question-${at}">${title}</a>: ${problem}</li>`
    },
  )}</ul></div>`
}

/** Ready answers where one press is enough; below them what else may be said. */
function drawAnswer(card: TaskCard, view: View): Html {
  const { said, problems = {} } = view
  const form = formOf(card)
  const presses = card.editing ? [] : pressesFor(card.questions, form.outputs)
  const fields = drawQuestions(card.questions, card.values, form, problems, said)
  const submit = html`<div class="answer-actions"><button class="button button-main" name="do" value="submit">${card.editing ? said.own.saveChange : said.own.submit}</button><button class="button button-quiet plain-only" name="do" value="draft">${said.own.saveDraft}</button><span class="draft-state" id="draft-state" role="status"></span></div>`
  if (presses.length === 0) return html`${fields}${submit}`
  const asked = card.questions.filter(({ required }) => required).map(({ title }) => title)
  const isTouched = Object.keys(card.values).length > 0 || Object.keys(problems).length > 0
  return html`<fieldset class="question" data-type="presses"><legend dir="auto">${asked.join(' · ')}</legend><div class="presses" role="group" aria-label="${said.own.choose}">${presses.map(
    ({ text }, at) =>
      html`<button class="button button-press" name="do" value="press:${at}">${text}${at < 9 ? html`<kbd aria-hidden="true">${at + 1}</kbd>` : ''}</button>\n`,
  )}</div></fieldset>
<details class="in-full"${attributes({ open: isTouched })}><summary>${said.chat.answerMore}</summary>${fields}${submit}</details>`
}

function drawSkip({ base, csrf, said }: View): Html {
  return html`<details class="skip-task"><summary>${said.own.skipTitle}</summary><form method="post" action="${base}">${csrf}
<label class="field"><span>${said.own.skipReason}</span><select name="reason">${skipReasons.map((reason) => html`<option value="${reason}"${attributes({ selected: reason === 'other' })}>${sayReason(said.chat, reason)}</option>`)}</select></label>
<label class="field"><span>${said.own.skipOwn} <small class="optional">(${said.own.optional})</small></span><input type="text" name="why" maxlength="500" autocomplete="off"></label>
<button class="button button-plain" name="do" value="skip">${said.own.skipNow}</button></form></details>`
}

/** Sentences of the script, and the question it asks where a draft was changed elsewhere. */
function drawTold(own: Said['own']): Html {
  const said = { saved: own.draftSaved, saving: own.draftSaving, failed: own.draftFailed }
  return html`<div id="elsewhere" class="notice notice-warn" role="alert" hidden data-said="${JSON.stringify(said)}"><p>${own.elsewhere}</p><button type="button" class="button button-plain" data-elsewhere="show">${own.elsewhereShow}</button> <button type="button" class="button button-plain" data-elsewhere="keep">${own.elsewhereKeep}</button></div>`
}

function drawHelp({ own }: Said): Html {
  const keys: readonly (readonly [string, string])[] = [
    ['1 … 9', own.helpKeys.choose],
    ['j / k', own.helpKeys.move],
    ['Ctrl + Enter', own.helpKeys.submit],
    ['r', own.helpKeys.raw],
    ['g', own.helpKeys.guidelines],
    ['c', own.helpKeys.columns],
    ['s', own.helpKeys.skip],
    ['?', own.helpKeys.help],
  ]
  return html`<dialog id="keys" aria-labelledby="keys-title"><h2 id="keys-title">${own.helpTitle}</h2><dl class="keys">${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>\n`)}</dl><p>${own.rankKeys}</p><p>${own.spanHelp}</p><form method="dialog"><button class="button button-plain">${own.close}</button></form></dialog>`
}

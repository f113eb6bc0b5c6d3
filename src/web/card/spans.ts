/**
 * Marks in a text as inputs: those there are, to keep or drop, and rows for new ones by their exact words. With
 * scripts the text itself is marked, see client/card-span.js. Pure: `draw` and `read` are inverses.
 */
import type { SpanQuestion } from '../../questions/question.ts'
import type { SpanValue } from '../../questions/spans.ts'
import type { Value } from '../../questions/values.ts'
import { attributes, type Html, html } from '../page/markup.ts'
import { type Entered, type Form, inputName } from './entered.ts'
import type { CardWords } from './words.ts'

/** Rows to add marks without scripts; a page that is sent again has as many once more. */
const emptyRows = 3
/** More labels than these are a list to choose from. */
const mostButtons = 30
const shades = 8

type Drawn = { at: number; text: string | undefined; about: string | null; said: CardWords }

export function asSpans(value: Value | undefined): SpanValue {
  return Array.isArray(value)
    ? value.filter((one): one is SpanValue[number] => typeof one === 'object' && one !== null)
    : []
}

export function drawSpans(question: SpanQuestion, value: Value | undefined, drawn: Drawn): Html {
  const { at, text, about, said } = drawn
  if (text === undefined) return html`<p class="hint">${said.spanNotText}</p>`
  const points = Array.from(text)
  const marks = asSpans(value)
  return html`<div class="spans" data-spans="${wordsFor(question, said)}" data-name="${inputName(at, 'span')}">
<p class="hint">${said.spanHelp}</p>
${drawBar(question, said)}
<div class="span-text" role="textbox" aria-multiline="true" aria-readonly="true" tabindex="0" dir="auto" aria-label="${said.spanText}"${attributes({ 'aria-describedby': about })}>${text}</div>
<p class="span-state hint" aria-live="polite"></p>
<p class="sub">${said.spanMarks}</p>
<ul class="marks">${marks.map((mark) => {
    const words = points.slice(mark.start, mark.end).join('')
    return html`<li><label class="choice"><input type="checkbox" checked name="${inputName(at, 'span')}" value="${keyOf(question, mark)}"><span class="label-tag label-${labelAt(question, mark.label) % shades}">${textOf(question, mark.label)}</span> <q dir="auto">${words}</q></label></li>\n`
  })}</ul>
<label class="choice choice-alone"><input${attributes({ type: 'checkbox', name: inputName(at, 'nothing'), value: 'yes', checked: Array.isArray(value) && marks.length === 0 })}><span class="choice-text">${said.spanNothing}</span></label>
${drawRows(question, at, said)}</div>`
}

/** What the script says and draws: labels by their place, and sentences with % for what they are about. */
function wordsFor(question: SpanQuestion, said: CardWords): string {
  return JSON.stringify({
    labels: question.options.map(({ text }) => text),
    none: said.spanNone,
    remove: said.spanRemove('%l', '%t'),
    added: said.spanAdded('%l', '%t'),
    removed: said.spanRemoved('%l', '%t'),
    selectFirst: said.spanSelectFirst,
  })
}

function drawBar(question: SpanQuestion, said: CardWords): Html {
  const { options } = question
  if (options.length > mostButtons)
    return html`<div class="span-bar" hidden><label>${said.spanLabel} <select class="span-choice"><option value="">${said.chooseOne}</option>${options.map((one, i) => html`<option value="${i}">${one.text}</option>`)}</select></label></div>`
  return html`<div class="span-bar" hidden role="group" aria-label="${said.spanLabels}">${options.map(
    (one, i) =>
      html`<button${attributes({ type: 'button', class: `label-tag label-${i % shades}`, 'data-label': i, title: one.description })}>${one.text}${i < 9 ? html`<kbd aria-hidden="true">${i + 1}</kbd>` : ''}</button>\n`,
  )}</div>`
}

function drawRows({ options }: SpanQuestion, at: number, said: CardWords): Html {
  const row = html`<div class="span-row"><label>${said.spanPassage}<input type="text" name="${inputName(at, 'words')}" autocomplete="off" dir="auto"></label>
<label>${said.spanWhich}<input type="number" name="${inputName(at, 'nth')}" min="1" value="1"></label>
<label>${said.spanLabel}<select name="${inputName(at, 'label')}"><option value="">${said.chooseOne}</option>${options.map((one, i) => html`<option value="o${i}">${one.text}</option>`)}</select></label></div>\n`
  return html`<fieldset class="span-rows"><legend>${said.spanAdd}</legend>${Array.from({ length: emptyRows }, () => row)}</fieldset>`
}

/**
 * The marks that were kept, and the new ones whose words stand in the text; none at all where somebody says so,
 * and null where nothing was said. `problem` says what could not be found.
 */
export function readSpans(
  question: SpanQuestion,
  at: number,
  entered: Entered,
  { texts }: Pick<Form, 'texts'>,
  said: CardWords,
): { value: SpanValue | null; problem?: string } {
  const kept = (entered.get(inputName(at, 'span')) ?? []).flatMap((key) => readKey(question, key))
  const text = textIn(texts, question.field) ?? ''
  const labels = entered.get(inputName(at, 'label')) ?? []
  const numbers = entered.get(inputName(at, 'nth')) ?? []
  const problems: string[] = []
  const added = (entered.get(inputName(at, 'words')) ?? []).flatMap((words, row): SpanValue => {
    if (words === '') return []
    const nth = Math.max(1, Math.trunc(Number(numbers[row] ?? 1)) || 1)
    const label = question.options.find((_, i) => `o${i}` === labels[row])
    const start = placeOf(text, words, nth)
    if (start === null) problems.push(said.spanNotFound(words, nth))
    else if (!label) problems.push(said.spanNeedsLabel)
    if (start === null || !label) return []
    const end = start + Array.from(words).length
    return [{ field: question.field, start, end, label: label.value }]
  })
  const all = [...kept, ...added]
  const unique = [...new Map(all.map((one) => [keyOf(question, one), one])).values()]
  return {
    value: unique.length > 0 || entered.has(inputName(at, 'nothing')) ? unique : null,
    ...(problems.length > 0 ? { problem: problems.join(' ') } : {}),
  }
}

/** The text of a field, where it is one. */
export function textIn(texts: Form['texts'], field: string): string | undefined {
  return Object.hasOwn(texts, field) ? texts[field] : undefined
}

/** Where words stand for the nth time, in code points; null where they do not. */
function placeOf(text: string, words: string, nth: number): number | null {
  let at = -1
  for (let seen = 0; seen < nth; seen++) {
    at = text.indexOf(words, at + 1)
    if (at < 0) return null
  }
  return Array.from(text.slice(0, at)).length
}

function keyOf(question: SpanQuestion, { start, end, label }: SpanValue[number]): string {
  return `${start}-${end}-o${labelAt(question, label)}`
}

function readKey(question: SpanQuestion, key: string): SpanValue {
  const [, start, end, at] = /^(\d{1,6})-(\d{1,6})-o(\d{1,3})$/.exec(key) ?? []
  const label = at === undefined ? undefined : question.options[Number(at)]
  if (!label) return []
  return [{ field: question.field, start: Number(start), end: Number(end), label: label.value }]
}

function labelAt({ options }: SpanQuestion, label: string): number {
  return options.findIndex(({ value }) => value === label)
}

function textOf({ options }: SpanQuestion, label: string): string {
  return options.find(({ value }) => value === label)?.text ?? label
}

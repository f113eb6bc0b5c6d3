/** What was answered to each question, drawn for reading: labels by their words, rankings in their order. */
import type { DatasetDocument } from '../../datasets/document.ts'
import { choicesOf } from '../../questions/options.ts'
import type { Question } from '../../questions/question.ts'
import { letterOf, ownValue, type Value, type Values } from '../../questions/values.ts'
import type { RecordFields, RecordOutput } from '../../records/record-line.ts'
import { badge } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { renderText } from '../render/text.ts'
import type { RecordWords } from './words.ts'

export type Judged = { fields: RecordFields; outputs: readonly RecordOutput[] }

/** One line for each question that was answered, in their order; what is no question's stands last. */
export function drawValues(
  { questions }: Pick<DatasetDocument, 'questions'>,
  values: Values,
  record: Judged,
  said: RecordWords,
): Html {
  const asked = questions.flatMap((question) => {
    const value = ownValue(values, question.name)
    return value === undefined
      ? []
      : [{ title: question.title, body: drawValue(question, value, record, said) }]
  })
  const known = new Set(questions.map(({ name }) => name))
  const others = Object.keys(values)
    .filter((name) => !known.has(name))
    .map((name) => ({ title: name, body: drawOther(ownValue(values, name), said) }))
  const all = [...asked, ...others]
  if (all.length === 0) return html`<p class="soft">${said.noValues}</p>`
  return html`<dl class="answer-values">${all.map(
    ({ title, body }) => html`<div><dt dir="auto">${title}</dt><dd>${body}</dd></div>`,
  )}</dl>`
}

function drawValue(question: Question, value: Value, record: Judged, said: RecordWords): Content {
  if (question.type === 'ranking') return drawRanking(value, record, said)
  if (question.type === 'span') return drawSpans(value, record)
  if (question.of === 'record') return drawSingle(question, value)
  const each = Object.entries(isMap(value) ? value : {})
  return html`<ul class="plain">${each.map(
    ([id, one]) =>
      html`<li>${badge(letterIn(record, id))} ${drawSingle(question, one as Value)}</li>`,
  )}</ul>`
}

type Single = Exclude<Question, { type: 'ranking' | 'span' }>

function drawSingle(question: Single, value: Value): Content {
  if (question.type === 'text') return renderText(String(value))
  const choices = choicesOf(question)
  const wordOf = (one: unknown) =>
    choices.find((choice) => choice.value === one)?.text ?? String(one)
  if (Array.isArray(value))
    return value.map((one) => html`<span dir="auto">${badge(wordOf(one), 'info')}</span> `)
  return html`<span dir="auto">${badge(wordOf(value), 'info')}</span>`
}

/** "A, then B and C": outputs by their rank. */
function drawRanking(value: Value, record: Judged, said: RecordWords): Content {
  if (!isMap(value)) return String(value)
  const ranks = isMap(value['ranks']) ? value['ranks'] : {}
  const byRank = Map.groupBy(Object.entries(ranks), ([, rank]) => Number(rank))
  const groups = [...byRank].sort(([a], [b]) => a - b)
  return html`${value['all_unacceptable'] === true ? badge(said.allUnacceptable, 'bad') : ''}<ol class="ranks">${groups.map(
    ([rank, all]) =>
      html`<li value="${rank}">${all.map(([id]) => html`${badge(letterIn(record, id), 'info')} `)}</li>`,
  )}</ol>`
}

/** The marked texts by their labels; places are counted in code points. */
function drawSpans(value: Value, { fields }: Judged): Content {
  const spans = Array.isArray(value) ? value : []
  return html`<ul class="plain">${spans.map((one: unknown) => {
    const { field, start, end, label } = isMap(one) ? one : {}
    const text = fields[String(field)]
    const marked =
      typeof text === 'string' ? [...text].slice(Number(start), Number(end)).join('') : ''
    return html`<li>${badge(String(label), 'info')} <mark dir="auto">${marked}</mark></li>`
  })}</ul>`
}

/** What is kept beside a question, such as edits of its outputs. */
function drawOther(value: Value | undefined, said: RecordWords): Content {
  if (!isMap(value)) return String(value)
  return Object.entries(value).map(([id, one]) =>
    isMap(one) && typeof one['text'] === 'string'
      ? html`<div>${badge(`${id}: ${said.improved}`)}${renderText(one['text'])}</div>`
      : html`<p>${id}: ${JSON.stringify(one)}</p>`,
  )
}

/** The letter an output has on the page: by its place in the record. */
export function letterIn({ outputs }: Pick<Judged, 'outputs'>, id: string): string {
  const at = outputs.findIndex((output) => output.id === id)
  return at < 0 ? id : letterOf(at)
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

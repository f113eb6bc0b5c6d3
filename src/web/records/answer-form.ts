/** A form with the questions of a dataset: for correcting an answer, and for known answers. Reads it again, too. */
import { choicesOf } from '../../questions/options.ts'
import type { Question } from '../../questions/question.ts'
import { ownValue, type Values } from '../../questions/values.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import { field, select, textarea } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { letterIn } from './values.ts'
import type { RecordWords } from './words.ts'

type Given = {
  questions: readonly Question[]
  /** In the order of the record. */
  outputs: readonly RecordOutput[]
  values: Values
  problems: Readonly<Record<string, string>>
}

/** Empty where a question is not answered. */
export function drawForm({ questions, outputs, values, problems }: Given, said: RecordWords): Html {
  return html`${questions.map((question) => {
    const value = ownValue(values, question.name)
    if (question.type === 'span')
      return html`<p class="soft"><strong dir="auto">${question.title}</strong> ${said.spansNot}</p>`
    const isEach = question.type === 'ranking' || question.of === 'outputs'
    if (!isEach)
      return one(
        question,
        { name: question.name, label: question.title, value, error: problems[question.name] },
        said,
      )
    return html`<fieldset class="stack"><legend dir="auto">${question.title}</legend>${
      problems[question.name]
        ? html`<p class="field-error">${problems[question.name] ?? ''}</p>`
        : ''
    }${outputs.map(({ id }, at) => {
      const letter = letterIn({ outputs }, id)
      const label = question.type === 'ranking' ? said.rank(letter) : said.output(letter)
      return one(
        question,
        {
          name: `${question.name}.${at}`,
          label,
          value: within(question, value, id),
          error: undefined,
        },
        said,
      )
    })}${question.type === 'ranking' ? unacceptable(question.name, value, said) : ''}</fieldset>`
  })}`
}

function unacceptable(name: string, value: unknown, said: RecordWords): Html {
  const isSo = isMap(value) && value['all_unacceptable'] === true
  return html`<label class="records-check"><input type="checkbox" name="${name}.all" value="yes"${isSo ? html` checked` : ''}> ${said.allUnacceptable}</label>`
}

function within(question: Question, value: unknown, id: string): unknown {
  const map = question.type === 'ranking' && isMap(value) ? value['ranks'] : value
  return isMap(map) ? map[id] : undefined
}

type Line = { name: string; label: string; value: unknown; error: string | undefined }

function one(
  question: Exclude<Question, { type: 'span' }>,
  { name, label, value, error }: Line,
  said: RecordWords,
): Html {
  if (question.type === 'text')
    return field({ name, label, error, control: textarea(typeof value === 'string' ? value : '') })
  if (question.type === 'ranking')
    return field({
      ...{ name, label, error, value: typeof value === 'number' ? value : '' },
      input: { type: 'number', min: 1, max: 50 },
    })
  const choices = choicesOf(question)
  if (question.type === 'multi_label') {
    const chosen = Array.isArray(value) ? value : []
    return html`<fieldset class="records-checks"><legend dir="auto">${label}</legend>${
      error ? html`<p class="field-error">${error}</p>` : ''
    }${choices.map(
      ({ key, text, value: own }) =>
        html`<label class="records-check"><input type="checkbox" name="${name}" value="${key}"${chosen.includes(String(own)) ? html` checked` : ''}> <span dir="auto">${text}</span></label>`,
    )}</fieldset>`
  }
  const chosen = choices.find((choice) => choice.value === value)?.key ?? ''
  return field({
    ...{ name, label, error },
    control: select(
      [
        { value: '', label: said.noAnswer },
        ...choices.map(({ key, text }) => ({ value: key, label: text })),
      ],
      chosen,
    ),
  })
}

type Form = Readonly<Record<string, unknown>>

/** The values a form holds; what is left empty is absent. `kept` are those the form does not ask for. */
export function readForm(
  questions: readonly Question[],
  outputs: readonly RecordOutput[],
  form: Form,
  kept: Values,
): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const question of questions) {
    const { name } = question
    const value =
      question.type === 'span'
        ? ownValue(kept, name)
        : question.type === 'ranking'
          ? readRanking(question, outputs, form)
          : question.of === 'outputs'
            ? readEach(question, outputs, form)
            : readOne(question, form[name])
    if (value !== undefined) read[name] = value
  }
  const known = new Set(questions.map(({ name }) => name))
  for (const [name, value] of Object.entries(kept)) if (!known.has(name)) read[name] = value
  return read
}

function readOne(question: Question, given: unknown): unknown {
  const texts = [given ?? []].flat().filter((one) => typeof one === 'string')
  const [first = ''] = texts
  if (question.type === 'text')
    return first.trim() === '' ? undefined : first.replaceAll('\r\n', '\n')
  if (question.type === 'ranking' || question.type === 'span') return undefined
  const choices = choicesOf(question)
  const chosen = texts.flatMap((key) => choices.find((choice) => choice.key === key)?.value ?? [])
  if (question.type === 'multi_label') return chosen.length > 0 ? chosen : undefined
  return chosen[0]
}

function readEach(question: Question, outputs: readonly RecordOutput[], form: Form): unknown {
  const all = outputs.flatMap(({ id }, at) => {
    const value = readOne(question, form[`${question.name}.${at}`])
    return value === undefined ? [] : [[id, value] as const]
  })
  return all.length > 0 ? Object.fromEntries(all) : undefined
}

function readRanking(
  question: Extract<Question, { type: 'ranking' }>,
  outputs: readonly RecordOutput[],
  form: Form,
): unknown {
  const ranks = outputs.flatMap(({ id }, at) => {
    const text = form[`${question.name}.${at}`]
    return typeof text === 'string' && text.trim() !== '' ? [[id, Number(text)] as const] : []
  })
  const isBad = form[`${question.name}.all`] === 'yes'
  if (ranks.length === 0 && !isBad) return undefined
  return { mode: question.mode, ranks: Object.fromEntries(ranks), all_unacceptable: isBad }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

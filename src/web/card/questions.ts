/** The questions of a task as fields of its form, and the values that come back. Pure: `draw` and `read` are inverses. */
import { sayWhen } from '../../chat/words/say.ts'
import type { Words } from '../../chat/words/words.ts'
import { asEach, asRanking, asSingle } from '../../questions/earlier.ts'
import { isOptional } from '../../questions/options.ts'
import type { Question } from '../../questions/question.ts'
import {
  askedQuestions,
  letterOf,
  ownValue,
  type Problems,
  type Value,
  type Values,
} from '../../questions/values.ts'
import { attributes, type Html, html } from '../page/markup.ts'
import { drawSingle, readSingle } from './choices.ts'
import { type Entered, type Form, inputName } from './entered.ts'
import { drawRanking, readRanking } from './ranking.ts'
import { drawSpans, readSpans, textIn } from './spans.ts'
import type { CardWords } from './words.ts'

export type Said = { own: CardWords; chat: Words }

/** Every question; those whose condition does not hold are there and hidden, so that nothing typed is lost. */
export function drawQuestions(
  questions: readonly Question[],
  values: Values,
  form: Form,
  problems: Problems,
  said: Said,
): Html {
  const asked = askedQuestions(questions, values)
  return html`${questions.map((question, at) => {
    const problem = Object.hasOwn(problems, question.name) ? problems[question.name] : undefined
    const hints = [question.description, question.when && sayWhen(question.when, said.chat)]
    const hint = hints.filter(Boolean).join(' ')
    const id = `question-${at}`
    const about = [...(problem ? [`${id}-problem`] : []), ...(hint ? [`${id}-hint`] : [])].join(' ')
    const isWrong = problem !== undefined
    return html`<fieldset${attributes({ class: isWrong ? 'question question-wrong' : 'question', id, 'data-question': question.name, 'data-type': question.type, hidden: !asked.has(question.name), tabindex: -1 })}>
<legend dir="auto">${question.title}${isOptional(question) ? html` <small class="optional">(${said.own.optional})</small>` : ''}</legend>
${hint ? html`<p class="hint" id="${id}-hint" dir="auto">${hint}</p>` : ''}${problem ? html`<p class="field-error" id="${id}-problem">${problem}</p>` : ''}
${drawQuestion(question, at, ownValue(values, question.name), { ...form, about: about || null }, said)}
</fieldset>\n`
  })}`
}

/** The inputs of one question, with the value they start from. */
export function drawQuestion(
  question: Question,
  at: number,
  value: Value | undefined,
  { outputs, texts, about }: Form & { about: string | null },
  said: Said,
): Html {
  if (question.type === 'span')
    return drawSpans(question, value, {
      at,
      text: textIn(texts, question.field),
      about,
      said: said.own,
    })
  if (question.type === 'ranking') {
    const drawn = { question, at, outputs, about, said: said.own, chat: said.chat }
    return drawRanking({ ...drawn, value: asRanking(value) })
  }
  const title = question.title
  if (question.of === 'record')
    return drawSingle(
      question,
      asSingle(value),
      { name: inputName(at), label: title, about },
      said.own,
    )
  const each = asEach(value)
  return html`<div class="each">${outputs.map((output, place) => {
    const label = said.chat.about(title, letterOf(place))
    const drawn = { name: inputName(at, place), label, about }
    return html`<div class="each-one"><p class="sub">${said.chat.output(letterOf(place))}</p>${drawSingle(question, each.get(output), drawn, said.own)}</div>\n`
  })}</div>`
}

/** The answer to each question as far as there is one, and what was entered that cannot be read. */
export function readQuestions(
  questions: readonly Question[],
  entered: Entered,
  form: Form,
  said: CardWords,
): { values: Record<string, unknown>; problems: Problems } {
  const values: Record<string, unknown> = {}
  const problems: Problems = {}
  for (const [at, question] of questions.entries()) {
    if (question.type === 'span') {
      const { value, problem } = readSpans(question, at, entered, form, said)
      // Said of every one that stands on the page: chats keep marks that their forms are silent about.
      values[question.name] = value
      if (problem !== undefined) problems[question.name] = problem
      continue
    }
    const value = readQuestion(question, at, entered, form)
    if (value !== undefined) values[question.name] = value
  }
  return { values, problems }
}

function readQuestion(
  question: Exclude<Question, { type: 'span' }>,
  at: number,
  entered: Entered,
  form: Form,
): unknown {
  if (question.type === 'ranking') return readRanking(question, at, entered, form)
  if (question.of === 'record') return readSingle(question, entered, inputName(at))
  const each = form.outputs.flatMap((output, place) => {
    const one = readSingle(question, entered, inputName(at, place))
    return one === undefined ? [] : [[output, one] as const]
  })
  return each.length > 0 ? Object.fromEntries(each) : undefined
}

/**
 * Per question type, how Slack asks it and how its answer is read back: `draw` and `read` are
 * inverses, kept side by side. Outputs go by their place on the card, never by id.
 */

import type { types } from '@slack/bolt'
import { costOf, jsonCost } from '../../../../src/chat/text.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { parseWhen, questionsOf } from '../../../../src/questions/condition.ts'
import { asEach, asRanking, asSingle } from '../../../../src/questions/earlier.ts'
import { isOptional } from '../../../../src/questions/options.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { letterOf, type SingleValue, type Value } from '../../../../src/questions/values.ts'
import { budgets } from '../../limits.ts'
import { blockId } from '../../receive/ids.ts'
import type { Block } from '../blocks.ts'
import { drawChoice, drawChoices, noneValue, optionsOf } from './choices.ts'
import { type Entered, type Form, hintOf, input, inputId, type State } from './input.ts'
import { drawLegend } from './legend.ts'
import { drawRanking, readRanking } from './ranking.ts'

/** Draws a question with the value it starts from. */
export function drawQuestion(
  question: Question,
  value: Value | undefined,
  form: Form,
  said: Words,
): Block[] {
  if (question.type === 'span') return []
  if (question.type === 'ranking') return drawRanking(question, asRanking(value), form, said)
  const legend = drawLegend(question)
  if (question.of === 'record') {
    const id = blockId(form.assignmentId, question.name)
    const { title } = question
    return [...legend, drawSingle(question, asSingle(value), { ...form, id, title }, said)]
  }
  const each = asEach(value)
  return [
    ...legend,
    ...form.outputs.map((output, place) =>
      drawSingle(
        question,
        each.get(output),
        {
          ...form,
          id: blockId(form.assignmentId, question.name, place),
          title: said.about(question.title, letterOf(place)),
        },
        said,
      ),
    ),
  ]
}

/** Reads a question's answer back; undefined when nothing was answered. */
export function readQuestion(question: Question, state: State, form: Form): unknown {
  if (question.type === 'span') return undefined
  if (question.type === 'ranking') return readRanking(question, state, form)
  if (question.of === 'record')
    return readSingle(question, state[blockId(form.assignmentId, question.name)])
  const each = form.outputs.flatMap((output, place) => {
    const one = readSingle(question, state[blockId(form.assignmentId, question.name, place)])
    return one === undefined ? [] : [[output, one] as const]
  })
  return each.length > 0 ? Object.fromEntries(each) : undefined
}

/** The questions whose answers decide whether others are asked. */
export function decidingQuestions(questions: readonly Question[]): Set<string> {
  return new Set(
    questions.flatMap(({ when }) => (when === undefined ? [] : questionsOf(parseWhen(when)))),
  )
}

type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>

function drawSingle(
  question: SingleQuestion,
  value: SingleValue | undefined,
  { id, title, initialBytes, tooLong: own }: Form & { id: string; title: string },
  said: Words,
): Block {
  const fits =
    typeof value !== 'string' || costOf(value, jsonCost) <= (initialBytes ?? budgets.initialBytes)
  const tooLong = question.type === 'text' && !fits ? (own ?? said.answerTooLong) : ''
  return input(id, title, drawElement(question, fits ? value : undefined, said), {
    optional: !question.required || question.when !== undefined,
    hint: [hintOf(question, said), tooLong].filter(Boolean).join(' '),
  })
}

function drawElement(
  question: SingleQuestion,
  value: SingleValue | undefined,
  said: Words,
): types.InputBlockElement {
  switch (question.type) {
    case 'text':
      return {
        type: 'plain_text_input',
        action_id: inputId,
        multiline: true,
        // No max_length: with one, Slack allows 3,000 characters at most; the inside checks lengths.
        ...(typeof value === 'string' && value !== '' ? { initial_value: value } : {}),
      }
    case 'rating':
    case 'label': {
      const options = optionsOf(question)
      const chosen = options.find((choice) => choice.value === value)
      return drawChoice(
        options.map((choice) => choice.option),
        chosen?.option,
        isOptional(question) ? said : null,
        said,
      )
    }
    case 'multi_label':
      return drawChoices(
        optionsOf(question).map((choice) => choice.option),
        Array.isArray(value)
          ? optionsOf(question)
              .filter((choice) => value.includes(String(choice.value)))
              .map((choice) => choice.option)
          : undefined,
        question.none_option ? said : null,
        said,
      )
  }
}

function readSingle(
  question: SingleQuestion,
  entered: Record<string, Entered> | undefined,
): SingleValue | undefined {
  const found = entered?.[inputId]
  if (!found) return undefined
  if (question.type === 'text') return found.value ?? undefined
  const choices = optionsOf(question)
  if (question.type === 'multi_label') {
    const chosen = found.selected_options ?? []
    if (chosen.length === 0) return undefined
    const labels = chosen.flatMap(({ value }) =>
      choices.filter((choice) => choice.option.value === value).map(({ value }) => String(value)),
    )
    // "None of these" together with a label is a slip: '' is no label, so it is asked again.
    const none = chosen.some((option) => option.value === noneValue)
    return none && labels.length > 0 ? [...labels, ''] : labels
  }
  const value = found.selected_option?.value
  return choices.find((choice) => choice.option.value === value)?.value
}

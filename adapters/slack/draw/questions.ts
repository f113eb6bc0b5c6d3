/**
 * Per question type, how Slack asks it and how its answer is read back: `draw` and `read` are
 * inverses, kept side by side. Outputs are named by their place on the card, never by id.
 */
import type { types } from '@slack/bolt'
import { costOf, escapedCost, jsonCost } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { parseWhen, questionsOf } from '../../../src/questions/condition.ts'
import { asEach, asRanking, asSingle, rankOf } from '../../../src/questions/earlier.ts'
import type {
  LabelOption,
  Question,
  RankingQuestion,
  RatingQuestion,
} from '../../../src/questions/question.ts'
import {
  allowsTies,
  type End,
  endPlace,
  endRanks,
  fitsTiers,
  pairOf,
  pairRanks,
  tiers,
} from '../../../src/questions/ranking-form.ts'
import {
  letterOf,
  type RankingValue,
  type SingleValue,
  type Value,
} from '../../../src/questions/values.ts'
import { budgets, limits } from '../limits.ts'
import { blockId } from '../receive/ids.ts'
import { type Block, heading, label, type Option, plain, section } from './blocks.ts'

/** Which form the blocks stand in, and the ids of the outputs shown, in order. */
export type Form = {
  assignmentId: string
  outputs: readonly string[]
  /** How much of earlier texts may be put back into each input, as escaped JSON. */
  initialBytes?: number
}

/** `view.state.values` of a submission: block id, action id, what was entered. */
export type State = Record<string, Record<string, Entered>>
type Entered = {
  value?: string | null
  selected_option?: { value: string } | null
  selected_options?: { value: string }[] | null
}

/** The one action id of every input: block ids tell them apart. */
export const inputId = 'v1:input'

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

/** Lets Slack tell us of what is entered before it is submitted: closed windows tell nothing. */
export function listening(blocks: Block[]): Block[] {
  return blocks.map((block) => {
    if (block.type !== 'input') return block
    if (block.element.type !== 'plain_text_input') return { ...block, dispatch_action: true }
    return {
      ...block,
      dispatch_action: true,
      element: {
        ...block.element,
        dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
      },
    }
  })
}

/** The ids of a drawn form's input blocks: a submission that lacks one was lost on the way. */
export function inputIds(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) =>
    block.type === 'input' && block.block_id ? [block.block_id] : [],
  )
}

type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>

function drawSingle(
  question: SingleQuestion,
  value: SingleValue | undefined,
  { id, title, initialBytes }: Form & { id: string; title: string },
  said: Words,
): Block {
  const hints = [
    question.description,
    question.when === undefined ? undefined : whenHint(question.when, said),
  ]
  const fits =
    typeof value !== 'string' || costOf(value, jsonCost) <= (initialBytes ?? budgets.initialBytes)
  if (question.type === 'text' && !fits) hints.push(said.answerTooLong)
  return input(id, title, drawElement(question, fits ? value : undefined, said), {
    optional: !question.required || question.when !== undefined,
    hint: hints.filter((hint) => hint !== undefined).join(' '),
  })
}

function whenHint(when: string, said: Words): string {
  return when.includes('all_unacceptable') ? said.onlyIfBothBad : said.onlyIfItApplies
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
      const options = choicesOf(question)
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
        choicesOf(question).map((choice) => choice.option),
        Array.isArray(value)
          ? choicesOf(question)
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
  const choices = choicesOf(question)
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

const noneValue = 'none'

type Choice = { value: string | number; option: Option }

/** Options are named by their place in the document: short and opaque, however long the label. */
function choicesOf(question: Exclude<SingleQuestion, { type: 'text' }>): Choice[] {
  if (question.type === 'rating')
    return question.options.map((value, i) => ({
      value,
      option: { text: label(ratingText(question, value), limits.optionText), value: `o${i}` },
    }))
  return question.options.map(({ value, text }, i) => ({
    value,
    option: { text: label(text, limits.optionText), value: `o${i}` },
  }))
}

function ratingText(question: RatingQuestion, value: number): string {
  const word = question.labels?.[String(value)]
  return word ? `${value} · ${word}` : String(value)
}

function isOptional(question: Question): boolean {
  return !question.required || question.when !== undefined
}

/** One of several; with `none`, a way to take a choice back, which Slack itself does not offer. */
function drawChoice(
  options: Option[],
  initial: Option | undefined,
  none: Words | null,
  said: Words,
): types.RadioButtons | types.StaticSelect | types.ExternalSelect {
  const all = none ? [...options, { text: plain(none.noAnswer), value: noneValue }] : options
  const chosen = initial ? { initial_option: initial } : {}
  if (all.length <= limits.radioOptions)
    return { type: 'radio_buttons', action_id: inputId, options: all, ...chosen }
  if (all.length > limits.selectOptions)
    return { type: 'external_select', ...searched(said.typeToSearch), ...chosen }
  return {
    type: 'static_select',
    action_id: inputId,
    placeholder: plain(said.chooseOne),
    options: all,
    ...chosen,
  }
}

/** Any of several; with `none`, "None of these" is an answer too. */
function drawChoices(
  options: Option[],
  initial: Option[] | undefined,
  none: Words | null,
  said: Words,
): types.Checkboxes | types.MultiStaticSelect | types.MultiExternalSelect {
  const nothing = none ? { text: plain(none.noneOfThese), value: noneValue } : null
  const all = nothing ? [...options, nothing] : options
  const chosen = initial?.length === 0 && nothing ? [nothing] : (initial ?? [])
  const start = chosen.length > 0 ? { initial_options: chosen } : {}
  if (all.length <= limits.checkboxOptions)
    return { type: 'checkboxes', action_id: inputId, options: all, ...start }
  if (all.length > limits.selectOptions)
    return { type: 'multi_external_select', ...searched(said.typeToSearch), ...start }
  return {
    type: 'multi_static_select',
    action_id: inputId,
    placeholder: plain(said.chooseSome),
    options: all,
    ...start,
  }
}

/** More options than a menu holds: Slack asks us which, as somebody types. */
function searched(hint: string) {
  return { action_id: inputId, placeholder: plain(hint), min_query_length: 0 }
}

/** The options of a question that fit what was typed, best first, as many as Slack takes. */
export function searchOptions(question: Question, typed: string, said: Words): Option[] {
  if (question.type !== 'label' && question.type !== 'multi_label') return []
  const wanted = folded(typed)
  const none: { option: Option; words: string }[] =
    question.type === 'multi_label'
      ? question.none_option
        ? [{ option: { text: plain(said.noneOfThese), value: noneValue }, words: said.noneOfThese }]
        : []
      : isOptional(question)
        ? [{ option: { text: plain(said.noAnswer), value: noneValue }, words: said.noAnswer }]
        : []
  const known = choicesOf(question).map(({ option }, i) => ({
    option,
    words: `${question.options[i]?.text ?? ''} ${question.options[i]?.value ?? ''}`,
  }))
  return [...none, ...known]
    .map(({ option, words }) => ({ option, at: whereFound(folded(words), wanted) }))
    .filter(({ at }) => at < notFound)
    .sort((a, b) => a.at - b.at)
    .slice(0, limits.selectOptions)
    .map(({ option }) => option)
}

const notFound = 3

/** How well: at the start, at the start of a word, inside, not at all. */
function whereFound(words: string, wanted: string): number {
  if (words.startsWith(wanted)) return 0
  if (words.includes(` ${wanted}`)) return 1
  return words.includes(wanted) ? 2 : notFound
}

/** Letters without their case and accents: who types "uber" means "Über" too. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}

/**
 * Labels too long for an option, and descriptions, are told in full above the question; `isTitled`
 * where its title does not stand there already.
 */
export function drawLegend(question: Question, isTitled = true): Block[] {
  if (question.type !== 'rating' && question.type !== 'label' && question.type !== 'multi_label')
    return []
  const entries: { text: string; description?: string | undefined }[] =
    question.type === 'rating'
      ? question.options.map((value) => ({ text: ratingText(question, value) }))
      : question.options
  const told = entries.filter(
    ({ text, description }) =>
      description !== undefined || costOf(text, escapedCost) > limits.optionText,
  )
  if (told.length === 0) return []
  const lines = told.map(({ text, description }) =>
    description === undefined ? `• ${text}` : `• ${text}: ${description}`,
  )
  const title = isTitled ? [heading(question.title)] : []
  return [...title, ...packLines(lines).map((text) => section(text))]
}

function packLines(lines: string[]): string[] {
  const packed: string[] = []
  for (const line of lines) {
    const last = packed.at(-1)
    const joined = `${last}\n${line}`
    if (last !== undefined && costOf(joined, escapedCost) <= limits.sectionText)
      packed[packed.length - 1] = joined
    else packed.push(line)
  }
  return packed
}

/** Whether labels and descriptions of this question fit the sections of a legend. */
export function legendFits(option: LabelOption): boolean {
  const line = `• ${option.text}: ${option.description ?? ''}`
  return costOf(line, escapedCost) <= limits.sectionText
}

function drawRanking(
  question: RankingQuestion,
  value: RankingValue | undefined,
  form: Form,
  said: Words,
): Block[] {
  const { outputs } = form
  if (outputs.length < 2) return [heading(question.title), section(said.noOutputs)]
  const id = (place: string | number) => blockId(form.assignmentId, question.name, place)
  const hint = [
    question.description,
    question.when === undefined ? undefined : whenHint(question.when, said),
  ]
    .filter((one) => one !== undefined)
    .join(' ')
  const bothRanked = value?.all_unacceptable === true && Object.keys(value.ranks).length > 0
  const asPair = outputs.length === 2 && !bothRanked
  const optional = isOptional(question) || (question.unacceptable && !asPair)
  const isEither = question.required && question.unacceptable && !asPair
  const blocks: Block[] = []
  if (outputs.length === 2) {
    const options = pairOptions(question, asPair, said)
    const chosen = options.find(({ value: at }) => at === pairOf(value, outputs))
    const element = drawChoice(options, chosen, isOptional(question) ? said : null, said)
    blocks.push(input(id('pair'), question.title, element, { optional, hint }))
    if (question.strength)
      blocks.push(
        input(id('strength'), said.howMuch, drawStrength(value, said), { optional: true }),
      )
  } else if (question.mode === 'best_only' || question.mode === 'best_worst') {
    const ends = question.mode === 'best_only' ? (['best'] as const) : (['best', 'worst'] as const)
    blocks.push(heading(question.title))
    for (const end of ends)
      blocks.push(
        input(
          id(end),
          end === 'best' ? said.bestOne : said.worstOne,
          drawEnd(end, value, form, said),
          {
            optional,
            hint: end === 'best' ? hint : '',
          },
        ),
      )
  } else {
    blocks.push(heading(question.title))
    for (const [place, output] of outputs.entries())
      blocks.push(
        input(
          id(place),
          said.rankOf(letterOf(place)),
          question.mode === 'tiers' && fitsTiers(value)
            ? drawTier(value?.ranks, output, said)
            : drawRank(value?.ranks, output, outputs.length, said),
          {
            optional,
            // Slack calls optional what it lets through: the way to leave ranks out is named.
            hint: place > 0 ? '' : isEither ? `${said.rankOrNone} ${hint}`.trim() : hint,
          },
        ),
      )
  }
  if (question.unacceptable && !asPair)
    blocks.push(
      input(id('unacceptable'), said.unacceptable, drawUnacceptable(value, said), {
        optional: true,
      }),
    )
  return blocks
}

function readRanking(question: RankingQuestion, state: State, form: Form): unknown {
  const { outputs } = form
  const at = (place: string | number) => {
    const entered = state[blockId(form.assignmentId, question.name, place)]
    return entered?.[inputId]
  }
  const pair = at('pair')?.selected_option?.value
  const unacceptable = pair === 'bad' || (at('unacceptable')?.selected_options ?? []).length > 0
  const ranks =
    outputs.length === 2
      ? pairRanks(pair, outputs)
      : question.mode === 'best_only' || question.mode === 'best_worst'
        ? endRanks(
            {
              best: at('best')?.selected_option?.value,
              worst: at('worst')?.selected_option?.value,
            },
            outputs,
          )
        : outputs.flatMap((output, place) => {
            const rank = Number(at(place)?.selected_option?.value ?? Number.NaN)
            return Number.isInteger(rank) ? [[output, rank] as const] : []
          })
  if (ranks.length === 0 && !unacceptable) return undefined
  const strength = Number(at('strength')?.selected_option?.value ?? 0)
  // A tie is not slightly or much of anything.
  const told = (strength === 1 || strength === 2) && (pair === 'a' || pair === 'b')
  return {
    mode: question.mode,
    ranks: Object.fromEntries(ranks),
    ...(told ? { strength } : {}),
    all_unacceptable: unacceptable,
  }
}

function pairOptions(question: RankingQuestion, withBad: boolean, said: Words): Option[] {
  return [
    { text: plain(said.better(letterOf(0))), value: 'a' },
    ...(allowsTies(question) ? [{ text: plain(said.equal), value: 'tie' }] : []),
    { text: plain(said.better(letterOf(1))), value: 'b' },
    ...(question.unacceptable && withBad ? [{ text: plain(said.bothBad), value: 'bad' }] : []),
  ]
}

function drawEnd(
  end: End,
  value: RankingValue | undefined,
  { outputs }: Form,
  said: Words,
): types.StaticSelect {
  const options = outputs.map((_, place) => ({
    text: plain(said.output(letterOf(place))),
    value: String(place),
  }))
  const place = endPlace(end, value, outputs)
  const initial = place === undefined ? undefined : options[place]
  return {
    type: 'static_select',
    action_id: inputId,
    placeholder: plain(said.chooseOne),
    options,
    ...(initial ? { initial_option: initial } : {}),
  }
}

function drawRank(
  ranks: RankingValue['ranks'] | undefined,
  output: string,
  outputs: number,
  said: Words,
): types.StaticSelect {
  const most = Math.min(outputs, limits.selectOptions)
  const options = Array.from({ length: most }, (_, i) => ({
    text: plain(said.rank(i + 1, outputs)),
    value: String(i + 1),
  }))
  const initial = options[(rankOf(ranks, output) ?? 0) - 1]
  return {
    type: 'static_select',
    action_id: inputId,
    placeholder: plain(said.rankPlaceholder),
    options,
    ...(initial ? { initial_option: initial } : {}),
  }
}

function drawTier(
  ranks: RankingValue['ranks'] | undefined,
  output: string,
  said: Words,
): types.RadioButtons {
  const options = Array.from({ length: tiers }, (_, i) => ({
    text: plain(said.rank(i + 1, tiers)),
    value: String(i + 1),
  }))
  const initial = options[(rankOf(ranks, output) ?? 0) - 1]
  return {
    type: 'radio_buttons',
    action_id: inputId,
    options,
    ...(initial ? { initial_option: initial } : {}),
  }
}

function drawStrength(value: RankingValue | undefined, said: Words): types.RadioButtons {
  const options = [
    { text: plain(said.slightly), value: '1' },
    { text: plain(said.much), value: '2' },
  ]
  const initial = value?.strength === undefined ? undefined : options[value.strength - 1]
  return {
    type: 'radio_buttons',
    action_id: inputId,
    options,
    ...(initial ? { initial_option: initial } : {}),
  }
}

function drawUnacceptable(value: RankingValue | undefined, said: Words): types.Checkboxes {
  const option = { text: plain(said.allUnacceptable), value: 'all' }
  return {
    type: 'checkboxes',
    action_id: inputId,
    options: [option],
    ...(value?.all_unacceptable ? { initial_options: [option] } : {}),
  }
}

function input(
  id: string,
  title: string,
  element: types.InputBlockElement,
  more: { optional?: boolean; hint?: string } = {},
): types.InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: label(title, limits.inputLabel),
    element,
    optional: more.optional ?? false,
    ...(more.hint ? { hint: label(more.hint, limits.inputHint) } : {}),
  }
}

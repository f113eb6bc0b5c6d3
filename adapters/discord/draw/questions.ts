/**
 * Per question type, how a Discord form asks it and how its answer is read back: `draw` and `read` are
 * inverses, kept side by side. A question is asked in parts, an input each, because a form holds five
 * inputs only; outputs are named by their place on the card, never by id.
 */
import type { Words } from '../../../src/chat/words/words.ts'
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
import { inputId } from '../receive/ids.ts'
import type { Input, Label, Option } from './components.ts'
import { brief, label, option } from './components.ts'

/**
 * One input of a question: the place of an output, or a word; of texts also `+` (continued; `+_` after
 * a blank), `^` (a file) and `~` (an earlier text too long to stand here: left empty, it stays).
 */
export type Part = { question: number; place: string }

/** Which form the inputs stand in, and the ids of the outputs shown, in order. */
export type Form = { outputs: readonly string[]; nonce: string }

/** What was entered: by `question:place`; an input that was shown and left empty is there too. */
export type Entered = ReadonlyMap<string, Filled>
export type Filled = { text?: string; chosen?: readonly string[]; file?: string }

/** The inputs a question needs, in order. Texts may get more where there is room; see extraParts. */
export function partsOf(
  question: Question,
  at: number,
  outputs: readonly string[],
  value?: Value,
): Part[] {
  const part = (place: string | number) => ({ question: at, place: String(place) })
  if (question.type === 'span' || isPicked(question)) return []
  if (question.type === 'ranking') return rankingPlaces(question, outputs, value).map(part)
  const places = question.of === 'record' ? [''] : outputs.map((_, place) => String(place))
  if (question.type !== 'text') return places.map(part)
  return places.flatMap((place) => {
    const split = splitInput(textAt(value, place, outputs))
    if (split === null) return [part(`${place}~`)]
    return split.more === '' ? [part(place)] : [part(place), part(`${place}+${split.after}`)]
  })
}

/**
 * What makes room for a long text: a file, and a second input once what was written before nearly
 * fills the first.
 */
export function extraParts(
  question: Question,
  { question: at, place }: Part,
  { outputs, value }: { outputs: readonly string[]; value?: Value | undefined },
): Part[] {
  if (question.type !== 'text' || !/^\d*~?$/.test(place)) return []
  if ((question.max_chars ?? Number.POSITIVE_INFINITY) <= limits.inputText) return []
  const bare = place.replace('~', '')
  const isLong = textAt(value, place, outputs).length > limits.inputText * nearlyFull
  return [
    ...(isLong ? [{ question: at, place: `${bare}+` }] : []),
    { question: at, place: `${bare}^` },
  ]
}

/** The share of an input from which a text may want to go on in a second one. */
const nearlyFull = 0.75

/** Answered by a menu on the card, in pages, because a form's menu holds 25. */
export function isPicked(question: Question): boolean {
  if (question.type !== 'label' && question.type !== 'multi_label') return false
  return question.of === 'record' && choiceCount(question) > limits.selectOptions
}

/** Draws one input with the value it starts from. */
export function drawPart(
  question: Question,
  { question: at, place }: Part,
  value: Value | undefined,
  form: Form,
  said: Words,
  more: { withFile?: boolean } = {},
): Label | null {
  if (question.type === 'span') return null
  const id = inputId(at, place, form.nonce)
  if (question.type === 'ranking') return drawRanking(question, place, id, value, form, said)
  const title =
    question.of === 'record'
      ? question.title
      : said.about(question.title, letterOf(Number.parseInt(place, 10)))
  const hint = hintOf(question, title, said)
  if (question.type === 'text')
    return drawText(question, place, id, { title, hint, value, form, ...more }, said)
  const single = singleAt(value, place, form.outputs)
  return label(title, drawChoiceOf(question, id, single, said), hint)
}

/**
 * Reads a question's answer back; undefined when nothing was answered. `before` is what was kept of
 * it: parts that the form did not show stay as they were.
 */
export function readQuestion(
  question: Question,
  at: number,
  entered: Entered,
  { outputs }: Pick<Form, 'outputs'>,
  before?: Value,
): unknown {
  if (question.type === 'span') return undefined
  const found = (place: string | number) => entered.get(`${at}:${place}`)
  if (question.type === 'ranking') return readRanking(question, found, outputs, before)
  if (question.of === 'record') return readSingle(question, '', found, asSingle(before))
  const was = asEach(before)
  const each = outputs.flatMap((output, place) => {
    const one = readSingle(question, String(place), found, was.get(output))
    return one === undefined ? [] : [[output, one] as const]
  })
  return each.length > 0 ? Object.fromEntries(each) : undefined
}

type SingleQuestion = Exclude<Question, { type: 'ranking' | 'span' }>
type ChoiceQuestion = Exclude<SingleQuestion, { type: 'text' }>
type TextQuestion = Extract<Question, { type: 'text' }>
type Find = (place: string | number) => Filled | undefined

function drawText(
  question: TextQuestion,
  place: string,
  id: string,
  {
    title,
    hint,
    value,
    form,
    withFile = false,
  }: { title: string; hint: string; value: Value | undefined; form: Form; withFile?: boolean },
  said: Words,
): Label {
  if (place.endsWith('^')) {
    const upload = {
      type: 19 as const,
      custom_id: id,
      required: false,
      min_values: 0,
      max_values: 1,
      file_types: ['.md', '.markdown', '.txt', '.text'],
    }
    return label(said.orFile, upload, said.orFileHint)
  }
  const isMore = place.includes('+')
  const split = splitInput(textAt(value, place, form.outputs))
  const text = (isMore ? split?.more : split?.first) ?? ''
  const input: Input = {
    type: 4,
    custom_id: id,
    style: 2,
    required: !isMore && !place.endsWith('~') && !withFile && !isOptional(question),
    max_length: limits.inputText,
    ...(text === '' ? {} : { value: text }),
  }
  if (isMore) return label(said.continued(title), input)
  return label(title, input, place.endsWith('~') ? said.answerTooLong : hint)
}

/** A text over two inputs; `after` is how the second follows the first. Null when it is too long. */
export function splitInput(text: string): { first: string; more: string; after: '' | '_' } | null {
  if (text.length <= limits.inputText) return { first: text, more: '', after: '' }
  if (text.length > limits.inputText + full) return null
  for (const [mark, after] of [
    ['\n', ''],
    [' ', '_'],
  ] as const) {
    for (let end = full - 1; end >= text.length - limits.inputText - 1 && end > 0; end--) {
      if (text[end] !== mark) continue
      const [first, more] = [text.slice(0, end), text.slice(end + 1)]
      if (isSafe(first) && isSafe(more)) return { first, more, after }
    }
  }
  const unit = text.charCodeAt(limits.inputText)
  const end = unit >= 0xdc00 && unit <= 0xdfff ? full : limits.inputText
  return { first: text.slice(0, end), more: text.slice(end), after: '' }
}

/** The inverse: a first input that is full goes on without a break. */
export function joinInput(first: string, more: string, after: '' | '_'): string {
  if (more === '') return first
  if (first === '') return more
  if (after === '_') return `${first} ${more}`
  return first.length >= full ? first + more : `${first}\n${more}`
}

/** An input this long is full: one more character of two units had no room. */
const full = limits.inputText - 1

/** Discord may take blanks off both ends of what is entered. */
function isSafe(text: string): boolean {
  return text !== '' && text.trim() === text
}

function drawChoiceOf(
  question: ChoiceQuestion,
  id: string,
  value: SingleValue | undefined,
  said: Words,
): Input {
  const choices = choicesOf(question)
  if (question.type === 'multi_label') {
    const chosen = Array.isArray(value) ? value : null
    const options = choices.map((one) =>
      option(one.text, one.key, {
        description: one.description,
        chosen: chosen?.includes(String(one.value)) ?? false,
      }),
    )
    if (question.none_option)
      options.push(option(said.noneOfThese, noneValue, { chosen: chosen?.length === 0 }))
    return drawChoices(id, options, isOptional(question), said)
  }
  const options = choices.map((one) =>
    option(one.text, one.key, { description: one.description, chosen: one.value === value }),
  )
  return drawChoice(id, options, isOptional(question), said.chooseOne, said)
}

/** One of several; an optional one has a way to take a choice back. */
function drawChoice(
  id: string,
  options: Option[],
  optional: boolean,
  placeholder: string,
  said: Words,
): Input {
  const all = optional ? [...options, option(said.noAnswer, noneValue)] : options
  if (all.length <= limits.radioOptions)
    return { type: 21, custom_id: id, options: all, required: !optional }
  return {
    type: 3,
    custom_id: id,
    placeholder,
    options,
    min_values: optional ? 0 : 1,
    max_values: 1,
    required: !optional,
  }
}

/** Any of several. */
function drawChoices(id: string, options: Option[], optional: boolean, said: Words): Input {
  const counts = {
    required: !optional,
    min_values: optional ? 0 : 1,
    max_values: options.length,
  }
  return options.length <= limits.checkboxOptions
    ? { type: 22, custom_id: id, options, ...counts }
    : { type: 3, custom_id: id, placeholder: said.chooseSome, options, ...counts }
}

function readSingle(
  question: SingleQuestion,
  place: string,
  found: Find,
  before: SingleValue | undefined,
): SingleValue | undefined {
  if (question.type === 'text') return readText(place, found, before)
  const filled = found(place)
  if (!filled) return before
  return readChosen(question, filled.chosen ?? [])
}

function readText(
  place: string,
  found: Find,
  before: SingleValue | undefined,
): SingleValue | undefined {
  const file = found(`${place}^`)?.file
  if (file !== undefined && file !== '') return file
  const first = found(place)
  const kept = found(`${place}~`)
  if (!first && !kept) return before
  const spaced = found(`${place}+_`)
  const more = (spaced ?? found(`${place}+`))?.text ?? ''
  const text = joinInput((first ?? kept)?.text ?? '', more, spaced ? '_' : '')
  if (kept && text.trim() === '') return before
  return text.trim() === '' ? undefined : text
}

/** What was chosen, by the keys of choicesOf; undefined for nothing. */
export function readChosen(
  question: ChoiceQuestion,
  chosen: readonly string[],
): SingleValue | undefined {
  const choices = choicesOf(question)
  const values = choices.flatMap(({ key, value }) => (chosen.includes(key) ? [value] : []))
  if (question.type !== 'multi_label') return values[0]
  if (chosen.length === 0) return undefined
  const labels = values.map(String)
  // "None of these" together with a label is a slip: '' is no label, so it is asked again.
  return chosen.includes(noneValue) && labels.length > 0 ? [...labels, ''] : labels
}

const noneValue = 'none'

export type Choice = {
  key: string
  value: string | number
  text: string
  description?: string | undefined
}

/** Choices are named by their place in the document: short and opaque, however long the label. */
export function choicesOf(question: ChoiceQuestion): Choice[] {
  if (question.type === 'rating')
    return question.options.map((value, i) => ({
      key: `o${i}`,
      value,
      text: ratingText(question, value),
    }))
  return question.options.map(({ value, text, description }, i) => ({
    key: `o${i}`,
    value,
    text,
    description,
  }))
}

function choiceCount(question: ChoiceQuestion): number {
  const extra = question.type === 'multi_label' && question.none_option ? 1 : 0
  return question.options.length + extra
}

/** The pages of a menu on the card. "None of these" is on the last. */
export function pagesOf(question: ChoiceQuestion, said: Words): Choice[][] {
  const choices = choicesOf(question)
  if (question.type === 'multi_label' && question.none_option)
    choices.push({ key: noneValue, value: '', text: said.noneOfThese })
  const pages: Choice[][] = []
  for (let i = 0; i < choices.length; i += limits.selectOptions)
    pages.push(choices.slice(i, i + limits.selectOptions))
  return pages
}

/** The value after one page of the menu was chosen from: what stands on other pages stays. */
export function pickOn(
  question: ChoiceQuestion,
  page: readonly Choice[],
  chosen: readonly string[],
  before: Value | undefined,
): SingleValue | undefined {
  if (question.type !== 'multi_label') return readChosen(question, chosen)
  if (chosen.includes(noneValue) && chosen.length === 1) return []
  const here = new Set(page.map(({ value }) => String(value)))
  const elsewhere = Array.isArray(before)
    ? before.flatMap((one) => (typeof one === 'string' && !here.has(one) ? [one] : []))
    : []
  const picked = page.flatMap(({ key, value }) => (chosen.includes(key) ? [String(value)] : []))
  const all = new Set([...elsewhere, ...picked])
  const ordered = choicesOf(question).flatMap(({ value }) =>
    all.has(String(value)) ? [String(value)] : [],
  )
  return ordered.length > 0 ? ordered : undefined
}

function ratingText(question: RatingQuestion, value: number): string {
  const word = question.labels?.[String(value)]
  return word ? `${value} · ${word}` : String(value)
}

export function isOptional(question: Question): boolean {
  return !question.required || question.when !== undefined
}

/** What a label has no room for, in what room its description has; the card tells all of it. */
function hintOf(question: Question, title: string, said: Words): string {
  const hints = [
    ...([...title].length > limits.labelText ? [title] : []),
    ...(question.description === undefined ? [] : [question.description]),
    ...(question.when === undefined ? [] : [whenHint(question.when, said)]),
  ]
  return hints.join(' · ')
}

function whenHint(when: string, said: Words): string {
  return when.includes('all_unacceptable') ? said.onlyIfBothBad : said.onlyIfItApplies
}

/**
 * What of a question does not fit its form: the whole title, the description, what options mean.
 * Null when the form says it all.
 */
export function legendOf(question: Question): string | null {
  const { title, description } = question
  const isCut = (text: string | undefined, most: number) => [...(text ?? '')].length > most
  const options: Pick<LabelOption, 'text' | 'description'>[] =
    question.type === 'label' || question.type === 'multi_label'
      ? question.options
      : question.type === 'rating'
        ? question.options.map((value) => ({ text: ratingText(question, value) }))
        : []
  const told = options.filter(
    (one) => one.description !== undefined || isCut(one.text, limits.buttonLabel / 2),
  )
  // On the card a title has more room than on a form.
  const isLong = isCut(title, budgets.title)
  if (told.length === 0 && !isLong && !isCut(description, limits.labelDescription)) return null
  return [
    ...(isLong ? [title] : []),
    ...(description === undefined ? [] : [description]),
    ...told.map((one) => (one.description ? `• ${one.text}: ${one.description}` : `• ${one.text}`)),
  ].join('\n')
}

function rankingPlaces(
  question: RankingQuestion,
  outputs: readonly string[],
  value: Value | undefined,
): string[] {
  if (outputs.length < 2 || outputs.length > limits.selectOptions) return []
  const asPair = isPair(outputs, asRanking(value))
  const none = question.unacceptable && !asPair ? ['none'] : []
  if (outputs.length === 2) return ['pair', ...(question.strength ? ['strength'] : []), ...none]
  if (question.mode === 'best_only') return ['best', ...none]
  if (question.mode === 'best_worst') return ['best', 'worst', ...none]
  return [...outputs.keys()].map(String).concat(none)
}

/** Two outputs are asked in one choice, unless they were ranked and both found bad. */
function isPair(outputs: readonly string[], value: RankingValue | undefined): boolean {
  const bothRanked = value?.all_unacceptable === true && Object.keys(value.ranks).length > 0
  return outputs.length === 2 && !bothRanked
}

function drawRanking(
  question: RankingQuestion,
  place: string,
  id: string,
  given: Value | undefined,
  form: Form,
  said: Words,
): Label | null {
  const { outputs } = form
  const value = asRanking(given)
  const asPair = isPair(outputs, value)
  const optional = isOptional(question) || (question.unacceptable && !asPair)
  const hint = hintOf(question, question.title, said)
  switch (place) {
    case 'pair': {
      const chosen = pairOf(value, outputs)
      const options = pairOptions(question, asPair, said).map(([text, key]) =>
        option(text, key, { chosen: key === chosen }),
      )
      const input = drawChoice(id, options, isOptional(question), said.chooseOne, said)
      return label(question.title, input, hint)
    }
    case 'strength': {
      const options = [said.slightly, said.much].map((text, i) =>
        option(text, String(i + 1), { chosen: value?.strength === i + 1 }),
      )
      return label(said.howMuch, drawChoice(id, options, true, said.chooseOne, said))
    }
    case 'best':
    case 'worst':
      return label(
        place === 'best' ? said.bestOne : said.worstOne,
        drawEnd(place, id, value, { outputs, optional }, said),
        place === 'best' ? `${question.title} ${hint}` : '',
      )
    case 'none': {
      const all = option(said.allUnacceptable, 'all', { chosen: value?.all_unacceptable === true })
      return label(said.unacceptable, drawChoices(id, [all], true, said))
    }
    default: {
      const at = Number(place)
      const output = outputs[at]
      if (output === undefined) return null
      const rank = rankOf(value?.ranks, output)
      const isTier = question.mode === 'tiers' && fitsTiers(value)
      const most = isTier ? tiers : outputs.length
      const options = Array.from({ length: most }, (_, i) =>
        option(said.rank(i + 1, most), String(i + 1), { chosen: rank === i + 1 }),
      )
      const input: Input = isTier
        ? drawChoice(id, options, optional, said.rankPlaceholder, said)
        : {
            type: 3,
            custom_id: id,
            placeholder: said.rankPlaceholder,
            options,
            min_values: optional ? 0 : 1,
            max_values: 1,
            required: !optional,
          }
      return label(
        said.rankOf(letterOf(at)),
        input,
        at === 0 ? `${brief(question.title, limits.labelDescription)} ${hint}`.trim() : '',
      )
    }
  }
}

function readRanking(
  question: RankingQuestion,
  found: Find,
  outputs: readonly string[],
  given: Value | undefined,
): unknown {
  const before = asRanking(given)
  const chosen = (place: string | number) => found(place)?.chosen?.[0]
  const pair = found('pair') ? (chosen('pair') ?? '') : pairOf(before, outputs)
  const unacceptable = found('none')
    ? chosen('none') === 'all'
    : found('pair') && isPair(outputs, before)
      ? false
      : before?.all_unacceptable === true
  const ranks =
    outputs.length === 2
      ? pairRanks(pair, outputs)
      : question.mode === 'best_only' || question.mode === 'best_worst'
        ? readEnds(question, found, outputs, before)
        : outputs.flatMap((output, place) => {
            const rank = found(place)
              ? Number(chosen(place) ?? Number.NaN)
              : rankOf(before?.ranks, output)
            return Number.isInteger(rank) ? [[output, rank] as const] : []
          })
  const none = unacceptable || pair === 'bad'
  if (ranks.length === 0 && !none) return undefined
  const strength = found('strength') ? Number(chosen('strength') ?? 0) : before?.strength
  // A tie is not slightly or much of anything.
  const told = (strength === 1 || strength === 2) && (pair === 'a' || pair === 'b')
  return {
    mode: question.mode,
    ranks: Object.fromEntries(ranks),
    ...(told ? { strength } : {}),
    all_unacceptable: none,
  }
}

function pairOptions(
  question: RankingQuestion,
  withBad: boolean,
  said: Words,
): (readonly [string, string])[] {
  return [
    [said.better(letterOf(0)), 'a'],
    ...(allowsTies(question) ? [[said.equal, 'tie'] as const] : []),
    [said.better(letterOf(1)), 'b'],
    ...(question.unacceptable && withBad ? [[said.bothBad, 'bad'] as const] : []),
  ]
}

function readEnds(
  question: RankingQuestion,
  found: Find,
  outputs: readonly string[],
  before: RankingValue | undefined,
): [string, number][] {
  const was = (end: End) => {
    const place = endPlace(end, before, outputs)
    return place === undefined ? undefined : String(place)
  }
  const at = (end: End) => (found(end) ? found(end)?.chosen?.[0] : was(end))
  const best = at('best')
  const worst = question.mode === 'best_worst' ? at('worst') : undefined
  return endRanks({ best, worst }, outputs)
}

function drawEnd(
  end: End,
  id: string,
  value: RankingValue | undefined,
  { outputs, optional }: { outputs: readonly string[]; optional: boolean },
  said: Words,
): Input {
  const chosen = endPlace(end, value, outputs)
  return {
    type: 3,
    custom_id: id,
    placeholder: said.chooseOne,
    options: outputs.map((_, place) =>
      option(said.output(letterOf(place)), String(place), { chosen: place === chosen }),
    ),
    min_values: optional ? 0 : 1,
    max_values: 1,
    required: !optional,
  }
}

/** The earlier text about the record, or about the output whose place a part names. */
function textAt(value: Value | undefined, place: string, outputs: readonly string[]): string {
  const one = singleAt(value, place, outputs)
  return typeof one === 'string' ? one : ''
}

function singleAt(
  value: Value | undefined,
  place: string,
  outputs: readonly string[],
): SingleValue | undefined {
  const at = Number.parseInt(place, 10)
  if (Number.isNaN(at)) return asSingle(value)
  return asEach(value).get(outputs[at] ?? '')
}

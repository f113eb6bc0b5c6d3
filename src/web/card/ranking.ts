/** Rankings as inputs: a choice between two, the ends, or a rank for each output. Pure; `draw` and `read` are inverses. */
import { sayPair } from '../../chat/words/say.ts'
import type { Words } from '../../chat/words/words.ts'
import { rankOf } from '../../questions/earlier.ts'
import { isOptional } from '../../questions/options.ts'
import type { RankingQuestion } from '../../questions/question.ts'
import {
  allowsTies,
  asksPair,
  buildRanking,
  type End,
  endPlace,
  endRanks,
  pairOf,
  pairRanks,
} from '../../questions/ranking-form.ts'
import { letterOf, type RankingValue } from '../../questions/values.ts'
import { attributes, type Html, html } from '../page/markup.ts'
import { type Entered, type Form, firstOf, inputName } from './entered.ts'
import type { CardWords } from './words.ts'

type Drawn = {
  question: RankingQuestion
  value: RankingValue | undefined
  /** The question's place on the card. */
  at: number
  outputs: readonly string[]
  about: string | null
  said: CardWords
  chat: Words
}

export function drawRanking(drawn: Drawn): Html {
  const { question, value, at, outputs, chat } = drawn
  const asPair = asksPair(outputs, value)
  const parts =
    outputs.length === 2
      ? drawPair(drawn, asPair)
      : question.mode === 'best_only' || question.mode === 'best_worst'
        ? drawEnds(drawn)
        : drawRanks(drawn)
  const bad =
    question.unacceptable && !asPair
      ? html`<label class="choice choice-alone"><input${attributes({ type: 'checkbox', name: inputName(at, 'bad'), value: 'all', checked: value?.all_unacceptable === true })}><span class="choice-text">${chat.unacceptable}</span></label>`
      : ''
  return html`${parts}${bad}`
}

type Radio = { key: string; text: string; isChosen: boolean }

function radios(name: string, label: string, about: string | null, all: readonly Radio[]): Html {
  return html`<div class="choices" role="radiogroup" aria-label="${label}"${attributes({ 'aria-describedby': about })}>${all.map(
    ({ key, text, isChosen }, place) =>
      html`<label class="choice"><input${attributes({ type: 'radio', name, value: key, checked: isChosen })}><span class="choice-text">${text}</span>${place < 9 ? html`<kbd aria-hidden="true">${place + 1}</kbd>` : ''}</label>\n`,
  )}</div>`
}

/** Taken back where it need not be answered, or where another input may be the answer. */
function noAnswer(question: RankingQuestion, isChosen: boolean, said: CardWords): Radio[] {
  return isOptional(question) || question.unacceptable
    ? [{ key: '', text: said.noAnswer, isChosen }]
    : []
}

function drawPair({ question, value, at, outputs, about, said, chat }: Drawn, asPair: boolean) {
  const chosen = pairOf(value, outputs)
  const options = sayPair(question, asPair, chat).map(({ text, pair }) => ({
    key: pair,
    text,
    isChosen: pair === chosen,
  }))
  const left =
    isOptional(question) || !asPair
      ? [{ key: '', text: said.noAnswer, isChosen: chosen === undefined }]
      : []
  const strengths = [chat.slightly, chat.much].map((text, i) => ({
    key: String(i + 1),
    text,
    isChosen: value?.strength === i + 1,
  }))
  return html`${radios(inputName(at, 'pair'), question.title, about, [...options, ...left])}${
    question.strength
      ? html`<p class="sub">${chat.howMuch}</p>${radios(inputName(at, 'strength'), chat.howMuch, null, [...strengths, { key: '', text: said.noAnswer, isChosen: value?.strength === undefined }])}`
      : ''
  }`
}

function drawEnds({ question, value, at, outputs, about, said, chat }: Drawn): Html {
  const ends: readonly End[] = question.mode === 'best_worst' ? ['best', 'worst'] : ['best']
  return html`${ends.map((end) => {
    const place = endPlace(end, value, outputs)
    const title = end === 'best' ? said.best : said.worst
    const options = outputs.map((_, i) => ({
      key: String(i),
      text: chat.output(letterOf(i)),
      isChosen: i === place,
    }))
    const left = noAnswer(question, place === undefined, said)
    return html`<p class="sub">${title}</p>${radios(inputName(at, end), `${question.title}: ${title}`, about, [...options, ...left])}`
  })}`
}

/** A rank for each; with scripts these are an order to drag, see client/card-rank.js. */
function drawRanks({ question, value, at, outputs, about, said, chat }: Drawn): Html {
  const told = {
    ...{ ranked: said.ranked, unranked: said.unranked, keys: said.rankKeys },
    ...{ up: said.moveUp('%'), down: said.moveDown('%'), tie: said.tieWithAbove('%') },
    ...{ out: said.takeOut('%'), add: said.addNext('%'), now: said.nowRank('%', 0) },
    ...{ tied: said.tied('%', 0), gone: said.takenOut('%') },
  }
  return html`<div class="ranks"${attributes({ 'data-rank': JSON.stringify(told), 'data-ties': allowsTies(question), 'aria-label': question.title, role: 'group', 'aria-describedby': about })}><p class="hint">${said.rankHelp}</p>${outputs.map(
    (output, place) => {
      const rank = rankOf(value?.ranks, output)
      const options = outputs.map((_, i) => i + 1)
      return html`<label class="rank"><span>${chat.output(letterOf(place))}</span><select${attributes({ name: inputName(at, place), 'data-letter': letterOf(place) })}><option value="">–</option>${options.map((one) => html`<option${attributes({ value: one, selected: one === rank })}>${one}</option>`)}</select></label>\n`
    },
  )}</div>`
}

/** Reads it back; undefined where nothing was entered. */
export function readRanking(
  question: RankingQuestion,
  at: number,
  entered: Entered,
  { outputs }: Pick<Form, 'outputs'>,
): RankingValue | undefined {
  const of = (part: string | number) => {
    const value = firstOf(entered, inputName(at, part))
    return value === '' ? undefined : value
  }
  const pair = of('pair')
  const ranks =
    outputs.length === 2
      ? pairRanks(pair, outputs)
      : question.mode === 'best_only' || question.mode === 'best_worst'
        ? endRanks({ best: of('best'), worst: of('worst') }, outputs)
        : outputs.flatMap((output, place) => {
            const rank = Number(of(place) ?? Number.NaN)
            return Number.isInteger(rank) ? [[output, rank] as const] : []
          })
  const strength = Number(of('strength') ?? 0)
  return buildRanking(question.mode, {
    ranks,
    pair,
    strength,
    unacceptable: of('bad') !== undefined,
  })
}

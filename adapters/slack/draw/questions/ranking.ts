/** Rankings: a choice between two, the best and the worst, or a rank for each output. */

import type { types } from '@slack/bolt'
import { sayPair } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { rankOf } from '../../../../src/questions/earlier.ts'
import { isOptional } from '../../../../src/questions/options.ts'
import type { RankingQuestion } from '../../../../src/questions/question.ts'
import {
  asksPair,
  buildRanking,
  type End,
  endPlace,
  endRanks,
  fitsTiers,
  pairOf,
  pairRanks,
  tiers,
} from '../../../../src/questions/ranking-form.ts'
import { letterOf, type RankingValue } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { blockId } from '../../receive/ids.ts'
import { type Block, heading, plain, section } from '../blocks.ts'
import { drawChoice } from './choices.ts'
import { type Form, hintOf, input, inputId, type State } from './input.ts'

/** What each way to ask a ranking draws from. */
type Ranking = {
  question: RankingQuestion
  value: RankingValue | undefined
  form: Form
  /** Two outputs asked as one choice, "both are bad" among its options. */
  asPair: boolean
  optional: boolean
  said: Words
}

export function drawRanking(
  question: RankingQuestion,
  value: RankingValue | undefined,
  form: Form,
  said: Words,
): Block[] {
  const { outputs } = form
  if (outputs.length < 2) return [heading(question.title), section(said.noOutputs)]
  const asPair = asksPair(outputs, value)
  const optional = isOptional(question) || (question.unacceptable && !asPair)
  const ranking = { question, value, form, asPair, optional, said }
  return [
    ...drawRanks(ranking),
    ...(question.unacceptable && !asPair
      ? [
          input(idOf(ranking, 'unacceptable'), said.unacceptable, drawUnacceptable(value, said), {
            optional: true,
          }),
        ]
      : []),
  ]
}

function drawRanks(ranking: Ranking): Block[] {
  const { question, form } = ranking
  if (form.outputs.length === 2) return drawPair(ranking)
  if (question.mode === 'best_only') return drawEnds(ranking, ['best'])
  if (question.mode === 'best_worst') return drawEnds(ranking, ['best', 'worst'])
  return drawEachRank(ranking)
}

function drawPair(ranking: Ranking): Block[] {
  const { question, value, form, asPair, optional, said } = ranking
  const options = sayPair(question, asPair, said).map(({ text, pair }) => ({
    text: plain(text),
    value: pair,
  }))
  const chosen = options.find(({ value: at }) => at === pairOf(value, form.outputs))
  const element = drawChoice(options, chosen, isOptional(question) ? said : null, said)
  const hint = hintOf(question, said)
  const choice = input(idOf(ranking, 'pair'), question.title, element, { optional, hint })
  if (!question.strength) return [choice]
  const strength = drawStrength(value, said)
  return [choice, input(idOf(ranking, 'strength'), said.howMuch, strength, { optional: true })]
}

function drawEnds(ranking: Ranking, ends: readonly End[]): Block[] {
  const { question, value, form, optional, said } = ranking
  return [
    heading(question.title),
    ...ends.map((end) =>
      input(
        idOf(ranking, end),
        end === 'best' ? said.bestOne : said.worstOne,
        drawEnd(end, value, form, said),
        { optional, hint: end === 'best' ? hintOf(question, said) : '' },
      ),
    ),
  ]
}

function drawEachRank(ranking: Ranking): Block[] {
  const { question, value, form, asPair, optional, said } = ranking
  const { outputs } = form
  const hint = hintOf(question, said)
  const isEither = question.required && question.unacceptable && !asPair
  return [
    heading(question.title),
    ...outputs.map((output, place) =>
      input(
        idOf(ranking, place),
        said.rankOf(letterOf(place)),
        question.mode === 'tiers' && fitsTiers(value)
          ? drawTier(value?.ranks, output, said)
          : drawRank(value?.ranks, output, outputs.length, said),
        {
          optional,
          // Slack marks these as optional, so the hint says what is asked instead of ranks.
          hint: place > 0 ? '' : isEither ? `${said.rankOrNone} ${hint}`.trim() : hint,
        },
      ),
    ),
  ]
}

function idOf({ question, form }: Pick<Ranking, 'question' | 'form'>, place: string | number) {
  return blockId(form.assignmentId, question.name, place)
}

export function readRanking(question: RankingQuestion, state: State, form: Form): unknown {
  const { outputs } = form
  const at = (place: string | number) => {
    const entered = state[blockId(form.assignmentId, question.name, place)]
    return entered?.[inputId]
  }
  const pair = at('pair')?.selected_option?.value
  const unacceptable = (at('unacceptable')?.selected_options ?? []).length > 0
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
  const strength = Number(at('strength')?.selected_option?.value ?? 0)
  return buildRanking(question.mode, { ranks, pair, strength, unacceptable })
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

/** Rankings in forms: a pair in one choice, the ends in two, or a rank for each output. Pure. */
import { sayPair } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { asRanking, rankOf } from '../../../../src/questions/earlier.ts'
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
import { letterOf, type RankingValue, type Value } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { brief, type Input, type Label, label, option } from '../components.ts'
import { drawAnyOf, drawOneOf, drawSelect } from './choices.ts'
import type { Find, Form } from './inputs.ts'
import { hintOf } from './legend.ts'

export function rankingPlaces(
  question: RankingQuestion,
  outputs: readonly string[],
  value: Value | undefined,
): string[] {
  if (outputs.length < 2 || outputs.length > limits.selectOptions) return []
  const asPair = asksPair(outputs, asRanking(value))
  const none = question.unacceptable && !asPair ? ['none'] : []
  if (outputs.length === 2) return ['pair', ...(question.strength ? ['strength'] : []), ...none]
  if (question.mode === 'best_only') return ['best', ...none]
  if (question.mode === 'best_worst') return ['best', 'worst', ...none]
  return [...outputs.keys()].map(String).concat(none)
}

/** One input of a ranking; `place` says which. */
export function drawRanking(
  question: RankingQuestion,
  place: string,
  id: string,
  given: Value | undefined,
  form: Form,
  said: Words,
): Label | null {
  const { outputs } = form
  const value = asRanking(given)
  const optional = isOptional(question) || (question.unacceptable && !asksPair(outputs, value))
  const drawn = { question, id, value, outputs, optional }
  switch (place) {
    case 'pair':
      return drawPair(drawn, said)
    case 'strength': {
      const options = [said.slightly, said.much].map((text, i) =>
        option(text, String(i + 1), { chosen: value?.strength === i + 1 }),
      )
      return label(said.howMuch, drawOneOf(id, options, true, said.chooseOne, said))
    }
    case 'best': {
      const hint = hintOf(question, question.title, said)
      return label(said.bestOne, drawEnd(place, drawn, said), `${question.title} ${hint}`)
    }
    case 'worst':
      return label(said.worstOne, drawEnd(place, drawn, said))
    case 'none': {
      const all = option(said.allUnacceptable, 'all', { chosen: value?.all_unacceptable === true })
      return label(said.unacceptable, drawAnyOf(id, [all], true, said))
    }
    default:
      return drawRank(Number(place), drawn, said)
  }
}

/** An input of a ranking, with the ranking it starts from. */
type RankingInput = {
  question: RankingQuestion
  id: string
  value: RankingValue | undefined
  outputs: readonly string[]
  optional: boolean
}

/** Two outputs in one choice: which is better, or both bad. */
function drawPair({ question, id, value, outputs }: RankingInput, said: Words): Label {
  const chosen = pairOf(value, outputs)
  const options = sayPair(question, asksPair(outputs, value), said).map(({ text, pair: key }) =>
    option(text, key, { chosen: key === chosen }),
  )
  const input = drawOneOf(id, options, isOptional(question), said.chooseOne, said)
  return label(question.title, input, hintOf(question, question.title, said))
}

/** The best or the worst of the outputs. */
function drawEnd(end: End, { id, value, outputs, optional }: RankingInput, said: Words): Input {
  const chosen = endPlace(end, value, outputs)
  const options = outputs.map((_, place) =>
    option(said.output(letterOf(place)), String(place), { chosen: place === chosen }),
  )
  return drawSelect(id, options, optional, said.chooseOne)
}

/** The rank, or the tier, of one output. */
function drawRank(
  at: number,
  { question, id, value, outputs, optional }: RankingInput,
  said: Words,
): Label | null {
  const output = outputs[at]
  if (output === undefined) return null
  const rank = rankOf(value?.ranks, output)
  const isTier = question.mode === 'tiers' && fitsTiers(value)
  const most = isTier ? tiers : outputs.length
  const options = Array.from({ length: most }, (_, i) =>
    option(said.rank(i + 1, most), String(i + 1), { chosen: rank === i + 1 }),
  )
  const input = isTier
    ? drawOneOf(id, options, optional, said.rankPlaceholder, said)
    : drawSelect(id, options, optional, said.rankPlaceholder)
  const hint = hintOf(question, question.title, said)
  return label(
    said.rankOf(letterOf(at)),
    input,
    at === 0 ? `${brief(question.title, limits.labelDescription)} ${hint}`.trim() : '',
  )
}

export function readRanking(
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
    : found('pair') && asksPair(outputs, before)
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
            return rank !== undefined && Number.isInteger(rank) ? [[output, rank] as const] : []
          })
  const strength = found('strength') ? Number(chosen('strength') ?? 0) : before?.strength
  return buildRanking(question.mode, { ranks, pair, strength, unacceptable })
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

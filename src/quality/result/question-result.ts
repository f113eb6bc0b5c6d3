/**
 * What the answers to one question say together, for one record: votes with their intervals, the
 * consensus and the agreement. It counts with the measures that statistics and exports use. Pure.
 */
import type { LabelOption, Question, RankingQuestion } from '../../questions/question.ts'
import type { Span, SpanValue } from '../../questions/spans.ts'
import { ownValue, type RankingValue, type Values } from '../../questions/values.ts'
import { tidy } from '../dataset/stats-read.ts'
import { type Key, rawAgreement } from '../measures/agreement/agreement.ts'
import { pairJudgements } from '../measures/agreement/pair-judgements.ts'
import { matchesOf } from '../measures/agreement/spans.ts'
import { mean, median } from '../measures/consensus/average.ts'
import { type Ballot, ranksIn, UNJUDGED } from '../measures/consensus/ballot.ts'
import { consensusRanking, type PairVotes, type Ranks } from '../measures/consensus/consensus.ts'
import { majority, majorityOfSets } from '../measures/consensus/majority.ts'
import { type Measured, measured, unmeasured } from '../measures/measured.ts'
import { wilson } from '../measures/wilson.ts'

/** How often something was chosen, and the 95% Wilson interval of that share; null where nobody could. */
export type Vote = {
  value: string | number
  count: number
  of: number
  share: number | null
  low: number | null
  high: number | null
}

/** What was said of one thing: the record, or one of its outputs. */
export type Verdict = {
  /** Answers to this question that count. */
  answers: number
  /** One for each option; of a ranking one for each output, chosen where it alone is first. */
  votes: Vote[]
  /** The majority's label or labels, the median rating, the ranks of the outputs, or the marks of most people. */
  consensus: Measured<string | string[] | number | Ranks | SpanValue>
  /** The share of pairs of answers that say the same; of marked text, F1 of their marks. */
  agreement: Measured
  /** Ratings only. */
  mean?: Measured
}

export type QuestionResult = {
  type: Question['type']
  of: Question['of']
  /** How the intervals of `votes` are made; null where nothing is counted. */
  interval: 'wilson 95%' | null
} & (
  | Verdict
  | (Verdict & {
      /** The output that the consensus puts first alone, or null. */
      best: string | null
      /** Rankings in which several outputs share the first place, and those that accept none. */
      ties: number
      all_unacceptable: number
      pairs: PairVotes[]
    })
  | { outputs: { [output: string]: Verdict } }
)

/** `outputs` are the ids of the record's outputs; `all` the values of the answers that count. */
export function resultOf(
  question: Question,
  outputs: readonly string[],
  all: readonly Values[],
): QuestionResult {
  const { type, of } = question
  const interval = type === 'text' ? null : 'wilson 95%'
  const given = all
    .map((one) => ownValue(one, question.name))
    .filter((value) => value !== undefined)
  if (question.type === 'ranking')
    return { type, of, interval, ...rankingResult(question, outputs, given as RankingValue[]) }
  if (of === 'record') return { type, of, interval, ...verdictOf(question, given) }
  const each = outputs.map((id) => [id, verdictOf(question, given.flatMap(entryOf(id)))] as const)
  return { type, of, interval, outputs: Object.fromEntries(each) }
}

function entryOf(id: string) {
  return (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null && Object.hasOwn(value, id)
      ? [(value as Record<string, unknown>)[id]]
      : []
}

type SingleQuestion = Exclude<Question, RankingQuestion>

function verdictOf(question: SingleQuestion, values: readonly unknown[]): Verdict {
  const answers = values.length
  switch (question.type) {
    case 'label': {
      const labels = values.map(String)
      const votes = countOf(optionsOf(question.options), labels, answers)
      return { answers, votes, consensus: majority(labels), agreement: agreementOf(labels) }
    }
    case 'multi_label': {
      const sets = values.map((value) => (Array.isArray(value) ? value.map(String).sort() : []))
      const votes = countOf(optionsOf(question.options), sets.flat(), answers)
      const agreement = agreementOf(sets.map((set) => JSON.stringify(set)))
      return { answers, votes, consensus: majorityOfSets(sets), agreement }
    }
    case 'rating': {
      const ratings = values.filter((value) => typeof value === 'number')
      const votes = countOf(question.options, ratings, answers)
      const average = mean(ratings)
      return {
        ...{ answers, votes, consensus: median(ratings), agreement: agreementOf(ratings) },
        mean: average.value === null ? average : measured(tidy(average.value)),
      }
    }
    case 'span': {
      const answered = values.filter((value): value is SpanValue => Array.isArray(value))
      const labels = answered.flatMap((marks) => [...new Set(marks.map(({ label }) => label))])
      const votes = countOf(optionsOf(question.options), labels, answers)
      return { answers, votes, ...marksOf(answered) }
    }
    case 'text':
      return { answers, votes: [], consensus: notCounted, agreement: notCounted }
  }
}

/** Marks that more than half of the people made exactly so, and F1 over pairs of people. */
function marksOf(answers: readonly SpanValue[]): Pick<Verdict, 'consensus' | 'agreement'> {
  if (answers.length === 0) {
    const nothing = unmeasured('Nobody has marked it yet.')
    return { consensus: nothing, agreement: nothing }
  }
  const keyOf = ({ start, end, label }: Span) => JSON.stringify([start, end, label])
  const groups = Map.groupBy(answers.flat(), keyOf)
  const most = [...groups.values()].flatMap(([first, ...others]) =>
    first && (others.length + 1) * 2 > answers.length ? [first] : [],
  )
  const pairs = answers.flatMap((one, i) => answers.slice(i + 1).map((two) => matchesOf(one, two)))
  const of = pairs.reduce((sum, pair) => sum + pair.of, 0)
  const exact = pairs.reduce((sum, pair) => sum + pair.exact, 0)
  const alone = 'One answer alone agrees with nobody.'
  return {
    consensus: measured(most.sort((a, b) => a.start - b.start || a.end - b.end)),
    agreement: pairs.length === 0 ? unmeasured(alone) : measured(of === 0 ? 1 : tidy(exact / of)),
  }
}

const notCounted = unmeasured('Texts are not counted: read the answers themselves.')

function optionsOf(options: readonly LabelOption[]): string[] {
  return options.map(({ value }) => value)
}

/** `chosen` of `of` answers, by option; each answer chooses an option at most once. */
function countOf<Value extends string | number>(
  options: readonly Value[],
  chosen: readonly Value[],
  of: number,
): Vote[] {
  return options.map((value) => voteOf(value, chosen.filter((one) => one === value).length, of))
}

function voteOf(value: string | number, count: number, of: number): Vote {
  const found = wilson(count, of).value
  if (found === null) return { value, count, of, share: null, low: null, high: null }
  const { share, low, high } = found
  return { value, count, of, share: tidy(share), low: tidy(low), high: tidy(high) }
}

function agreementOf(values: readonly Key[]): Measured {
  return rounded(rawAgreement([values]))
}

function rounded(found: Measured): Measured {
  return found.value === null ? found : measured(tidy(found.value))
}

function rankingResult(
  { mode }: RankingQuestion,
  outputs: readonly string[],
  values: readonly RankingValue[],
) {
  const ballots = values
    .filter(({ ranks }) => Object.keys(ranks).length > 0)
    .map((value): Ballot => ({ mode: value.mode ?? mode, ranks: value.ranks }))
  const { ranks, pairs } = consensusRanking(ballots, { ties: 'count' })
  const firsts = ballots.map((ballot) => {
    const own = ranksIn(ballot, outputs)
    return outputs.filter((_, at) => own[at] === 1)
  })
  const alone = firsts.flatMap((first) => (first.length === 1 ? first : []))
  const votes = outputs.map((id) => {
    const judged = ballots.filter((ballot) => ranksIn(ballot, [id])[0] !== UNJUDGED).length
    return voteOf(id, alone.filter((one) => one === id).length, judged)
  })
  return {
    answers: values.length,
    votes,
    consensus:
      ballots.length === 0
        ? unmeasured(
            values.length === 0
              ? 'Nobody has answered yet.'
              : 'Everybody who answered found all outputs unacceptable.',
          )
        : measured(ranks),
    agreement: rounded(rawAgreement(pairJudgements(outputs, ballots))),
    best: bestOf(ranks),
    ties: firsts.filter((first) => first.length > 1).length,
    all_unacceptable: values.filter((value) => value.all_unacceptable).length,
    pairs,
  }
}

/** A first place that is shared, or that nothing stands below, is nobody's. */
function bestOf(ranks: Ranks): string | null {
  const all = Object.entries(ranks)
  const [best, rival] = all.filter(([, rank]) => rank === 1)
  return best !== undefined && rival === undefined && all.length > 1 ? best[0] : null
}

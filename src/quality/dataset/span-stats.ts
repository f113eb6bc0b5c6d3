/** What statistics ask of marked text: agreement by character, and the F-measure of marks. */
import { startAgreement } from '../measures/agreement/agreement.ts'
import { nominal, startAlpha } from '../measures/agreement/alpha.ts'
import { type Mark, matchesOf, type Stretch, stretchesOf } from '../measures/agreement/spans.ts'
import { addTo, startTally, sumOf, type Tally, type Weights } from '../measures/bootstrap.ts'
import { type Measured, measured, unmeasured } from '../measures/measured.ts'
import { type Kind, type Pattern, remember } from './question-kind.ts'
import { estimateOf } from './stats-read.ts'

type Marked = { length: number; marks: Mark[] }

/** Marks are compared as `LENGTH:JSON`: how long the text is, and the value. */
export function startSpans(resamples: number): Kind {
  const alpha = startAlpha(nominal, resamples)
  const raw = startAgreement(resamples)
  const sums = startTally(resamples)
  const read = remember(readMarked)
  return {
    metric: 'alpha (characters)',
    agreement: alpha,
    raw: raw.read,
    comparable: {
      kappa: 'nominal',
      judgements: (text) => [['', JSON.stringify(read(text).marks)]],
      numbers: null,
    },
    // What nobody has marked yet is in every text already.
    addUnseen: () => {},
    build(texts) {
      const answers = texts.map(read)
      return buildPattern(answers, (stretches, pairs, weights) => {
        for (const { characters, values } of stretches)
          alpha.add(values, scaled(weights, characters))
        raw.add(
          answers.map(({ marks }) => JSON.stringify(marks)),
          weights,
        )
        for (const { exact, overlap, of } of pairs) {
          addTo(sums, 0, exact, weights)
          addTo(sums, 1, overlap, weights)
          addTo(sums, 2, of, weights)
        }
      })
    },
    repeat: (before, after) => markOf(read(before).marks, read(after).marks),
    mark: (given, known) => markOf(read(given).marks, read(known).marks),
    read: () => ({
      span_f1: {
        exact: estimateOf({ read: (at) => shareOf(sums, 0, at) }, resamples),
        overlap: estimateOf({ read: (at) => shareOf(sums, 1, at) }, resamples),
      },
    }),
  }
}

function buildPattern(
  answers: readonly Marked[],
  take: (stretches: Stretch[], pairs: ReturnType<typeof matchesOf>[], weights: Weights) => void,
): Pattern {
  const length = Math.max(...answers.map((one) => one.length))
  const all = answers.map(({ marks }) => marks)
  const stretches = answers.length > 1 ? stretchesOf(all, length) : []
  const pairs = all.flatMap((one, i) => all.slice(i + 1).map((other) => matchesOf(one, other)))
  const apart = pairs.map(({ overlap, of }) => (of === 0 ? 0 : 1 - overlap / of))
  return {
    disagreement:
      apart.length === 0 ? null : apart.reduce((sum, one) => sum + one, 0) / apart.length,
    outcomes: all.map((one, i) => {
      const others = all.flatMap((other, j) => (i === j ? [] : [matchesOf(one, other)]))
      const sum = (key: 'exact' | 'of') => others.reduce((total, each) => total + each[key], 0)
      return { agreed: sum('exact'), judged: sum('of') }
    }),
    take: (weights) => take(stretches, pairs, weights),
  }
}

/** Two answers without a mark are the same one. */
function markOf(one: readonly Mark[], other: readonly Mark[]): { same: number; of: number } {
  const { exact, of } = matchesOf(one, other)
  return of === 0 ? { same: 1, of: 1 } : { same: exact, of }
}

function shareOf(sums: Tally, row: number, resample = 0): Measured {
  const of = sumOf(sums, 2, resample)
  if (of === 0) return unmeasured('Nobody has marked a text that another person answered too.')
  return measured(sumOf(sums, row, resample) / of)
}

/** A stretch counts once for each of its characters. */
function scaled(weights: Weights, characters: number): Weights {
  return weights.map((weight) => weight * characters)
}

/** `LENGTH:JSON`, or the JSON alone, of suggestions. */
function readMarked(text: string): Marked {
  const [, length = '', json = text] = /^(\d*):(.*)$/s.exec(text) ?? []
  const marks = (JSON.parse(json) as Mark[])
    .map(({ start, end, label }) => ({ start, end, label }))
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : 1))
  const reach = Math.max(0, ...marks.map(({ end }) => end))
  return { length: Math.max(reach, Number(length)), marks }
}

/** Charts of models: how strong they are by people's choices, and their mean ratings. */
import type { Estimate, QuestionStats, Strength } from '../../quality/dataset/stats-result.ts'
import type { Cell, Chart, Interval } from '../charts/chart.ts'
import { sayNumber } from '../charts/number.ts'
import type { Said } from './said.ts'

/** More than this are in the table; the strongest are drawn. */
export const mostDrawn = 24

export function strengthChart(question: QuestionStats, strength: Strength, said: Said): Chart {
  const { words, told } = said
  const found = strength.value ?? []
  const [best] = found
  const rankOf = ({ rank, rank_low: low, rank_high: high }: (typeof found)[number]) =>
    words.rank(low ?? rank, high ?? rank)
  const few = strength.value && strength.too_few
  const [method, penalized] = strength.value ? [strength.method, strength.penalized] : ['', false]
  return {
    name: `strength-${question.name}`,
    title: words.strength(question.title),
    how: [words.strengthHow(method), few ? told.statsWhy(few) : ''].filter(Boolean).join(' '),
    summary: best ? words.strengthBest(best.model, rankOf(best)) : words.noModels,
    missing: strength.value
      ? found.length === 0
        ? words.noModels
        : null
      : told.statsWhy(strength.reason),
    drawing:
      found.length === 0
        ? null
        : {
            type: 'intervals',
            rows: found.slice(0, mostDrawn).map((one) => ({
              ...intervalOf(one.model, one.strength, penalized),
              note: rankOf(one),
            })),
            level: { name: words.mean, value: 0 },
            format: 'number',
          },
    table: {
      columns: [
        said.column('model', 'model', 'text'),
        said.column('rank', 'rank', 'count'),
        said.column('rank_low', 'rankLow', 'count'),
        said.column('rank_high', 'rankHigh', 'count'),
        said.column('strength', 'strength', 'number'),
        said.column('low', 'low', 'number'),
        said.column('high', 'high', 'number'),
        said.column('judgements', 'judgements', 'count'),
      ],
      rows: found.map((one) => [
        ...[one.model, one.rank, one.rank_low ?? null, one.rank_high ?? null],
        ...cellsOf(one.strength),
        one.judgements,
      ]),
    },
  }
}

export function ratingsChart(
  question: QuestionStats,
  means: NonNullable<QuestionStats['mean_ratings']>,
  said: Said,
): Chart {
  const { words, locale } = said
  const found = means.toSorted((a, b) => (b.mean.value ?? -1e9) - (a.mean.value ?? -1e9))
  const drawn = found.filter(({ mean }) => mean.value !== null)
  const [best] = drawn
  return {
    name: `ratings-${question.name}`,
    title: words.ratings(question.title),
    how: words.ratingsHow,
    summary:
      best && best.mean.value !== null
        ? words.ratingsSummary(best.model, sayNumber(best.mean.value, locale))
        : words.noRatings,
    missing: drawn.length === 0 ? words.noRatings : null,
    drawing:
      drawn.length === 0
        ? null
        : {
            type: 'intervals',
            rows: drawn.slice(0, mostDrawn).map(({ model, mean, ratings }) => ({
              ...intervalOf(model, mean, false),
              note: said.count(ratings),
            })),
            format: 'number',
          },
    table: {
      columns: [
        said.column('model', 'model', 'text'),
        said.column('mean', 'mean', 'number'),
        said.column('low', 'low', 'number'),
        said.column('high', 'high', 'number'),
        said.column('ratings', 'ratings', 'count'),
      ],
      rows: found.map(({ model, mean, ratings }) => [model, ...cellsOf(mean), ratings]),
    },
  }
}

/** Where a penalty holds strengths finite, a limit that is missing is drawn as open. */
function intervalOf(label: string, found: Estimate, isPenalized: boolean): Interval {
  if (found.value === null) return { label, value: 0 }
  const { value, low, high } = found
  const isOpen = isPenalized || low !== undefined || high !== undefined
  return {
    label,
    value,
    ...(isOpen && 'low' in found ? { low: low ?? null, high: high ?? null } : {}),
  }
}

function cellsOf(found: Estimate): Cell[] {
  return found.value === null
    ? [null, null, null]
    : [found.value, found.low ?? null, found.high ?? null]
}

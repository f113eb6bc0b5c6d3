/** Charts of habits: whether people choose by place or by length, and why they skip. */

import type { BiasOf, LabelerStats, QuestionStats } from '../../quality/dataset/stats-result.ts'
import { addBundle, noBundles, shareOfBundles } from '../../quality/measures/clustered-share.ts'
import { wilson } from '../../quality/measures/wilson.ts'
import { type SkipReason, skipReasons } from '../../responses/reason.ts'
import type { Chart, Interval } from '../charts/chart.ts'
import { mostDrawn } from './model-charts.ts'
import type { Said } from './said.ts'
import type { Statistics } from './statistics.ts'

type Bias = { labeler: string } & Extract<BiasOf, { value: number }>

/** Null where the question is no ranking. */
export function positionChart(
  question: QuestionStats,
  labelers: readonly LabelerStats[],
  said: Said,
): Chart | null {
  if (question.position === undefined) return null
  const own = biasesOf(labelers, question.name, 'position')
  return biasChart(own, {
    said,
    name: `position-${question.name}`,
    ...textsOf('position', question, said),
  })
}

/** Null where the question is no ranking. */
export function lengthChart(
  question: QuestionStats,
  labelers: readonly LabelerStats[],
  said: Said,
): Chart | null {
  if (question.position === undefined) return null
  const own = biasesOf(labelers, question.name, 'longer_preferred')
  return biasChart(own, {
    said,
    name: `length-${question.name}`,
    ...textsOf('length', question, said),
  })
}

function textsOf(kind: 'position' | 'length', { title }: QuestionStats, { words }: Said) {
  return kind === 'position'
    ? { title: words.position(title), how: words.positionHow }
    : { title: words.length(title), how: words.lengthHow }
}

/** Those who judged most first. */
function biasesOf(
  labelers: readonly LabelerStats[],
  question: string,
  key: 'position' | 'longer_preferred',
): Bias[] {
  return labelers
    .flatMap(({ labeler, questions }) => {
      const found = questions.find(({ name }) => name === question)?.[key]
      return found && found.value !== null && found.of > 0 ? [{ labeler, ...found }] : []
    })
    .sort((a, b) => b.of - a.of || (a.labeler < b.labeler ? -1 : 1))
}

function biasChart(
  own: readonly Bias[],
  { said, name, title, how }: { said: Said; name: string; title: string; how: string },
): Chart {
  const { words } = said
  const all = together(own)
  const draw = (one: Bias, tone: 'accent' | 'second'): Interval => {
    const { low, high } = limitsOf(one)
    const label = one.labeler === '' ? words.everybody : one.labeler
    const note = words.of(said.count(one.count), said.count(one.of))
    return { label, value: one.value, low, high, note, tone }
  }
  return {
    ...{ name, title, how },
    summary: all
      ? words.biasSummary(said.share(all.value), said.share(all.expected))
      : words.noBias,
    missing: all ? null : words.noBias,
    drawing: all
      ? {
          type: 'intervals',
          rows: [
            draw(all, 'second'),
            ...own.slice(0, mostDrawn - 1).map((one) => draw(one, 'accent')),
          ],
          level: { name: words.even, value: all.expected },
          format: 'share',
          range: [0, 1],
        }
      : null,
    table: {
      columns: [
        said.column('labeler', 'labeler', 'text'),
        said.column('share', 'share', 'share'),
        said.column('low', 'low', 'share'),
        said.column('high', 'high', 'share'),
        said.column('expected', 'expected', 'share'),
        said.column('count', 'count', 'count'),
        said.column('of', 'of', 'count'),
        said.column('p', 'p', 'number'),
      ],
      rows: [...(all ? [all] : []), ...own].map((one) => {
        const { low, high } = limitsOf(one)
        return [
          ...[one.labeler === '' ? words.everybody : one.labeler, one.value, low, high],
          ...[one.expected, one.count, one.of, one.labeler === '' ? null : one.p],
        ]
      }),
    },
  }
}

/** Everybody: people are the sample, so the interval grows with how much they differ. */
function together(own: readonly Bias[]): Bias | null {
  const sums = noBundles()
  let expected = 0
  for (const one of own) {
    addBundle(sums, one.count, one.of)
    expected += one.expected * one.of
  }
  const share = shareOfBundles(sums)
  if (share.value === null) return null
  const { share: value, low, high, count, of } = share.value
  return { labeler: '', value, low, high, count, of, expected: expected / of, p: 1 }
}

function limitsOf({ low, high, count, of }: Bias): { low: number | null; high: number | null } {
  if (low !== undefined && high !== undefined) return { low, high }
  const found = wilson(count, of)
  return found.value === null ? { low: null, high: null } : found.value
}

/** Why people pass tasks on. */
export function skipsChart({ history }: Statistics, said: Said): Chart {
  const { words } = said
  const rows = history.skips.map(({ reason, count }) => ({ label: sayReason(reason, said), count }))
  const total = rows.reduce((sum, { count }) => sum + count, 0)
  return {
    name: 'skips',
    title: words.skips,
    how: words.skipsHow,
    summary: rows[0] ? words.skipsSummary(said.count(total), rows[0].label) : words.noSkips,
    missing: rows.length === 0 ? words.noSkips : null,
    drawing: rows.length === 0 ? null : { type: 'counts', rows },
    table: {
      columns: [
        said.column('reason', 'reason', 'text'),
        said.column('count', 'count', 'count'),
        said.column('share', 'share', 'share'),
      ],
      rows: rows.map(({ label, count }) => [label, count, count / total]),
    },
  }
}

function sayReason(reason: string, { words, told }: Said): string {
  const known = skipReasons.find((one): one is SkipReason => one === reason)
  return known && known !== 'other' ? told.skippedFor[known] : words.noReason
}

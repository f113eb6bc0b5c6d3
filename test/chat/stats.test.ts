/** Statistics as an admin reads them in chat: what is usual, what chance explains, and why there is none. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reportStats, sayReport } from '../../src/chat/words/stats-lines.ts'
import { inLocale, words } from '../../src/chat/words/words.ts'
import type { Estimate, QuestionStats, Stats } from '../../src/quality/dataset/stats-result.ts'

function statsOf(question: Partial<QuestionStats>, more: Partial<Stats> = {}): Stats {
  return {
    format: 1,
    dataset: 'prefs',
    resamples: 200,
    counts: { records: 40, answers: 80, labelers: 2 },
    left_out: {},
    questions: [
      {
        name: 'preference',
        title: 'Which helps most?',
        type: 'ranking',
        of: 'record',
        answers: 80,
        overlap: { records: 40, answers: 80 },
        agreement: { metric: 'kappa over pairs of outputs', value: 0.4 },
        raw_agreement: { value: 0.7 },
        disputed: [],
        ...question,
      },
    ],
    labelers: [],
    ...more,
  }
}

const agreed = (value: Estimate) =>
  statsOf({ agreement: { metric: 'kappa over pairs of outputs', ...value } })
const said = (stats: Stats) => sayReport(reportStats(stats))
const inGerman = (stats: Stats) => inLocale('de', () => said(stats))

describe('happy: what an admin reads', () => {
  test.each([
    [{ value: 0.12, low: 0.05, high: 0.2 }, 'Less than is usual for preferences'],
    [{ value: 0.27, low: 0.15, high: 0.41 }, 'As is usual for preferences'],
    [{ value: 0.71, low: 0.6, high: 0.8 }, 'More than is usual for preferences'],
    [{ value: 0.05, low: -0.02, high: 0.1 }, 'cannot be distinguished from chance yet'],
    [{ value: -0.2, low: -0.3, high: -0.1 }, 'Less than is usual for preferences'],
    [{ value: 0.4 }, 'As is usual for preferences'],
  ])('%j: %s', (value, words) => {
    expect(said(agreed(value))).toContain(words)
  })

  test('a band is for preferences: labels are as clear as their guidelines', () => {
    const found = said(
      statsOf({ type: 'label', agreement: { metric: 'alpha (nominal)', value: 0.9 } }),
    )
    expect(found).toContain('Agreement .90, alpha (nominal); raw .70')
    expect(found).not.toMatch(/(As|More) (than )?is usual/)
  })

  test('numbers are written as the language writes them', () => {
    expect(said(agreed({ value: -0.001 }))).toContain('Agreement .00,')
    expect(inGerman(agreed({ value: 0.4, low: 0.3, high: 0.5 }))).toContain(
      'Übereinstimmung 0,40 (0,30 bis 0,50), Kappa über Paare von Texten; roh 0,70',
    )
  })

  test('where nothing counts yet that is all there is to read', () => {
    const nothing = statsOf(
      { answers: 0 },
      { counts: { records: 0, answers: 0, labelers: 0 }, left_out: { draft: 2 } },
    )
    expect(said(nothing)).toBe(
      'Statistics of “prefs”\nNo answer counts yet.\nLeft out: 2 not submitted\n\nEverything, also by labeler: npx parley stats prefs',
    )
  })
})

describe('refused: why there is no number', () => {
  test('too little overlap is told with how much there is, in both languages', () => {
    const few = statsOf({
      overlap: { records: 0, answers: 0 },
      agreement: { metric: 'kappa over pairs of outputs', value: null, reason: 'Not enough.' },
    })
    expect(said(few)).toContain('Not enough overlap: 0 of the 30 records')
    expect(inGerman(few)).toContain('Zu wenig gemeinsam: 0 der 30 Einträge')
  })

  test('of a small sample the number is told, and that it is nothing to rely on, in both languages', () => {
    const small = statsOf({
      overlap: { records: 3, answers: 6 },
      agreement: {
        ...{ metric: 'kappa over pairs of outputs', value: 0.4, low: -0.5, high: 0.9 },
        too_few: 'Only 3.',
      },
      strength: {
        ...{ method: 'Davidson', penalized: true, too_few: 'Only 3.' },
        value: [
          {
            ...{ model: 'a', rank: 1, rank_low: 1, rank_high: 2, judgements: 3 },
            strength: { value: 1.2, low: -0.7, high: null },
            shown_first: { count: 1, of: 3, expected: 1 },
          },
          {
            ...{ model: 'b', rank: 2, rank_low: 1, rank_high: 2, judgements: 3 },
            strength: { value: -1.2, low: null, high: 0.7 },
            shown_first: { count: 2, of: 3, expected: 2 },
          },
        ],
      },
    })
    expect(said(small)).toContain('.40 (-.50 to .90)')
    expect(said(small)).toContain('too few to rely on')
    expect(said(small)).not.toContain('usual for preferences')
    expect(said(small)).toContain('1–2. a  1.20 (at least -.70)')
    expect(said(small)).toContain('1–2. b  -1.20 (at most .70)')
    expect(inGerman(small)).toContain('1,20 (mindestens -0,70)')
    expect(inGerman(small)).toContain('zu wenig, um darauf zu bauen')
  })

  test('every reason that statistics of a question give has its German words', () => {
    const files = [
      ...['agreement', 'alpha', 'pairwise-kappa'].map((name) => `agreement/${name}`),
      ...['bradley-terry', 'davidson', 'logit'].map((name) => `strength/${name}`),
    ]
    const reasons = files.flatMap((name) => {
      const path = new URL(`../../src/quality/measures/${name}.ts`, import.meta.url)
      return [...readFileSync(path, 'utf8').matchAll(/'([A-Z][^'\n]+\.)'/g)].map(([, one]) => one)
    })
    expect(reasons.length).toBeGreaterThan(8)
    for (const reason of reasons)
      expect(words('de').statsWhy(reason ?? ''), reason).not.toBe(reason)
  })
})

/** What was saved, in a few words a labeler recognises: "A > C = B", "Helpful: 4". */
import { editsIn } from '../../questions/edits.ts'
import type { Question, SpanQuestion } from '../../questions/question.ts'
import type { SpanValue } from '../../questions/spans.ts'
import {
  letterOf,
  type RankingValue,
  type SingleValue,
  type Values,
} from '../../questions/values.ts'
import { spoken } from '../words/words.ts'

/** Sums up an answer in the letters the labeler saw. */
export function summarize(
  questions: readonly Question[],
  values: Values,
  shownOrder: readonly string[],
): string {
  const answered = questions.filter((question) => values[question.name] !== undefined)
  const parts = answered.map((question) => {
    const said = sayValue(question, values[question.name], shownOrder)
    return answered.length === 1 ? said : `${question.title}: ${said}`
  })
  const improved = Object.keys(editsIn(questions, values))
    .map((id) => letterOf(shownOrder.indexOf(id)))
    .sort()
  // A long answer does not hide that something was improved.
  if (improved.length === 0) return shorten(parts.join(' · '), 140)
  return `${shorten(parts.join(' · '), 100)} · ${spoken().saidImproved(improved)}`
}

/** "A > C = B": best first, "=" between equals. */
export function sayRanking(value: RankingValue, shownOrder: readonly string[]): string {
  const entries = Object.entries(value.ranks)
  if (value.all_unacceptable && entries.length === 0)
    return shownOrder.length === 2 ? spoken().saidBothBad : spoken().saidUnacceptable
  if (value.mode === 'best_only' || value.mode === 'best_worst') return sayEnds(value, shownOrder)
  const levels = new Map<number, string[]>()
  for (const [id, rank] of entries) {
    const letters = levels.get(rank) ?? []
    letters.push(letterOf(shownOrder.indexOf(id)))
    levels.set(rank, letters)
  }
  const said = [...levels]
    .sort(([a], [b]) => a - b)
    .map(([, letters]) => letters.sort().join(' = '))
    .join(value.strength === 2 ? ' >> ' : ' > ')
  return value.all_unacceptable ? `${said} (${spoken().saidUnacceptable})` : said
}

/** "A best, D worst": what is between them was not compared. */
function sayEnds({ mode, ranks, all_unacceptable }: RankingValue, shownOrder: readonly string[]) {
  const last = Math.max(...Object.values(ranks))
  const letters = (rank: number) =>
    shownOrder.flatMap((id, place) => (ranks[id] === rank ? [letterOf(place)] : [])).join(', ')
  const said = [
    spoken().saidBest(letters(1)),
    ...(mode === 'best_worst' && last > 1 ? [spoken().saidWorst(letters(last))] : []),
  ].join(', ')
  return all_unacceptable ? `${said} (${spoken().saidUnacceptable})` : said
}

function sayValue(question: Question, value: unknown, shownOrder: readonly string[]): string {
  if (question.type === 'ranking') return sayRanking(value as RankingValue, shownOrder)
  if (question.type === 'span') return saySpans(question, value as SpanValue)
  if (question.of === 'record') return saySingle(question, value as SingleValue)
  return Object.entries(value as Record<string, SingleValue>)
    .map(([id, one]) => ({
      letter: letterOf(shownOrder.indexOf(id)),
      said: saySingle(question, one),
    }))
    .sort((a, b) => (a.letter < b.letter ? -1 : 1))
    .map(({ letter, said }) => `${letter} ${said}`)
    .join(', ')
}

/** "3 marked texts: Person, Place"; the texts themselves would say too much. */
function saySpans({ options }: SpanQuestion, spans: SpanValue): string {
  const used = new Set(spans.map(({ label }) => label))
  const labels = options.flatMap(({ value, text }) => (used.has(value) ? [text] : []))
  return spoken().saidSpans(spans.length, labels)
}

function saySingle(question: Question, value: SingleValue): string {
  if (question.type === 'label' || question.type === 'multi_label') {
    const chosen = Array.isArray(value) ? value : [value]
    if (chosen.length === 0) return spoken().saidNone
    return chosen
      .map((one) => question.options.find((option) => option.value === one)?.text ?? String(one))
      .join(', ')
  }
  return typeof value === 'string'
    ? `“${shorten(value.replace(/\s+/g, ' ').trim(), 60)}”`
    : String(value)
}

function shorten(text: string, most: number): string {
  const letters = [...text]
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`
}

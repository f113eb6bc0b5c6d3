/** What a model suggests for a record: how a form is prefilled, and the lines on the card and the receipt. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { DatasetDocument } from '../../datasets/document.ts'
import { suggestionsWhen } from '../../datasets/suggestions.ts'
import { asRanking } from '../../questions/earlier.ts'
import type { Question } from '../../questions/question.ts'
import { ownValue, type Value, type Values } from '../../questions/values.ts'
import type { RecordSuggestions } from '../../records/record-line.ts'
import type { HeldAssignment } from '../../responses/submit.ts'
import { adoptId } from '../port/ids.ts'
import type { Receipt } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import { summarize } from './summary.ts'

type Suggested = {
  document: DatasetDocument
  suggestions: RecordSuggestions
  /** The outputs on the card: a suggestion about others says nothing here. */
  shownOrder: readonly string[]
}

type OneSuggestion = RecordSuggestions[string]

/** The values a model suggests to the questions that show it `when`. */
export function suggestedValues(source: Suggested, when: 'before' | 'after'): Values {
  const { document, suggestions, shownOrder } = source
  const values: Values = {}
  for (const question of document.questions) {
    if (suggestionsWhen(document, question) !== when) continue
    const value = onCard(question, ownSuggestion(suggestions, question)?.value, shownOrder)
    if (value !== undefined) values[question.name] = value
  }
  return values
}

function ownSuggestion(
  suggestions: RecordSuggestions,
  { name }: Question,
): OneSuggestion | undefined {
  return Object.hasOwn(suggestions, name) ? suggestions[name] : undefined
}

/** The part about the outputs on the card; a ranking that leaves one of them out is ignored. */
function onCard(
  question: Question,
  given: unknown,
  shownOrder: readonly string[],
): Value | undefined {
  if (given === undefined || given === null) return undefined
  const value = given as Value
  if (question.type !== 'ranking' && question.of === 'record') return value
  if (question.type !== 'ranking') {
    const each = Object.entries(Object(value)).filter(([id]) => shownOrder.includes(id))
    return each.length > 0 ? (Object.fromEntries(each) as Value) : undefined
  }
  const ranking = asRanking(value)
  if (!ranking || Object.keys(ranking.ranks).length === 0) return value
  const shown = Object.entries(ranking.ranks).filter(([id]) => shownOrder.includes(id))
  if (shown.length < shownOrder.length) return undefined
  const levels = [...new Set(shown.map(([, rank]) => rank))].sort((a, b) => a - b)
  return {
    ...ranking,
    ranks: Object.fromEntries(shown.map(([id, rank]) => [id, levels.indexOf(rank) + 1])),
  }
}

/** "B > A (gpt-4o, .82)"; of several questions each with its title. Empty where nothing is suggested. */
function saySuggested(source: Suggested, values: Values): string {
  const { document, suggestions, shownOrder } = source
  const asked = document.questions.filter(({ name }) => ownValue(values, name) !== undefined)
  return asked
    .map((question) => {
      const { name, title } = question
      const said = summarize([question], { [name]: values[name] as Value }, shownOrder)
      const by = byWhom(ownSuggestion(suggestions, question), document)
      const told = by === '' ? said : `${said} (${by})`
      return asked.length === 1 ? told : `${title}: ${told}`
    })
    .join(' · ')
}

/** Who made it, and how sure they were where the dataset shows that. */
function byWhom(
  suggestion: OneSuggestion | undefined,
  { suggestions_score: showsScore }: DatasetDocument,
): string {
  const { agent, score } = suggestion ?? {}
  const scores = showsScore && score !== undefined ? [score].flat() : []
  const said = scores.map((one) => spoken().statsNumber(one)).join(' / ')
  return [agent, said].filter(Boolean).join(', ')
}

/** The card's line with what a model proposed; null if the card does not show it. */
export function suggestionLine(source: Suggested): string | null {
  const said = saySuggested(source, suggestedValues(source, 'before'))
  return said === '' ? null : spoken().suggests(said)
}

/** What appears once a labeler has answered, with the button that adopts it. */
export function revealOf(
  found: HeldAssignment & { record?: { suggestions: RecordSuggestions } },
  values: Values,
  revision: number | undefined,
): { line: string; adopt?: NonNullable<Receipt['adopt']> } | null {
  if (found.suggested !== 'after') return null
  const suggestions = found.record?.suggestions ?? found.suggestions ?? {}
  const source = { document: found.document, suggestions, shownOrder: found.shownOrder }
  const all = suggestedValues(source, 'after')
  const said = saySuggested(source, all)
  if (said === '') return null
  const others = differing(found.document, all, values)
  if (Object.keys(others).length === 0) return { line: spoken().suggestedSame(said) }
  const line = spoken().suggestedOther(said)
  const { assignmentId, dataset } = found
  if (Object.keys(adoptable(found.document, others)).length === 0) return { line }
  return {
    line,
    adopt: {
      assignmentId: adoptId(assignmentId),
      schemaVersion: dataset.schemaVersion,
      revision: revision ?? 0,
    },
  }
}

/** The suggested values that an answer does not share. */
function differing({ questions }: DatasetDocument, suggested: Values, values: Values): Values {
  return Object.fromEntries(
    questions.flatMap(({ name }) => {
      const value = ownValue(suggested, name)
      return value === undefined || isAlike(value, ownValue(values, name)) ? [] : [[name, value]]
    }),
  )
}

function isAlike(suggested: Value, given: Value | undefined): boolean {
  const [a, b] = [asRanking(suggested), asRanking(given)]
  if (!a || !b) return isDeepStrictEqual(suggested, given)
  return isDeepStrictEqual(a.ranks, b.ranks) && a.all_unacceptable === b.all_unacceptable
}

/** What one press may adopt; a text the labeler wrote is never replaced unread. */
function adoptable({ questions }: DatasetDocument, values: Values): Values {
  const judged = questions.filter(({ type }) => type !== 'text' && type !== 'span')
  return Object.fromEntries(
    judged.flatMap(({ name }) => {
      const value = ownValue(values, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** An answer changed to what a model suggested, as one press does it. */
export function adopted(
  found: HeldAssignment & { record: { suggestions: RecordSuggestions } },
  values: Values,
): Values {
  const { document, shownOrder, record } = found
  const suggested = suggestedValues(
    { document, suggestions: record.suggestions, shownOrder },
    'after',
  )
  return { ...values, ...adoptable(document, suggested) }
}

/** What a person may improve once they answered, and the card on which they do. Pure. */
import type { FoundAssignment } from '../../assignments/assignment.ts'
import { asRanking } from '../../questions/earlier.ts'
import { editableText, editedQuestion, editsIn } from '../../questions/edits.ts'
import type { Question, TextQuestion } from '../../questions/question.ts'
import { letterOf, ownValue, type Values } from '../../questions/values.ts'
import type { HeldAssignment } from '../../responses/submit.ts'
import { improveId } from '../port/ids.ts'
import type { Improvable, TaskCard } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import { buildTaskCard, sourceOf } from './card.ts'

/** As many letters stand beside a receipt; of more outputs it is asked which. */
const mostLetters = 5
const mostAsked = 20

/**
 * The outputs to offer after an answer: the one it puts above all others, and a way to another. After a tie,
 * or where none is acceptable, nobody can say which is meant: each has its own button.
 */
export function improvableOf(held: HeldAssignment, values: Values): Improvable[] {
  const { assignmentId, document, shownOrder } = held
  const question = editedQuestion(document.questions)
  const places = improvablePlaces(held)
  if (!question || places.length === 0) return []
  const best = bestOf(question, values, shownOrder)
  const another = improveId(assignmentId)
  if (best !== null && places.includes(best))
    return [
      letterAt(assignmentId, best),
      ...(places.length > 1 ? [{ what: 'another', id: another } as const] : []),
    ]
  if (places.length > mostLetters) return [{ what: 'one', id: another }]
  return places.map((place) => letterAt(assignmentId, place))
}

/** Every output, to choose from. */
export function allImprovable(held: HeldAssignment): Improvable[] {
  return improvablePlaces(held)
    .slice(0, mostAsked)
    .map((place) => letterAt(held.assignmentId, place))
}

/** Outputs that are a text, where the record is known; a call of a tool has none to improve. */
function improvablePlaces({ record, shownOrder }: HeldAssignment): number[] {
  return shownOrder.flatMap((id, place) => {
    const output = record?.outputs.find((one) => one.id === id)
    return output && editableText(output) === null ? [] : [place]
  })
}

function letterAt(assignmentId: string, place: number): Improvable {
  return { what: { letter: letterOf(place) }, id: improveId(assignmentId, place) }
}

/** The place of the one output that an answer puts first; null where there is none. */
function bestOf(question: Question, values: Values, shownOrder: readonly string[]): number | null {
  if (shownOrder.length === 1) return 0
  const value = ownValue(values, question.name)
  if (typeof value !== 'object' || Array.isArray(value)) return null
  const ranking = asRanking(value)
  if (ranking?.all_unacceptable) return null
  const each: Readonly<Record<string, unknown>> = ranking?.ranks ?? { ...value }
  const marks = shownOrder.map((id) => (Object.hasOwn(each, id) ? Number(each[id]) : Number.NaN))
  const known = marks.filter((mark) => !Number.isNaN(mark))
  const top = ranking ? Math.min(...known) : Math.max(...known)
  const first = marks.flatMap((mark, place) => (mark === top ? [place] : []))
  return first.length === 1 ? (first[0] ?? null) : null
}

/** The name of the one question such a card asks. */
export const improvedText = 'text'

export function improveQuestion(place: number): TextQuestion {
  return {
    type: 'text',
    name: improvedText,
    title: spoken().improveTitle(letterOf(place)),
    description: spoken().improveHint,
    required: true,
    of: 'record',
  }
}

/** The text of an output as this person has it so far, to go on from; null where it has none. */
export function textToImprove(found: FoundAssignment, place: number): string | null {
  const id = found.shownOrder[place]
  const output = found.record.outputs.find((one) => one.id === id)
  const original = output ? editableText(output) : null
  if (id === undefined || original === null || !editedQuestion(found.document.questions))
    return null
  const said = found.response?.draft ?? found.response?.values
  const edits = editsIn(found.document.questions, said)
  return Object.hasOwn(edits, id) ? (edits[id]?.text ?? original) : original
}

/** The card of one output's text: all that the record's card shows, and one question. */
export function improveCard(found: FoundAssignment, place: number): TaskCard | null {
  const text = textToImprove(found, place)
  if (text === null) return null
  const document = { ...found.dataset.document, questions: [improveQuestion(place)] }
  const source = sourceOf(found, found.dataset, document)
  const card = buildTaskCard({
    ...source,
    assignmentId: improveId(found.assignmentId, place),
    suggestionsShown: false,
    values: { [improvedText]: text },
    editing: true,
  })
  return { ...card, improving: true }
}

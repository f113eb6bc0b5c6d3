/** When labelers see what a model suggests: as the dataset says, else as is usual for the kind of question. */
import type { Question } from '../questions/question.ts'
import type { DatasetDocument } from './document.ts'

export function suggestionsWhen(
  { suggestions }: Pick<DatasetDocument, 'suggestions'>,
  question: Question,
): 'before' | 'after' | 'never' {
  return suggestions ?? usual(question)
}

/** A judgement is easily swayed; a text or a label is quicker corrected than made. */
function usual({ type }: Question): 'before' | 'never' {
  return type === 'ranking' || type === 'rating' ? 'never' : 'before'
}

/** Whether any question of a dataset shows suggestions at all. */
export function showsSuggestions(document: DatasetDocument): boolean {
  return document.questions.some((question) => suggestionsWhen(document, question) !== 'never')
}

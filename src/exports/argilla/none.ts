/** How "none of these" is written in Argilla. */
import type { Question } from '../../questions/question.ts'

/**
 * Argilla cannot store "none of these", so it becomes an option; null for a question that does not
 * offer it, or has no room for it.
 */
export function noneOption(question: Question): string | null {
  if (question.type !== 'multi_label' || !question.none_option) return null
  const { options } = question
  const isFree = options.length < mostOptions && options.every(({ value }) => value !== noneValue)
  return isFree ? noneValue : null
}

export const noneValue = 'none_of_these'
const mostOptions = 500

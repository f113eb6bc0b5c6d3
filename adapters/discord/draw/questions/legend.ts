/** A question's texts besides its title, and the parts that do not fit a form. Pure. */
import { sayWhen } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { choicesOf } from '../../../../src/questions/options.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { budgets, limits } from '../../limits.ts'

/** Text that the label cannot hold, as far as its description can; the card shows all of it. */
export function hintOf(question: Question, title: string, said: Words): string {
  const hints = [
    ...([...title].length > limits.labelText ? [title] : []),
    ...(question.description === undefined ? [] : [question.description]),
    ...(question.when === undefined ? [] : [sayWhen(question.when, said)]),
  ]
  return hints.join(' · ')
}

/**
 * The parts of a question that do not fit its form: the whole title, the description, what options mean.
 * Null if everything fits.
 */
export function legendOf(question: Question): string | null {
  const { title, description } = question
  const isCut = (text: string | undefined, most: number) => [...(text ?? '')].length > most
  const options =
    question.type === 'rating' || question.type === 'label' || question.type === 'multi_label'
      ? choicesOf(question)
      : []
  const told = options.filter(
    (one) => one.description !== undefined || isCut(one.text, limits.buttonLabel / 2),
  )
  // On the card a title has more room than on a form.
  const isLong = isCut(title, budgets.title)
  if (told.length === 0 && !isLong && !isCut(description, limits.labelDescription)) return null
  return [
    ...(isLong ? [title] : []),
    ...(description === undefined ? [] : [description]),
    ...told.map((one) => (one.description ? `• ${one.text}: ${one.description}` : `• ${one.text}`)),
  ].join('\n')
}

/** Why Slack cannot ask these questions, in a sentence for the admin who publishes them. Pure. */

import { words } from '../../../../src/chat/words/words.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { budgets, limits } from '../../limits.ts'
import { jsonSize } from '../blocks.ts'
import { legendFits } from './legend.ts'
import { drawQuestion } from './question.ts'

/** Null if all can be asked. The number of outputs is not known here: see drawForm. */
export function unsupportedBySlack(questions: readonly Question[]): string | null {
  // Marks in a text are made on the task's page, and everything beside them.
  if (questions.some(({ type }) => type === 'span')) return null
  for (const question of questions) {
    const reason = reasonAgainst(question)
    if (reason !== null) return reason
  }
  const form = { assignmentId: '0'.repeat(36), outputs: ['a', 'b', 'c', 'd'] }
  const blocks = questions.flatMap((q) => drawQuestion(q, undefined, form, words(undefined)))
  if (blocks.length > limits.viewBlocks - budgets.readingBlocks)
    return `Together the questions need ${blocks.length} rows of a Slack window, which holds ${limits.viewBlocks}. Ask fewer questions, or split the dataset in two.`
  if (jsonSize(blocks) > budgets.viewBytes / 2)
    return 'The labels and descriptions of the questions are too long for one Slack window together. Shorten them; the guidelines have room for explanations.'
  return null
}

function reasonAgainst(question: Question): string | null {
  const named = `Question "${question.name}"`
  if (question.type !== 'label' && question.type !== 'multi_label') return null
  const long = question.options.find((option) => !legendFits(option))
  if (long)
    return `${named}: the text and description of option "${long.value}" are too long for Slack. Shorten them.`
  return null
}

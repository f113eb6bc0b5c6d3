/** Why Discord cannot ask these questions, in a sentence for the admin who publishes them. Pure. */
import type { Question } from '../../../../src/questions/question.ts'
import { limits } from '../../limits.ts'
import { isPicked } from '../questions/choices.ts'

/** Null if all can be asked. The number of outputs is not known here: see drawCard. */
export function unsupportedByDiscord(questions: readonly Question[]): string | null {
  // Marks in a text are made on the task's page, and everything beside them.
  if (questions.some(({ type }) => type === 'span')) return null
  for (const question of questions) {
    const reason = reasonAgainst(question)
    if (reason !== null) return reason
  }
  const menus = questions.filter(isPicked)
  if (menus.length > mostMenus) {
    const names = menus.map(({ name }) => `"${name}"`).join(', ')
    return `${menus.length} questions (${names}) have more than ${limits.selectOptions} options; a message in Discord has room for ${mostMenus} such menus. Ask fewer of them, or split the dataset in two.`
  }
  return null
}

/** Each takes a row and a row for its pages, out of 40 components. */
const mostMenus = 3

function reasonAgainst(question: Question): string | null {
  const named = `Question "${question.name}"`
  if (question.type !== 'label' && question.type !== 'multi_label') return null
  if (question.of !== 'outputs') return null
  const extra = question.type === 'multi_label' && question.none_option ? 1 : 0
  const most = limits.selectOptions - extra
  return question.options.length > most
    ? `${named} has ${question.options.length} options for each output; a menu in Discord holds ${most}. Use fewer options, or ask it about the record.`
    : null
}

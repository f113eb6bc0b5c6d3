/**
 * Datasets in which programs ask people: a question becomes a record of its own, answered by so many
 * people until a deadline. `template: ask` lets people choose among options that come with the question.
 */
import type { DatasetDocument } from './document.ts'
import type { Explained } from './explain.ts'

/** The field that holds the text of a question: the first. */
export function questionField({ fields }: Pick<DatasetDocument, 'fields'>): string {
  return fields[0]?.name ?? ''
}

/** What a document says wrong of being asked. */
export function checkAsk(document: DatasetDocument): Explained[] {
  const { ask, fields, template, distribution } = document
  const found: Explained[] = []
  const say = (path: (string | number)[], message: string, remedy: string) =>
    found.push({ path, message, remedy })
  if (!ask) {
    if (template === 'ask')
      say(['ask'], 'is missing.', 'Write "ask: {}", or who is invited: ask: { to: [everyone] }.')
    return found
  }
  for (const key of ['target', 'arena'] as const)
    if (document[key] !== undefined)
      say(['ask'], `does not go with "${key}", which makes records of its own.`, 'Leave one out.')
  if (document.checks)
    say(['checks'], 'deals records again, and a question ends at its deadline.', 'Leave it out.')
  if (fields[0]?.type === 'chat')
    say(
      ['fields', 0],
      `"${fields[0].name}" is a chat, and the first field holds the question.`,
      'Begin with a text field.',
    )
  for (const [at, { name, required }] of fields.entries())
    if (required && at > 0)
      say(
        ['fields', at],
        `"${name}" is required, and a question may come without it.`,
        'Write "required: false".',
      )
  if (distribution.min_submitted > ask.most_people)
    say(
      ['ask', 'most_people'],
      `is less than min_submitted, which is ${distribution.min_submitted}.`,
      'Make it as large at least.',
    )
  return found
}

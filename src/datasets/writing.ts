/**
 * Datasets in which labelers write the prompts themselves (`target`). They need no import: publishing
 * makes a blank record for each prompt that is wanted, so that a prompt is dealt, counted, taken back and
 * exported as any other answer is.
 */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { firstAlike } from '../questions/reads-as.ts'
import type { Dataset, DatasetDocument } from './document.ts'
import type { Explained } from './explain.ts'

/** The question that holds what is written: a prompt, as exports carry it. */
export const writtenQuestion = 'prompt'
/** The field and the metadata that hold what a blank is about. */
const topicName = 'topic'

export function isWriting({ target }: Pick<DatasetDocument, 'target'>): boolean {
  return target !== undefined
}

/** What a blank record holds; of the first topic where the document has any. */
export function blankOf({ topics, fields }: Pick<DatasetDocument, 'topics' | 'fields'>): {
  [name: string]: string
} {
  const [topic] = topics ?? []
  return topic !== undefined && showsTopic({ fields }) ? { [topicName]: topic } : {}
}

/** Makes the blanks that are missing to the target, within the caller's transaction. Returns how many. */
export async function makeBlanks(parley: Parley, dataset: Dataset): Promise<number> {
  const { target, topics = [] } = dataset.document
  if (target === undefined) return 0
  const { rows } = await sql<{ made: number }>`
    select make_blanks(${dataset.id}, ${target}, ${topics}::text[],
      ${showsTopic(dataset.document)}, ${parley.now()}) as made`.execute(parley.db)
  return rows[0]?.made ?? 0
}

/** Why a published dataset cannot take this target, or null. */
export function targetProblem(before: DatasetDocument, after: DatasetDocument): string | null {
  if (before.target === after.target) return null
  if (before.target === undefined)
    return 'A published dataset cannot begin to ask for prompts. Create another one with a target.'
  if (after.target === undefined || after.target < before.target)
    return 'The target of a published dataset can only grow. Close the dataset when it has enough.'
  return null
}

/** What a document says wrong of writing prompts. */
export function checkWriting(document: DatasetDocument): Explained[] {
  const found: Explained[] = []
  const say = (path: (string | number)[], message: string, remedy: string) =>
    found.push({ path, message, remedy })
  const { target, topics, questions, fields, distribution } = document
  if (target === undefined) {
    if (document.template === 'prompt-writing')
      say(['target'], 'is missing.', 'Write how many prompts you want, e.g. target: 100.')
    for (const key of ['per_labeler', 'topics'] as const)
      if (document[key] !== undefined && document.template !== 'prompt-writing')
        say([key], 'is for datasets in which people write prompts.', 'Write target, too.')
    return found
  }
  const isWritten = questions.some(
    ({ name, type, of, required, when }) =>
      name === writtenQuestion && type === 'text' && of === 'record' && required && !when,
  )
  if (!isWritten)
    say(
      ['questions'],
      'asks for no text "prompt" that must be written.',
      'Name the template prompt-writing, or add prompt: { type: text }.',
    )
  for (const [at, { type, of, name }] of questions.entries())
    if (type === 'ranking' || of === 'outputs')
      say(
        ['questions', at],
        `"${name}" is about outputs, and a prompt that is just written has none.`,
        'Ask it in another dataset.',
      )
  for (const [at, { name, required }] of fields.entries())
    if (name === writtenQuestion)
      say(
        ['fields', at, 'name'],
        '"prompt" is what people write here.',
        'Name the field otherwise.',
      )
    else if (required)
      say(['fields', at], `"${name}" is required, and blank records have none.`, optional)
  if (distribution.min_submitted !== 1)
    say(
      ['distribution', 'min_submitted'],
      `is ${distribution.min_submitted}, and every prompt is written once.`,
      'Write 1, and the number of prompts as the target.',
    )
  if (document.checks)
    say(['checks'], 'deals records again, and every prompt is written once.', 'Leave it out.')
  const alike = firstAlike(topics ?? [])
  if (alike) say(['topics'], `"${alike[1]}" is there twice.`, 'Write each topic once.')
  if (topics && !showsTopic(document))
    say(['topics'], 'are shown in a field that is not there.', `Add the field "${topicName}".`)
  return found
}

const optional = 'Write "required: false".'

function showsTopic({ fields }: Pick<DatasetDocument, 'fields'>): boolean {
  return fields.some(({ name }) => name === topicName)
}

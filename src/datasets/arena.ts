/**
 * Datasets that are arenas: people ask in a channel, two models answer, everybody votes. Their records
 * come from there, one for each battle, and are never dealt in private.
 */
import { conflict } from '../errors.ts'
import type { Dataset, DatasetDocument } from './document.ts'
import type { Explained } from './explain.ts'

/** The chat field that holds what was asked: the path that was chosen, up to the question. */
export const askedField = 'prompt'

/** @throws ParleyError `conflict` for an arena: invitations, hubs and posts have nothing of it to give out. */
export function requireDealt({ name, document }: Dataset): void {
  if (document.arena) throw conflict((said) => said.arenaNotDealt(name))
}

/** What a document says wrong of an arena. */
export function checkArena(document: DatasetDocument): Explained[] {
  const { arena, fields, questions, template } = document
  const found: Explained[] = []
  const say = (path: (string | number)[], message: string, remedy: string) =>
    found.push({ path, message, remedy })
  if (!arena) {
    if (template === 'arena')
      say(
        ['arena'],
        'is missing.',
        'Name two models or more, e.g. arena: { models: [small, large] }.',
      )
    return found
  }
  if (new Set(arena.models).size < arena.models.length)
    say(['arena', 'models'], 'names a model twice.', 'Name each once: no model meets itself.')
  if (!fields.some(({ name, type }) => name === askedField && type === 'chat'))
    say(
      ['fields'],
      `have no chat "${askedField}", which holds what was asked.`,
      'Name the template arena, or add prompt: { type: chat }.',
    )
  for (const [at, { name, required }] of fields.entries())
    if (required && name !== askedField)
      say(
        ['fields', at],
        `"${name}" is required, and a question has none.`,
        'Write "required: false".',
      )
  const required = questions.filter((question) => question.required)
  const [only] = required
  if (required.length !== 1 || only?.type !== 'ranking' || only.when !== undefined)
    say(
      ['questions'],
      'must ask for one ranking and nothing else that is required: a vote is one press.',
      'Name the template arena, and write "required: false" at other questions.',
    )
  for (const key of ['target', 'generate', 'checks', 'feeds'] as const)
    if (document[key] !== undefined)
      say(
        [key],
        'has no place in an arena: its records come from what people ask, and go when they delete it.',
        'Leave it out.',
      )
  return found
}

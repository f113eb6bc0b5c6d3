/** What a document says wrong of the traces it takes. */
import { ParleyError } from '../../errors.ts'
import type { DatasetDocument } from '../document.ts'
import type { Explained, Path } from '../explain.ts'
import { parsePattern } from './parse-pattern.ts'

/** The chat field that holds what was sent to the model. */
export const promptField = 'prompt'

export function checkTraces(document: DatasetDocument): Explained[] {
  const { traces, fields } = document
  if (!traces) return []
  const found: Explained[] = []
  const say = (path: Path, message: string, remedy: string) => found.push({ path, message, remedy })
  if (!fields.some(({ name, type }) => name === promptField && type === 'chat'))
    say(
      ['fields'],
      `have no chat "${promptField}", which holds what was sent to the model.`,
      'Write fields: { prompt: { type: chat } }.',
    )
  for (const [at, { name, required }] of fields.entries())
    if (required && name !== promptField)
      say(
        ['fields', at],
        `"${name}" is required, and a trace has none.`,
        'Write "required: false".',
      )
  for (const key of ['target', 'arena'] as const)
    if (document[key] !== undefined)
      say([key], 'has no place beside traces: its records come from elsewhere.', 'Leave it out.')
  const { min_tokens: least, max_tokens: most } = traces.match ?? {}
  if (least !== undefined && most !== undefined && least > most)
    say(['traces', 'match', 'min_tokens'], 'is more than max_tokens.', 'Make it smaller.')
  for (const [at, pattern] of (traces.redact ?? []).entries()) {
    const problem = problemOf(pattern)
    if (problem)
      say(['traces', 'redact', at], problem, 'docs/traces.md lists what a pattern may hold.')
  }
  return found
}

function problemOf(pattern: string): string | null {
  try {
    parsePattern(pattern)
    return null
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    return error.message
  }
}

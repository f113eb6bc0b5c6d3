/** A text or a chat as its turns, with the names of who speaks in the reader's language. Pure. */
import { isCutOff } from '../../records/generated.ts'
import type { RecordOutput, Content as Stored } from '../../records/record-line.ts'
import type { Content } from '../port/port.ts'
import type { Words } from '../words/words.ts'
import { shownContent } from './shown-chat.ts'

/** An output as people read it, below the chats before it: what was cut off says so below. */
export function outputContent(
  output: RecordOutput,
  said: Words,
  before: readonly Stored[] = [],
): Content {
  const content = shownContent(output.text ?? output.messages ?? '', before, said)
  if (!isCutOff(output) || typeof content !== 'string') return content
  return `${content}\n\n${said.outputCutOff}`
}

/** One turn of a chat; `role` is null for a plain text. */
export type Turn = { role: string | null; text: string }

/** What is to be read of a text, in order; at least one turn. */
export function turnsOf(content: Content, said: Words): Turn[] {
  if (typeof content === 'string') return [{ role: null, text: content }]
  if (content.length === 0) return [{ role: null, text: '' }]
  return content.map(({ role, content: text }) => ({ role: sayRole(role, said), text }))
}

/** A text as written to a file: as it is stored, a chat with the role of each turn. */
export function fileText(content: Content, said: Words): string {
  return turnsOf(content, said)
    .map(({ role, text }) => (role === null ? text : `## ${role}\n\n${text}\n`))
    .join('\n')
}

/** A name for a file: letters, numbers and dashes of a title. */
export function markdownName(title: string): string {
  const name = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return `${Array.from(name).slice(0, 60).join('') || 'text'}.md`
}

/** A plain role by its name in the language spoken; any other as it came. */
export function sayRole(role: string, said: Words): string {
  if (role === 'user') return said.user
  if (role === 'assistant') return said.assistant
  return role === 'system' ? said.system : role
}

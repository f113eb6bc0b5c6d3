/** The outputs of a record as rows have them, and whether two are the same. */
import { type ChatMessage, sameness } from '../../records/message.ts'
import { buildCompletion } from '../formats/content.ts'
import type { ExportRecord } from '../source.ts'
import type { JudgedOutput } from './pairs.ts'

export type Text = string | ChatMessage[]
export type Output = JudgedOutput & { content: ReturnType<typeof buildCompletion>; same: string }

export function buildOutputs(record: ExportRecord, shape: 'messages' | 'text'): Output[] {
  return record.outputs.map(({ id, text, messages }) => {
    const content = buildCompletion(text ?? messages, shape)
    return { id, content, isEmpty: content === null, same: content === null ? '' : plain(content) }
  })
}

/** Two outputs are the same if nothing but the white space around them differs. */
export function plain(content: NonNullable<Output['content']>): string {
  if (typeof content === 'string') return content.trim()
  return content.map(sameness).join('\u0000')
}

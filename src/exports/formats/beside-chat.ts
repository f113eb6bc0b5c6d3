/**
 * What stands beside the chat of a row for its template: the tools a model could call and arguments of
 * the template, in the columns that TRL reads (https://huggingface.co/docs/trl/dataset_formats). All rows
 * of a file have them, or none.
 */
import { holding, templateKwargsOf, toolsOf } from '../../records/holds.ts'
import type { ExportRecord, Source } from '../source.ts'
import type { Column, Row } from './format.ts'

export type BesideChat = {
  columns: readonly Column[]
  /** The same row with them. */
  add(row: Row, record: ExportRecord): Row
}

export function openBesideChat({ holds }: Pick<Source, 'holds'>): BesideChat {
  const hasTools = (holds & holding.tools) !== 0
  const hasKwargs = (holds & holding.templateKwargs) !== 0
  return {
    columns: [
      ...(hasTools ? [{ name: 'tools', type: 'json' } as const] : []),
      ...(hasKwargs ? [{ name: 'chat_template_kwargs', type: 'json' } as const] : []),
    ],
    add: (row, { metadata }) => ({
      ...row,
      ...(hasTools ? { tools: toolsOf(metadata) } : {}),
      // TRL unpacks them, and null cannot be.
      ...(hasKwargs ? { chat_template_kwargs: templateKwargsOf(metadata) ?? {} } : {}),
    }),
  }
}

/** Columns of messages as JSON where some message holds more than a role and a text. */
export function withRichMessages(
  columns: readonly Column[],
  { holds }: Pick<Source, 'holds'>,
): readonly Column[] {
  if ((holds & holding.messages) === 0) return columns
  return columns.map((column) =>
    column.type === 'messages' ? { name: column.name, type: 'json' } : column,
  )
}

/**
 * Numbers in rows, as Slack's data_table, which readers can sort and page through. Messages only
 * (docs.slack.dev/reference/block-kit/blocks/data-table-block); elsewhere the rows become lines.
 */
import type { types } from '@slack/bolt'
import type { Cell, Table } from '../../../src/chat/port/port.ts'
import { shorten } from '../../../src/chat/text.ts'
import { limits } from '../limits.ts'
import { type Block, bare, heading, section } from './blocks.ts'

type DataTable = types.DataTableBlock

/** The first rows that fit into `room` characters; null when none fits. */
export function drawTable({ caption, columns, rows }: Table, room: number): DataTable | null {
  const head = columns.map(cell)
  const drawn: DataTable['rows'] = [head]
  let left = Math.min(room, limits.tableText) - sizeOf(head)
  for (const row of rows.slice(0, limits.dataTableRows - 1)) {
    const cells = row.map(cell)
    left -= sizeOf(cells)
    if (left < 0) break
    drawn.push(cells)
  }
  if (drawn.length === 1) return null
  return {
    type: 'data_table',
    caption: shorten(flat(caption).replace(/:$/, ''), limits.containerTitle),
    page_size: rowsOnPage,
    rows: drawn,
  }
}

/** A table's rows as lines, where Slack takes no table: in windows. */
export function linesOf({ caption, rows }: DataTable): Block[] {
  const lines = rows.map((row) => row.map(readable).join(' · '))
  return [heading(caption), section(shorten(lines.join('\n'), limits.sectionText))]
}

const rowsOnPage = 10

function cell(value: Cell) {
  if (typeof value === 'string') return { type: 'raw_text' as const, text: words(value) }
  return { type: 'raw_number' as const, value: value.value, text: words(value.text) }
}

/** Slack refuses a cell without text. */
function words(text: string): string {
  return bare(text, 200) || '–'
}

function sizeOf(cells: readonly { text?: string }[]): number {
  return cells.reduce((sum, { text = '' }) => sum + text.length, 0)
}

function readable(one: DataTable['rows'][number][number]): string {
  return 'text' in one && one.text ? one.text : ''
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

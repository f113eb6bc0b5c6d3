/** What Slack documents of a data_table: docs.slack.dev/reference/block-kit/blocks/data-table-block. */
import { isObject, type JsonObject, length, list, text } from '../json.ts'
import { type Check, checkInteger, checkList, fail } from './check.ts'
import { limits } from './limits.ts'

/** A header and rows of the same number of cells, which hold texts and numbers; the header no rich text. */
export function checkDataTable(check: Check, block: JsonObject, at: string): void {
  const rows = checkList(check, block['rows'], `${at}/rows`, 'data_table.rows', 2)
  const [header] = rows
  const wanted = list(header).length
  for (const [i, row] of rows.entries()) {
    const cells = checkList(check, row, `${at}/rows/${i}`, 'table.columns')
    if (cells.length !== wanted) fail(check, `${at}/rows/${i}`, `must have ${wanted} cells`)
    const allowed = i === 0 ? plainCells : [...plainCells, 'rich_text']
    for (const [j, cell] of cells.entries()) {
      const here = `${at}/rows/${i}/${j}`
      const type = isObject(cell) ? text(cell['type']) : ''
      if (!isObject(cell) || !allowed.includes(type)) {
        fail(check, here, `unsupported type: ${type}`)
      } else if (type !== 'rich_text') checkCell(check, cell, here)
    }
  }
  if (typeof block['caption'] !== 'string' || block['caption'] === '') {
    fail(check, `${at}/caption`, 'must be a string')
  }
  const most = limits['data_table.page_size'].max
  checkInteger(check, block['page_size'], `${at}/page_size`, { min: 1, max: most })
  const columns = { min: 0, max: Math.max(wanted - 1, 0) }
  const index = 'row_header_column_index'
  checkInteger(check, block[index], `${at}/${index}`, columns)
}

/** The characters of all cells, whose sum a message bounds; 0 for any other block. */
export function dataTableCharacters(block: JsonObject): number {
  if (block['type'] !== 'data_table') return 0
  return list(block['rows'])
    .flatMap(list)
    .reduce<number>((sum, cell) => sum + (isObject(cell) ? length(text(cell['text'])) : 0), 0)
}

const plainCells = ['raw_text', 'raw_number']

function checkCell(check: Check, cell: JsonObject, at: string): void {
  if (text(cell['text']) === '') fail(check, `${at}/text`, 'must be more than 0 characters')
  if (cell['type'] === 'raw_number' && typeof cell['value'] !== 'number') {
    fail(check, `${at}/value`, 'must be a number')
  }
}

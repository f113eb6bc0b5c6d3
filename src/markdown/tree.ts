/**
 * A text as it reads, without a platform: a flat list of blocks, each with its place in lists and
 * quotes, made of runs of text. Flat, because neither Slack nor Discord nests what Markdown nests.
 */
import { type Cost, costOf } from '../chat/text.ts'

/** The renderer and its version, as it is stored with an answer. A change in what people see is a new version. */
export const rendererVersion = 'markdown-1'
export const renderings = [rendererVersion, 'raw'] as const
/** What somebody was shown: the text rendered, or as it was written. */
export type Rendering = (typeof renderings)[number]

export type Style = { bold?: true; italic?: true; strike?: true; code?: true }
/** Text of one style; with `url` it leads there. */
export type Run = { text: string; style: Style; url?: string }

export type Align = 'left' | 'center' | 'right' | null
/** How deep a block lies in quotes and in lists; 0 outside of any. */
export type Place = { quote: number; depth: number }
/** Whether a block stands on the line right below the one before it. */
type Below = { tight?: true }
/**
 * `item` begins an entry of a list (`number` null: a bullet), paragraphs of the same depth after it
 * go on in it. `code` holds its text byte by byte; `goesOn`: it began before, and was named there.
 */
export type Block = Place &
  Below &
  (
    | { type: 'paragraph'; runs: Run[] }
    | { type: 'heading'; level: number; runs: Run[] }
    | { type: 'item'; number: number | null; runs: Run[] }
    | { type: 'code'; language: string | null; text: string; goesOn?: true }
    | { type: 'table'; align: Align[]; rows: Run[][][] }
    | { type: 'rule' }
  )

export const outside: Place = { quote: 0, depth: 0 }
export const ruleText = '───'

/** A text as it was written, as one block. */
export function plainBlocks(text: string): Block[] {
  return text === '' ? [] : [{ type: 'paragraph', ...outside, runs: [{ text, style: {} }] }]
}

/** What a person reads of blocks, line by line. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.map(blockText).join('\n')
}

export function blockText(block: Block): string {
  switch (block.type) {
    case 'code':
      return block.language === null || block.goesOn
        ? block.text
        : `${block.language}\n${block.text}`
    case 'rule':
      return ruleText
    case 'table':
      return block.rows.map((row) => row.map(runsText).join(' | ')).join('\n')
    default:
      return runsText(block.runs)
  }
}

export function runsText(runs: readonly Run[]): string {
  return runs.map(({ text }) => text).join('')
}

/** How many characters there are to read. */
export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + blockText(block).length, 0)
}

type Table = Extract<Block, { type: 'table' }>

const tableTexts = new WeakMap<Table, string>()

/** A table as aligned text, for where no table can be drawn; put together once. */
export function tableText(table: Table): string {
  const known = tableTexts.get(table)
  if (known !== undefined) return known
  const text = alignedText(table)
  tableTexts.set(table, text)
  return text
}

function alignedText({ rows, align }: Table): string {
  const cells = rows.map((row) => row.map((runs) => runsText(runs).replace(/\s+/g, ' ')))
  const columns = Math.max(...cells.map((row) => row.length), 0)
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.min(mostPadding, Math.max(...cells.map((row) => costOf(row[i] ?? '', width)), 1)),
  )
  const size = cells.reduce((sum, row) => sum + costOf(row.join('   ')), 0)
  const padded = (widths.reduce((sum, one) => sum + one + 3, 0) || 0) * cells.length
  // Many empty cells would be drawn as nothing but blanks.
  if (padded > size * 4 + 400) return cells.map((row) => row.join(' | ').trimEnd()).join('\n')
  const line = (row: string[]) =>
    widths
      .map((most, i) => pad(row[i] ?? '', most, align[i] ?? null))
      .join(' | ')
      .trimEnd()
  const [head = [], ...body] = cells
  return [line(head), widths.map((one) => '-'.repeat(one)).join('-|-'), ...body.map(line)].join(
    '\n',
  )
}

const mostPadding = 32

function pad(text: string, most: number, align: Align): string {
  const blanks = Math.max(0, most - costOf(text, width))
  const before = align === 'right' ? blanks : align === 'center' ? Math.floor(blanks / 2) : 0
  return `${' '.repeat(before)}${text}${' '.repeat(blanks - before)}`
}

/** Columns a unit takes in letters of one width: two for East Asian ones and for each pair. */
const width: Cost = (unit) => {
  if (unit >= 0x300 && unit <= 0x36f) return 0
  if (unit >= 0xd800 && unit <= 0xdfff) return 1
  return (unit >= 0x1100 && unit <= 0x115f) || (unit >= 0x2e80 && unit <= 0xffdc) ? 2 : 1
}

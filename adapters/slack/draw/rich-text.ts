/**
 * Draws blocks of Markdown as Slack's rich text. Slack shows its text as it is, so nothing in it can
 * ping, name a channel or be read as markup. Pure. docs.slack.dev/reference/block-kit/blocks/rich-text-block
 */
import type { types } from '@slack/bolt'
import type { Price } from '../../../src/markdown/cut.ts'
import {
  type Block,
  outside,
  plainBlocks,
  type Run,
  ruleText,
  tableText,
} from '../../../src/markdown/tree.ts'
import { limits } from '../limits.ts'

/** `offset` is in the reference but missing from the package's types (3.2.0). */
type List = types.RichTextList & { offset?: number }
type Part = types.RichTextSection | List | types.RichTextQuote | types.RichTextPreformatted
type Inline = types.RichTextText | types.RichTextLink
type TableRow = types.TableBlock['rows'][number]

/** A message counts text. */
export const messagePrice: Price = { unit: () => 1, run: 0, block: 6 }
/** A view counts JSON, with non-ASCII characters as `\uXXXX`. */
export const viewPrice: Price = {
  unit: (unit) => {
    if (unit < 32 || unit > 126) return unit === 10 ? 2 : 6
    return unit === 34 || unit === 92 || unit === 47 ? 2 : 1
  },
  run: 120,
  block: 190,
}

/** Blocks as rich text. With `table`, the first table that Slack can draw is drawn as one. */
export function drawRich(
  blocks: readonly Block[],
  table = false,
): (types.RichTextBlock | types.TableBlock)[] {
  const at = table ? blocks.findIndex(isDrawableTable) : -1
  const found = at < 0 ? undefined : blocks[at]
  if (found?.type !== 'table') return richOf(blocks)
  return [...richOf(blocks.slice(0, at)), drawTable(found), ...richOf(blocks.slice(at + 1))]
}

/** Text as it is, as rich text. */
export function drawPlain(text: string): types.RichTextBlock {
  return { type: 'rich_text', elements: partsOf(plainBlocks(text)) }
}

/** A drawn table as text. */
export function drawAsText({ rows }: types.TableBlock): types.RichTextBlock {
  const runs = (cell: TableRow[number]): Run[] =>
    cell.type === 'rich_text'
      ? [{ text: wordsIn(cell).trim(), style: {} }]
      : [{ text: cell.text, style: {} }]
  const table = {
    type: 'table' as const,
    ...outside,
    align: [],
    rows: rows.map((row) => row.map(runs)),
  }
  return { type: 'rich_text', elements: partsOf([table]) }
}

function wordsIn({ elements }: types.RichTextBlock): string {
  return elements
    .flatMap((part) => (part.type === 'rich_text_section' ? part.elements : []))
    .map((one) => (one.type === 'text' || one.type === 'link' ? (one.text ?? '') : ''))
    .join('')
}

function richOf(blocks: readonly Block[]): types.RichTextBlock[] {
  const elements = partsOf(blocks)
  return elements.length === 0 ? [] : [{ type: 'rich_text', elements }]
}

export function isDrawableTable(block: Block): boolean {
  return (
    block.type === 'table' &&
    block.quote === 0 &&
    block.depth === 0 &&
    block.rows.length <= limits.tableRows &&
    block.rows.every((row) => row.length <= limits.tableColumns)
  )
}

function drawTable({ rows, align }: Extract<Block, { type: 'table' }>): types.TableBlock {
  const columns = Math.max(...rows.map((row) => row.length))
  const cells = (row: Run[][], isHead: boolean): TableRow =>
    Array.from({ length: columns }, (_, i) => {
      const runs = row[i] ?? []
      const shown = isHead
        ? runs.map((one) => ({ ...one, style: { ...one.style, bold: true as const } }))
        : runs
      const elements = inlinesOf(shown)
      return {
        type: 'rich_text',
        elements: [
          { type: 'rich_text_section', elements: elements.length > 0 ? elements : [blank] },
        ],
      }
    })
  return {
    type: 'table',
    column_settings: Array.from({ length: columns }, (_, i) => ({
      is_wrapped: true,
      ...(align[i] ? { align: align[i] } : {}),
    })),
    rows: rows.map((row, i) => cells(row, i === 0)),
  }
}

const blank: Inline = { type: 'text', text: ' ' }

function partsOf(blocks: readonly Block[]): Part[] {
  const parts: Part[] = []
  let before: Block | null = null
  for (const block of blocks) {
    addBlock(parts, block, before)
    before = block
  }
  return parts
}

function addBlock(parts: Part[], block: Block, before: Block | null): void {
  switch (block.type) {
    case 'code':
    case 'table': {
      const text = block.type === 'code' ? block.text : tableText(block)
      // Slack shows no language beside code, and a word behind a fence may be more than one.
      if (block.type === 'code' && block.language !== null && !block.goesOn)
        addWords(parts, block, [{ text: block.language, style: { italic: true } }], before)
      parts.push({
        type: 'rich_text_preformatted',
        ...(block.quote > 0 ? { border: 1 } : {}),
        elements: text === '' ? [blank] : chunks(text).map((one) => ({ type: 'text', text: one })),
      })
      return
    }
    case 'item':
      addItem(parts, block, before)
      return
    case 'rule':
      addWords(parts, block, [{ text: ruleText, style: {} }], before)
      return
    case 'heading': {
      const runs = block.runs.map((one) => ({
        ...one,
        style: { ...one.style, bold: true as const },
      }))
      addWords(parts, block, runs, before)
      return
    }
    default:
      addWords(parts, block, block.runs, before)
  }
}

/** Slack puts no space between two sections, so words continue in the section before. */
function addWords(parts: Part[], block: Block, runs: Run[], before: Block | null): void {
  const words = inlinesOf(runs)
  if (words.length === 0) return
  const last = parts.at(-1)
  const isSamePlace = before?.quote === block.quote && before.depth === block.depth
  if (block.depth > 0 && isSamePlace && last?.type === 'rich_text_list') {
    const item = last.elements.at(-1)
    if (item) add(item.elements, [{ type: 'text', text: '\n' }, ...words])
    return
  }
  const type = block.quote > 0 ? 'rich_text_quote' : 'rich_text_section'
  const nested: Inline[] =
    block.quote > 1 ? [{ type: 'text', text: '> '.repeat(Math.min(block.quote - 1, 8)) }] : []
  if (last?.type === type) {
    const gap = block.tight || before?.type === 'heading' ? '\n' : '\n\n'
    add(last.elements, [{ type: 'text', text: gap }, ...nested, ...words])
  } else {
    const elements: Inline[] = []
    add(elements, [...nested, ...words])
    parts.push({ type, elements })
  }
}

function addItem(
  parts: Part[],
  block: Extract<Block, { type: 'item' }>,
  before: Block | null,
): void {
  const { number, depth, quote, runs } = block
  if (number !== null && (number < 1 || number > mostNumber)) {
    addWords(
      parts,
      { ...block, type: 'paragraph' },
      [{ text: `${number}. `, style: {} }, ...runs],
      before,
    )
    return
  }
  const words = inlinesOf(runs)
  const item: types.RichTextSection = {
    type: 'rich_text_section',
    elements: words.length > 0 ? words : [blank],
  }
  const style = number === null ? 'bullet' : 'ordered'
  const indent = Math.min(depth - 1, limits.listIndent)
  const last = parts.at(-1)
  if (last?.type === 'rich_text_list' && last.style === style && (last.indent ?? 0) === indent) {
    const isNext = number === null || (last.offset ?? 0) + last.elements.length + 1 === number
    if (isNext && (last.border ?? 0) === (quote > 0 ? 1 : 0)) {
      last.elements.push(item)
      return
    }
  }
  const list: List = {
    type: 'rich_text_list',
    style,
    ...(indent > 0 ? { indent } : {}),
    ...(quote > 0 ? { border: 1 } : {}),
    ...(number !== null && number > 1 ? { offset: number - 1 } : {}),
    elements: [item],
  }
  parts.push(list)
}

const mostNumber = 1_000_000

function inlinesOf(runs: readonly Run[]): Inline[] {
  const elements: Inline[] = []
  for (const { text, style, url } of runs) {
    if (text === '') continue
    const styled = Object.keys(style).length > 0 ? { style } : {}
    if (url === undefined)
      add(
        elements,
        chunks(text).map((one) => ({ type: 'text', text: one, ...styled })),
      )
    else elements.push({ type: 'link', url, text, ...styled })
  }
  return elements
}

/** Appends; plain text joins the plain text before it. */
function add(elements: types.RichTextElement[], more: readonly Inline[]): void {
  for (const one of more) {
    const last = elements.at(-1)
    const isPlain = (element: types.RichTextElement | undefined) =>
      element?.type === 'text' && element.style === undefined
    if (
      one.type === 'text' &&
      last?.type === 'text' &&
      isPlain(one) &&
      isPlain(last) &&
      last.text.length + one.text.length <= limits.richText
    )
      elements[elements.length - 1] = { type: 'text', text: last.text + one.text }
    else elements.push(one)
  }
}

/** Splits text into pieces that fit an element, never inside a character. */
function chunks(text: string): string[] {
  if (text.length <= limits.richText) return [text]
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    let end = Math.min(text.length, at + limits.richText)
    const unit = text.charCodeAt(end)
    if (end < text.length && unit >= 0xdc00 && unit <= 0xdfff) end -= 1
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}

/**
 * Draws the texts of a task: passages and outputs as rich text. A text without enough room is never
 * cut silently: it says "part 1 of 4", and a button opens all of it in a reader window.
 */
import { turnsOf } from '../../../../src/chat/cards/content.ts'
import type { Content, ReaderPart, TaskCard } from '../../../../src/chat/port/port.ts'
import { costOf, escapedCost, jsonCost, share } from '../../../../src/chat/text.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { costOfBlocks, type Price, takeBlocks } from '../../../../src/markdown/cut.ts'
import { readParts, readStart, type TextPart } from '../../../../src/markdown/read.ts'
import {
  lengthOf,
  type Block as Passage,
  plainBlocks,
  type Rendering,
  rendererVersion,
  textOf,
} from '../../../../src/markdown/tree.ts'
import { budgets, limits } from '../../limits.ts'
import { readId } from '../../receive/ids.ts'
import { actions, type Block, button, context, heading, jsonSize } from '../blocks.ts'
import { drawRich, isDrawableTable, messagePrice, viewPrice } from '../rich-text.ts'

/**
 * How much may be drawn: blocks, and characters (messages) or escaped bytes (views). `tables`: one
 * table may be drawn as such, which only messages can show.
 */
export type Room = {
  blocks: number
  size: number
  on: 'message' | 'view'
  tables?: boolean
}

const costs = { message: escapedCost, view: jsonCost }
const prices: Record<Room['on'], Price> = { message: messagePrice, view: viewPrice }

type Readable = Pick<TaskCard, 'assignmentId' | 'passages' | 'outputs'> & {
  rendering?: Rendering
}
type Turn = { role: string | null; size: number; blocks: readonly Passage[]; isWhole: boolean }
type Part = { title: string; ref: ReaderPart; turns: Turn[] }

/** The passages and outputs of a card, each in full or its start, within the room given. */
export function drawReading(card: Readable, room: Room, said: Words): Block[] {
  const parts = partsOf(card, room, said)
  const needs = parts.map((part) => measure(part, room))
  const least = parts.map((part) => (part.turns.some((turn) => turn.role !== null) ? 3 : 2))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  if (sum(least) > room.blocks || room.size / parts.length < 120)
    return drawButtons(card.assignmentId, parts, said)
  // A table takes a block more for the text above it, and one for the text below.
  const tabled = room.tables && sum(least) + 2 <= room.blocks ? parts.findIndex(hasTable) : -1
  const blocks = share(
    needs.map((need) => need.blocks),
    room.blocks - (tabled < 0 ? 0 : 2),
    least,
  )
  const sizes = share(
    needs.map((need) => need.size),
    room.size,
  )
  return parts.flatMap((part, i) =>
    drawPart(
      card.assignmentId,
      part,
      { ...room, blocks: blocks[i] ?? 0, size: sizes[i] ?? 0, tables: i === tabled },
      said,
    ),
  )
}

/** A text in full, as pages for a reader window; a page is parsed when it is drawn. */
export function drawPages(
  content: Content,
  said: Words,
  rendering: Rendering = rendererVersion,
): (() => Block[])[] {
  const pages: Piece[][] = [[]]
  let size = 0
  for (const piece of piecesOf(content, said, rendering)) {
    const page = pages.at(-1) ?? []
    const isFull = page.length >= budgets.pagePieces || size + piece.size > budgets.pageChars
    if (isFull && page.length > 0) pages.push([])
    pages.at(-1)?.push(piece)
    size = (isFull ? 0 : size) + piece.size
  }
  return pages.map((page) => () => {
    const drawn = page.flatMap((piece) => drawPiece(piece, said))
    if (jsonSize(drawn) <= budgets.viewBytes) return drawn
    // Mostly formatting: as it was written, it fits.
    return page.flatMap((piece) => drawPiece({ ...piece, read: piece.readPlain }, said))
  })
}

/** A part of a turn; the first part has its role. */
type Piece = TextPart & { role: string | null }

function piecesOf(content: Content, said: Words, rendering: Rendering): Piece[] {
  return turnsOf(content, said).flatMap(({ role, text }) => {
    const parts = text === '' ? [nothing] : readParts(text, rendering)
    return parts.map((part, i) => ({ ...part, role: i === 0 ? role : null }))
  })
}

const nothing: TextPart = { raw: '', size: 0, read: () => [], readPlain: () => [] }

function drawPiece({ role, read }: Piece, said: Words): Block[] {
  const blocks = read()
  return [
    ...(role === null ? [] : [context(role)]),
    ...(isEmpty(blocks) ? [context(said.empty)] : drawRich(blocks)),
  ]
}

/** The start of a text within `most` characters, with "…" where it is cut. */
export function drawExcerpt(
  text: string,
  most: number,
  said: Words,
): { drawn: Block[]; isWhole: boolean } {
  const start = readStart(text, most)
  if (isEmpty(start.blocks)) return { drawn: [context(said.empty)], isWhole: true }
  const { head, tail } = takeBlocks(start.blocks, most, messagePrice)
  const isWhole = tail.length === 0 && start.isWhole
  return { drawn: drawRich(isWhole ? head : [...head, ...plainBlocks('…')]), isWhole }
}

function isEmpty(blocks: readonly Passage[]): boolean {
  return textOf(blocks).trim() === ''
}

function partsOf(card: Readable, room: Room, said: Words): Part[] {
  const contents = [...card.passages, ...card.outputs].map(({ content }) => turnsOf(content, said))
  const needs = contents.map((turns) => turns.reduce((sum, { text }) => sum + text.length, 0))
  // Many long texts share the room, and no more than its share of each is parsed.
  const given = share(needs, Math.min(room.size, budgets.readChars))
  const turns = contents.map((all, i) =>
    all.map(({ role, text }) => ({
      role,
      size: text.length,
      ...readStart(text, given[i] ?? 0, card.rendering),
    })),
  )
  return [
    ...card.passages.map(({ name, title }, i) => ({
      title,
      ref: { field: name },
      turns: turns[i] ?? [],
    })),
    ...card.outputs.map(({ letter }, place) => ({
      title: said.output(letter),
      ref: { output: place },
      turns: turns[card.passages.length + place] ?? [],
    })),
  ]
}

function hasTable(part: Part): boolean {
  return part.turns.some(({ blocks }) => blocks.some(isDrawableTable))
}

/** The room a part needs to be shown in full. */
function measure(part: Part, room: Room): { blocks: number; size: number } {
  let blocks = 1
  let size = costOf(part.title, costs[room.on]) + headSize
  for (const { role, blocks: turn, isWhole } of part.turns) {
    blocks += role === null ? 1 : 2
    size += (role === null ? 0 : roleSize) + turnSize
    size += isWhole ? costOfBlocks(turn, prices[room.on]) : room.size
  }
  return { blocks, size }
}

/** What a heading, a role and a block cost besides their text. */
const [headSize, roleSize, turnSize] = [100, 100, 40]

function drawPart(assignmentId: string, part: Part, room: Room, said: Words): Block[] {
  const body: Block[] = []
  const price = prices[room.on]
  let size = room.size - costOf(part.title, costs[room.on]) - headSize
  let left = room.blocks - 1
  let shown = 0
  let whole = true
  let tables = room.tables === true
  for (const turn of part.turns) {
    const about = turn.role === null ? 0 : 1
    const room = size - about * roleSize - turnSize
    // A role without any of its text would say nothing.
    if (left < about + 1) {
      whole = false
      break
    }
    const { head, tail } = takeBlocks(turn.blocks, room, price, body.length === 0 ? 1 : undefined)
    whole = tail.length === 0 && turn.isWhole
    if (head.length === 0 && !whole) break
    const drawn = isEmpty(head) ? [context(said.empty)] : drawRich(head, tables)
    if (drawn.some(({ type }) => type === 'table')) tables = false
    body.push(...(turn.role === null ? [] : [context(turn.role)]), ...drawn)
    size = room - costOfBlocks(head, price)
    left -= about + 1
    shown += lengthOf(head)
    if (!whole) break
  }
  if (whole) return [heading(part.title), ...body]
  const all = part.turns.reduce((sum, turn) => sum + turn.size, 0)
  const of = Math.max(2, Math.ceil(all / Math.max(1, shown)))
  const more = button(said.readAll(part.title), readId(assignmentId, part.ref, 0, 'read'))
  return [heading(part.title, ` · ${said.partOf(1, of)}`, more), ...body]
}

/** A button for each text, when not even their starts fit. */
function drawButtons(assignmentId: string, parts: Part[], said: Words): Block[] {
  const buttons = parts.map((part) =>
    button(said.read(part.title), readId(assignmentId, part.ref, 0, 'read')),
  )
  const rows: Block[] = []
  for (let i = 0; i < buttons.length; i += limits.actionsElements)
    rows.push(actions(...buttons.slice(i, i + limits.actionsElements)))
  return rows
}

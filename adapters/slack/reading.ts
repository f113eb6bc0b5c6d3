/**
 * Draws what is to be read: passages and outputs as plain sections. What has no room is never cut
 * silently: it says "part 1 of 4" and a button opens all of it in a reader window.
 */
import { type Turn, turnsOf } from '../../src/chat/content.ts'
import type { Content, ReaderPart, TaskCard } from '../../src/chat/port.ts'
import { costOf, escapedCost, jsonCost, share, splitText, startOf } from '../../src/chat/text.ts'
import type { Words } from '../../src/chat/words.ts'
import {
  actions,
  type Block,
  button,
  context,
  folding,
  heading,
  jsonSize,
  section,
} from './blocks.ts'
import { readId } from './ids.ts'
import { budgets, limits } from './limits.ts'

/**
 * How much may be drawn: blocks, and characters (messages) or escaped bytes (views). `folds`: long
 * texts may be folded away, which Slack knows in messages alone.
 */
export type Room = {
  blocks: number
  size: number
  cost: (unit: number) => number
  folds?: boolean
}

export const messageCost = escapedCost
export const viewCost = jsonCost

type Readable = Pick<TaskCard, 'assignmentId' | 'passages' | 'outputs'>
/** What a turn is drawn with; messages and containers take both. */
type Line = ReturnType<typeof context> | ReturnType<typeof section>
type Part = { title: string; ref: ReaderPart; turns: Turn[] }

/** The passages and outputs of a card, each whole or its start, within the room given. */
export function drawReading(card: Readable, room: Room, said: Words): Block[] {
  const parts = partsOf(card, said)
  const needs = parts.map((part) => measure(part, room))
  const least = parts.map((part) => (part.turns.some((turn) => turn.role !== null) ? 3 : 2))
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  if (sum(least) > room.blocks || room.size / parts.length < 120)
    return drawButtons(card.assignmentId, parts, said)
  const blocks = share(
    needs.map((need) => need.blocks),
    room.blocks,
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
      { ...room, blocks: blocks[i] ?? 0, size: sizes[i] ?? 0 },
      said,
    ),
  )
}

/** One text in full, as pages of blocks for a reader window. */
export function drawPages(content: Content, said: Words): Block[][] {
  const pages: Block[][] = [[]]
  let size = 0
  for (const block of turnsOf(content, said).flatMap((turn) => drawTurn(turn, said))) {
    const bytes = jsonSize(block)
    const page = pages.at(-1) ?? []
    if (page.length > 0 && (page.length >= 90 || size + bytes > budgets.viewBytes)) {
      pages.push([block])
      size = bytes
    } else {
      page.push(block)
      size += bytes
    }
  }
  return pages
}

function partsOf(card: Readable, said: Words): Part[] {
  return [
    ...card.passages.map(({ name, title, content }) => ({
      title,
      ref: { field: name },
      turns: turnsOf(content, said),
    })),
    ...card.outputs.map(({ letter, content }, place) => ({
      title: said.output(letter),
      ref: { output: place },
      turns: turnsOf(content, said),
    })),
  ]
}

/** What a part needs to be shown whole. */
function measure(part: Part, room: Room): { blocks: number; size: number } {
  let blocks = 1
  let size = costOf(part.title, room.cost) + 100
  for (const { role, text } of part.turns) {
    if (role !== null) {
      blocks += 1
      size += roleSize
    }
    const long = costOf(text, escapedCost)
    blocks += long <= limits.sectionText ? 1 : Math.ceil(long / (limits.sectionText * 0.6))
    size += costOf(text, room.cost)
  }
  return { blocks, size }
}

const roleSize = 100

function drawPart(assignmentId: string, part: Part, room: Room, said: Words): Block[] {
  const body: Line[] = []
  let size = room.size - costOf(part.title, room.cost) - 100
  let shown = 0
  let whole = true
  for (const turn of part.turns) {
    const about = turn.role === null ? 0 : 1
    const left = size - about * roleSize
    if (left < 20 && costOf(turn.text, room.cost) > left && body.length > 0) {
      whole = false
      break
    }
    const start = startOf(turn.text, left, room.cost)
    const drawn = drawTurn({ ...turn, text: start }, said)
    const kept = drawn.slice(0, room.blocks - 1 - body.length)
    whole = start === turn.text && kept.length === drawn.length
    // A role without a word of its text says nothing.
    if (kept.length <= about) break
    body.push(...kept)
    size = left - costOf(start, room.cost)
    shown += kept.reduce((sum, block) => sum + lengthOf(block), 0)
    if (!whole) break
  }
  if (whole && room.folds && shown >= foldedFrom && body.length <= limits.containerBlocks)
    return [folding(part.title, body)]
  if (whole) return [heading(part.title), ...body]
  const all = part.turns.reduce((sum, turn) => sum + turn.text.length, 0)
  const of = Math.max(2, Math.ceil(all / Math.max(1, shown)))
  const more = button(said.readAll(part.title), readId(assignmentId, part.ref, 0, 'read'))
  return [heading(part.title, ` · ${said.partOf(1, of)}`, more), ...body]
}

/** A shorter text is not worth folding. */
const foldedFrom = 600

function lengthOf(block: Block): number {
  return block.type === 'section' ? (block.text?.text.length ?? 0) : 0
}

function drawTurn({ role, text }: Turn, said: Words): Line[] {
  const above = role === null ? [] : [context(role)]
  if (text.trim() === '') return [...above, context(said.empty)]
  const pieces = splitText(text, limits.sectionText, { cost: escapedCost })
  // Slack refuses a section of nothing but blanks.
  return [
    ...above,
    ...pieces.map(({ raw }) => (raw.trim() === '' ? context(said.empty) : section(raw))),
  ]
}

/** When not even the starts fit: a button for each text. */
function drawButtons(assignmentId: string, parts: Part[], said: Words): Block[] {
  const buttons = parts.map((part) =>
    button(said.read(part.title), readId(assignmentId, part.ref, 0, 'read')),
  )
  const rows: Block[] = []
  for (let i = 0; i < buttons.length; i += limits.actionsElements)
    rows.push(actions(...buttons.slice(i, i + limits.actionsElements)))
  return rows
}

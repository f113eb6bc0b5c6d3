/**
 * Counts the size of a message; nothing else does. Discord counts code points and UTF-8 bytes; both are
 * combined into one size here, so that a text within it satisfies both limits in any script.
 */
import { costOf, splitText, startOf } from '../../../src/chat/text.ts'
import { takeBlocks } from '../../../src/markdown/cut.ts'
import { readParts, readStart } from '../../../src/markdown/read.ts'
import {
  type Block,
  lengthOf,
  plainBlocks,
  type Rendering,
  rendererVersion,
} from '../../../src/markdown/tree.ts'
import { budgets, limits } from '../limits.ts'
import { type Component, markdown, plain, type TextDisplay } from './components.ts'
import { escapeDiscord, mayBeEscaped } from './escape.ts'
import { drawMarkdown, markdownPrice } from './markdown.ts'

/** A used or available size. */
export type Room = { components: number; size: number }

export const messageRoom: Room = { components: limits.components, size: budgets.size }

/** The weight of a byte relative to a code point. */
const byteWeight = budgets.size / budgets.bytes
/** The fixed size of a text display, besides its text. */
export const displaySize = Math.ceil(limits.textDisplayBytes * byteWeight)

/** The size of a text as it is drawn. */
export function sizeOf(drawn: string): number {
  return Math.ceil(costOf(drawn, unitSize))
}

/** The size of components, including nested ones. */
export function takenBy(components: readonly Component[]): Room {
  let count = 0
  let size = 0
  for (const component of components) {
    count += 1
    if (component.type === 10) size += sizeOf(component.content) + displaySize
    if (component.type === 1) count += component.components.length
    if (component.type !== 9 && component.type !== 17) continue
    const inside = takenBy(component.components)
    count += inside.components + (component.type === 9 ? 1 : 0)
    size += inside.size
  }
  return { components: count, size }
}

export function fits(components: readonly Component[], room = messageRoom): boolean {
  const taken = takenBy(components)
  return taken.components <= room.components && taken.size <= room.size
}

/** The size of an escaped text in its own display. */
export function drawnSize(text: string): number {
  return sizeOf(escapeDiscord(text)) + displaySize
}

/**
 * The start of a text that fits the given size once escaped: `raw` is the part shown, `drawn` the
 * escaped text with an open code fence closed.
 */
export function startWithin(text: string, most: number): { raw: string; drawn: string } {
  if (text.length <= most * 2) {
    const drawn = escapeDiscord(text)
    if (sizeOf(drawn) <= most) return { raw: text, drawn }
  }
  for (const share of [1, 0.9, 0.75]) {
    const [first] = splitText(reach(text, most), most * share, { cost: unitSize, fences: true })
    const drawn = escapeDiscord(first?.text ?? '')
    if (first && sizeOf(drawn) <= most) return { raw: first.raw, drawn }
  }
  const raw = startOf(text, most, escapedUnit)
  return { raw, drawn: escapeDiscord(raw) }
}

/** The maximum size of Markdown blocks. */
const price = markdownPrice(unitSize)

const written = new WeakMap<readonly Block[], { drawn: string; cost: number }>()

/** Caches the rendered blocks of texts that are drawn repeatedly. */
export function writtenOnce(blocks: readonly Block[]): { drawn: string; cost: number } {
  const known = written.get(blocks)
  if (known) return known
  const drawn = drawMarkdown(blocks)
  const made = { drawn, cost: costOf(drawn, unitSize) }
  written.set(blocks, made)
  return made
}

/** The rendered start of a text within the given size; `shown` is how much of the text that is. */
export function renderedWithin(
  text: string,
  most: number,
  rendering: Rendering = rendererVersion,
): { drawn: string; isWhole: boolean; shown: number } {
  const { blocks, isWhole } = readStart(text, most, rendering)
  if (isWhole && text.length <= most * 2) {
    const { drawn, cost } = writtenOnce(blocks)
    if (Math.ceil(cost) <= most) return { drawn, isWhole: true, shown: text.length }
  }
  for (const share of [1, 0.8, 0.6]) {
    const { head } = takeBlocks(blocks, most * share, price, 10)
    const drawn = drawMarkdown(head)
    if (head.length > 0 && sizeOf(drawn) <= most)
      return { drawn, isWhole: false, shown: Math.min(text.length - 1, lengthOf(head)) }
  }
  const { raw, drawn } = startWithin(text, most)
  return { drawn, isWhole: raw === text, shown: raw.length }
}

/** A text in pieces of at most the given size, each rendered when it is drawn. */
export function renderedPieces(
  text: string,
  most: number,
  rendering: Rendering = rendererVersion,
): { raw: string; size: number; draw: () => string }[] {
  return readParts(text, rendering, { most, cost: escapedUnit }).map((part) => ({
    raw: part.raw,
    size: costOf(part.raw, escapedUnit),
    draw: () => {
      const drawn = drawMarkdown(part.read())
      if (sizeOf(drawn) <= most) return drawn
      // The escaped source fits, because pieces are measured by it.
      return drawMarkdown(plainBlocks(part.raw))
    },
  }))
}

/** An untrusted text as a display: all of it, or its start and "…". */
export function textWithin(text: string, most: number = budgets.size - 100): TextDisplay {
  const { raw, drawn } = startWithin(text, most - 2)
  if (drawn.trim() === '') return plain('…')
  return markdown(raw === text || drawn.endsWith('```') ? drawn : `${drawn}…`)
}

/** As many of these drawn lines as fit the size, joined by line breaks. */
export function linesWithin(lines: readonly string[], most: number): TextDisplay {
  const kept: string[] = []
  let left = most
  for (const line of lines) {
    left -= sizeOf(line) + 1
    if (left < 0) break
    kept.push(line)
  }
  return markdown(kept.length === lines.length ? kept.join('\n') : [...kept, '…'].join('\n'))
}

/** A text in pieces that each fit the size given once escaped; `raw` joined is the text itself. */
export function piecesWithin(text: string, most: number): { raw: string; drawn: string }[] {
  return splitText(text, most, { cost: unitSize, fences: true }).flatMap(({ raw, text: shown }) => {
    const drawn = escapeDiscord(shown)
    if (sizeOf(drawn) <= most) return [{ raw, drawn }]
    return splitText(raw, most, { cost: escapedUnit }).map((piece) => ({
      raw: piece.raw,
      drawn: escapeDiscord(piece.raw),
    }))
  })
}

/** The relevant start of a text: splitting 100,000 characters to show the first piece is slow. */
function reach(text: string, most: number): string {
  const end = Math.ceil(most * 3) + 1000
  return text.length <= end ? text : startOf(text, end)
}

/** The size of one UTF-16 unit: half a surrogate pair is half a code point and two bytes. */
function unitSize(unit: number): number {
  if (unit < 0x80) return 1
  if (unit < 0x800) return Math.max(1, 2 * byteWeight)
  if (unit >= 0xd800 && unit <= 0xdfff) return Math.max(0.5, 2 * byteWeight)
  return Math.max(1, 3 * byteWeight)
}

/** The same, with every escapable character escaped. */
function escapedUnit(unit: number): number {
  return mayBeEscaped(unit) ? 2 : unitSize(unit)
}

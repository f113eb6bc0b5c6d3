/**
 * A text as blocks, read once: by its hash and the renderer's version it is found again. A long text
 * is read in segments, so that its start costs no more than a short text.
 */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type Cost, costOf, firstWords, splitText } from '../chat/text.ts'
import { parseMarkdown } from './parse.ts'
import {
  type Block,
  lengthOf,
  plainBlocks,
  type Rendering,
  rendererVersion,
  textOf,
} from './tree.ts'

/** Enough to keep a card of ten long outputs while a few dozen people read it. */
const kept = new LRUCache<string, Block[]>({
  maxSize: 8_000_000,
  sizeCalculation: (blocks) => 200 + lengthOf(blocks) * 2,
})

/** Longer texts are read segment by segment. */
const segmentSize = 4000

/** All blocks of a text; of one that is read at once the very same blocks each time. */
export function readBlocks(text: string, rendering: Rendering = rendererVersion): readonly Block[] {
  if (text.length <= segmentSize) return readOnce(text, rendering)
  if (rendering === 'raw') return plainBlocks(text)
  return readParts(text, rendering).flatMap((part) => part.read())
}

/** A text part by part, each read when it is asked for: `size` is how long the part is as written. */
export type TextPart = {
  raw: string
  size: number
  read: () => readonly Block[]
  readPlain: () => readonly Block[]
}

export function readParts(
  text: string,
  rendering: Rendering = rendererVersion,
  by: { most: number; cost?: Cost } = { most: segmentSize },
): TextPart[] {
  if (rendering === 'raw')
    return splitText(text, by.most, by).map(({ raw }) => ({
      raw,
      size: raw.length,
      read: () => plainBlocks(raw),
      readPlain: () => plainBlocks(raw),
    }))
  return segmentsOf(text, by).map((segment) => ({
    raw: segment.raw,
    size: segment.raw.length,
    read: () => readSegment(segment),
    readPlain: () => plainBlocks(segment.raw),
  }))
}

/** The blocks of a text's start: at least `most` characters of it, where it has them. */
export function readStart(
  text: string,
  most: number,
  rendering: Rendering = rendererVersion,
): { blocks: readonly Block[]; isWhole: boolean } {
  if (rendering === 'raw' && text.length > segmentSize)
    return { blocks: plainBlocks(text), isWhole: true }
  if (text.length <= segmentSize) return { blocks: readBlocks(text, rendering), isWhole: true }
  const enough = Math.max(segmentSize, Math.ceil(most * 1.25))
  // No more is looked at than can matter: cutting a very long text to show its start is slow.
  const isWhole = text.length <= enough + segmentSize
  const segments = segmentsOf(isWhole ? text : text.slice(0, enough + segmentSize).toWellFormed())
  return {
    blocks: (isWhole ? segments : segments.slice(0, -1)).flatMap(readSegment),
    isWhole,
  }
}

/** The first words of a text as it reads, on one line: without the marks of Markdown. */
export function firstWordsOf(text: string, most: number): string {
  const start = text.slice(0, most * 4).toWellFormed()
  return firstWords(textOf(readBlocks(start)), most) || firstWords(text, most)
}

/** `goesOn`: it begins inside of code that was opened before. */
type Segment = { raw: string; text: string; goesOn: boolean }

function segmentsOf(
  text: string,
  { most, cost }: { most: number; cost?: Cost } = { most: segmentSize },
): Segment[] {
  if (costOf(text, cost) <= most) return [{ raw: text, text, goesOn: false }]
  return splitText(text, most, { fences: true, ...(cost ? { cost } : {}) }).map(
    ({ raw, text }) => ({
      raw,
      text,
      goesOn: !text.startsWith(raw),
    }),
  )
}

function readSegment({ text, goesOn }: Segment): readonly Block[] {
  const blocks = readOnce(text)
  const [first, ...rest] = blocks
  return goesOn && first?.type === 'code' ? [{ ...first, goesOn }, ...rest] : blocks
}

function readOnce(text: string, rendering: Rendering = rendererVersion): readonly Block[] {
  const key = `${rendering}:${hash('sha256', text, 'base64')}`
  const found = kept.get(key)
  if (found) return found
  const blocks = rendering === 'raw' ? plainBlocks(text) : parseMarkdown(text)
  kept.set(key, blocks)
  return blocks
}

/** Cuts blocks where room ends: never inside a character, code at a line, and nothing is lost. Pure. */
import { costOf, startOf } from '../chat/text.ts'
import { type Block, type Run, ruleText, tableText } from './tree.ts'

/** What things cost where they are drawn, as an upper bound. */
export type Price = {
  /** One UTF-16 unit of a block's text. */
  unit: (unit: number, block: Block) => number
  /** Each run of a style, and each block, besides their text. */
  run: number
  block: number
}

/** What blocks were found to cost: they never change, and are priced again at every drawing. */
const known = new WeakMap<Price, WeakMap<Block, number>>()

export function costOfBlock(block: Block, price: Price): number {
  const costs = known.get(price) ?? new WeakMap<Block, number>()
  known.set(price, costs)
  const found = costs.get(block)
  if (found !== undefined) return found
  const cost = countBlock(block, price)
  costs.set(block, cost)
  return cost
}

function countBlock(block: Block, price: Price): number {
  const unit = (code: number) => price.unit(code, block)
  switch (block.type) {
    case 'code':
      return price.block + costOf(block.language ?? '', unit) + costOf(block.text, unit)
    case 'rule':
      return price.block + costOf(ruleText, unit)
    case 'table':
      return costOfBlock(asCode(block), price)
    default:
      return price.block + block.runs.reduce((sum, run) => sum + costOfRun(run, unit, price), 0)
  }
}

export function costOfBlocks(blocks: readonly Block[], price: Price): number {
  return blocks.reduce((sum, block) => sum + costOfBlock(block, price), 0)
}

/** What a run costs; of one beyond `most`, only that it is. */
function costOfRun(
  { text, url }: Run,
  unit: (code: number) => number,
  price: Price,
  most = Number.POSITIVE_INFINITY,
): number {
  let sum = price.run + costOf(url ?? '', unit)
  for (let i = 0; i < text.length && sum <= most; i++) sum += unit(text.charCodeAt(i))
  return sum
}

/** The blocks that fit, the last one perhaps cut where `least` of it do; and those that do not. */
export function takeBlocks(
  blocks: readonly Block[],
  most: number,
  price: Price,
  least = leastPart,
): { head: Block[]; tail: Block[] } {
  const head: Block[] = []
  let left = most
  for (const [i, block] of blocks.entries()) {
    const cost = costOfBlock(block, price)
    if (cost <= left) {
      head.push(block)
      left -= cost
      continue
    }
    const [first, second] = cutBlock(block, left, price, head.length === 0 ? least : leastPart)
    return {
      head: first ? [...head, first] : head,
      tail: [...(second ? [second] : []), ...blocks.slice(i + 1)],
    }
  }
  return { head, tail: [] }
}

/** Splits blocks into pages that fit, with at least one character on each. */
export function portionsOf(blocks: readonly Block[], most: number, price: Price): Block[][] {
  const portions: Block[][] = []
  let rest: readonly Block[] = blocks
  while (rest.length > 0) {
    let { head, tail } = takeBlocks(rest, most, price)
    if (head.length === 0) {
      const [first, ...others] = rest
      if (!first) break
      const [start, end] = forceCut(first, most, price)
      head = [start]
      tail = [...(end ? [end] : []), ...others]
    }
    portions.push(head)
    rest = tail
  }
  return portions
}

/** A cut below this would leave a word or two; the whole block moves to the next page. */
const leastPart = 40

function cutBlock(
  block: Block,
  most: number,
  price: Price,
  least: number,
): [Block | null, Block | null] {
  if (block.type === 'rule') return [null, block]
  if (most - price.block - price.run < least) return [null, block]
  return forceCut(block, most, price)
}

function forceCut(block: Block, most: number, price: Price): [Block, Block | null] {
  if (block.type === 'rule') return [block, null]
  if (block.type === 'table') return forceCut(asCode(block), most, price)
  const unit = (code: number) => price.unit(code, block)
  if (block.type === 'code') {
    const name = costOf(block.language ?? '', unit)
    const start = startOf(block.text, Math.max(1, most - price.block - name), unit)
    const rest = block.text.slice(start.length)
    // The line break goes with the cut: both halves are fences of their own.
    return [
      { ...block, text: rest === '' ? start : start.replace(/\n$/, '') },
      rest === '' ? null : { ...block, text: rest, goesOn: true },
    ]
  }
  let left = most - price.block
  for (const [i, run] of block.runs.entries()) {
    const cost = costOfRun(run, unit, price, left)
    if (cost <= left) {
      left -= cost
      continue
    }
    const room = left - price.run - costOf(run.url ?? '', unit)
    if (room < leastPart / 2 && i > 0) return cutAt(block, i, null, null)
    const start = startOf(run.text, Math.max(1, room), unit)
    const end = run.text.slice(start.length)
    return cutAt(block, i, { ...run, text: start }, end === '' ? null : { ...run, text: end })
  }
  return [block, null]
}

type Words = Extract<Block, { runs: Run[] }>

/** Before the run `at`, or inside it. What follows an item's start goes on in the item. */
function cutAt(
  block: Words,
  at: number,
  start: Run | null,
  end: Run | null,
): [Block, Block | null] {
  const { quote, depth } = block
  const runs = [...block.runs.slice(0, at), ...(start ? [start] : [])]
  const rest = [...(end ? [end] : []), ...block.runs.slice(start ? at + 1 : at)]
  if (rest.length === 0) return [block, null]
  const tail: Block =
    block.type === 'heading'
      ? { ...block, runs: rest }
      : { type: 'paragraph', quote, depth, runs: rest }
  return [{ ...block, runs }, tail]
}

function asCode(block: Extract<Block, { type: 'table' }>): Extract<Block, { type: 'code' }> {
  const { quote, depth } = block
  return { type: 'code', quote, depth, language: null, text: tableText(block) }
}

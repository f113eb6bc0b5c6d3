/**
 * Reads Markdown (CommonMark and GFM) into blocks. HTML is text, LaTeX is code, a line break is one,
 * and nothing that somebody wrote is left out: what cannot be shown as it is meant is shown as it is.
 */
import type {
  AlignType,
  Definition,
  List,
  ListItem,
  PhrasingContent,
  Root,
  RootContent,
} from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { formulaMark, formulasIn, putAside, putBack } from './formulas.ts'
import { safeUrl, trueAddress } from './links.ts'
import {
  type Block,
  outside,
  type Place,
  plainBlocks,
  type Run,
  runsText,
  type Style,
} from './tree.ts'

const extensions = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }

/** Blocks of a text that is short enough to be read at once; see read.ts. Never throws. */
export function parseMarkdown(text: string): Block[] {
  if (!marked.test(text)) return paragraphsOf(text)
  return (
    unlessTooDeep(() => {
      const parsed = parseTree(text)
      if (parsed === null) return null
      const definitions = new Map<string, Definition>()
      const { children } = parsed.tree
      for (const node of children) if (node.type === 'definition') define(definitions, node)
      const out: Block[] = []
      const reading: Reading = { formulas: parsed.formulas, definitions, out, lastLine: 0 }
      for (const node of children) readBlock(node, outside, reading)
      return out
    }) ?? plainBlocks(text)
  )
}

/** A text's own tree, with a mark in place of each formula; null when it nests deeper than anybody reads. */
export function parseTree(text: string): { tree: Root; formulas: readonly string[] } | null {
  if (isNested(text)) return null
  return unlessTooDeep(() => {
    const aside = putAside(text)
    return { tree: fromMarkdown(aside.text, extensions), formulas: aside.formulas }
  })
}

/** What `read` returns, or null where a line nests so deeply that the calls run out. */
export function unlessTooDeep<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** Anything that may be markup; most prompts have none and need no parser. */
const marked = /[\\`*_~[\]<&|$@]|^[ \t]*(?:[#>+=-]|\d{1,9}[.)])|^(?: {4}| {0,3}\t)|:\/\/|www\./im

function paragraphsOf(text: string): Block[] {
  return text
    .split(/\n[ \t]*\n\s*/)
    .filter((one) => one.trim() !== '')
    .map((one) => ({ type: 'paragraph', ...outside, runs: [run(one)] }))
}

type Reading = {
  formulas: readonly string[]
  definitions: ReadonlyMap<string, Definition>
  out: Block[]
  /** Where the block before ended, as a line. */
  lastLine: number
}

/** Quotes and lists in each other that are still read as such. */
export const mostNested = 12

/** Whether a line opens more quotes and lists than anybody reads; parsers take very long over such. */
function isNested(text: string): boolean {
  const lines = text.matchAll(/^[ \t]*(?:(?:>|[-+*][ \t]|\d{1,9}[.)][ \t])[ \t]*){12,}/gm)
  for (const [opening] of lines) {
    if (!/^\s*([-*+]\s*)+$/.test(opening)) return true
    if ((opening.match(/[-*+]/g) ?? []).length > mostNested * 4) return true
  }
  return false
}

function define(definitions: Map<string, Definition>, node: Definition): void {
  if (!definitions.has(node.identifier)) definitions.set(node.identifier, node)
}

/** Over sixty lines: one case for each kind of block. */
function readBlock(node: RootContent, where: Place, reading: Reading): void {
  const { out, formulas } = reading
  const isBelow = reading.lastLine > 0 && node.position?.start.line === reading.lastLine + 1
  const isLeaf = !('children' in node) || node.type === 'paragraph' || node.type === 'heading'
  const place = isLeaf && isBelow ? { ...where, tight: true as const } : where
  if (isLeaf || node.type === 'table') reading.lastLine = node.position?.end.line ?? 0
  switch (node.type) {
    case 'paragraph': {
      const [only, more] = node.children
      const alone = !more && only?.type === 'text' ? formulaAlone(only.value, formulas) : null
      if (alone !== null) out.push({ type: 'code', ...place, language: null, text: alone })
      else out.push({ type: 'paragraph', ...place, runs: runsOf(node.children, {}, reading) })
      return
    }
    case 'heading':
      out.push({
        type: 'heading',
        ...place,
        level: node.depth,
        runs: runsOf(node.children, {}, reading),
      })
      return
    case 'thematicBreak':
      out.push({ type: 'rule', ...place })
      return
    case 'blockquote':
      for (const child of node.children)
        readBlock(child, { ...where, quote: where.quote + 1 }, reading)
      return
    case 'list':
      if (isLone(node)) readLone(node, place, reading)
      else
        for (const [i, item] of node.children.entries())
          readItem(item, node.ordered ? (node.start ?? 1) + i : null, place, reading)
      return
    case 'code':
      readCode(node.lang ?? null, node.meta ?? null, node.value, place, reading)
      return
    case 'html':
      out.push({ type: 'paragraph', ...place, runs: [run(putBack(node.value, formulas))] })
      return
    case 'table':
      out.push({
        type: 'table',
        ...place,
        align: (node.align ?? []).map((one: AlignType) => one ?? null),
        rows: node.children.map((row) =>
          row.children.map((cell) => runsOf(cell.children, {}, reading)),
        ),
      })
      return
    case 'definition': {
      const title = node.title ? ` "${node.title}"` : ''
      const words = putBack(`[${node.label ?? node.identifier}]: ${node.url}${title}`, formulas)
      out.push({ type: 'paragraph', ...place, runs: [run(words)] })
      return
    }
    case 'footnoteDefinition': {
      const from = out.length
      for (const child of node.children) readBlock(child, place, reading)
      prefix(out, from, `[^${putBack(node.label ?? node.identifier, formulas)}]: `, place)
      return
    }
    default:
      // Nothing else stands outside a line; if it ever does, it is text.
      out.push({
        type: 'paragraph',
        ...place,
        runs: runsOf([node as PhrasingContent], {}, reading),
      })
  }
}

/** "36. Take 10%, …" answers a question and begins no list: its number is what was asked. */
export function isLone({ ordered, start, children }: List): boolean {
  return ordered === true && (start ?? 1) > 1 && children.length === 1
}

function readLone({ start, children }: List, place: Place, reading: Reading): void {
  const from = reading.out.length
  for (const child of children.flatMap((item) => item.children)) readBlock(child, place, reading)
  prefix(reading.out, from, `${start}. `, place)
}

function readItem(item: ListItem, number: number | null, place: Place, reading: Reading): void {
  const inside = { ...place, depth: place.depth + 1 }
  const tick = item.checked === true ? '☑ ' : item.checked === false ? '☐ ' : ''
  const [first, ...rest] = item.children
  const own = first?.type === 'paragraph' ? first : null
  const runs = own ? runsOf(own.children, {}, reading) : []
  reading.lastLine = own?.position?.end.line ?? 0
  if (tick !== '') runs.unshift(run(tick))
  reading.out.push({ type: 'item', ...inside, number, runs })
  for (const child of own ? rest : item.children) readBlock(child, inside, reading)
}

function readCode(
  language: string | null,
  meta: string | null,
  value: string,
  place: Place,
  { out, formulas }: Reading,
): void {
  const info = putBack([language ?? '', meta ?? ''].join(' ').trim(), formulas)
  const isName = /^[A-Za-z0-9_+\-.#]{1,30}$/.test(info)
  // What stands behind a fence and names no language is a text nobody should miss.
  if (info !== '' && !isName)
    out.push({ type: 'paragraph', ...place, runs: [run(info, { code: true })] })
  const text = putBack(value, formulas)
  out.push({ type: 'code', ...place, language: isName ? info : null, text })
}

/** A formula and nothing else, over several lines or set apart. */
function formulaAlone(value: string, formulas: readonly string[]): string | null {
  const mark = new RegExp(`^${formulaMark.source}$`).exec(value)
  const formula = mark ? formulas[Number(mark[1])] : undefined
  return formula !== undefined && /^(?:\$\$|\\\[)/.test(formula) ? formula : null
}

function prefix(out: Block[], from: number, text: string, place: Place): void {
  const first = out[from]
  if (first && 'runs' in first) first.runs.unshift(run(text))
  else out.splice(from, 0, { type: 'paragraph', ...place, runs: [run(text.trimEnd())] })
}

function runsOf(nodes: readonly PhrasingContent[], style: Style, reading: Reading): Run[] {
  return joined(nodes.flatMap((node) => readRuns(node, style, reading)))
}

function readRuns(node: PhrasingContent, style: Style, reading: Reading): Run[] {
  const { formulas } = reading
  const inside = (children: readonly PhrasingContent[], more: Style) =>
    children.flatMap((child) => readRuns(child, { ...style, ...more }, reading))
  switch (node.type) {
    case 'text':
      return formulasIn(node.value, formulas).map(({ text, isFormula }) =>
        run(text, isFormula ? { ...style, code: true } : style),
      )
    case 'strong':
      return inside(node.children, { bold: true })
    case 'emphasis':
      return inside(node.children, { italic: true })
    case 'delete':
      return inside(node.children, { strike: true })
    case 'inlineCode':
      return [run(putBack(node.value, formulas), { ...style, code: true })]
    case 'break':
      return [run('\n', style)]
    case 'html':
      return [run(putBack(node.value, formulas), style)]
    case 'link':
      return linkRuns(inside(node.children, {}), node.url, node.title, style, reading)
    case 'image':
      return imageRuns(node.alt ?? '', node.url, node.title, style, reading)
    case 'linkReference': {
      const to = reading.definitions.get(node.identifier)
      return to
        ? linkRuns(inside(node.children, {}), to.url, null, style, reading)
        : inside(node.children, {})
    }
    case 'imageReference': {
      const to = reading.definitions.get(node.identifier)
      return imageRuns(node.alt ?? '', to?.url ?? '', null, style, reading)
    }
    case 'footnoteReference':
      return [run(`[^${putBack(node.label ?? node.identifier, formulas)}]`, style)]
  }
}

function linkRuns(
  words: Run[],
  given: string,
  title: string | null | undefined,
  style: Style,
  { formulas }: Reading,
): Run[] {
  const address = putBack(given, formulas)
  const url = safeUrl(address)
  const note = title ? [run(` "${putBack(title, formulas)}"`, style)] : []
  if (url === null && runsText(words) === address.replace(/^mailto:/, ''))
    return [...words, ...note]
  if (url === null)
    return [run('[', style), ...words, run(`](${address}`, style), ...note, run(')', style)]
  const isEmpty = runsText(words).trim() === ''
  // A picture in a link leads to itself; then the link stands behind it.
  const behind = isEmpty || words.every((one) => one.url !== undefined)
  const own = words.map((one) => (one.url === undefined ? { ...one, url } : one))
  const own2 = behind ? [...own, { text: `${isEmpty ? '' : ' '}${address}`, style, url }] : own
  return [...own2, ...trueAddress(runsText(words), url), ...note]
}

function imageRuns(
  alt: string,
  given: string,
  title: string | null | undefined,
  style: Style,
  { formulas }: Reading,
): Run[] {
  const [words, address] = [putBack(alt, formulas), putBack(given, formulas)]
  const url = safeUrl(address)
  const note = title ? [run(` "${putBack(title, formulas)}"`, style)] : []
  if (url === null) return [run(`![${words}](${address}`, style), ...note, run(')', style)]
  const shown = words.trim() === '' ? address : words
  return [{ text: shown, style, url }, ...trueAddress(shown, url), ...note]
}

function run(text: string, style: Style = {}): Run {
  return { text, style }
}

/** Neighbours of one style as one run, empty ones left out. */
function joined(runs: readonly Run[]): Run[] {
  const kept: Run[] = []
  for (const one of runs) {
    const last = kept.at(-1)
    if (one.text === '') continue
    if (last && last.url === one.url && isSame(last.style, one.style))
      kept[kept.length - 1] = { ...last, text: last.text + one.text }
    else kept.push(one)
  }
  return kept
}

function isSame(a: Style, b: Style): boolean {
  return a.bold === b.bold && a.italic === b.italic && a.strike === b.strike && a.code === b.code
}

/**
 * A text that somebody else wrote, as HTML that can do nothing: Markdown, code, tables and LaTeX are drawn;
 * scripts, styles, pictures of elsewhere and HTML are text. Long texts are read piece by piece, and
 * others get their turn in between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Nodes, Root } from 'hast'
import { sanitize } from 'hast-util-sanitize'
import { toHtml } from 'hast-util-to-html'
import { raw } from 'hono/html'
import type { Root as Markdown } from 'mdast'
import { toHast } from 'mdast-util-to-hast'
import { splitText } from '../../chat/text.ts'
import { mostNested, parseTree, unlessTooDeep } from '../../markdown/parse.ts'
import type { Rendering } from '../../markdown/tree.ts'
import { allowed } from './allowed.ts'
import { type DrawFormula, openFormulas } from './formula.ts'
import { element, handlersOf, withBreaks } from './nodes.ts'

/** `raw` shows it as it was written; `table` is what a table is called where it is read aloud. */
export type RenderOptions = { rendering?: Rendering; table?: string }

/** HTML to put into a page as it is, in the manner of `hono/html`. */
export type Html = ReturnType<typeof raw>

/** Longer texts are parsed in pieces, each ending at a paragraph where it can. */
const pieceSize = 4000

/** Brackets and stars in a piece, beyond which it is no prose: parsers compare each with all others. */
const mostMarks = pieceSize * 0.3

/** The whole text. Never throws: what nests deeper than anybody reads is shown as it was written. */
export async function renderText(text: string, options: RenderOptions = {}): Promise<Html> {
  const { html } = await renderStart(text, Number.POSITIVE_INFINITY, options)
  return html
}

/** The text's start, at least `most` characters of it; `isWhole` when nothing follows. */
export async function renderStart(
  text: string,
  most: number,
  { rendering = 'markdown-1', table = 'Table' }: RenderOptions = {},
): Promise<{ html: Html; isWhole: boolean }> {
  if (rendering === 'raw') return rawStart(text, most)
  const draw = await formulasFor(text)
  const parts: string[] = []
  let shown = 0
  const near = most < text.length ? text.slice(0, most + 2 * pieceSize).toWellFormed() : text
  const pieces = splitText(near, Math.min(pieceSize, Math.max(most, 500)), { fences: true })
  for (const piece of pieces) {
    if (shown >= most) break
    if (shown > 0) await nextTurn()
    parts.push(htmlOf(piece.text, draw, table))
    shown += piece.raw.length
  }
  const html = raw(`<div class="rendered" dir="auto">${parts.join('\n')}</div>`)
  return { html, isWhole: shown >= text.length }
}

function rawStart(text: string, most: number): { html: Html; isWhole: boolean } {
  const [start] = most < text.length ? splitText(text, most) : [{ raw: text }]
  const shown = start?.raw ?? ''
  const pre = element('pre', { className: ['raw'], dir: 'auto' }, [{ type: 'text', value: shown }])
  return { html: raw(toHtml(pre)), isWhole: shown.length === text.length }
}

/** KaTeX only for texts that may hold a formula. */
async function formulasFor(text: string): Promise<DrawFormula> {
  return /[$\\]/.test(text) ? openFormulas() : () => null
}

function htmlOf(text: string, drawFormula: DrawFormula, table: string): string {
  const html = unlessTooDeep(() => {
    if ((text.match(/[[\]*_~]/g)?.length ?? 0) > mostMarks) return null
    const parsed = parseTree(text)
    if (parsed === null || depthOf(parsed.tree) > mostNested * 2) return null
    return written(drawn(parsed.tree, { formulas: parsed.formulas, drawFormula, table }))
  })
  return html ?? written({ type: 'root', children: [element('p', {}, withBreaks(text))] })
}

function drawn(tree: Markdown, drawing: Parameters<typeof handlersOf>[0]): Nodes {
  return toHast(tree, { handlers: handlersOf(drawing) })
}

/** The last word on what goes out, whatever the parser and the handlers let through. */
function written(tree: Nodes): string {
  const safe = sanitize(tree, allowed) as Root
  return toHtml(isolated(safe))
}

/** Each block runs in its own direction, so that marks of one turn nothing around it. */
function isolated(tree: Root): Root {
  for (const node of tree.children)
    if (node.type === 'element' && node.tagName !== 'hr')
      node.properties = { ...node.properties, dir: node.tagName === 'pre' ? 'ltr' : 'auto' }
  return tree
}

/** Quotes, lists and emphasis in each other, counted without recursion. */
function depthOf(tree: Markdown): number {
  let most = 0
  let level: readonly { children?: unknown }[] = [tree]
  while (level.length > 0 && most <= 1000) {
    level = level.flatMap(({ children }) =>
      Array.isArray(children) ? (children as { children?: unknown }[]) : [],
    )
    most++
  }
  return most
}

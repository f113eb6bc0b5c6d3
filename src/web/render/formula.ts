/**
 * LaTeX as MathML, which browsers draw without scripts and styles. What KaTeX writes is read again, tag by
 * tag, and only what is known is kept: no links, no images, no classes, no colours, and no length that
 * leaves the line it stands in.
 */
import type { Element, ElementContent } from 'hast'
import { inVariant } from './math-letters.ts'

/** Draws a formula as it was written, with its marks; null when it is shown as code instead. */
export type DrawFormula = (source: string) => Element | null

/** Characters of one formula, and of all in one text: typesetting costs a hundred times what reading does. */
const longest = 2000
const mostInText = 20_000
const mostFormulas = 400
const mostMarkup = 200_000

/** What defines macros, or typesets its argument several times over: costs no bound can be given for. */
const costly =
  /\\(?:[gex]?def|let|futurelet|(?:re)?newcommand|providecommand|mathchoice|global|long)\b/

/** How to draw the formulas of one text; loads KaTeX, which texts without any never need. */
export async function openFormulas(): Promise<DrawFormula> {
  const { default: katex } = await import('katex')
  const drawn = new Map<string, Element | null>()
  let left = mostInText
  return (source) => {
    const known = drawn.get(source)
    if (known !== undefined) return known && structuredClone(known)
    const { latex, isDisplay } = bare(source)
    left -= source.length
    if (left < 0 || source.length > longest || drawn.size >= mostFormulas || costly.test(latex))
      return null
    const markup = typeset(katex, latex, isDisplay)
    const element = markup === null ? null : readMarkup(markup)
    drawn.set(source, element)
    return element && structuredClone(element)
  }
}

/** Whether it is set apart, on lines of its own. */
export function isDisplay(source: string): boolean {
  return /^(?:\$\$|\\\[)/.test(source)
}

function bare(source: string): { latex: string; isDisplay: boolean } {
  const marks = source.startsWith('$') && !source.startsWith('$$') ? 1 : 2
  return { latex: source.slice(marks, -marks), isDisplay: isDisplay(source) }
}

type Katex = { renderToString: typeof import('katex')['default']['renderToString'] }

function typeset(katex: Katex, latex: string, displayMode: boolean): string | null {
  let asksTrust = false
  try {
    const markup = katex.renderToString(latex, {
      ...{ output: 'mathml', displayMode, throwOnError: true, strict: 'ignore' },
      ...{ maxExpand: 500, maxSize: mostEm },
      // Links, images and classes: such a formula is shown as it was written.
      trust: () => {
        asksTrust = true
        return false
      },
    })
    return asksTrust || markup.length > mostMarkup ? null : markup
  } catch {
    // No formula after all, or one so deep that the calls run out.
    return null
  }
}

const lengths = ['width', 'height', 'depth', 'lspace', 'rspace', 'voffset', 'minsize', 'maxsize']
const known: Record<string, readonly string[]> = {
  math: ['display'],
  ...Object.fromEntries(
    [
      ...['mrow', 'mi', 'mn', 'mo', 'mtext', 'ms', 'mspace', 'mfrac', 'msqrt', 'mroot', 'mstyle'],
      ...['msub', 'msup', 'msubsup', 'munder', 'mover', 'munderover', 'mmultiscripts', 'menclose'],
      ...['mtable', 'mtr', 'mtd', 'mlabeledtr', 'mpadded', 'mphantom', 'mprescripts', 'none'],
    ].map((name) => [name, lengths]),
  ),
}
/** Attributes whose value is one word of a few. */
const words: Record<string, RegExp> = {
  display: /^(?:block|inline)$/,
  mathvariant: /^normal$/,
  ...Object.fromEntries(
    ['stretchy', 'fence', 'separator', 'symmetric', 'largeop', 'movablelimits', 'accent'].map(
      (name) => [name, /^(?:true|false)$/],
    ),
  ),
  accentunder: /^(?:true|false)$/,
  displaystyle: /^(?:true|false)$/,
  scriptlevel: /^[+-]?\d$/,
  linethickness: /^(?:0|[01](?:\.\d+)?)(?:px|pt|em)?$/,
  mathsize: /^[0-2](?:\.\d+)?em$/,
  notation: /^[a-z ]{1,60}$/,
  form: /^(?:prefix|infix|postfix)$/,
}

/** Ems that a space or a symbol may take; negative ones only pull a letter over its neighbour. */
const mostEm = 10
const leastEm = -1

const token = /<(\/?)([a-z]+)((?: [\w:-]+="[^"]*")*)(\/?)>|([^<]+)/gy

/** The tree of what KaTeX wrote; null at the first thing that is not known. */
function readMarkup(markup: string): Element | null {
  const root: Element = { type: 'element', tagName: 'root', properties: {}, children: [] }
  const open: Element[] = [root]
  let end = 0
  for (const [whole, closes, name = '', attributes = '', isEmpty, text] of markup.matchAll(token)) {
    end += whole.length
    const parent = open.at(-1)
    if (!parent) return null
    if (text !== undefined) parent.children.push({ type: 'text', value: decoded(text) })
    else if (closes) open.pop()
    else {
      const element = elementOf(name, attributes)
      parent.children.push(element)
      if (!isEmpty) open.push(element)
    }
  }
  if (end !== markup.length || open.length !== 1) return null
  const [math] = cleaned(root.children, null)
  return math?.type === 'element' && math.tagName === 'math' ? math : null
}

function elementOf(name: string, attributes: string): Element {
  const properties = Object.fromEntries(
    Array.from(attributes.matchAll(/ ([\w:-]+)="([^"]*)"/g), ([, key = '', value = '']) => [
      key,
      decoded(value),
    ]),
  )
  return { type: 'element', tagName: name, properties, children: [] }
}

/** Known elements with known attributes; of unknown ones what they hold, of the source's copy nothing. */
function cleaned(nodes: readonly ElementContent[], variant: string | null): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    if (node.type !== 'element') return node.type === 'text' ? [lettered(node.value, variant)] : []
    const { tagName, properties } = node
    if (tagName === 'annotation') return []
    const own = typeof properties['mathvariant'] === 'string' ? properties['mathvariant'] : null
    const children = cleaned(node.children, own)
    if (!(tagName in known)) return children
    if (tagName === 'mtable') alignCells(children, String(properties['columnalign'] ?? ''))
    return [{ ...node, properties: kept(tagName, properties), children }]
  })
}

function lettered(value: string, variant: string | null): ElementContent {
  return { type: 'text', value: variant === null ? value : inVariant(value, variant) }
}

function kept(tagName: string, properties: Element['properties']): Element['properties'] {
  const allowed = Object.entries(properties).flatMap(([key, value]) => {
    if (typeof value !== 'string') return []
    if (lengths.includes(key)) {
      const length = tagName === 'math' ? null : bounded(value)
      return length === null ? [] : [[key, length]]
    }
    return words[key]?.test(value) ? [[key, value]] : []
  })
  return Object.fromEntries(allowed)
}

/** A length no longer than a word and no further back than a letter; null where it is none. */
function bounded(value: string): string | null {
  const [, number, unit] = /^([+-]?\d*\.?\d+)(em|ex|px|pt)$/.exec(value) ?? []
  if (number === undefined || unit === undefined) return null
  const ems = Number(number) / ({ em: 1, ex: 2, px: 16, pt: 12 }[unit] ?? 1)
  return `${Number(Math.min(mostEm, Math.max(leastEm, ems)).toFixed(4))}em`
}

/** Columns as KaTeX aligns them: browsers know no columnalign, a class of ours does it. */
function alignCells(rows: readonly ElementContent[], columns: string): void {
  const aligns = columns.split(' ')
  for (const row of rows) {
    if (row.type !== 'element') continue
    for (const [i, cell] of row.children.entries()) {
      const align = aligns[i]
      if (cell.type === 'element' && (align === 'left' || align === 'right'))
        cell.properties = { ...cell.properties, className: [`align-${align}`] }
    }
  }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" }

function decoded(text: string): string {
  return text.replace(/&([a-z]+|#x27);/g, (whole, name: string) => entities[name] ?? whole)
}

/** Elements and attributes a formula may hold, for what looks over the whole text once more. */
export const formulaTags = Object.keys(known)
export const formulaAttributes = [...lengths, ...Object.keys(words)]

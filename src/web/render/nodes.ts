/** How each part of Markdown is written in HTML. Nothing that somebody wrote is left out, and HTML is text. */
import type { Element, ElementContent } from 'hast'
import type { Image, Link, List, ListItem, Node, Table } from 'mdast'
import type { Handler, Handlers, State } from 'mdast-util-to-hast'
import { formulasIn, putBack } from '../../markdown/formulas.ts'
import { safeUrl, trueAddress } from '../../markdown/links.ts'
import { isLone } from '../../markdown/parse.ts'
import { type DrawFormula, isDisplay } from './formula.ts'

/** What the parts of a text are drawn with. `table` names a table to those who hear the page. */
export type Drawing = { formulas: readonly string[]; drawFormula: DrawFormula; table: string }

type Properties = Element['properties']

/** The handlers of mdast-util-to-hast for one text. */
export function handlersOf(drawing: Drawing): Handlers {
  const back = (text: string) => putBack(text, drawing.formulas)
  return {
    ...marks,
    text: (_, { value }) => textNodes(value, drawing),
    code: (_, node) =>
      codeBlock(back(node.value), back([node.lang, node.meta].filter(Boolean).join(' '))),
    inlineCode: (_, node) => element('code', {}, [textNode(back(node.value))]),
    html: (_, node, parent) => {
      const lines = withBreaks(back(node.value))
      return parent?.type === 'paragraph' || isPhrasing(parent) ? lines : element('p', {}, lines)
    },
    heading: (state, node) =>
      element('p', { className: [`heading-${Math.min(node.depth, 4)}`] }, [
        element('strong', {}, state.all(node)),
      ]),
    list: (state, node: List) => listOf(state, node),
    listItem: (state, node: ListItem) => itemOf(state, node, false),
    table: (state, node: Table) => tableOf(state, node, drawing.table),
    link: (state, node: Link) => linkOf(state.all(node), back(node.url), node.title, back),
    image: (_, node: Image) => imageOf(back(node.alt ?? ''), back(node.url), node.title, back),
    linkReference: (state, node) => {
      const to = state.definitionById.get(String(node.identifier).toUpperCase())
      const words = state.all(node)
      return to ? linkOf(words, back(to.url), null, back) : words
    },
    imageReference: (state, node) => {
      const to = state.definitionById.get(String(node.identifier).toUpperCase())
      return imageOf(back(node.alt ?? ''), back(to?.url ?? ''), null, back)
    },
    definition: (_, node) => {
      const title = node.title ? ` "${node.title}"` : ''
      const words = back(`[${node.label ?? node.identifier}]: ${node.url}${title}`)
      return element('p', {}, [textNode(words)])
    },
    footnoteReference: (_, node) =>
      element('sup', {}, [textNode(back(`[^${node.label ?? node.identifier}]`))]),
    footnoteDefinition: (state, node) =>
      prefixed(state.all(node), back(`[^${node.label ?? node.identifier}]: `)),
  }
}

function as(name: string): Handler {
  return (state, node) => element(name, {}, state.all(node))
}

const marks: Handlers = {
  paragraph: as('p'),
  blockquote: as('blockquote'),
  strong: as('strong'),
  emphasis: as('em'),
  delete: as('del'),
  break: () => [element('br'), textNode('\n')],
  thematicBreak: () => element('hr'),
}

export function element(
  tagName: string,
  properties: Properties = {},
  children: ElementContent[] = [],
): Element {
  return { type: 'element', tagName, properties, children }
}

export function textNode(value: string): ElementContent {
  return { type: 'text', value }
}

function isPhrasing(node: Node | undefined): boolean {
  const kinds = ['heading', 'strong', 'emphasis', 'delete', 'link', 'linkReference', 'tableCell']
  return node !== undefined && kinds.includes(node.type)
}

/** Lines as lines: a line break that somebody wrote is one. */
export function withBreaks(text: string): ElementContent[] {
  return text.split(/\r\n|\r|\n/).flatMap((line, i) => {
    const words = line === '' ? [] : [textNode(line)]
    return i === 0 ? words : [element('br'), textNode('\n'), ...words]
  })
}

function textNodes(value: string, { formulas, drawFormula }: Drawing): ElementContent[] {
  return formulasIn(value, formulas).flatMap(({ text, isFormula }) => {
    if (!isFormula) return withBreaks(text)
    const math = drawFormula(text)
    if (!math) return [element('code', {}, [textNode(text)])]
    if (!isDisplay(text)) return [math]
    // Wide ones scroll, and who has no mouse must reach what scrolls.
    const reach = text.length > 40 ? { tabIndex: 0 } : {}
    return [element('span', { className: ['formula'], ...reach }, [math])]
  })
}

function codeBlock(text: string, info: string): ElementContent[] {
  const isName = /^[A-Za-z0-9_+\-.#]{1,30}$/.test(info)
  const about =
    info !== '' && !isName ? [element('p', {}, [element('code', {}, [textNode(info)])])] : []
  const language = isName ? { dataLanguage: info } : {}
  return [...about, element('pre', language, [element('code', {}, [textNode(text)])])]
}

/** A list; "36. Take 10%, …" by itself is none, and keeps its number as words. */
function listOf(state: State, node: List): ElementContent[] | Element {
  if (isLone(node)) {
    const children = node.children.flatMap((item) => itemOf(state, item, true).children)
    return prefixed(children, `${node.start}. `)
  }
  const isLoose = node.spread === true || node.children.some((item) => item.spread === true)
  const items = node.children.map((item) => itemOf(state, item, isLoose))
  const start = node.ordered && (node.start ?? 1) !== 1 ? { start: node.start ?? 1 } : {}
  return element(node.ordered ? 'ol' : 'ul', start, items)
}

function itemOf(state: State, node: ListItem, isLoose: boolean): Element {
  const parts = state.all(node)
  const tick = node.checked === true ? '☑ ' : node.checked === false ? '☐ ' : ''
  const children = tick === '' ? parts : prefixed(parts, tick)
  const shown = isLoose
    ? children
    : children.flatMap((one, i) => {
        if (one.type !== 'element' || one.tagName !== 'p') return [one]
        return i === 0 ? one.children : [element('br'), ...one.children]
      })
  return element('li', tick === '' ? {} : { className: ['task'] }, shown)
}

function prefixed(parts: ElementContent[], words: string): ElementContent[] {
  const [first, ...rest] = parts
  if (first?.type === 'element' && first.tagName === 'p')
    return [{ ...first, children: [textNode(words), ...first.children] }, ...rest]
  return [element('p', {}, [textNode(words.trimEnd())]), ...parts]
}

/** Rows with the cells they have: filled up, a wide heading over many rows would be millions. */
function tableOf(state: State, node: Table, name: string): Element {
  const [head, ...body] = node.children
  const row = (one: (typeof node.children)[number], cell: 'th' | 'td') =>
    element(
      'tr',
      {},
      one.children.map((child, i) => {
        const align = node.align?.[i]
        const properties = {
          ...(cell === 'th' ? { scope: 'col' } : {}),
          ...(align ? { className: [`align-${align}`] } : {}),
        }
        return element(cell, properties, state.all(child))
      }),
    )
  const table = element('table', {}, [
    ...(head ? [element('thead', {}, [row(head, 'th')])] : []),
    ...(body.length > 0
      ? [
          element(
            'tbody',
            {},
            body.map((one) => row(one, 'td')),
          ),
        ]
      : []),
  ])
  const reach = { className: ['table'], role: 'group', ariaLabel: name, tabIndex: 0 }
  return element('div', reach, [table])
}

/** A link to the web or a mail address; any other is shown as it was written. */
function linkOf(
  words: ElementContent[],
  address: string,
  title: string | null | undefined,
  back: (text: string) => string,
): ElementContent[] {
  const url = safeUrl(address)
  const note = title ? [textNode(` "${back(title)}"`)] : []
  const read = wordsOf(words)
  if (url === null && read === address.replace(/^mailto:/, '')) return [...words, ...note]
  if (url === null)
    return [textNode('['), ...words, textNode(`](${address}`), ...note, textNode(')')]
  const shown = read.trim() === '' ? [textNode(address)] : unlinked(words)
  return [anchor(url, shown), ...truth(read, url), ...note]
}

/** A picture of elsewhere is never loaded: whoever shows it would learn who reads. */
function imageOf(
  alt: string,
  address: string,
  title: string | null | undefined,
  back: (text: string) => string,
): ElementContent[] {
  const url = safeUrl(address)
  const note = title ? [textNode(` "${back(title)}"`)] : []
  if (url === null) return [textNode(`![${alt}](${address}`), ...note, textNode(')')]
  const shown = alt.trim() === '' ? address : alt
  return [anchor(url, [textNode(shown)], ['picture']), ...truth(shown, url), ...note]
}

function anchor(href: string, children: ElementContent[], className: string[] = []): Element {
  const kind = className.length > 0 ? { className } : {}
  const guards = { rel: ['noopener', 'noreferrer', 'nofollow'], target: '_blank' }
  return element('a', { href, ...guards, ...kind }, children)
}

function truth(words: string, url: string): ElementContent[] {
  return trueAddress(words, url).map((run) => textNode(run.text))
}

/** Without links within: HTML knows no link in a link. */
function unlinked(nodes: readonly ElementContent[]): ElementContent[] {
  return nodes.flatMap((node): ElementContent[] => {
    if (node.type !== 'element') return [node]
    const children = unlinked(node.children)
    return node.tagName === 'a' ? children : [{ ...node, children }]
  })
}

function wordsOf(nodes: readonly ElementContent[]): string {
  return nodes
    .map((node) =>
      node.type === 'text' ? node.value : node.type === 'element' ? wordsOf(node.children) : '',
    )
    .join('')
}

/** Pages of the documentation as a reader of Markdown sees them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import GithubSlugger from 'github-slugger'
import type { Nodes } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export type Page = {
  /** From the root, such as docs/slack.md. */
  path: string
  links: string[]
  /** What `#…` may follow this page's address. */
  anchors: ReadonlySet<string>
  /** Code in a line. */
  inline: string[]
  /** Lines of code blocks. */
  blocks: { language: string; lines: string[] }[]
}

/** Every page that people read. */
export function readPages(): Page[] {
  const top = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'samples/README.md']
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name).replaceAll('\\', '/'))
  return [...top.filter((path) => existsSync(join(root, path))), ...docs.sort()].map(readPage)
}

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8')
  return { path, ...lookOver(text) }
}

/** The parts of a page that tests hold to something. */
export function lookOver(text: string): Omit<Page, 'path'> {
  const tree = fromMarkdown(text, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  })
  const slugger = new GithubSlugger()
  const anchors = new Set<string>()
  const page: Omit<Page, 'path'> = { links: [], anchors, inline: [], blocks: [] }
  walk(tree, (node) => {
    if (node.type === 'link' || node.type === 'image' || node.type === 'definition')
      page.links.push(node.url)
    if (node.type === 'heading') anchors.add(slugger.slug(wordsOf(node)))
    if (node.type === 'inlineCode') page.inline.push(node.value)
    if (node.type === 'code')
      page.blocks.push({ language: node.lang ?? '', lines: node.value.split('\n') })
  })
  return page
}

function walk(node: Nodes, visit: (node: Nodes) => void) {
  visit(node)
  if ('children' in node) for (const child of node.children) walk(child, visit)
}

function wordsOf(node: Nodes): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(wordsOf).join('') : ''
}

/** The file a relative link leads to, from the root, and its anchor. */
export function targetOf(from: string, link: string): { file: string; anchor: string | null } {
  const [path = '', anchor = null] = link.split('#')
  const file = path === '' ? from : relative(root, join(root, from, '..', decodeURI(path)))
  return { file: file.replaceAll('\\', '/'), anchor }
}

/**
 * Draws Markdown blocks for Discord: what Discord cannot draw (tables, nested quotes, pictures) as the
 * closest equivalent, links in `<…>` so that they show no preview, all untrusted text escaped. Pure.
 */
import type { Price } from '../../../src/markdown/cut.ts'
import { type Block, type Run, ruleText, tableText } from '../../../src/markdown/tree.ts'
import { escapeLine, mayBeEscaped } from './escape.ts'

/** The maximum size of blocks, as counted by budget.ts. */
export function markdownPrice(unitSize: (unit: number) => number): Price {
  return {
    unit: (unit, block) => {
      if (block.type === 'code' || block.type === 'table') return unitSize(unit)
      if (unit === 10) return 1 + Math.min(block.depth, mostDepth) * 2 + (block.quote > 0 ? 2 : 0)
      return unitSize(unit) + (mayBeEscaped(unit) ? 1 : 0)
    },
    run: 12,
    block: 26,
  }
}

const mostDepth = 8

export function drawMarkdown(blocks: readonly Block[]): string {
  let drawn = ''
  let before: Block | null = null
  for (const block of blocks) {
    const text = drawBlock(block)
    if (before) drawn += gapBetween(before, block)
    drawn += text
    before = block
  }
  return drawn
}

function gapBetween(before: Block, block: Block): string {
  const isWords = block.type === 'paragraph' || block.type === 'heading' || block.type === 'rule'
  if (!isWords || block.tight || before.type === 'heading' || before.type === 'code') return '\n'
  if (block.depth > 0 || before.type === 'table') return '\n'
  return before.quote > 0 && block.quote > 0 ? '\n> \n' : '\n\n'
}

function drawBlock(block: Block): string {
  switch (block.type) {
    case 'code':
      return drawCode(block.text, block.language)
    case 'table':
      return drawCode(tableText(block), null)
    case 'rule':
      return indented(block, '', ruleText)
    case 'heading':
      return indented(block, '', drawRuns(block.runs.map(bolder)))
    case 'item':
      return indented(
        block,
        block.number === null ? '- ' : `${block.number}. `,
        drawRuns(block.runs),
      )
    default:
      return indented(block, '', drawRuns(block.runs))
  }
}

function bolder(run: Run): Run {
  return { ...run, style: { ...run.style, bold: true } }
}

/** Indents every line: Discord has one level of quotes, and nests lists by indent. */
function indented({ quote, depth }: Block, mark: string, text: string): string {
  const quoted = quote > 0 ? `> ${'\\> '.repeat(Math.min(quote - 1, mostDepth))}` : ''
  const level = Math.min(depth, mostDepth)
  const first = `${quoted}${'  '.repeat(mark === '' ? level : Math.max(0, level - 1))}${mark}`
  const more = `${quoted}${'  '.repeat(level)}`
  return text
    .split('\n')
    .map((line, i) => `${i === 0 ? first : more}${line}`)
    .join('\n')
}

/** Code unchanged; as text if Discord would take a line of it for the end of the fence. */
function drawCode(text: string, language: string | null): string {
  const isFenced = text.trim() !== '' && !text.includes('```') && !text.endsWith('`')
  if (isFenced) return `\`\`\`${language ?? ''}\n${text}\n\`\`\``
  const named = language === null ? text : `${language}\n${text}`
  return named.split('\n').map(escapeLine).join('\n')
}

function drawRuns(runs: readonly Run[]): string {
  let drawn = ''
  for (const [i, run] of runs.entries())
    drawn += goingOn(drawn, drawRun(run, drawn, runs[i + 1]?.text ?? ''))
  return drawn
}

/** Escapes what would complete an emoji, an address or a spoiler that the text before it has begun. */
function goingOn(before: string, drawn: string): string {
  if (/:[\w+~-]*$/.test(before) && /^[\w+~-]*:/.test(drawn)) return drawn.replace(':', '\\:')
  const isAddress = before.endsWith(':') && drawn.startsWith('//')
  const isSpoiler = before.endsWith('|') && drawn.startsWith('|')
  return isAddress || isSpoiler ? `\\${drawn}` : drawn
}

function drawRun({ text, style, url }: Run, before: string, after: string): string {
  if (url !== undefined) return drawLink(text, url)
  if (style.code) return drawCodeSpan(text, before)
  const lines = text.split('\n')
  return lines
    .map((line, i) => {
      const end = i < lines.length - 1 ? '' : after
      return drawStyled(line, style, i === 0 ? before : '', end)
    })
    .join('\n')
}

function drawStyled(line: string, style: Run['style'], before: string, after: string): string {
  const [, lead = '', words = '', trail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(line) ?? []
  const escaped = escapeLine(words)
  const isItalic = style.italic && (trail !== '' || !/^\w/.test(after))
  const mark = `${style.strike ? '~~' : ''}${style.bold ? '**' : ''}${isItalic ? '*' : ''}`
  if (mark === '' || words === '') return `${lead}${escaped}${trail}`
  // Adjacent marks would be parsed differently; then the words go unmarked.
  const touches = lead === '' && /[*_~\\]$/.test(before)
  if (touches || /[\\*~]$/.test(escaped) || /^[*~]/.test(escaped))
    return `${lead}${escaped}${trail}`
  return `${lead}${mark}${escaped}${[...mark].reverse().join('')}${trail}`
}

function drawCodeSpan(text: string, before: string): string {
  // Mentions and other markup in code stay escaped: if the client does not parse the code span, they still
  // neither ping nor link.
  const calls =
    /@(?:everyone|here)|<[@#t/:a]/.test(text) || (text.includes('`') && /[<@:|]|\]\(/.test(text))
  const isSpan = !calls && text.trim() !== '' && !/\n|^`|`$|``|\\$/.test(text)
  if (!isSpan || /[`\\]$/.test(before)) return text.split('\n').map(escapeLine).join('\n')
  const mark = text.includes('`') ? '``' : '`'
  return `${mark}${text}${mark}`
}

function drawLink(text: string, url: string): string {
  const words = text.split('\n').map(escapeLine).join('\n')
  if (!/^https?:/i.test(url)) return words
  const to = url.replaceAll('(', '%28').replaceAll(')', '%29')
  const isSame =
    to.replace(/^https?:\/\//i, '').replace(/\/$/, '') ===
    text.replace(/^https?:\/\//i, '').replace(/\/$/, '')
  if (isSame) return `<${to}>`
  // Discord makes no link if its text is itself an address or contains brackets.
  const isLinkable = !/[[\]\n\\]|:\/\/|^\s|\s$/.test(text) && text !== ''
  return isLinkable ? `[${words}](<${to}>)` : `${words} (<${to}>)`
}

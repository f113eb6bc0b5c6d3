/** What is read of a text: all of it, in order, code byte by byte, and nothing in it does anything. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderedPieces, renderedWithin, sizeOf } from '../../adapters/discord/draw/budget.ts'
import { unescapeDiscord } from '../../adapters/discord/draw/escape.ts'
import { drawMarkdown } from '../../adapters/discord/draw/markdown.ts'
import { drawRich, messagePrice } from '../../adapters/slack/draw/rich-text.ts'
import { portionsOf, takeBlocks } from '../../src/markdown/cut.ts'
import { parseMarkdown } from '../../src/markdown/parse.ts'
import { firstWordsOf, readBlocks } from '../../src/markdown/read.ts'
import { textOf } from '../../src/markdown/tree.ts'
import { harmIn } from '../adapters/discord/markdown.ts'
import { faultsOfMessage, lettersOf, richText } from '../adapters/slack/legal.ts'
import { hostile } from './hostile.ts'

const mixed = fc
  .array(fc.constantFrom(...hostile.filter((text) => text.length < 200)), { maxLength: 12 })
  .map((texts) => texts.map((text, i) => `w${i}w ${text}`).join('\n\n'))

describe('happy: Markdown reads as it is meant', () => {
  test('emphasis, code, lists, quotes and links lose their marks and keep their words', () => {
    const text =
      '# Title\n**bold** *it* `a*b`\n\n- one\n  1. two\n\n> said\n\n[here](https://x.example/)'
    const drawn = drawRich(parseMarkdown(text))
    expect(richText(drawn)).toBe('Title\nbold it a*bonetwosaidhere')
    expect(drawMarkdown(parseMarkdown(text))).toBe(
      '**Title**\n**bold** *it* `a*b`\n- one\n  1. two\n\n> said\n\n[here](<https://x.example/>)',
    )
  })

  test('the first words of a text are those that are read, without its marks', () => {
    expect(firstWordsOf('## **How** do I read `a_file`?\n\n- one', 40)).toBe(
      'How do I read a_file? one',
    )
    expect(firstWordsOf('Why is the sky blue?', 12)).toBe('Why is the…')
    expect(firstWordsOf(`[the docs](https://x.example/${'a'.repeat(300)})`, 12)).toBe(
      '[the docs](…',
    )
    expect(firstWordsOf('', 12)).toBe('')
  })

  test('HTML is text, entities are what they stand for, LaTeX is code, money is money', () => {
    const text = 'x <div>a</div> &lt;b&gt; $x_1$ costs $5 or $6'
    expect(textOf(parseMarkdown(text))).toBe('x <div>a</div> <b> $x_1$ costs $5 or $6')
    expect(JSON.stringify(parseMarkdown(text))).toContain('"text":"$x_1$","style":{"code":true}')
  })

  test('code is the same byte by byte, on both platforms and beside a cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a = 1', '\tb', '  *c*', '<@U1>', '', '&lt;', '$x_1$ \\(y\\)')),
        (lines) => {
          const code = ['start', ...lines, 'end'].join('\n')
          const blocks = parseMarkdown(`Before\n\`\`\`ts\n${code}\n\`\`\`\nafter`)
          expect(blocks[1]).toMatchObject({ type: 'code', text: code })
          expect(JSON.stringify(drawRich(blocks))).toContain(JSON.stringify(code))
          expect(drawMarkdown(blocks)).toContain(`\`\`\`ts\n${code}\n\`\`\``)
          const parts = portionsOf(blocks, 40, messagePrice).flat()
          const pieces = parts.flatMap((one) => (one.type === 'code' ? [one.text] : []))
          expect(pieces.join('\n').replace(/\s/g, '')).toBe(code.replace(/\s/g, ''))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a link that names another address than it leads to says where; no other scheme is a link', () => {
    expect(textOf(parseMarkdown('[google.com](https://evil.example)'))).toBe(
      'google.com (https://evil.example/)',
    )
    expect(textOf(parseMarkdown('[x](javascript:alert(1))'))).toBe('[x](javascript:alert(1))')
  })
})

describe('refused: text that wants to be more than text', () => {
  test.each(hostile.map((text, i) => [i, text] as const))(
    'no %i of them does anything',
    (_, text) => {
      expectHarmless(text)
    },
  )

  test('nor does any mixture, and every word stays in its order', () => {
    fc.assert(
      fc.property(mixed, (text) => {
        expectHarmless(text)
        const words = text.match(/w\d+w/g) ?? []
        expect(textOf(readBlocks(text)).match(/w\d+w/g) ?? []).toEqual(words)
      }),
      { numRuns: 60 },
    )
  })

  test('nor does anything made of marks, names and addresses', () => {
    const marks =
      '* ** _ ~~ ` ``` | || |---| [ ]( ) ![ < > \\ $ $$ \\( &lt; <b> ü 漢 👩‍👩‍👧 a'.split(' ')
    const starts = ['> ', '- ', '1. ', '# ', '-# ', '\n', '\n\n', '    ', '\t', ' ']
    const names = '@everyone <@1> <#2> <t:0:R> :smile: https://x.example/a www.x.example'.split(' ')
    const pieces = [...marks, ...starts, ...names]
    const made = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''))
    fc.assert(
      fc.property(made, (text) => expectHarmless(text)),
      { numRuns: 300 },
    )
  })
})

function expectHarmless(text: string): void {
  // As it was written: every character, on both platforms, and none of them does anything.
  const raw = readBlocks(text, 'raw')
  expect(richText(drawRich(raw))).toBe(text)
  expect(unescapeDiscord(drawMarkdown(raw))).toBe(text)
  expect(harmIn(drawMarkdown(raw))).toEqual([])
  expect(sizeOf(renderedWithin(text, 400, 'raw').drawn)).toBeLessThanOrEqual(400)
  const blocks = readBlocks(text)
  const { head } = takeBlocks(blocks, 6000, messagePrice, 1)
  const drawn = drawRich(head, true)
  if (drawn.length > 0) expect(faultsOfMessage({ text: 'x', blocks: drawn })).toEqual([])
  // Numbers of a list are Slack's to draw, but for some it cannot.
  const bare = (shown: string) => lettersOf(shown).replace(/\p{N}/gu, '')
  expect(bare(richText(drawRich(blocks)))).toBe(bare(textOf(blocks)))
  expect(harmIn(drawMarkdown(blocks))).toEqual([])
  for (const most of [120, 3600]) {
    const start = renderedWithin(text, most)
    expect(sizeOf(start.drawn)).toBeLessThanOrEqual(most)
    expect(harmIn(start.drawn)).toEqual([])
  }
  const pieces = renderedPieces(text, 900)
  expect(pieces.map(({ raw }) => raw).join('')).toBe(text)
  for (const piece of pieces) expect(sizeOf(piece.draw())).toBeLessThanOrEqual(900)
}

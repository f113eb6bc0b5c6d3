/** Texts and chats as HTML: what is meant is drawn, what is money stays money, and no text costs more than its length. */
import { describe, expect, test } from 'vitest'
import { german } from '../../../src/chat/words/german.ts'
import { renderContent } from '../../../src/web/render/content.ts'
import { renderStart, renderText } from '../../../src/web/render/text.ts'

const shown = async (text: string) => String(await renderText(text))

describe('happy: a text as it is meant', () => {
  test('Markdown, tables and code are drawn; a line break is one; HTML is text', async () => {
    const html = await shown(
      '# One\nfirst\nsecond **bold** <b>x</b>\n\n- [x] done\n- open\n\n36. Take it\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n~~~ts\nif (a<b)\n~~~',
    )
    expect(html).toContain('<p class="heading-1" dir="auto"><strong>One</strong></p>')
    expect(html).toContain('first<br>\nsecond <strong>bold</strong> &#x3C;b>x&#x3C;/b>')
    expect(html).toContain('<li class="task">☑ done</li><li>open</li>')
    expect(html).toContain('<p dir="auto">36. Take it</p>')
    expect(html).toContain('<th scope="col" class="align-right">b</th>')
    expect(html).toContain('<pre data-language="ts" dir="ltr"><code>if (a&#x3C;b)</code></pre>')
  })

  test('links say where they lead, and tell nobody who follows them; pictures are links', async () => {
    const html = await shown(
      '[google.com](https://evil.example) ![cat](https://p.example/c.png) [x](javascript:a) [![b](https://i.example/b)](https://l.example)',
    )
    const guards = 'rel="noopener noreferrer nofollow" target="_blank"'
    expect(html).toContain(
      `<a href="https://evil.example/" ${guards}>google.com</a> (https://evil.example/)`,
    )
    expect(html).toContain(`<a href="https://p.example/c.png" ${guards} class="picture">cat</a>`)
    expect(html).toContain('[x](javascript:a)')
    expect(html).toContain(`<a href="https://l.example/" ${guards}>b</a>`)
    expect(html).not.toContain('<img')
  })

  test('LaTeX in its four notations is MathML, in the letters it asks for', async () => {
    const html = await shown(
      'If $x_1^2$ and \\(y \\in \\mathbb{R}\\):\n\n$$\\frac{a}{b}$$\n\n\\[\n\\begin{aligned}a&=b\\end{aligned}\n\\]',
    )
    expect(html.match(/<math/g)).toHaveLength(4)
    expect(html.match(/<math display="block">/g)).toHaveLength(2)
    expect(html).toContain('<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>')
    expect(html).toContain('<mi>ℝ</mi>')
    expect(html).not.toMatch(/ style=|annotation|class="katex/)
  })

  test('money is no formula; a formula that is none, or asks for trust, is code', async () => {
    expect(await shown('It costs $5 and $6, or 7$ to 8$.')).toContain(
      '<p dir="auto">It costs $5 and $6, or 7$ to 8$.</p>',
    )
    for (const latex of ['$\\frac{a$', '$\\href{https://x.test}{x_1}$', '$\\def\\a{b}\\a_1$'])
      expect(await shown(`so ${latex} is`)).toContain(
        `<code>${latex.replace('&', '&#x26;')}</code>`,
      )
    expect(await shown('`$x_1$`')).toContain('<code>$x_1$</code>')
  })

  test('the raw view shows every character; a start ends where its words end', async () => {
    const raw = await renderText('**a**\n <b> $x_1$', { rendering: 'raw' })
    expect(String(raw)).toBe('<pre class="raw" dir="auto">**a**\n &#x3C;b> $x_1$</pre>')
    const text = 'Some words of it.\n\n'.repeat(2000)
    const start = await renderStart(text, 1000)
    expect(start.isWhole).toBe(false)
    expect(String(start.html).length).toBeLessThan(8000)
    expect((await renderStart('Short', 1000)).isWhole).toBe(true)
  })

  test('a chat is read by who speaks: calls, their results, and what was thought', async () => {
    const chat = [
      { role: 'user', content: 'How warm is it?' },
      {
        role: 'assistant',
        content: null,
        reasoning: 'I should look.',
        tool_calls: [{ id: '1', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
      },
      { role: 'tool', tool_call_id: '1', content: '21 <b>°C</b>' },
    ]
    const html = String(await renderContent(chat))
    expect(html.match(/<section class="message message-(\w+)">/g)).toHaveLength(3)
    expect(html).toContain('<p class="speaker" dir="auto">Result of weather</p>')
    expect(html).toContain('<strong>Reasoning</strong><br>\nI should look.')
    expect(html).toContain('"city": "Rome"')
    expect(html).toContain('21 &#x3C;b>°C&#x3C;/b>')
    expect(String(await renderContent(chat, { said: german }))).toContain('Ergebnis von weather')
  })
})

describe('refused: texts that cost more than they say', () => {
  const long = (piece: string) => piece.repeat(Math.ceil(100_000 / piece.length)).slice(0, 100_000)

  test.each([
    ['quotes in quotes', '> '.repeat(4000)],
    ['brackets', long('[')],
    ['closing brackets', long(']')],
    ['stars', long('*_')],
    ['braces of a formula', `$x_1${'{'.repeat(1900)}${'}'.repeat(1900)}$`],
  ])('%s are shown as they were written', async (_, text) => {
    const html = await shown(text)
    // The end of it may be short enough to be read.
    expect((html.match(/<(math|em|strong|blockquote|a)\b/g) ?? []).length).toBeLessThan(
      text.length / 100,
    )
    expect(html.length).toBeLessThan(text.length * 2 + 1000)
  })

  test('a wide table over many rows has the cells that were written', async () => {
    const html = await shown(`${'|a'.repeat(900)}|\n${'|-'.repeat(900)}|\n${'|\n'.repeat(900)}`)
    expect((html.match(/<t[dh]/g) ?? []).length).toBeLessThan(3000)
  })

  test('of thousands of formulas some hundred are drawn, the others are code', async () => {
    const html = await shown(Array.from({ length: 3000 }, (_, i) => `$x_{${i}}$`).join(' '))
    const drawn = html.match(/<math/g)?.length ?? 0
    expect(drawn).toBeGreaterThan(100)
    expect(drawn).toBeLessThanOrEqual(400)
    expect(html.match(/<code>/g)).toHaveLength(3000 - drawn)
  })

  test('a space pulls no letter over its neighbours, and none is longer than a line', async () => {
    const html = await shown('$$\\kern{-4000em}x\\kern{900em}y\\raisebox{400em}{z}$$')
    const lengths = [...html.matchAll(/="(-?[\d.]+)em"/g)].map(([, ems]) => Number(ems))
    expect(lengths.length).toBeGreaterThan(2)
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(10)
  })
})

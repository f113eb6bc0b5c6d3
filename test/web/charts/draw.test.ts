/** Charts as readers get them: Chromium loads each as an image, whatever its labels hold. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Drawing } from '../../../src/web/charts/chart.ts'
import { drawChart, sizeOf } from '../../../src/web/charts/draw.ts'
import { labelOf, widthOf } from '../../../src/web/charts/label.ts'
import type { Size, Theme } from '../../../src/web/charts/theme.ts'
import { chromiumPath, openChromium, orSkipped } from '../../support/chromium.ts'

const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']
/** What people call models and labels, and what would break XML, a format string or the layout. */
const hostile = [
  '<script>alert(1)</script>',
  '"/><image href="https://evil.example/x.png"/>',
  ']]></style><script>alert(1)</script>',
  '&lt;b&gt; &amp; &#0; &bogus;',
  'bell \u0007, escape \u001b[31m, delete \u007f, not a character \ufffe',
  'half a pair \ud83d alone',
  '\u202eturned around\u202c',
  '{a|styled} {b} {c} {value}',
  'two\nlines\tand a tab',
  '   ',
  '',
  'word'.repeat(400),
  '👩‍👩‍👧‍👦'.repeat(60),
  '日本語のとても長いモデルの名前がここにあります',
  "it's <![CDATA[ here ]]> <!-- and --> <?xml there?>",
  'url(javascript:alert(1)); fill:red',
]

function drawingsOf(labels: readonly string[]): Record<string, Drawing> {
  const some = labels[0] ?? 'x'
  return {
    timeline: {
      type: 'timeline',
      days,
      format: 'count',
      bars: labels.slice(0, 3).map((name) => ({ name, tone: 'accent', values: [1, 0, 4, 2] })),
      lines: [
        {
          ...{ name: labels[3] ?? some, tone: 'second', isDashed: true },
          ...{ values: [1, null, 3, 2], low: [0, null, 1, 1], high: [2, null, 5, 4] },
        },
      ],
      level: { name: some, value: 3 },
    },
    intervals: {
      type: 'intervals',
      format: 'number',
      level: { name: some, value: 0 },
      rows: labels.map((label, at) => ({
        ...{ label, value: at - 2, note: 'rank 1–2' },
        ...(at % 3 === 0 ? {} : { low: at - 3, high: at % 3 === 1 ? null : at }),
      })),
    },
    counts: {
      type: 'counts',
      rows: labels.map((label, at) => ({ label, count: at * 1000 })),
    },
  }
}

const looks = (['light', 'dark'] as Theme[]).flatMap((theme) =>
  (['wide', 'narrow'] as Size[]).map((size) => ({ theme, size, locale: 'de' })),
)

describe.skipIf(!chromiumPath)(`happy: a picture in the browser${orSkipped}`, () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await openChromium()
    page = await browser.newPage()
  })
  afterAll(() => browser?.close())

  test('every chart in every look loads as an image of the size that was told', async () => {
    const svgs = await Promise.all(
      Object.values(drawingsOf(['harbor', 'pebble', 'quartz', 'amber'])).flatMap((drawing) =>
        looks.map(async (look) => ({
          svg: await drawChart(drawing, look),
          ...sizeOf(drawing, look),
        })),
      ),
    )
    const loaded = await load(
      page,
      svgs.map(({ svg }) => svg),
    )
    expect(loaded.map(({ width, height, bad }) => ({ width, height, bad }))).toEqual(
      svgs.map(({ width, height }) => ({ width, height, bad: null })),
    )
  })

  test('hostile labels leave it a picture that is well-formed and asks for nothing', async () => {
    const asked: string[] = []
    page.on('request', ({ url }) => asked.push(url()))
    const look = { theme: 'light', size: 'wide', locale: 'en' } as const
    const svgs = await Promise.all(
      [0, 4, 8, 12].flatMap((at) =>
        Object.values(drawingsOf(hostile.slice(at, at + 4))).map((one) => drawChart(one, look)),
      ),
    )
    const known = ['circle', 'g', 'path', 'rect', 'style', 'svg', 'text', 'clipPath', 'defs']
    for (const { width, bad, elements, names } of await load(page, svgs)) {
      expect(bad).toBeNull()
      expect(width).toBeGreaterThan(0)
      expect(elements.filter((one) => !known.includes(one))).toEqual([])
      expect(names.filter((one) => /^on|href|src/i.test(one))).toEqual([])
    }
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([])
  })
})

type Loaded = {
  width: number
  height: number
  bad: string | null
  elements: string[]
  names: string[]
}

/** As `<img>`, and by the browser's reader of XML, which repairs nothing. */
function load(page: Page, svgs: readonly string[]): Promise<Loaded[]> {
  const files = svgs.map((svg) => Buffer.from(svg).toString('base64'))
  return page.evaluate<Loaded[]>(`Promise.all(${JSON.stringify(files)}.map(async (file) => {
    const image = new Image()
    image.src = 'data:image/svg+xml;base64,' + file
    await image.decode().catch(() => {})
    const text = new TextDecoder().decode(Uint8Array.from(atob(file), (one) => one.charCodeAt(0)))
    const read = new DOMParser().parseFromString(text, 'image/svg+xml')
    const all = [...read.querySelectorAll('*')]
    return {
      width: image.naturalWidth, height: image.naturalHeight,
      bad: read.querySelector('parsererror')?.textContent ?? null,
      elements: [...new Set(all.map(({ localName }) => localName))],
      names: [...new Set(all.flatMap((one) => one.getAttributeNames()))],
    }
  }))`)
}

describe('happy: what is drawn', () => {
  test('numbers stand there as the language writes them, and never as NaN', async () => {
    for (const drawing of Object.values(drawingsOf(['harbor', 'pebble', 'quartz'])))
      for (const look of looks)
        expect(await drawChart(drawing, look)).not.toMatch(/NaN|undefined|Infinity|null/)
    const { counts } = drawingsOf(['a', 'b', 'c'])
    if (!counts) throw new Error('There is no such drawing.')
    expect(await drawChart(counts, { theme: 'light', size: 'wide', locale: 'de' })).toContain(
      '2.000',
    )
  })

  test('one point, equal points and nothing but zeros are drawn too', async () => {
    const few: Drawing[] = [
      { type: 'intervals', format: 'number', rows: [{ label: 'one', value: 0 }] },
      { type: 'counts', rows: [{ label: 'none', count: 0 }] },
      {
        ...{ type: 'timeline', format: 'number', days: days.slice(0, 1), bars: [], range: [0, 1] },
        lines: [{ name: 'a', tone: 'accent', values: [0.5], low: [0.5], high: [0.5] }],
      },
      { type: 'timeline', format: 'count', days, bars: [], lines: [] },
    ]
    for (const one of few)
      for (const look of looks) {
        const svg = await drawChart(one, look)
        expect(svg).not.toMatch(/NaN|Infinity/)
        expect(svg).toContain('</svg>')
      }
  })

  test('a label is one line that fits, cut between characters, and never empty', () => {
    expect(labelOf('harbor-7b')).toBe('harbor-7b')
    expect(labelOf('two\nlines')).toBe('two lines')
    expect(labelOf(' ')).toBe('–')
    expect(labelOf('a\u0001b')).toBe('a\ufffdb')
    const family = labelOf('👩‍👩‍👧‍👦'.repeat(60))
    expect(family).toMatch(/^(👩‍👩‍👧‍👦)+…$/u)
    expect(widthOf(labelOf('word'.repeat(400)), 12)).toBeLessThan(28 * 12)
  })
})

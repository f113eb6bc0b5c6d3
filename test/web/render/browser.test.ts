/** Three hundred hostile texts on one page in a real browser: nothing runs, nothing is asked, nothing leaves its box. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderContent } from '../../../src/web/render/content.ts'
import { chromiumPath, openChromium, orSkipped } from '../../support/chromium.ts'
import { hostileTexts } from './hostile.ts'

const css = readFileSync(new URL('../../../src/web/client/rendered.css', import.meta.url), 'utf8')
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const chats = hostileTexts.slice(0, 40).map((text) => [
  { role: text.slice(0, 20), content: text },
  {
    role: 'assistant',
    name: text.slice(0, 200),
    content: [{ type: 'image_url', image_url: { url: text }, alt: text }],
    reasoning: text,
    tool_calls: [{ id: 'a', function: { name: text.slice(0, 200), arguments: text } }],
  },
  { role: 'tool', tool_call_id: 'a', content: text },
])

let browser: Browser
let server: Server
let page = ''
let at = ''

beforeAll(async () => {
  const boxes: string[] = []
  for (const [i, content] of [...hostileTexts, ...chats].entries()) {
    const shown = String(await renderContent(content))
    boxes.push(`<article id="b${i}">${shown}</article><p class="after" id="a${i}">after ${i}</p>`)
  }
  page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title>
    <link rel="stylesheet" href="/rendered.css"><link rel="stylesheet" href="/page.css"><body><main>${boxes.join('\n')}</main></body></html>`
  server = createServer((request, response) => {
    if (request.url?.endsWith('.css')) {
      response.setHeader('content-type', 'text/css')
      const own = 'body{margin:0} main{width:360px} .after{margin:0;height:20px;width:360px}'
      response.end(request.url === '/page.css' ? own : css)
      return
    }
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (request.url === '/guarded') response.setHeader('content-security-policy', policy)
    response.end(page)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  if (chromiumPath !== undefined) browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  server?.close()
})

// Without the policy as well: the text itself must be harmless, the policy is the second lock.
describe.skipIf(chromiumPath === undefined)(
  `refused: hostile texts in a browser${orSkipped}`,
  () => {
    test.each(['/guarded', '/bare'])(
      'at %s no script runs, no request leaves, no box is left',
      async (path) => {
        expect(hostileTexts.length).toBeGreaterThanOrEqual(300)
        const tab = await browser.newPage({ viewport: { width: 390, height: 800 } })
        tab.setDefaultTimeout(30_000)
        const asked: string[] = []
        const violations: string[] = []
        tab.on('request', (request) => asked.push(request.url()))
        tab.on('popup', () => asked.push('popup'))
        tab.on('dialog', (dialog) => {
          asked.push('dialog')
          dialog.dismiss().catch(() => {})
        })
        tab.on('console', (line) => {
          if (/Content Security Policy/.test(line.text())) violations.push(line.text())
        })
        await tab.goto(at + path)
        const found = await tab.evaluate(look)
        expect(asked).toEqual([`${at}${path}`, `${at}/rendered.css`, `${at}/page.css`])
        expect(violations).toEqual([])
        expect(found).toEqual({
          ran: false,
          strange: [],
          covered: [],
          wide: false,
          boxes: hostileTexts.length + chats.length,
        })
        await tab.close()
      },
    )
  },
)

/** What the test asks of an element; the browser's own types are not loaded here. */
type Seen = {
  id: string
  tagName: string
  outerHTML: string
  target?: string
  relList?: { contains: (word: string) => boolean }
  attributes: Iterable<{ name: string; value: string }>
  scrollIntoView: (where: { block: string }) => void
  getBoundingClientRect: () => { left: number; top: number; width: number; height: number }
}
type Seeing = {
  querySelectorAll: (which: string) => Iterable<Seen>
  elementFromPoint: (x: number, y: number) => Seen | null
  documentElement: { scrollWidth: number }
}

/** Runs in the page. */
function look() {
  const doc: Seeing = Reflect.get(globalThis, 'document')
  const forbidden =
    /^(script|style|img|iframe|svg|object|embed|form|input|link|meta|base|video|audio)$/
  const strange = [...doc.querySelectorAll('article *')].flatMap((node) => {
    const bad = [...node.attributes].filter(
      ({ name, value }) =>
        /^(on|style|id|name|src|srcset|action|hx-|xlink)/.test(name) ||
        (name === 'href' && !/^(https?:\/\/|mailto:)/.test(value)),
    )
    const tag = node.tagName.toLowerCase()
    const leaks = tag === 'a' && (node.target !== '_blank' || !node.relList?.contains('noopener'))
    return bad.length > 0 || forbidden.test(tag) || leaks ? [node.outerHTML.slice(0, 200)] : []
  })
  const covered = [...doc.querySelectorAll('.after')].flatMap((after) => {
    after.scrollIntoView({ block: 'center' })
    const { left, top, width, height } = after.getBoundingClientRect()
    const isOnTop = [0.02, 0.5, 0.98].every(
      (x) => doc.elementFromPoint(left + width * x, top + height / 2) === after,
    )
    return width === 360 && height === 20 && isOnTop ? [] : [after.id]
  })
  return {
    ran: 'ran' in globalThis,
    strange,
    covered,
    wide: doc.documentElement.scrollWidth > 390,
    boxes: [...doc.querySelectorAll('article')].length,
  }
}

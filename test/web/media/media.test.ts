/** Images and sounds that records link to, as people get them: through Parley, made harmless, and only theirs. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cardLink } from '../../../src/assignments/card-link.ts'
import { handleInteraction } from '../../../src/chat/handle.ts'
import { giveConsent } from '../../../src/labelers/consent.ts'
import { consentVersion } from '../../../src/labelers/labeler.ts'
import type { Person } from '../../../src/labelers/person.ts'
import { mediaLink } from '../../../src/records/media.ts'
import { mediaAddress } from '../../../src/web/media/address.ts'
import { mediaFigure } from '../../../src/web/media/figure.ts'
import { openKeep } from '../../../src/web/media/kept.ts'
import { readRange } from '../../../src/web/media/routes.ts'
import { beginSession, findSession } from '../../../src/web/session/sessions.ts'
import { findVisitor } from '../../../src/web/session/visitor.ts'
import { addRecord, makeDataset } from '../../exports/ground.ts'
import { chromiumPath } from '../../support/chromium.ts'
import { openSite, type WebSite, webAdmin } from '../../support/web.ts'

const ana: Person = { platform: 'slack', workspace: 'T1', userId: 'UANA' }
let site: WebSite
let server: Server
let inner: Server
let host = ''
/** Every request that reached the outside, by path. */
const asked = new Map<string, number>()
let innerAsked = 0
let photo: Buffer
let bomb: Buffer
const warned: Record<string, unknown>[] = []

beforeAll(async () => {
  photo = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#c33' } })
    .withExif({ IFD0: { Copyright: 'somebody', ImageDescription: 'at home' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()
  bomb = await sharp({
    create: { width: 9000, height: 9000, channels: 3, background: '#000' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer()
  server = createServer(answer)
  inner = createServer((_, response) => {
    innerAsked += 1
    response.end('secret')
  })
  for (const one of [server, inner])
    await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  site = await openSite()
  site.parley.fetching = { allow: [host] }
  const { log } = site.parley
  site.parley.log = {
    ...log,
    warn: (about: Record<string, unknown>) => {
      warned.push(about)
    },
  } as typeof log
})
afterAll(async () => {
  await site.close()
  server.close()
  inner.close()
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? ''
  asked.set(path, (asked.get(path) ?? 0) + 1)
  const innerPort = (inner.address() as AddressInfo).port
  const leads: Record<string, string> = {
    '/in.png': `http://127.0.0.1:${innerPort}/`,
    '/cloud.png': 'http://169.254.169.254/latest/meta-data/',
    '/file.png': 'file:///etc/passwd',
  }
  const holds: Record<string, string | Buffer> = {
    '/bomb.png': bomb,
    '/cut.jpg': photo.subarray(0, photo.length - 200),
    '/drawing.svg': '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    '/page.png': '<script>globalThis.ran=1</script>',
    '/sound.wav': wave,
  }
  const [location, held] = [leads[path], path.startsWith('/photo') ? photo : holds[path]]
  if (location !== undefined) response.writeHead(302, { location }).end()
  else if (path === '/big.png') response.writeHead(200, { 'content-length': 5e7 }).end()
  else if (path === '/endless.png') endless(response)
  else if (held === undefined) response.writeHead(404).end('nothing')
  else response.end(held)
}

/** Sends and sends, without ever saying how much. */
function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(1_000_000)));
    if (!response.destroyed) response.once('drain', more)
  }
  response.on('error', () => undefined)
  more()
}

const wave = Buffer.concat([
  Buffer.from(
    'RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\x08\0\0',
    'latin1',
  ),
  Buffer.alloc(2048, 7),
])

async function addressFor(person: Person, link: string, type = 'image'): Promise<string> {
  const { parley } = site
  const dataset = await makeDataset(parley, {
    fields: [{ name: 'shown', title: 'Shown', type }],
    questions: [{ type: 'rating', name: 'q', title: 'How?' }],
  })
  const { id } = await addRecord(parley, dataset, { fields: { shown: link }, outputs: [] })
  const { token } = await beginSession(parley, { type: 'person', person })
  const session = await findSession(parley, token)
  const visitor = session && (await findVisitor(parley, session))
  if (!visitor) throw new Error('Nobody is signed in.')
  return mediaAddress(parley, visitor, { datasetId: dataset.id, recordId: id, field: 'shown' })
}

describe('happy: what a record links to', () => {
  test('an image comes as WebP, upright, without what its maker left in it, and is fetched once', async () => {
    const address = await addressFor(ana, `http://${host}/photo.jpg`)
    const answers = await Promise.all([1, 2, 3].map(() => site.get(address, ana)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const [first] = answers
    expect(Object.fromEntries(first?.headers ?? [])).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': 'inline; filename="parley.webp"',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    })
    const bytes = Buffer.from((await first?.arrayBuffer()) ?? new ArrayBuffer(0))
    const { width, height, exif, icc, xmp, format } = await sharp(bytes).metadata()
    expect({ width, height, exif, icc, xmp, format }).toEqual({
      ...{ width: 40, height: 60, format: 'webp' },
      ...{ exif: undefined, icc: undefined, xmp: undefined },
    })
    await site.get(address, ana)
    expect(asked.get('/photo.jpg')).toBe(1)
    const tag = first?.headers.get('etag') ?? ''
    expect((await site.get(address, ana, { 'if-none-match': tag })).status).toBe(304)
  })

  test('on a page it is a figure; a hostile title stays one', async () => {
    const title = '"><script>globalThis.ran=1</script>'
    const figure = String(
      await mediaFigure({ type: 'image', address: '/media/a.b', title, alone: 'Alone' }),
    )
    expect(figure).toMatch(
      /^<figure class="media"><img src="\/media\/a\.b" alt="&quot;&gt;&lt;script/,
    )
    const audio = { type: 'audio', address: '/media/a.b', title, alone: 'Allein' } as const
    expect(String(await mediaFigure(audio))).toMatch(/<audio .*Allein/)
  })

  test('a sound comes as it is, and in the parts that players ask for', async () => {
    const address = await addressFor(ana, `http://${host}/sound.wav`, 'audio')
    const whole = await site.get(address, ana)
    expect(whole.headers.get('content-type')).toBe('audio/wav')
    expect(Buffer.from(await whole.arrayBuffer()).equals(wave)).toBe(true)
    const part = await site.get(address, ana, { range: 'bytes=44-47' })
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 44-47/${wave.length}`,
    ])
    expect(Buffer.from(await part.arrayBuffer())).toEqual(Buffer.alloc(4, 7))
    expect((await site.get(address, ana, { range: 'bytes=99999-' })).status).toBe(416)
  })

  test('a day later it is fetched again; what does not answer then is shown as it was', async () => {
    const address = await addressFor(ana, `http://${host}/photo-2.jpg`)
    expect((await site.get(address, ana)).status).toBe(200)
    site.clock.advance('25 hours')
    const anew = await addressFor(ana, `http://${host}/photo-2.jpg`)
    expect((await site.get(anew, ana)).status).toBe(200)
    expect(asked.get('/photo-2.jpg')).toBe(2)
  })

  test('the disk is bounded: what nobody looked at longest goes first', async () => {
    const clock = { at: Date.parse('2026-03-02T09:00:00Z') }
    const later = () => {
      clock.at += 60_000
      return new Date(clock.at)
    }
    const keep = openKeep(join(site.dataDir, 'small'), later, 1000)
    const made = { bytes: Buffer.alloc(300), type: 'image/webp', extension: 'webp' }
    for (const link of ['a', 'b', 'c']) await keep.store('image', link, made)
    await keep.find('image', 'a')
    await keep.store('image', 'd', made)
    const left = await Promise.all(['a', 'b', 'c', 'd'].map((one) => keep.find('image', one)))
    expect(left.map((one) => one !== null)).toEqual([true, false, true, true])
  })

  test.each([
    [undefined, null],
    ['bytes=0-4', { start: 0, end: 4 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=8-99', { start: 8, end: 9 }],
    ['bytes=10-', 'none'],
    ['bytes=-0', 'none'],
    ['bytes=4-2', null],
    ['bytes=0-1,3-4', null],
    ['lines=0-1', null],
  ])('of ten bytes, %s asks for %o', (header, range) => {
    expect(readRange(header, 10)).toEqual(range)
  })
})

describe('happy: on the page of a task', () => {
  test('the holder of its link sees the image in a real browser, under the policy of every page', async () => {
    const { parley } = site
    const ben: Person = { ...ana, userId: 'UBEN' }
    await giveConsent(parley, ben, { version: consentVersion })
    const dataset = await makeDataset(parley, {
      fields: [{ name: 'shown', title: 'What is it?', type: 'image' }],
      questions: [{ type: 'label', name: 'q', title: 'What?', options: ['cat', 'dog'] }],
    })
    const fields = { shown: `http://${host}/photo-5.jpg` }
    await addRecord(parley, dataset, { fields, outputs: [] })
    const ready = parley.db.updateTable('datasets').set({ status: 'ready' })
    await ready.where('id', '=', dataset.id).execute()
    const by = ben
    const reply = await handleInteraction(parley, { by, type: 'next', dataset: dataset.name })
    if (reply.type !== 'task') throw new Error(JSON.stringify(reply))
    const { assignmentId } = reply.card
    const address = new URL(cardLink(parley, { by, assignmentId })).pathname
    const shown = await site.get(`${address}/media/shown`)
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect((await site.get(`${address}/media/other`)).status).toBe(404)
    if (chromiumPath === undefined) return
    const tab = await site.open(address)
    await tab.page.locator('figure.media img').scrollIntoViewIfNeeded()
    const width = await tab.page.waitForFunction(
      'document.querySelector("figure.media img").naturalWidth',
    )
    expect(await width.jsonValue()).toBe(40)
    expect(tab.problems).toEqual([])
  })
})

describe('refused: what is no harmless image or sound', () => {
  test.each([
    ['50 MB', '/big.png', 'image', /larger than Parley shows/],
    ['more and more without an end', '/endless.png', 'image', /larger than Parley shows/],
    ['a few bytes that unpack to 81 million pixels', '/bomb.png', 'image', /50 million pixels/],
    ['a drawing that may hold programs', '/drawing.svg', 'image', /SVG/],
    ['a page that calls itself an image', '/page.png', 'image', /no image or recording/],
    ['a sound where an image is said to be', '/sound.wav', 'image', /no image or recording/],
    ['an image where a sound is said to be', '/photo-3.jpg', 'audio', /no image or recording/],
    ['half an image', '/cut.jpg', 'image', /damaged/],
    ['nothing', '/gone.png', 'image', /leads to nothing/],
    ['a way to our own network', '/in.png', 'image', /may not fetch/],
    ['a way to the cloud’s secrets', '/cloud.png', 'image', /may not fetch/],
    ['a way to our own files', '/file.png', 'image', /may not fetch/],
  ])('%s, in plain words, once in the log', async (_, path, type, said) => {
    const before = warned.length
    const address = await addressFor(ana, `http://${host}${path}`, type)
    const count = asked.get(path) ?? 0
    for (const _time of [1, 2]) {
      const answer = await site.get(address, ana)
      expect(answer.status).toBe(422)
      expect(await answer.text()).toMatch(said)
    }
    expect((asked.get(path) ?? 0) - count).toBe(1)
    expect(warned.slice(before)).toMatchObject([{ event: 'web.media_refused', kind: type }])
    expect(innerAsked).toBe(0)
  })

  test('a private place by its own name, and http where anybody can listen', async () => {
    for (const [link, said] of [
      ['https://127.0.0.1:1/a.png', /may not fetch/],
      ['https://[::1]/a.png', /may not fetch/],
      ['http://example.com/a.png', /https/],
    ] as const) {
      const answer = await site.get(await addressFor(ana, link), ana)
      expect([answer.status, await answer.text()]).toEqual([422, expect.stringMatching(said)])
    }
  })

  test.each([
    'javascript:alert(1)',
    'data:image/png;base64,AA==',
    'file:///etc/passwd',
    'https://name:word@x.test/a.png',
    'https://x.test/a b.png',
    '/a.png',
    '',
  ])('%j is no link', (link) => {
    expect(mediaLink(link)).toBeNull()
  })
})

describe('forbidden: another person’s image', () => {
  test('a copied, changed or old address opens nothing, and who is not signed in is asked to', async () => {
    const address = await addressFor(ana, `http://${host}/photo-4.jpg`)
    const changed = address.replace(
      /\.(.)/,
      (_, letter: string) => `.${letter === 'A' ? 'B' : 'A'}`,
    )
    expect((await site.get(address, webAdmin)).status).toBe(404)
    expect((await site.get(changed, ana)).status).toBe(404)
    expect((await site.get('/media/x.y', ana)).status).toBe(404)
    const without = await site.get(address)
    expect([without.status, without.headers.get('content-type')]).not.toEqual([200, 'image/webp'])
    site.clock.advance('14 hours')
    expect((await site.get(address, ana)).status).toBe(404)
    expect(asked.get('/photo-4.jpg')).toBeUndefined()
  })
})

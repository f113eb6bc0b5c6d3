/** Addresses that people name are fetched from the open internet, and from nowhere they must not. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type FetchRequest,
  type Lookup,
  openSafeFetch,
  redirectTarget,
} from '../../src/fetch/safe.ts'

type Serve = (request: IncomingMessage, response: ServerResponse) => void
let serve: Serve
let asked: string[] = []
let port = 0
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  serve(request, response)
})
const opened: { close(): Promise<void> }[] = []
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  if (isAddressInfo(at)) port = at.port
})
afterEach(async () => {
  asked = []
  await Promise.all(opened.splice(0).map((one) => one.close()))
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Every name is on this machine, as in an attacker's own DNS. */
const here: Lookup = (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }])
const open = (allow: readonly string[] = [], lookup = here) => {
  const fetch = openSafeFetch({ allow, lookup })
  opened.push(fetch)
  return fetch
}
const get = (url: string, allow?: readonly string[], request: Partial<FetchRequest> = {}) =>
  open(allow).get(url, { mostBytes: 1_000_000, seconds: 20, ...request })

describe('happy', () => {
  test('a host of a private network is asked where the setting names it, with or without its port', async () => {
    serve = (request, response) => response.end(`you sent ${request.headers['x-key']}`)
    for (const allow of [
      `data.example:${port}`,
      'data.example',
      `DATA.example:${port}`.toLowerCase(),
    ]) {
      const answer = await get(`http://data.example:${port}/a?b=c`, [allow], {
        headers: { 'x-key': 'k' },
      })
      expect([answer.status, await textOf(answer.body)]).toEqual([200, 'you sent k'])
    }
    const number = await get(`http://127.0.0.1:${port}/`, [`127.0.0.1:${port}`])
    expect(number.status).toBe(200)
  })

  test('redirects are followed, and what was sent along goes to the origin that was named alone', async () => {
    const keys: unknown[] = []
    serve = (request, response) => {
      keys.push(request.headers.authorization)
      const [, hop = ''] = request.url?.split('/') ?? []
      if (hop === '0') response.writeHead(302, { location: '/1' }).end()
      else if (hop === '1')
        response.writeHead(307, { location: `http://other.example:${port}/2` }).end()
      else if (hop === '2')
        response.writeHead(308, { location: `http://data.example:${port}/3` }).end()
      else response.end('there')
    }
    const answer = await get(`http://data.example:${port}/0`, ['data.example', 'other.example'], {
      headers: { authorization: 'Bearer k' },
    })
    expect(await textOf(answer.body)).toBe('there')
    expect(answer.url.href).toBe(`http://data.example:${port}/3`)
    expect(keys).toEqual(['Bearer k', 'Bearer k', undefined, undefined])
  })

  test('what says no is an answer', async () => {
    serve = (_, response) => response.writeHead(404, { 'retry-after': '3' }).end('no')
    const answer = await get(`http://data.example:${port}/`, ['data.example'])
    expect([answer.status, answer.header('Retry-After')]).toEqual([404, '3'])
  })

  test('packed bodies come unpacked', async () => {
    serve = (request, response) => {
      const isBrotli = request.url === '/br'
      response.setHeader('content-encoding', isBrotli ? 'br' : 'gzip')
      response.end((isBrotli ? brotliCompressSync : gzipSync)('said'))
    }
    for (const path of ['/gzip', '/br']) {
      const answer = await get(`http://data.example:${port}${path}`, ['data.example'])
      expect(await textOf(answer.body)).toBe('said')
    }
  })
})

describe('refused: half of a body is not taken for the whole', () => {
  const whole = Buffer.from(`${'line after line, '.repeat(2000)}${'0123456789'.repeat(50)}`)
  const packed = gzipSync(whole)

  test('nothing is asked for packed, and what is said of its length is believed', async () => {
    let accepted: unknown
    serve = (request, response) => {
      accepted = request.headers['accept-encoding']
      response.end('whole')
    }
    await textOf((await get(`http://data.example:${port}/`, ['data.example'])).body)
    expect(accepted).toBe('identity')
  })

  test.each<[string, Serve]>([
    [
      'a length that is not reached, and the connection is closed',
      (_, response) => {
        response.writeHead(200, { 'content-length': whole.length, connection: 'close' })
        response.write(whole.subarray(0, 500), () => response.destroy())
      },
    ],
    [
      'pieces of which the last is missing',
      (_, response) => {
        response.writeHead(200, { connection: 'close' })
        response.write(whole.subarray(0, 500), () => response.destroy())
      },
    ],
    [
      'half of what is packed, in full',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        response.end(packed.subarray(0, packed.length >> 1))
      },
    ],
    [
      'packed, without its last byte',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'x-gzip' })
        response.end(packed.subarray(0, -1))
      },
    ],
    [
      'half of it, packed as Brotli',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'br' })
        response.end(brotliCompressSync(whole).subarray(0, 20))
      },
    ],
    [
      'half of it, packed with zstd',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'zstd' })
        response.end(zstdCompressSync(whole).subarray(0, 20))
      },
    ],
  ])('%s', async (_, answer) => {
    serve = answer
    const { body } = await get(`http://data.example:${port}/`, ['data.example'])
    await expect(textOf(body)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /data\.example:\d+ sends is cut off or damaged after \d+ bytes/,
      ),
    })
  })

  test('a packing that nobody here can open', async () => {
    serve = (_, response) => response.writeHead(200, { 'content-encoding': 'compress' }).end('x')
    const { body } = await get(`http://data.example:${port}/`, ['data.example'])
    await expect(textOf(body)).rejects.toThrow('"compress", which is not read here')
  })

  test('a packed body that unpacks to more than it may', async () => {
    serve = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      response.end(gzipSync(Buffer.alloc(100_000)))
    }
    const { body } = await get(`http://data.example:${port}/`, ['data.example'], {
      mostBytes: 5000,
    })
    await expect(textOf(body)).rejects.toThrow('more than')
  })
})

describe('refused: our own network', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://127.1:PORT/',
    'http://0x7f000001:PORT/',
    'http://2130706433:PORT/',
    'http://0:PORT/',
    'http://[::1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST.:PORT/',
    'http://rebind.example:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'http://user.example@127.0.0.1:PORT/',
    'file:///etc/passwd',
    'ftp://data.example/',
    'data:text/plain,a',
    'nonsense',
  ])('%s is asked nothing', async (url) => {
    serve = (_, response) => response.end('secret')
    const refused = get(url.replace('PORT', String(port)), [`elsewhere.example:${port}`])
    await expect(refused).rejects.toMatchObject({ code: 'invalid' })
    expect(asked).toEqual([])
  })

  test('the refusal names the setting that would allow it, as it must be written', async () => {
    await expect(get('http://[::1]:6900/')).rejects.toThrow('PARLEY_FETCH_ALLOW=[::1]:6900')
    await expect(get('http://argilla.internal/')).rejects.toThrow(
      'PARLEY_FETCH_ALLOW=argilla.internal:80',
    )
  })

  test('another port of a host of which one port is allowed', async () => {
    await expect(get(`http://data.example:${port}/`, ['data.example:1'])).rejects.toMatchObject({
      code: 'invalid',
    })
    expect(asked).toEqual([])
  })

  test.each([
    'http://127.0.0.1:PORT/secret',
    'http://[::ffff:127.0.0.1]:PORT/secret',
    'http://inside.example:PORT/secret',
    '//inside.example:PORT/secret',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:PORT/',
  ])('a redirect to %s', async (location) => {
    serve = (_, response) =>
      response.writeHead(302, { location: location.replace('PORT', String(port)) }).end()
    const refused = get(`http://data.example:${port}/start`, [`data.example:${port}`])
    await expect(refused).rejects.toMatchObject({ code: 'invalid' })
    expect(asked).toEqual(['/start'])
  })

  test('a name that answers with a public number first and a private one then, or with both', async () => {
    serve = (_, response) => response.end('secret')
    // Nothing has this number; what matters is that the name's second answer is judged anew.
    const nowhere = { address: '2d00::1', family: 6 }
    const answers = [[nowhere], [{ address: '127.0.0.1', family: 4 }]]
    let looked = 0
    const twice = open([], (_name, _options, done) => done(null, answers[looked++] ?? []))
    const request = { mostBytes: 1000, seconds: 1 }
    await expect(twice.get(`http://rebind.example:${port}/`, request)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(looked).toBe(1)
    await expect(twice.get(`http://rebind.example:${port}/`, request)).rejects.toMatchObject({
      code: 'invalid',
    })
    const both = open([], (_name, _options, done) =>
      done(null, [nowhere, { address: '127.0.0.1', family: 4 }]),
    )
    await expect(both.get(`http://rebind.example:${port}/`, request)).rejects.toMatchObject({
      code: 'invalid',
    })
    expect(asked).toEqual([])
  })

  test('a redirect never leads from https to http, wherever it points', () => {
    fc.assert(
      fc.property(fc.webUrl({ validSchemes: ['http', 'https'] }), fc.webUrl(), (from, to) => {
        const isDown = from.startsWith('https:') && to.startsWith('http:')
        const lead = () => redirectTarget(new URL(from), to)
        if (isDown) expect(lead).toThrow('from https to http')
        else expect(lead().href).toBe(new URL(to).href)
      }),
    )
  })
})

describe('refused: what does not end', () => {
  test('redirects that go round', async () => {
    serve = (request, response) =>
      response.writeHead(302, { location: `${request.url ?? ''}x` }).end()
    await expect(get(`http://data.example:${port}/`, ['data.example'])).rejects.toThrow(
      'more than 5 times',
    )
    expect(asked).toHaveLength(6)
  })

  test('more than was asked for, said beforehand or not', async () => {
    serve = (request, response) => {
      if (request.url === '/said') response.setHeader('content-length', 5_000_000)
      response.end(Buffer.alloc(5_000_000))
    }
    for (const path of ['/said', '/unsaid']) {
      const answer = await get(`http://data.example:${port}${path}`, ['data.example'])
      await expect(textOf(answer.body)).rejects.toThrow('more than 1 MB')
    }
  })

  test.each(['gzip', 'br'])('a bomb packed as %s', async (encoding) => {
    const bytes = Buffer.alloc(50_000_000)
    const packed = encoding === 'gzip' ? gzipSync(bytes) : brotliCompressSync(bytes)
    serve = (_, response) => response.setHeader('content-encoding', encoding).end(packed)
    const answer = await get(`http://data.example:${port}/`, ['data.example'])
    let most = 0
    const reading = async () => {
      for await (const chunk of answer.body) most += chunk.length
    }
    await expect(reading()).rejects.toThrow('more than 1 MB')
    expect(most).toBeLessThanOrEqual(1_000_000)
  })

  test('what is cut off, and what never comes', async () => {
    serve = (request, response) => {
      if (request.url === '/never') return
      response.setHeader('content-length', 10)
      response.write('half')
      setTimeout(() => response.destroy(), 20)
    }
    const cut = await get(`http://data.example:${port}/cut`, ['data.example'])
    await expect(textOf(cut.body)).rejects.toMatchObject({ code: 'unavailable' })
    const never = get(`http://data.example:${port}/never`, ['data.example'], { seconds: 0.2 })
    await expect(never).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('aborted due to timeout'),
    })
  })

  test('a host that is not there', async () => {
    const nobody = open([], (_name, _options, done) =>
      done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
    )
    await expect(
      nobody.get('https://nobody.example/', { mostBytes: 1, seconds: 5 }),
    ).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('nobody.example cannot be reached right now (ENOTFOUND)'),
    })
  })
})

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function isAddressInfo(at: AddressInfo | string | null): at is AddressInfo {
  return typeof at === 'object' && at !== null
}

/** Large files on their way to a bucket or to the Hub: in parts, each checked, and none left when it fails. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import nock from 'nock'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { exportElsewhere } from '../../src/exports/destinations/send.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { cleo, makeDataset } from './ground.ts'

let at: TestParley
let name: string

beforeAll(async () => {
  // Its own, so that what others write at the same time is not taken for ours.
  process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'parley-upload-'))
  nock.disableNetConnect()
  nock.enableNetConnect('127.0.0.1')
  at = await startParley()
  name = (await makeDataset(at.parley, {})).name
  // Some 20 MB: three parts.
  const text = 'x'.repeat(10_000)
  const source = Array.from({ length: 2000 }, (_, n) =>
    Buffer.from(
      `${JSON.stringify({ id: `n${n}`, prompt: `${n} ${text}`, outputs: ['a', 'b'] })}\n`,
    ),
  )
  await importRecords(at.parley, cleo, { dataset: name, source })
})
afterEach(() => nock.cleanAll())
afterAll(async () => {
  nock.enableNetConnect()
  rmSync(tmpdir(), { recursive: true, force: true })
  delete process.env['TMPDIR']
  await at.close()
})

const token = 'hf_the_token_of_the_hub'
const destinations = {
  s3: {
    region: 'eu-central-1',
    endpoint: 'https://store.example',
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: 'the secret of the bucket',
    sessionToken: null,
  },
  hub: { token, endpoint: 'https://hub.example' },
}
const send = (
  to: string,
  more: { onSent?: (sent: number, of: number) => void } = {},
  of = destinations,
) => exportElsewhere(at.parley, cleo, { dataset: name, as: 'records', to, ...more }, of)

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const scratch = () => readdirSync(tmpdir()).filter((one) => one.startsWith('parley-export-'))

/**
 * A store that keeps what it gets; `instead` answers a call otherwise. (nock does not know how Node
 * asks before it sends a large body.)
 */
async function openStore(instead: (call: string) => [status: number, body: string] | null) {
  const calls: string[] = []
  const aborted: (string | null)[] = []
  const parts = new Map<string, Buffer>()
  const objects = new Map<string, Buffer>()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store.example')
    const bytes = Buffer.concat(await request.toArray())
    const part = searchParams.get('partNumber')
    const what = part ? ` part ${part}` : searchParams.has('uploads') ? ' begin' : ''
    const call = `${request.method} ${pathname.split('/').at(-1)}${what}`
    if (request.method !== 'GET') calls.push(call)
    if (request.method === 'DELETE') aborted.push(searchParams.get('uploadId'))
    const md5 = request.headers['content-md5']
    if (md5 !== undefined) expect(md5).toBe(createHash('md5').update(bytes).digest('base64'))
    const [status, body] = instead(call) ?? [200, '<R><UploadId>u1</UploadId><ETag>"w"</ETag></R>']
    if (status === 200 && request.method === 'PUT') {
      if (part) parts.set(part, bytes)
      else objects.set(pathname, bytes)
    }
    if (status === 200 && request.method === 'POST' && !searchParams.has('uploads')) {
      const named = [...bytes.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)]
      objects.set(pathname, Buffer.concat(named.flatMap(([, n = '']) => parts.get(n) ?? [])))
    }
    response.writeHead(status, { etag: `"e${part}"`, 'content-type': 'application/xml' })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${Object(server.address()).port}`
  return {
    calls,
    aborted,
    objects,
    to: { ...destinations, s3: { ...destinations.s3, endpoint } },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('happy: a bucket', () => {
  test('gets parts that make up the file, and the manifest once it is whole', async () => {
    let failures = 0
    // The first time the second part comes, the store is tired.
    const store = await openStore((call) =>
      call.endsWith('part 2') && failures++ === 0 ? [503, ''] : null,
    )
    const shares: number[] = []
    const onSent = (sent: number, of: number) => void shares.push(sent / of)
    await send('s3://training/x/', { onSent }, store.to)
    const file = `${name}-records.jsonl`
    expect(store.calls).toEqual([
      `POST ${file} begin`,
      ...[1, 2, 2, 3].map((part) => `PUT ${file} part ${part}`),
      `POST ${file}`,
      `PUT .${file}.manifest.json`,
    ])
    const [whole = Buffer.alloc(0), manifest = Buffer.alloc(0)] = store.objects.values()
    expect(JSON.parse(manifest.toString()).files).toEqual([
      { name: file, rows: 2000, sha256: sha256(whole) },
    ])
    expect(shares).toHaveLength(4)
    expect(shares.at(-1)).toBe(1)
    expect(scratch()).toEqual([])
    store.close()
  })
})

describe('twice: a bucket', () => {
  const key = () => `x/${name}-records.jsonl`
  const listed = () =>
    `<R><Upload><Key>${key()}</Key><UploadId>old</UploadId></Upload><Upload><Key>${key()}.other</Key><UploadId>not-ours</UploadId></Upload></R>`

  test('what a run that was killed left unfinished there is removed by the next one', async () => {
    const store = await openStore((call) => (call.startsWith('GET') ? [200, listed()] : null))
    await send('s3://training/x/', {}, store.to)
    expect(store.aborted).toEqual(['old'])
    expect(store.objects.size).toBe(2)
    store.close()
  })

  test('parts that cannot be removed are named', async () => {
    const denied: [number, string] = [403, '<Error><Code>AccessDenied</Code></Error>']
    const store = await openStore((call) =>
      call.endsWith('part 2') || call.startsWith('DELETE') ? denied : null,
    )
    await expect(send('s3://training/x/', {}, store.to)).rejects.toThrow(
      `Parts of ${key()} stay in the bucket "training" unseen`,
    )
    store.close()
  })
})

describe('refused: a bucket', () => {
  test.each<[string, string, [number, string], RegExp]>([
    ['refuses a part', 'part 2', [403, '<Error><Code>AccessDenied</Code></Error>'], /refused us/],
    [
      'fails at the end, which S3 says in an answer that is none',
      'POST',
      [200, '<Error><Code>InternalError</Code><Message>no</Message></Error>'],
      /Try again in a moment/,
    ],
  ])('that %s gets its parts taken back, and no manifest', async (_, where, answer, said) => {
    const store = await openStore((call) =>
      call.endsWith(where) || (where === 'POST' && /^POST [^ ]+$/.test(call)) ? answer : null,
    )
    await expect(send('s3://training/x/', {}, store.to)).rejects.toThrow(said)
    expect(store.calls.at(-1)).toBe(`DELETE ${name}-records.jsonl`)
    expect(store.calls.join()).not.toContain('manifest')
    expect(scratch()).toEqual([])
    store.close()
  })
})

describe('happy: the Hub', () => {
  /** What the Hub says before anything large goes up. */
  function asksForLarge(
    href: string,
    header: (size: number) => Record<string, string>,
    verify?: { href: string },
  ) {
    const hub = nock('https://hub.example', { reqheaders: { authorization: `Bearer ${token}` } })
    hub.post('/api/validate-yaml').reply(200, { errors: [], warnings: [] })
    hub.post('/api/repos/create').reply(200, {})
    hub.post('/api/datasets/acme/prefs/preupload/main').reply(async (request: Request) => {
      const { files }: { files: { path: string }[] } = JSON.parse(await request.text())
      const modes = files.map(({ path }) => ({
        path,
        uploadMode: path.endsWith('.jsonl') ? 'lfs' : 'regular',
      }))
      return [200, { files: modes }]
    })
    hub.post('/datasets/acme/prefs.git/info/lfs/objects/batch').reply(async (request: Request) => {
      const asked: { objects: { oid: string; size: number }[]; transfers: string[] } = JSON.parse(
        await request.text(),
      )
      const objects = asked.objects.map(({ oid, size }) => ({
        ...{ oid, size },
        actions: { upload: { href, header: header(size) }, ...(verify ? { verify } : {}) },
      }))
      return [200, { objects }]
    })
    return hub
  }

  /** Takes the one commit, and returns what its lines were. */
  function takesCommit(hub: nock.Scope) {
    const lines: { key: string; value: Record<string, unknown> }[] = []
    hub.post('/api/datasets/acme/prefs/commit/main').reply(async (request: Request) => {
      for (const line of (await request.text()).split('\n')) lines.push(JSON.parse(line))
      return [200, { commitUrl: 'https://hub.example/c', commitOid: 'c', hookOutput: '' }]
    })
    return lines
  }

  const expectCommit = (
    lines: { key: string; value: Record<string, unknown> }[],
    whole: Buffer,
  ) => {
    const large = lines.filter(({ key }) => key === 'lfsFile').map(({ value }) => value)
    expect(large).toEqual([
      {
        path: `${name}-records.jsonl`,
        ...{ algo: 'sha256', size: whole.length, oid: sha256(whole) },
      },
    ])
    const small = lines.filter(({ key }) => key === 'file').map(({ value }) => value['path'])
    expect(small).toEqual([`.${name}-records.jsonl.manifest.json`, 'README.md'])
  }

  test('gets a large file beside the commit, at an address that is not told the token', async () => {
    const hub = asksForLarge('https://large.example/one', () => ({}))
    let whole = Buffer.alloc(0)
    nock('https://large.example', { badheaders: ['authorization'] })
      .put('/one')
      .reply(async (request: Request) => {
        whole = Buffer.from(await request.arrayBuffer())
        return [200, '']
      })
    const lines = takesCommit(hub)
    await send('hf://datasets/acme/prefs')
    expectCommit(lines, whole)
  })

  test('gets a very large one in parts, where it asks for that', async () => {
    const chunk = 8_000_000
    const parts = new Map<string, Buffer>()
    const hub = asksForLarge('https://large.example/complete', (size) => ({
      chunk_size: String(chunk),
      ...Object.fromEntries(
        Array.from({ length: Math.ceil(size / chunk) }, (_, n) => {
          const part = String(n + 1).padStart(5, '0')
          return [part, `https://large.example/part/${part}`]
        }),
      ),
    }))
    nock('https://large.example', { badheaders: ['authorization'] })
      .persist()
      .put(/^\/part\//)
      .reply(async (request: Request) => {
        const part = request.url.slice(-5)
        parts.set(part, Buffer.from(await request.arrayBuffer()))
        return [200, '', { etag: `"${part}"` }]
      })
      .post('/complete')
      .reply(200, {})
    const lines = takesCommit(hub)
    await send('hf://datasets/acme/prefs')
    expect(parts.size).toBe(3)
    const whole = Buffer.concat([...parts].sort().map(([, bytes]) => bytes))
    expectCommit(lines, whole)
  })

  test('is told that a large file has arrived, where it asks for that, before the commit', async () => {
    const verify = { href: 'https://hub.example/verify', header: { 'x-more': '1' } }
    const hub = asksForLarge('https://large.example/one', () => ({}), verify)
    let whole = Buffer.alloc(0)
    nock('https://large.example')
      .put('/one')
      .reply(async (request: Request) => {
        whole = Buffer.from(await request.arrayBuffer())
        return [200, '']
      })
    let told: unknown
    hub.post('/verify').reply(async (request: Request) => {
      expect(request.headers.get('x-more')).toBe('1')
      told = JSON.parse(await request.text())
      return [200, {}]
    })
    const lines = takesCommit(hub)
    await send('hf://datasets/acme/prefs')
    expect(told).toEqual({ oid: sha256(whole), size: whole.length })
    expectCommit(lines, whole)
  })

  test('that does not find a large file gets no commit', async () => {
    const hub = asksForLarge('https://large.example/one', () => ({}), {
      href: 'https://hub.example/verify',
    })
    nock('https://large.example').put('/one').reply(200, '')
    hub.post('/verify').reply(404, { message: 'Not there' })
    await expect(send('hf://datasets/acme/prefs')).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('that refuses the large file gets no commit', async () => {
    asksForLarge('https://large.example/one', () => ({}))
    nock('https://large.example').put('/one').reply(403, '')
    // A commit would find nobody who answers it, and fail otherwise than this.
    await expect(send('hf://datasets/acme/prefs')).rejects.toMatchObject({ code: 'forbidden' })
    expect(scratch()).toEqual([])
  })
})

describe('happy: what is much larger than memory may be', () => {
  /** Takes all that comes, and says what both clients want to hear. */
  async function openSink() {
    const server = createServer(async (request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://store.example')
      const isTold = request.headers['content-type']?.includes('json') ?? false
      if (!isTold) {
        request.resume()
        await once(request, 'end')
      }
      const asked = isTold ? Buffer.concat(await request.toArray()).toString() : ''
      response.writeHead(200, { etag: '"e"', 'content-type': 'application/xml' })
      if (pathname.endsWith('/preupload/main')) {
        const { files }: { files: { path: string }[] } = JSON.parse(asked)
        const uploadMode = (path: string) => (path.endsWith('.bin') ? 'lfs' : 'regular')
        const modes = files.map(({ path }) => ({ path, uploadMode: uploadMode(path) }))
        response.end(JSON.stringify({ files: modes }))
      } else if (pathname.endsWith('/objects/batch')) {
        const { objects }: { objects: object[] } = JSON.parse(asked)
        const actions = { upload: { href: `${endpoint}/large` } }
        response.end(JSON.stringify({ objects: objects.map((one) => ({ ...one, actions })) }))
      } else if (pathname.startsWith('/api/')) response.end('{}')
      else response.end('<R><UploadId>u1</UploadId><ETag>"e"</ETag></R>')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const endpoint = `http://127.0.0.1:${Object(server.address()).port}`
    return { endpoint, close: () => server.close() }
  }

  /** The most memory, in MB, that a process of its own takes to send `megabytes`. */
  async function memoryFor(megabytes: number, to: string, endpoint: string) {
    const path = join(tmpdir(), `large-${megabytes}.bin`)
    writeFileSync(path, '')
    truncateSync(path, megabytes * 1_000_000)
    const uploader = fileURLToPath(new URL('./uploader.ts', import.meta.url))
    // With as much for what is young as bin/parley.js gives: else garbage is counted that nobody collected.
    const memory = '--max-semi-space-size=8'
    const child = spawn(process.execPath, [memory, uploader, to, path, endpoint])
    const [said, told] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()])
    expect(Buffer.concat(told).toString()).toBe('')
    rmSync(path)
    return Number(Buffer.concat(said).toString())
  }

  test.each(['s3', 'hub'])(
    '%s: 400 MB more take less than 200 MB more memory',
    async (to) => {
      const sink = await openSink()
      const [little, much] = [
        await memoryFor(1, to, sink.endpoint),
        await memoryFor(401, to, sink.endpoint),
      ]
      expect(little).toBeGreaterThan(10)
      expect(much - little).toBeLessThan(200)
      sink.close()
    },
    60_000,
  )
})

/** A file may be named by its address: it is fetched, imported as the file it is, and gone. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataset } from '../exports/ground.ts'
import { environmentOf, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const lines = ['a', 'b'].map((id) =>
  JSON.stringify({ id, prompt: `Say ${id}`, outputs: ['x', 'y'] }),
)

let at: TestParley
let folder: string
let name: string
let host: string
const server = createServer(({ url = '' }, response) => {
  if (url.startsWith('/page')) response.setHeader('content-type', 'text/html').end('<html>')
  else if (url.startsWith('/rows.jsonl.gz')) response.end(gzipSync(lines.join('\n')))
  else if (url.startsWith('/rows.csv')) response.end('id,prompt,outputs\nc,Say c,"[""x"",""y""]"\n')
  else if (url.startsWith('/inside'))
    response.writeHead(302, { location: 'http://[::1]:6900/' }).end()
  else response.writeHead(404).end()
})

beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
  mkdirSync(join(folder, 'tmp'))
  name = (await makeDataset(at.parley, {})).name
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  host = `localhost:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const house = () => ({ folder, databaseUrl: at.database.url, secret: at.parley.secret })

function parley(allow: string, ...args: string[]) {
  const more = { TMPDIR: join(folder, 'tmp'), PARLEY_FETCH_ALLOW: allow }
  return typeCommand(args, { env: environmentOf(house(), more), cwd: folder })
}

const left = () => readdirSync(join(folder, 'tmp')).filter((one) => one.startsWith('parley-'))

describe('happy', () => {
  test('a packed file and a table are imported from where they lie, and nothing of them stays', async () => {
    const packed = await parley(host, 'import', name, `http://${host}/rows.jsonl.gz?download=true`)
    expect(packed).toMatchObject({ code: 0, out: expect.stringContaining('2 lines: 2 created') })
    const table = await parley(host, 'import', name, `http://${host}/rows.csv`)
    expect(table).toMatchObject({ code: 0, out: expect.stringContaining('1 row: 1 created') })
    expect(left()).toEqual([])
  }, 120_000)

  test('a document is inferred from one', async () => {
    const { code, out } = await parley(
      host,
      'new',
      'mine',
      '--from',
      `http://${host}/rows.jsonl.gz`,
    )
    expect([code, out]).toEqual([0, expect.stringContaining('name: "mine"')])
  })
})

describe('refused', () => {
  test.each([
    [
      'a private host that nobody allowed',
      '',
      '/rows.csv',
      /private network.*PARLEY_FETCH_ALLOW=localhost:\d+/,
    ],
    ['one to which another leads', 'HOST', '/inside', /private network/],
    ['a page in the place of a file', 'HOST', '/page', /web page, not a file.*"Raw"/],
    ['what is not there', 'HOST', '/nothing.jsonl', /answers 404/],
  ])('%s', async (_, allow, path, said) => {
    const result = await parley(allow && host, 'import', name, `http://${host}${path}`)
    expect(result).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) })
    expect(left()).toEqual([])
  })
})

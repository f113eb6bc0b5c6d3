/**
 * Ctrl-C and SIGTERM while the terminal exports or imports: real processes, real signals, held in the
 * middle by a Postgres (or a store) that goes quiet after so many bytes.
 */
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importRecords } from '../../src/imports/import-records.ts'
import { cleo, makeDataset } from '../exports/ground.ts'
import { environmentOf, startCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { openQuietPostgres } from '../support/quiet-postgres.ts'

const text = 'x'.repeat(10_000)

let at: TestParley
let folder: string
let scratch: string
let name: string

beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-stop-'))
  // For root, config.ts would take a folder elsewhere if others may not pass through this one.
  chmodSync(folder, 0o755)
  scratch = mkdtempSync(join(tmpdir(), 'parley-stop-'))
  const dataset = await makeDataset(at.parley, {})
  name = dataset.name
  // Some 20 MB: more than fits between Postgres and a process, and three parts of an upload.
  const source = Array.from({ length: 2000 }, (_, n) =>
    Buffer.from(
      `${JSON.stringify({ id: `n${n}`, prompt: `${n} ${text}`, outputs: ['a', 'b'] })}\n`,
    ),
  )
  await importRecords(at.parley, cleo, { dataset: name, source })
})
afterAll(async () => {
  for (const one of [folder, scratch]) rmSync(one, { recursive: true, force: true })
  await at.close()
})

function parley(args: readonly string[], more: Record<string, string> = {}) {
  const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
  const env = environmentOf(house, { TMPDIR: scratch, ...more })
  return startCommand(args, { env, cwd: folder })
}

async function openQuiet() {
  const postgres = await openQuietPostgres()
  postgres.hold(8_000_000)
  return { DATABASE_URL: postgres.before(at.database.url), close: postgres.close }
}

function portOf(server: { address(): unknown }): number {
  return Number(Object(server.address()).port)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** The size of what is being written below a folder. */
function partSize(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names
    .filter((one) => one.endsWith('.part'))
    .reduce((sum, one) => sum + statSync(join(directory, one)).size, 0)
}

describe('happy: an export that is stopped in the middle of its file', () => {
  test.each([
    ['SIGINT', ['--as', 'records', '--to', 'new/inside/all.jsonl']],
    ['SIGTERM', ['--as', 'prompts', '--split', '0.9', '--to', 'halves']],
    ['SIGINT', ['--as', 'records', '--to', 'packed.jsonl.gz']],
    ['SIGINT', ['--as', 'argilla', '--to', 'argilla']],
  ] as const)(
    '%s of %j leaves nothing, says so, and ends with 130',
    async (signal, args) => {
      const { close, ...env } = await openQuiet()
      const { child, ended } = parley(['export', name, ...args], env)
      await until(() => partSize(folder) > 0 || child.exitCode !== null)
      child.kill(signal)
      const { code, out, err } = await ended
      expect({ code, out }).toEqual({ code: 130, out: '' })
      expect(err).toBe('Stopped. Nothing was written.\n')
      expect(readdirSync(folder)).toEqual([])
      close()
    },
    60_000,
  )

  test('stdout cannot be undone: the command says that the output is incomplete', async () => {
    const { close, ...env } = await openQuiet()
    const args = ['export', name, '--as', 'records', '--to', '-', '--manifest', 'm.json']
    const { child, ended } = parley(args, env)
    await once(child.stdout ?? child, 'data')
    child.kill('SIGINT')
    const { code, err } = await ended
    expect(code).toBe(130)
    expect(err).toBe('Stopped. What went to stdout is not the whole export.\n')
    expect(readdirSync(folder)).toEqual([])
    close()
  }, 60_000)
})

describe('happy: an upload that is stopped', () => {
  const isOurs = (one: string) => one.startsWith('parley-export-')
  let store: Server
  const asked: string[] = []
  let held: Promise<void>
  beforeAll(async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    held = promise
    store = createHttpServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://store.example')
      asked.push(`${request.method} ${pathname} ${[...searchParams.keys()].sort().join(' ')}`)
      const answer = (status: number, body = '') => {
        request.resume()
        request.on('end', () => {
          response.writeHead(status, { etag: '"1"', 'content-type': 'application/xml' })
          response.end(body)
        })
      }
      if (searchParams.has('uploads'))
        return answer(
          200,
          '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>',
        )
      // The second part never gets an answer.
      if (searchParams.get('partNumber') === '2') return resolve()
      if (pathname === '/api/repos/create') return answer(200, '{}')
      if (pathname.endsWith('/preupload/main')) {
        let body = ''
        request.on('data', (bytes: Buffer) => {
          body += bytes
        })
        request.on('end', () => {
          const { files }: { files: { path: string }[] } = JSON.parse(body)
          const modes = files.map(({ path }) => ({
            path,
            uploadMode: path.endsWith('.jsonl') ? 'lfs' : 'regular',
          }))
          response.end(JSON.stringify({ files: modes }))
        })
        return
      }
      if (pathname.endsWith('/objects/batch')) {
        let body = ''
        request.on('data', (bytes: Buffer) => {
          body += bytes
        })
        request.on('end', () => {
          const { objects }: { objects: { oid: string; size: number }[] } = JSON.parse(body)
          const href = `http://127.0.0.1:${portOf(store)}/lfs?partNumber=2`
          response.end(
            JSON.stringify({
              objects: objects.map((one) => ({ ...one, actions: { upload: { href } } })),
            }),
          )
        })
        return
      }
      answer(204)
    })
    store.listen(0, '127.0.0.1')
    await once(store, 'listening')
  })
  afterAll(() => {
    store.closeAllConnections()
    store.close()
  })

  test('a bucket’s parts are removed, and no object is left', async () => {
    asked.length = 0
    const { child, ended } = parley(
      ['export', name, '--as', 'records', '--to', 's3://training/x/'],
      {
        ...{ AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
        ...{ AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: `http://127.0.0.1:${portOf(store)}` },
      },
    )
    await held
    child.kill('SIGINT')
    const { code, err } = await ended
    expect(code).toBe(130)
    expect(err).toBe('Stopped. Nothing was written.\n')
    const key = `/training/x/${name}-records.jsonl`
    expect(asked).toEqual([
      // What an earlier run that was killed left there is looked for first.
      'GET /training/ max-uploads prefix uploads',
      `POST ${key} uploads`,
      `PUT ${key} partNumber uploadId x-id`,
      `PUT ${key} partNumber uploadId x-id`,
      `DELETE ${key} uploadId x-id`,
    ])
    expect(readdirSync(scratch).filter(isOurs)).toEqual([])
  }, 60_000)

  test('the Hub gets no commit', async () => {
    asked.length = 0
    const { child, ended } = parley(
      ['export', name, '--as', 'records', '--to', 'hf://datasets/acme/x'],
      { HF_TOKEN: 'hf_token', HF_ENDPOINT: `http://127.0.0.1:${portOf(store)}` },
    )
    await until(() => asked.some((one) => one.startsWith('PUT /lfs')) || child.exitCode !== null)
    child.kill('SIGTERM')
    const { code, err } = await ended
    expect(err).toBe('Stopped. Nothing was written.\n')
    expect(code).toBe(130)
    expect(asked.at(-1)).toBe('PUT /lfs partNumber')
    expect(asked.join()).not.toContain('/commit/')
    expect(readdirSync(scratch).filter(isOurs)).toEqual([])
  }, 60_000)
})

describe('happy: an import that is stopped keeps what it read, and a rerun goes on', () => {
  const lines = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      JSON.stringify({ id: `i${n}`, prompt: `Prompt ${n}?`, outputs: ['one', 'two'] }),
    ).join('\n')

  async function countOf(dataset: string): Promise<number> {
    const { rows } = await at.database.pool.query(
      'select count(*)::int as n from records r join datasets d on d.id = dataset_id where d.name = $1',
      [dataset],
    )
    return rows[0].n
  }

  test('from a pipe that gives nothing more: 1,500 lines are kept, and the rest comes later', async () => {
    const { name: into } = await makeDataset(at.parley, {})
    const { child, ended } = parley(['import', into, '-'])
    child.stdin?.write(`${lines(1500)}\n`)
    await until(async () => (await countOf(into)) >= 1000 || child.exitCode !== null)
    child.kill('SIGINT')
    const { code, out, err } = await ended
    expect(err).toContain('Stopped before the end. What is counted here is kept; run the same')
    expect(out).toContain('1500 lines: 1500 created')
    expect(code).toBe(130)
    expect(await countOf(into)).toBe(1500)
    const again = parley(['import', into, '-'])
    again.child.stdin?.end(lines(3000))
    expect(await again.ended).toMatchObject({
      code: 0,
      out: expect.stringContaining('1500 created, 0 updated, 1500 unchanged'),
    })
  }, 60_000)

  test('all or nothing keeps nothing', async () => {
    const { name: into } = await makeDataset(at.parley, {})
    const { child, ended } = parley(['import', into, '-', '--all-or-nothing'])
    child.stdin?.write(`${lines(2500)}\n`)
    // What is not committed cannot be seen, but that somebody is writing can.
    await until(async () => {
      const { rows } = await at.database.pool.query(
        `select 1 from pg_locks where relation = 'records'::regclass and mode = 'RowExclusiveLock'
           and database = (select oid from pg_database where datname = current_database())`,
      )
      return rows.length > 0 || child.exitCode !== null
    })
    child.kill('SIGTERM')
    const { code, out } = await ended
    expect(out).toContain('Stopped; nothing was kept (--all-or-nothing).')
    expect(code).toBe(130)
    expect(await countOf(into)).toBe(0)
  }, 60_000)
})

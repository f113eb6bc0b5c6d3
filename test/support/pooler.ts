/** A PgBouncer in transaction mode before the tests' Postgres, where the machine has one. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './redis.ts'

export const hasPooler = spawnSync('pgbouncer', ['--version']).status === 0
/** Said in the title of what is skipped. */
export const poolerReason = hasPooler ? '' : ' (skipped: no pgbouncer here)'

export type Pooler = { urlOf(databaseUrl: string): string; stop(): Promise<void> }

/** Starts one before the server of this address; `ignored` is its ignore_startup_parameters. */
export async function startPooler(serverUrl: string, ignored = ''): Promise<Pooler> {
  const { hostname, port, username, password } = new URL(serverUrl)
  const own = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'parley-pooler-'))
  chmodSync(folder, 0o777)
  const file = join(folder, 'pgbouncer.ini')
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${port} user=${username} password=${password}`,
    '[pgbouncer]',
    `listen_addr = 127.0.0.1\nlisten_port = ${own}\nauth_type = any\npool_mode = transaction`,
    `default_pool_size = 4\nunix_socket_dir =\nignore_startup_parameters = ${ignored}`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o644 })
  // It refuses to run as root.
  const isRoot = process.getuid?.() === 0
  const child = spawn('pgbouncer', ['-q', file], {
    stdio: 'ignore',
    ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await reachable(own)
  return {
    urlOf: (databaseUrl) => `postgres://parley@127.0.0.1:${own}${new URL(databaseUrl).pathname}`,
    stop: async () => {
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 2_000)
      await ended
      clearTimeout(late)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isOpen) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('pgbouncer did not start.')
}

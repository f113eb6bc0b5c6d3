/** A Redis for the queue's tests: the one CI started, else one of our own if the program is installed. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

const given = process.env['TEST_REDIS_URL']

export const hasRedis = Boolean(given) || spawnSync('redis-server', ['--version']).status === 0
/** Said in the title of what is skipped. */
export const redisReason = hasRedis ? '' : ' (skipped: no TEST_REDIS_URL and no redis-server here)'

export type TestRedis = { url: string; stop(): Promise<void> }

/** Uses the given Redis; each queue has a prefix of its own there. */
export async function openTestRedis(): Promise<TestRedis> {
  return given ? { url: given, stop: async () => {} } : startRedis(await freePort())
}

/** Starts one on this port, for tests that stop it or empty it. */
export async function startRedis(port: number): Promise<TestRedis> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-redis-'))
  const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir]
  const child = spawn('redis-server', [...where, '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  })
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50 })
  client.on('error', () => {})
  await client.ping()
  client.disconnect()
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      await ended(child)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('exit', () => done())
    child.kill('SIGKILL')
  })
}

export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/**
 * "One at a time" over all processes on one database: a session-level advisory lock on a connection
 * of its own. It ends with its holder, however that ends; the next waiter then gets it.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Log } from '../log.ts'

export type Held = {
  /** Resolves when the lock is not ours any more: released, or its connection lost. */
  lost: Promise<void>
  release(): Promise<void>
}

export type Locks = {
  /** The lock, or null when somebody else holds it. @throws when the database is away. */
  tryLock(name: string): Promise<Held | null>
  /** Waits for the lock. Resolves with null when `signal` ends the wait. */
  lock(name: string, signal: AbortSignal): Promise<Held | null>
}

/** A holder that cannot reach the database is sure to have noticed after two of these. */
const beatMs = 5_000
const askAgainMs = 500

export function openLocks(url: string, log: Log): Locks {
  async function take(name: string, wait: AbortSignal | null): Promise<Held | null> {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'parley-lock',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      // A machine that vanishes must not hold the lock for the two hours that TCP would wait.
      options:
        '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c idle_session_timeout=0',
    })
    let isOver = false
    let tell = () => {}
    const lost = new Promise<void>((resolve) => {
      tell = resolve
    })
    const over = (error?: Error) => {
      if (isOver) return
      isOver = true
      if (error)
        log.warn(
          { event: 'database.lock_lost', err: error, lock: name },
          'The connection that holds a lock was lost.',
        )
      tell()
    }
    client.on('error', over)
    client.on('end', () => over())
    const end = async () => {
      over()
      await client.end().catch(() => {})
    }
    const key = keyOf(name)
    try {
      await client.connect()
      // Asked again and again: who waits inside the database keeps it from clearing up behind itself.
      while (!(await tryKey(client, key))) {
        if (wait) await pause(wait)
        if (wait === null || wait.aborted) {
          await end()
          return null
        }
      }
    } catch (error) {
      await end()
      throw error
    }
    void beat(client, key, () => isOver, over)
    return { lost, release: end }
  }
  return {
    tryLock: (name) => take(name, null),
    lock: (name, signal) => take(name, signal),
  }
}

async function tryKey(client: pg.Client, key: string): Promise<boolean> {
  const asked = client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [key])
  const { rows } = await inTime(asked)
  return rows[0]?.held ?? false
}

async function pause(signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let wake = () => {}
  await new Promise<void>((resolve) => {
    wake = resolve
    timer = setTimeout(resolve, askAgainMs)
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', wake)
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', wake)
}

/** Asks again and again whether the lock is still ours, as a lost connection may say nothing. */
async function beat(
  client: pg.Client,
  key: string,
  isOver: () => boolean,
  over: (error?: Error) => void,
): Promise<void> {
  while (!isOver()) {
    await new Promise<void>((resolve) => {
      setTimeout(resolve, beatMs).unref()
    })
    if (isOver()) return
    try {
      // The two halves of a key are columns of their own in pg_locks.
      const asked = client.query<{ held: boolean }>(
        `select exists (select 1 from pg_locks where locktype = 'advisory' and granted
          and pid = pg_backend_pid() and classid::int8 << 32 | objid::int8 = $1) as held`,
        [key],
      )
      const { rows } = await inTime(asked)
      if (!rows[0]?.held) return over(new Error('The lock is not held any more.'))
    } catch (error) {
      return over(error instanceof Error ? error : new Error(String(error)))
    }
  }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The database does not answer.')), beatMs)
  })
  work.catch(() => {})
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** A number for a name; positive, so that both its halves are as well. */
function keyOf(name: string): string {
  const bytes = createHash('sha256').update(`parley ${name}`).digest()
  return String(bytes.readBigUInt64BE() & 0x7fff_ffff_7fff_ffffn)
}

/** A whole Parley for a test: a real database, a clock the test moves, and what was sent to whom. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Channel,
  ChatAdapter,
  Delivered,
  Person,
  Platform,
  Reply,
  SendFailure,
} from '../../src/chat/port/port.ts'
import { openSnapshot } from '../../src/db/copy.ts'
import { openLog } from '../../src/log.ts'
import { createParley, type Parley } from '../../src/parley.ts'
import type { Ring } from '../../src/queue/jobs.ts'
import { openTestDatabase, type TestDatabase } from './database.ts'

export type Sent = { to: Person | Channel; reply: Reply; delivered: Delivered; repaints: Reply[] }
export type Rung = { name: string; payload: Record<string, unknown>; delayMs?: number }
export type TestClock = { now(): Date; advance(time: string): void; set(at: Date): void }
export type TestParley = Awaited<ReturnType<typeof startParley>>

/** Starts one; call `close` in afterAll. Pass a database to let two Parleys share it. */
export async function startParley(
  options: { database?: TestDatabase; admins?: readonly string[]; max?: number } = {},
) {
  const database = options.database ?? (await openTestDatabase(options.max ? options : {}))
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-data-'))
  const clock = startClock(new Date('2026-03-02T09:00:00Z'))
  const queue: Rung[] = []
  const ring: Ring = {
    ring: async (name, payload, { delayMs = 0 } = {}) => {
      queue.push({ name, payload, ...(delayMs > 0 ? { delayMs } : {}) })
      return true
    },
  }
  const sent: Sent[] = []
  const parley = createParley({
    db: database.db,
    queue: ring,
    now: clock.now,
    log: openLog({ level: 'error' }),
    openSnapshot: () => openSnapshot(database.pool),
    admins: options.admins ?? ['slack:T1:UADMIN'],
    secret: 'a secret for tests only, of no use elsewhere',
    dataDir,
    publicUrl: 'https://parley.example',
  })
  parley.platforms.set('slack', outbox('slack', sent)).set('discord', outbox('discord', sent))
  return {
    parley,
    database,
    clock,
    /** Every ring, oldest first. Nothing performs them: call the verb yourself. */
    queue,
    /** Every message, oldest first, with what it was repainted to. */
    sent,
    dataDir,
    close: async () => {
      await parley.settled()
      if (!options.database) await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Runs with a Slack whose repaint fails like this, or does this first. */
export async function withRepaint(
  parley: Parley,
  change: (paint: () => Promise<void>) => Promise<void>,
  failure: SendFailure | null,
  work: () => Promise<void>,
): Promise<void> {
  const adapter = parley.platforms.get('slack')
  if (!adapter) throw new Error('Slack is off.')
  parley.platforms.set('slack', {
    ...adapter,
    ...(failure ? { failureOf: () => failure } : {}),
    repaint: (delivered, reply) => change(() => adapter.repaint(delivered, reply)),
  })
  try {
    await work()
  } finally {
    parley.platforms.set('slack', adapter)
  }
}

function outbox(platform: Platform, sent: Sent[]): ChatAdapter {
  return {
    platform,
    unsupported: () => null,
    send: async (to, reply) => {
      const channel = 'channelId' in to && !('userId' in to) ? to.channelId : `D-${nameOf(to)}`
      const message = `m${sent.length + 1}`
      const delivered: Delivered = { platform, workspace: to.workspace, channel, message }
      sent.push({ to, reply, delivered, repaints: [] })
      return delivered
    },
    repaint: async (delivered, reply) => {
      sent.find((one) => one.delivered.message === delivered.message)?.repaints.push(reply)
    },
    check: async () => ({ ok: true, detail: 'a test' }),
    start: async () => {},
    stop: async () => {},
  }
}

function nameOf(to: Person | Channel): string {
  return 'userId' in to ? to.userId : (to.channelId ?? '')
}

const milliseconds: Record<string, number> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

/** A clock that stands still until it is moved, as by advance('2 days'). */
export function startClock(from: Date): TestClock {
  let at = from.getTime()
  return {
    now: () => new Date(at),
    set: (to) => {
      at = to.getTime()
    },
    advance: (time) => {
      const [, count, unit] = /^(\d+) (\w+?)s?$/.exec(time) ?? []
      const each = milliseconds[unit ?? '']
      if (count === undefined || each === undefined) throw new Error(`"${time}" is not a time.`)
      at += Number(count) * each
    },
  }
}

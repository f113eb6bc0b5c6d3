/**
 * The Parley handle. Every verb is called as verb(parley, who, what). The handle holds the stores, the
 * clock and the platforms; no verb reads the environment or a clock.
 */

import type { Kysely } from 'kysely'
import type { Snapshot } from './db/copy.ts'
import type { Database } from './db/schema.ts'
import { codeOf, forbidden, unavailable } from './errors.ts'
import type { Lookup } from './fetch/safe.ts'
import type { Labeler, Person, Platform } from './labelers/person.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics/names.ts'
import type { Models } from './model.ts'
import type { Attempt, Channel, Delivered, Message, Outbox } from './outbox.ts'
import { labelOf } from './platforms/registry.ts'
import type { Ring } from './queue/jobs.ts'

export type Parley = {
  db: Kysely<Database>
  /** How many database functions this process runs at once; unlimited by default. */
  mostCalls?: number
  /** Wakes the worker. Pass it to afterCommit; never await it while a person waits. */
  queue: Ring
  /** The platforms that are on; main.ts fills it once the adapters are connected. */
  platforms: Map<Platform, Outbox>
  /** As Outbox.send, on whichever platform they are. */
  send(to: Person | Channel, message: Message, attempt?: Attempt): Promise<Delivered>
  repaint(delivered: Delivered, message: Message): Promise<void>
  /**
   * Runs `work` once, after the outermost transaction has committed, or at once outside of one.
   * Nobody waits for it and its failure is only logged: the sweep finds what was lost.
   */
  afterCommit(work: () => unknown): void
  now(): Date
  log: Log
  /** Counts for operators; absent in a process that nobody scrapes. */
  metrics?: Metrics | undefined
  /** A snapshot of the whole database, for reading much of it while others write. */
  openSnapshot(): Promise<Snapshot>
  /** People the configuration makes admins, as `slack:T1:U1`. */
  admins: readonly string[]
  /** Where Parley may be installed and used, such as `slack:T1`; anywhere if empty. */
  installAllow?: readonly string[]
  /** Keys for links, tokens and pseudonyms are derived from it, one per purpose. */
  secret: string
  /** Where exports are written, below `exports/`. */
  dataDir: string
  /** The configured models that may write outputs. */
  models?: Models
  /** Aborted when this process begins to stop: long work ends, and another process continues it. */
  stopping?: AbortSignal
  /** What may be asked in arenas; anything where nothing is configured. */
  moderation?: Moderation
  /** Hosts in private networks that endpoints may name (PARLEY_FETCH_ALLOW); `lookup` is for tests of names. */
  fetching?: { allow: readonly string[]; lookup?: Lookup }
  /** How people reach the HTTP service, for links put into chat. */
  publicUrl: string
  /** The admin key this server was configured with, for the first requests of programs. */
  apiKey?: string | null
}

/** Phrases that no question may hold, and the service that is asked about each. */
export type Moderation = { blocklist: readonly string[]; url: string | null }

/** What main.ts provides; the rest of the handle is created here. */
export type Parts = Omit<Parley, 'platforms' | 'send' | 'repaint' | 'afterCommit'>

/** Creates the handle. `settled` resolves when everything passed to afterCommit is done. */
export function createParley(parts: Parts): Parley & { settled(): Promise<void> } {
  const platforms = new Map<Platform, Outbox>()
  const running = new Set<Promise<unknown>>()
  const reach = (platform: Platform) => {
    const adapter = platforms.get(platform)
    if (adapter) return adapter
    throw unavailable(labelOf(platform), new Error('It is switched off.'))
  }
  return {
    ...parts,
    platforms,
    send: async (to, message, attempt) => reach(to.platform).send(to, message, attempt),
    repaint: async (delivered, message) => reach(delivered.platform).repaint(delivered, message),
    afterCommit: (work) => {
      const run = (async () => work())().catch((error: unknown) =>
        parts.log.error(
          { event: 'commit.follow_up_failed', err: error },
          'Something to do after a commit failed.',
        ),
      )
      running.add(run)
      run.finally(() => running.delete(run))
    },
    settled: async () => {
      while (running.size > 0) await Promise.all(running)
    },
  }
}

/**
 * Gives `work` a Parley whose `db` is one transaction, and joins the one already open, so that verbs
 * compose. Deadlocks and serialization failures are tried again: `work` may run more than once.
 */
export async function inTransaction<Result>(
  parley: Parley,
  work: (inside: Parley) => Promise<Result>,
): Promise<Result> {
  if (parley.db.isTransaction) return work(parley)
  for (let attempt = 1; ; attempt++) {
    const hooks: (() => unknown)[] = []
    try {
      const result = await parley.db
        .transaction()
        .execute((db) => work({ ...parley, db, afterCommit: (hook) => hooks.push(hook) }))
      for (const hook of hooks) parley.afterCommit(hook)
      return result
    } catch (error) {
      if (attempt === 8 || !['40P01', '40001'].includes(codeOf(error))) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
    }
  }
}

/** Who does something. The audit distinguishes admins and the system. */
export type Actor =
  | { type: 'labeler'; labeler: Labeler }
  /**
   * `of`: admin by a role, with access only to datasets of its workspaces; `only`: a key to the dataset
   * with this id; otherwise to all.
   */
  | { type: 'admin'; name: string; of?: RoleHolder; only?: string }
  | { type: 'system'; job: string }

/** The person with the role, and where they are; null: a Discord direct message. */
export type RoleHolder = { platform: Platform; workspace: string | null; userId: string }

/** The first line of every verb for admins; returns the name for the audit. */
export function requireAdmin(actor: Actor): string {
  switch (actor.type) {
    case 'admin':
      return actor.name
    case 'system':
      return `system:${actor.job}`
    case 'labeler':
      throw forbidden((said) => said.adminOnly)
  }
}

/**
 * Does something for each item: a failure does not stop the others.
 * @throws Error at the end, naming those that failed; the log has each reason.
 */
export async function eachAlone<Item>(
  { log }: Pick<Parley, 'log'>,
  all: Iterable<Item> | AsyncIterable<Item>,
  nameOf: (item: Item) => string,
  run: (item: Item) => Promise<unknown>,
): Promise<void> {
  const failed: string[] = []
  for await (const item of all) {
    try {
      await run(item)
    } catch (error) {
      log.error(
        { event: 'sweep.item_failed', err: error, of: nameOf(item) },
        'One of many failed; the others go on.',
      )
      failed.push(nameOf(item))
    }
  }
  if (failed.length > 0) throw new Error(`All but these were done: ${failed.join(', ')}.`)
}

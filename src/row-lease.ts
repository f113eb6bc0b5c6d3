/**
 * Leases on rows: one worker at a time works on a row, and when it dies another takes over.
 * 1. A worker takes a row in one statement that tests `isFree` and sets `taken`. The number of the
 *    attempt is the worker's claim to the row.
 * 2. While it works, it renews the lease every few seconds (`holdRows`).
 * 3. A lease that was not renewed for half a minute has expired: the next worker takes the row.
 * 4. The first worker may only have been paused. All it writes, it writes where the row `isHeld` by its
 *    attempt, so once another attempt has begun it changes nothing.
 */
import { type RawBuilder, sql } from 'kysely'
import { asParleyError } from './errors.ts'
import type { Parley } from './parley.ts'

/** How the rows of a table are leased. */
export type RowLease<AliveAt extends string = string, Claim extends string = string> = {
  table: string
  /** The column with the moment its worker was last alive; null while nobody holds the row. */
  aliveAt: AliveAt
  /** The columns that tell one worker's hold on a row from the next one's. */
  claim: readonly Claim[]
  /** True of a row that a worker holds. */
  working: RawBuilder<boolean>
  heartbeatMs: number
}

/** A row as its worker holds it. */
export type HeldRow<Claim extends string = 'attempt'> = { id: string } & Readonly<
  Record<Claim, number>
>

/** A lease that was not renewed for this long has expired. */
export const silentMs = 30_000
const heartbeatMs = 5_000

/** Leases a table's rows by the number of the attempt. */
export function leaseRows<AliveAt extends string>(
  table: string,
  aliveAt: AliveAt,
  working: RawBuilder<boolean>,
): RowLease<AliveAt, 'attempt'> {
  return { table, aliveAt, working, claim: ['attempt'], heartbeatMs }
}

/** True of rows that nobody holds; test it in the statement that takes one. */
export function isFree(lease: RowLease, now: Date): RawBuilder<boolean> {
  return sql`(${sql.ref(lease.aliveAt)} is null or ${isExpired(lease, now)})`
}

/** True of rows whose worker has been silent for too long. */
export function isExpired({ aliveAt }: RowLease, now: Date): RawBuilder<boolean> {
  return sql`${sql.ref(aliveAt)} < ${new Date(now.getTime() - silentMs)}`
}

/** When a row can be taken over, if its worker was last alive at this moment. */
export function freeAt(aliveAt: Date): Date {
  return new Date(aliveAt.getTime() + silentMs + 1_000)
}

/** What the statement sets that takes a row. */
export function taken<AliveAt extends string>(lease: RowLease<AliveAt>, now: Date) {
  const values = { [lease.aliveAt]: now, attempt: sql<number>`attempt + 1` }
  return values as { [Column in AliveAt]: Date } & { attempt: RawBuilder<number> }
}

/** True of the row as long as this worker holds it. */
export function isHeld<Claim extends string>(
  { claim, working }: RowLease<string, Claim>,
  held: HeldRow<Claim>,
): RawBuilder<boolean> {
  const theirs = claim.map((column) => sql`${sql.ref(column)} = ${held[column]}`)
  return sql`(id = ${held.id} and ${sql.join(theirs, sql` and `)} and ${working})`
}

/** `column = value, …`, for statements written as text. */
export function setting(values: object): RawBuilder<unknown> {
  return sql.join(Object.entries(values).map(([name, value]) => sql`${sql.ref(name)} = ${value}`))
}

/** Renews the leases of these rows; false when a row is another worker's by now, or its work has ended. */
export async function renewRows<Claim extends string>(
  parley: Parley,
  lease: RowLease<string, Claim>,
  rows: readonly HeldRow<Claim>[],
  set: object = {},
): Promise<boolean> {
  if (rows.length === 0) return true
  const held = sql.join(
    rows.map((row) => isHeld(lease, row)),
    sql` or `,
  )
  const { numAffectedRows } = await sql`update ${sql.table(lease.table)}
    set ${setting({ ...set, [lease.aliveAt]: parley.now() })} where ${held}`.execute(parley.db)
  return Number(numAffectedRows) === rows.length
}

/**
 * Stores why the work on a row failed and releases it. A failure that an admin must fix ends the work; a
 * temporary one queues it again. For tables with `state`, `problem` and `finished_at`.
 */
export async function failRow(
  parley: Parley,
  lease: RowLease<string, 'attempt'>,
  held: HeldRow,
  { error, isLastAttempt }: { error: unknown; isLastAttempt: boolean },
): Promise<void> {
  const known = asParleyError(error)
  const isFinal = isLastAttempt || (known !== null && known.code !== 'unavailable')
  const problem = known?.message ?? 'Something broke on our side; the log says what.'
  const finished = isFinal ? { finished_at: parley.now() } : {}
  const set = { state: isFinal ? 'failed' : 'queued', problem, [lease.aliveAt]: null, ...finished }
  await sql`update ${sql.table(lease.table)} set ${setting(set)} where ${isHeld(lease, held)}`
    .execute(parley.db)
    .catch((failure: unknown) => {
      const row = { err: failure, table: lease.table, id: held.id }
      parley.log.warn(
        { event: 'lease.failure_unstored', ...row },
        'The failure could not be stored.',
      )
    })
}

export type Holding = {
  /** Aborted once a renewal finds that a row is not this worker's any more. */
  lost: AbortSignal
  /** Renews at once; false when a row is not this worker's any more. */
  renew(): Promise<boolean>
  /** Ends the renewals. The rows stay held until their lease expires or a statement releases them. */
  stop(): Promise<void>
}

/**
 * Renews the leases of what `rows` lists, every few seconds until `stop`. `set` is written along, and
 * `report` is called at the beginning and after each renewal; a slow report delays no renewal.
 */
export function holdRows<Claim extends string>(
  parley: Parley,
  lease: RowLease<string, Claim>,
  rows: () => readonly HeldRow<Claim>[],
  {
    set,
    report,
    reason,
  }: { set?: () => object; report?: () => Promise<unknown>; reason?: () => Error } = {},
): Holding {
  const lost = new AbortController()
  const renew = async () => {
    const isOurs = await renewRows(parley, lease, rows(), set?.())
    if (!isOurs) lost.abort(reason?.())
    return isOurs
  }
  const failed = (error: unknown) =>
    parley.log.warn(
      { event: 'lease.not_renewed', err: error, table: lease.table },
      'A lease could not be renewed.',
    )
  const reporting = oneAtATime(async () => report?.(), failed)
  const renewing = oneAtATime(async () => {
    if (await renew()) reporting.start()
  }, failed)
  reporting.start()
  const timer = setInterval(renewing.start, lease.heartbeatMs)
  return {
    lost: lost.signal,
    renew,
    stop: async () => {
      clearInterval(timer)
      await renewing.settled()
      await reporting.settled()
    },
  }
}

/** Starts work unless its last run is still going. */
function oneAtATime(work: () => Promise<unknown>, failed: (error: unknown) => void) {
  let running: Promise<unknown> | null = null
  return {
    start: () => {
      running ??= work()
        .catch(failed)
        .finally(() => {
          running = null
        })
    },
    settled: async () => {
      await running
    },
  }
}

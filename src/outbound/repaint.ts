/**
 * Keeps messages in step with the rows they show, a few calls at a time.
 * 1. A verb that changes a row asks for a repaint (wantRepaint) after its commit: a version is wanted.
 * 2. One job for each workspace takes what is due. From then on that version is claimed; a later change
 *    wants the next one. The painter holds a lease on the message. If it falls silent, another takes
 *    over: a painter that wakes before its call does nothing; one that wakes during it may still paint,
 *    and is painted over after the rest.
 * 3. The message is built from the rows and painted, unless it already shows that; then it rests.
 * 4. A message that no longer exists (deleted, or its channel closed to us) is not painted again: an admin is
 *    notified once, and a post in it is withdrawn.
 * 5. The sweep builds every live message again and fixes what drifted: a lost ring, a crash right after
 *    the commit, a counter that nobody announces. Messages with a person's task are too many for that;
 *    one query finds those that drifted (task-messages.ts).
 */
import { sql } from 'kysely'
import { withdrawPost } from '../assignments/post.ts'
import type { Delivered } from '../chat/port/port.ts'
import { inLocale, words } from '../chat/words/words.ts'
import type { Place } from '../deliveries/ledger.ts'
import { eachAlone, inTransaction, type Parley } from '../parley.ts'
import {
  freeAt,
  holdRows,
  isFree,
  isHeld,
  leaseRows,
  type RowLease,
  renewRows,
  setting,
  taken,
} from '../row-lease.ts'
import { buildSubject } from './draw-message.ts'
import { leaveWorkspace } from './lose-recipient.ts'
import { digestOf, restOf, ringRepaint, wantRepaint } from './messages.ts'
import { isRemoved } from './removal.ts'
import { failureOf } from './send-failure.ts'
import { sweepTaskMessages } from './task-messages.ts'
import { tellAdmins } from './tell-admins.ts'

/** The job: paints what is due in a workspace. */
export async function repaintDue(parley: Parley, place: Place): Promise<void> {
  if (await isRemoved(parley, place)) return giveUpThere(parley, place)
  for (;;) {
    const rows = await claimWanted(parley, place)
    if (rows.length === 0) return ringNext(parley, place)
    const holding = holdRows(parley, messageLease, () => rows)
    await Promise.all(rows.map((row) => paintOne(parley, row))).finally(holding.stop)
  }
}

/**
 * Rings for what is due next. Rings within one second are one job, so the ring of what is due later in
 * the second of this job was dropped. If another worker that holds messages dies, they are painted as
 * soon as its lease has expired.
 */
async function ringNext(parley: Parley, { platform, workspace }: Place): Promise<void> {
  const waiting = await parley.db
    .selectFrom('messages')
    .select(({ fn }) => [
      fn.min('claimedAt').as('heldSince'),
      sql<Date | null>`min(due_at) filter (where claimed_at is null)`.as('dueAt'),
    ])
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('goneAt', 'is', null)
    .where(sql<boolean>`wanted > painted`)
    .executeTakeFirstOrThrow()
  const moments = [waiting.dueAt, waiting.heldSince && freeAt(waiting.heldSince)]
  const next = moments.filter((at) => at !== null).toSorted((a, b) => a.getTime() - b.getTime())[0]
  if (next) await ringRepaint(parley, { platform, workspace }, next)
}

/** Each minute: fixes what drifted and rings for what is waiting. */
export async function sweepMessages(parley: Parley): Promise<void> {
  const nameOf = ([subject]: [string, Living[]]) => subject
  try {
    await sweepTaskMessages(parley)
    await eachAlone(parley, readLiving(parley), nameOf, ([subject, all]) =>
      mendDrifted(parley, subject, all),
    )
  } finally {
    await ringDue(parley)
  }
}

type Living = { id: string; subject: string; digest: string | null; paintedAt: Date | null }

/** The messages of open posts and of hubs, by subject, a batch at a time. */
async function* readLiving(parley: Parley): AsyncIterable<[string, Living[]]> {
  for (let after = '0'; ; ) {
    const living = await parley.db
      .selectFrom('messages')
      .select(['id', 'subject', 'digest', 'paintedAt'])
      .where('id', '>', after)
      .where('final', '=', false)
      .where('goneAt', 'is', null)
      .where('assignmentId', 'is', null)
      .orderBy('id')
      .limit(500)
      .execute()
    const last = living.at(-1)
    if (!last) return
    yield* Map.groupBy(living, (one) => one.subject)
    after = last.id
  }
}

async function mendDrifted(parley: Parley, subject: string, all: readonly Living[]) {
  const now = parley.now().getTime()
  const built = await buildSubject(parley, subject)
  const digest = built && digestOf(built.reply)
  // Only a repaint tells whether a message still exists, so each is repainted once an hour.
  const unseen = all.some(({ paintedAt }) => now - (paintedAt?.getTime() ?? 0) > lookMs)
  if (unseen) await forgetDigest(parley, subject)
  if (unseen || all.some((one) => one.digest !== digest)) await wantRepaint(parley, subject)
}

/** Rings for each workspace where a repaint is due. */
async function ringDue(parley: Parley): Promise<void> {
  const now = parley.now()
  const places = await parley.db
    .selectFrom('messages')
    .select(['platform', 'workspace'])
    .distinct()
    .where('goneAt', 'is', null)
    .where(sql<boolean>`wanted > painted`)
    .where('dueAt', '<=', now)
    .execute()
  for (const place of places) await ringRepaint(parley, place, now)
}

/** A painter holds the version it paints. After a repaint attempts count from zero again. */
const messageLease: RowLease<'claimedAt', 'claimed' | 'attempt'> = {
  ...leaseRows('messages', 'claimedAt', sql`claimed_at is not null`),
  claim: ['claimed', 'attempt'],
}
const mostAtOnce = 5
const mostAttempts = 20
const lookMs = 3_600_000

type Row = Delivered & {
  id: string
  subject: string
  claimed: number
  attempt: number
  digest: string | null
}

/** As Postgres returns it, with null for absent. */
type ClaimedRow = Omit<Row, 'locale'> & { locale: string | null }

async function claimWanted(parley: Parley, { platform, workspace }: Place): Promise<Row[]> {
  const now = parley.now()
  const { rows } = await sql<ClaimedRow>`/* claim_messages */
    update messages m set claimed = m.wanted, ${setting(taken(messageLease, now))}
    from (
      select id from messages
      where platform = ${platform} and workspace = ${workspace} and wanted > painted
        and gone_at is null and due_at <= ${now}
        and ${isFree(messageLease, now)}
      order by due_at, id limit ${mostAtOnce} for update skip locked
    ) picked
    where m.id = picked.id
    returning m.id, m.subject, m.platform, m.workspace, m.channel, m.message, m.claimed, m.attempt,
      m.digest, m.locale`.execute(parley.db)
  return rows.map((row) => ({ ...row, locale: row.locale ?? undefined }))
}

async function paintOne(parley: Parley, row: Row): Promise<void> {
  try {
    const built = await inLocale(
      row.locale,
      () => buildSubject(parley, row.subject, row),
      row.platform,
    )
    if (!built) return markGone(parley, row.id, 'What it shows was deleted.')
    const digest = digestOf(built.reply)
    if (digest !== row.digest) {
      if (!(await renewRows(parley, messageLease, [row]))) return
      await parley.repaint(addressOf(row), built.reply)
    }
    await notePainted(parley, row, { digest, final: built.final })
  } catch (error) {
    await afterFailure(parley, row, error)
  }
}

/** Updates the row as long as this painter holds it. */
function held(parley: Parley, row: Row) {
  return parley.db.updateTable('messages').where(isHeld(messageLease, row))
}

function addressOf({ platform, workspace, channel, message, locale }: Row): Delivered {
  return { platform, workspace, channel, message, locale }
}

/**
 * It rests now; a change since it was taken is painted after that. If another worker took it or drew it
 * in the meantime, it is painted once more, because nobody knows whose version it shows.
 */
async function notePainted(
  parley: Parley,
  row: Row,
  { digest, final }: { digest: string; final: boolean },
): Promise<void> {
  const now = parley.now()
  const dueAt = new Date(now.getTime() + restOf(row.subject))
  const noted = await held(parley, row)
    .set({
      painted: row.claimed,
      paintedAt: now,
      claimedAt: null,
      attempt: 0,
      digest,
      final,
      dueAt: sql`case when due_at > ${now} or wanted = ${row.claimed} then due_at else ${dueAt} end`,
    })
    .returning(sql<boolean>`wanted > painted`.as('isBehind'))
    .executeTakeFirst()
  if (noted === undefined) {
    const shows = await parley.db
      .selectFrom('messages')
      .select('subject')
      .where('id', '=', row.id)
      .executeTakeFirst()
    if (!shows) return
    await forgetDigest(parley, shows.subject)
    await wantRepaint(parley, shows.subject)
  } else if (noted.isBehind) await ringRepaint(parley, row, dueAt)
}

async function afterFailure(parley: Parley, row: Row, error: unknown): Promise<void> {
  const failure = failureOf(parley, row.platform, error)
  switch (failure.type) {
    case 'gone':
      return loseMessage(parley, row, failure.reason)
    case 'dead':
      await leaveWorkspace(parley, row, failure.reason, parley.now())
      return giveUpThere(parley, row)
    case 'later':
    case 'unknown':
      if (row.attempt < mostAttempts) {
        const wait = failure.type === 'later' ? failure.afterMs : null
        return putOff(parley, row, wait ?? Math.min(600_000, 1000 * 2 ** row.attempt))
      }
      return setAside(parley, row, error)
    case 'refused':
      return setAside(parley, row, error)
  }
}

/** Painting twice is harmless, so a repaint with an unknown outcome is simply retried. */
async function putOff(parley: Parley, row: Row, ms: number): Promise<void> {
  const dueAt = new Date(parley.now().getTime() + ms)
  await held(parley, row).set({ claimedAt: null, dueAt }).execute()
  await ringRepaint(parley, row, dueAt)
}

/** The platform refuses this version; the next one may be accepted. */
async function setAside(parley: Parley, row: Row, error: unknown): Promise<void> {
  parley.log.error(
    { event: 'repaint.refused', err: error, message: row.id, subject: row.subject },
    'A repaint was refused.',
  )
  const built = await buildSubject(parley, row.subject)
  await notePainted(parley, row, {
    digest: built ? digestOf(built.reply) : '',
    final: built?.final ?? true,
  })
}

async function loseMessage(parley: Parley, row: Row, reason: string): Promise<void> {
  const [kind, id = ''] = row.subject.split(':')
  // A person may delete their own message; nobody needs to know.
  if (kind === 'task') return markGone(parley, row.id, reason)
  await inTransaction(parley, async (inside) => {
    await markGone(inside, row.id, reason)
    const withdrawn = kind === 'post' && (await withdrawPost(inside, id, reason))
    const said = words(undefined)
    const why = reason.replaceAll('_', ' ')
    await tellAdmins(inside, {
      key: `gone:${row.platform}:${row.workspace}:${row.channel}:${row.message}`,
      about: row,
      text: withdrawn
        ? said.postWithdrawn(id, row.channel, why)
        : said.messageGone(row.channel, why),
    })
  })
}

async function markGone(parley: Parley, id: string, reason: string): Promise<void> {
  await parley.db
    .updateTable('messages')
    .set({ goneAt: parley.now(), goneReason: reason, claimedAt: null })
    .where('id', '=', id)
    .where('goneAt', 'is', null)
    .execute()
}

/** Parley was removed from the workspace: its posts end, and no notice is needed. */
async function giveUpThere(parley: Parley, { platform, workspace }: Place): Promise<void> {
  const lost = await parley.db
    .updateTable('messages')
    .set({ goneAt: parley.now(), goneReason: 'Parley was removed there.', claimedAt: null })
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('goneAt', 'is', null)
    .returning('subject')
    .execute()
  for (const { subject } of lost)
    if (subject.startsWith('post:'))
      await withdrawPost(parley, subject.slice('post:'.length), 'Parley was removed there.')
}

async function forgetDigest(parley: Parley, subject: string): Promise<void> {
  await parley.db
    .updateTable('messages')
    .set({ digest: null })
    .where('subject', '=', subject)
    .execute()
}

/**
 * Messages Parley sends of its own accord: nobody waits at the screen, so each is a row first.
 * 1. A verb queues it under a key that says what it is, for whom: telling twice is telling once.
 * 2. One job for each workspace takes what is due, few at a time and at most two for the same person
 *    or channel; the adapter's lane paces them.
 * 3. What was sent is `sent`. Where nobody knows (the connection broke, we died in between), a notice
 *    is `unknown` and stays so; a card is sent again: of two cards for one assignment either works.
 * 4. Somebody who cannot be reached any more, or a workspace that removed Parley, ends it within one
 *    attempt: the rest is given up, their records go to others, an admin is told once. Answers stay.
 */
import { sql } from 'kysely'
import { z } from 'zod'
import { getOwnAssignment } from '../assignments/assignment.ts'
import { expireDue } from '../assignments/lease.ts'
import type { DeliveryKind } from '../db/schema.ts'
import { isPerson, queueDelivery } from '../deliveries/queue.ts'
import { asParleyError } from '../errors.ts'
import { findLocale } from '../labelers/locale.ts'
import { type Person, type Platform, parsePerson, personName } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { markReminded } from '../reminders/recheck.ts'
import { cardOf } from './card.ts'
import { keepMessage, type Subject } from './messages.ts'
import type { Channel, Delivered, Reply, SendFailure } from './port.ts'
import { buildSubject } from './public.ts'
import { buildChannelDigest, buildInvitation, buildReminder } from './reminders.ts'
import { inLocale, type Words, words } from './words.ts'

/** Where one job delivers. */
export type Place = { platform: Platform; workspace: string }

/** Sends a notice once, whatever happens. `key` says what it is about. */
export async function queueNotice(
  parley: Parley,
  input: { key: string; to: Person | Channel; text: string },
): Promise<void> {
  const { key, to, text } = input
  const of = `${key}@${addressOf(to)}`
  await queueDelivery(parley, { key: of, kind: 'notice', to, content: { text } })
}

/** Sends the card of an assignment to its labeler; again, when it may have been lost. */
export async function queueCard(
  parley: Parley,
  input: { key: string; to: Person; assignmentId: string },
): Promise<void> {
  const { key, to, assignmentId } = input
  const of = `${key}@${addressOf(to)}`
  await queueDelivery(parley, { key: of, kind: 'card', to, content: { assignmentId } })
}

/** Tells every admin that can be reached, each once. */
export async function tellAdmins(
  parley: Parley,
  input: { key: string; text: string | ((said: Words) => string) },
): Promise<void> {
  const { key, text } = input
  const held = await parley.db
    .selectFrom('roles')
    .select(['platform', 'workspace', 'userId'])
    .where('role', '=', 'admin')
    .execute()
  const named = held.map(({ platform, workspace, userId }) =>
    platform === 'slack' ? `slack:${workspace}:${userId}` : `discord:${userId}`,
  )
  for (const name of new Set([...parley.admins, ...named])) {
    const to = parsePerson(name)
    if (!parley.platforms.has(to.platform) || (await isDead(parley, to))) continue
    const said = words((await findLocale(parley, to)) ?? undefined)
    await queueNotice(parley, { key, to, text: typeof text === 'string' ? text : text(said) })
  }
}

/** Delivers what is due in a workspace; the job. */
export async function deliverDue(parley: Parley, place: Place): Promise<void> {
  if (await isDead(parley, place)) return giveUp(parley, place, 'Parley is not installed there.')
  const running = new Map<Promise<void>, string>()
  for (;;) {
    const rows = await claimDue(parley, place, mostAtOnce - running.size, [...running.values()])
    for (const row of rows) {
      const run: Promise<void> = deliverOne(parley, row).finally(() => running.delete(run))
      running.set(run, row.recipient)
    }
    if (rows.length > 0) continue
    if (running.size === 0) return
    await Promise.race(running.keys())
  }
}

/** Looks for what a lost ring or a dead worker left lying; each minute. */
export async function sweepDeliveries(parley: Parley): Promise<void> {
  const now = parley.now()
  const stale = new Date(now.getTime() - staleAfterMs)
  await parley.db
    .updateTable('deliveries')
    .set({
      // Before the call began nothing can have arrived.
      state: sql`case when kind = 'card' or calling_at is null then 'queued' else 'unknown' end`,
      problem: 'Whoever was sending it stopped in between.',
      finishedAt: sql`case when kind = 'card' or calling_at is null then null
        else ${now}::timestamptz end`,
    })
    .where('state', '=', 'sending')
    .where('claimedAt', '<', stale)
    .execute()
  const places = await parley.db
    .selectFrom('deliveries')
    .select(['platform', 'workspace'])
    .distinct()
    .where('state', '=', 'queued')
    .where('dueAt', '<=', now)
    .execute()
  for (const place of places) await parley.queue.ring('deliver', place)
}

/** Parley was removed from a workspace at this moment; an installation since then stays. */
export async function leaveWorkspace(
  parley: Parley,
  place: Place,
  reason: string,
  at: Date,
): Promise<void> {
  const left = await inTransaction(parley, async (inside) => {
    const now = inside.now()
    // Slack's events say the second they happened in.
    const until = new Date(at.getTime() + 1000)
    const { rows } = await sql`
      insert into workspaces as w (platform, workspace, dead_at, dead_reason)
      values (${place.platform}, ${place.workspace}, ${now}, ${reason})
      on conflict (platform, workspace) do update
        set dead_at = ${now}, dead_reason = ${reason}, token = null, refresh_token = null
        where w.dead_at is null and (w.installed_at is null or w.installed_at <= ${until})
      returning w.workspace`.execute(inside.db)
    if (rows.length === 0) return false
    await giveUp(inside, place, reason)
    await endLeases(inside, place)
    await tellAdmins(inside, {
      key: `left:${place.platform}:${place.workspace}:${now.toISOString()}`,
      text: (said) => said.workspaceLost(place.workspace, reason.replaceAll('_', ' ')),
    })
    return true
  })
  if (!left) return
  parley.log.error({ ...place, reason }, 'Parley was removed from a workspace.')
  await expireDue(parley)
}

/** Parley was added to a workspace (again): what is due there may be tried. */
export async function joinWorkspace(parley: Parley, place: Place): Promise<void> {
  await parley.db
    .updateTable('workspaces')
    .set({ deadAt: null, deadReason: null })
    .where('platform', '=', place.platform)
    .where('workspace', '=', place.workspace)
    .where('deadAt', 'is not', null)
    .execute()
}

/** With a configured token a start is a new beginning: whether it works now is found out anew. */
export async function forgetRemovals(parley: Parley, platform: Platform): Promise<void> {
  await parley.db
    .updateTable('workspaces')
    .set({ deadAt: null, deadReason: null })
    .where('platform', '=', platform)
    .where('deadAt', 'is not', null)
    .execute()
}

const mostAtOnce = 20
const mostForOne = 2
const mostAttempts = 20
const mostCards = 5
const staleAfterMs = 2 * 60_000

type Row = {
  id: string
  kind: DeliveryKind
  platform: Platform
  workspace: string
  recipient: string
  isChannel: boolean
  content: unknown
  attempt: number
}

async function claimDue(
  parley: Parley,
  { platform, workspace }: Place,
  count: number,
  inFlight: readonly string[],
): Promise<Row[]> {
  if (count <= 0) return []
  const now = parley.now()
  const busy = [...Map.groupBy(inFlight, (recipient) => recipient)]
    .filter(([, all]) => all.length >= mostForOne)
    .map(([recipient]) => recipient)
  const { rows } = await sql<Row>`/* claim_deliveries */
    with recursive sets (dataset_id) as (
      (select dataset_id from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'queued'
        order by dataset_id limit 1)
      union all
      select (select dataset_id from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'queued'
          and dataset_id > sets.dataset_id
        order by dataset_id limit 1)
      from sets where sets.dataset_id is not null
    ), first as (
      select one.*, row_number() over (partition by one.recipient order by one.priority, one.due_at,
        one.id) as nth
      from sets cross join lateral (
        select id, recipient, priority, due_at,
          row_number() over (order by priority, due_at, id) as turn
        from (
          select id, recipient, priority, due_at from deliveries
          where platform = ${platform} and workspace = ${workspace} and state = 'queued'
            and dataset_id = sets.dataset_id and due_at <= ${now}
            and recipient <> all (${busy}::text[])
          order by priority, due_at, id limit 200
        ) soonest
      ) one
    )
    update deliveries d
    set state = 'sending', attempt = attempt + 1, claimed_at = ${now}, calling_at = null
    from (
      select id from first where nth <= ${mostForOne} order by priority, turn, due_at, id
      limit ${count}
    ) picked
    where d.id = picked.id and d.state = 'queued'
    returning d.id, d.kind, d.platform, d.workspace, d.recipient, d.is_channel, d.content,
      d.attempt`.execute(parley.db)
  return rows
}

async function deliverOne(parley: Parley, row: Row): Promise<void> {
  const to = toOf(row)
  try {
    const what = await replyOf(parley, row)
    if ('until' in what) return putOff(parley, row, what.until.getTime() - now(parley), what.why)
    if ('why' in what) return finish(parley, row, 'failed', what.why)
    const starting = () => noteCalling(parley, row)
    await noteSent(parley, row, what.reply, await parley.send(to, what.reply, starting))
    await noteReminded(parley, row)
  } catch (error) {
    await afterFailure(parley, row, error)
  }
}

/** What is sent; or why nothing is any more, or not before another moment. */
type What = { reply: Reply } | { why: string } | { why: string; until: Date }

async function replyOf(parley: Parley, row: Row): Promise<What> {
  switch (row.kind) {
    case 'notice':
      return { reply: { type: 'notice', text: Notice.parse(row.content).text } }
    case 'card': {
      const { assignmentId } = Card.parse(row.content)
      const { found } = await getOwnAssignment(parley, personOf(row), assignmentId)
      if (found.status !== 'leased') return { why: 'The record is no longer theirs.' }
      const locale = (await findLocale(parley, personOf(row))) ?? undefined
      const card = inLocale(locale, () => cardOf(found, found.dataset))
      return { reply: { type: 'task', card } }
    }
    case 'invitation':
      return buildInvitation(parley, Invited.parse(row.content).invitationId)
    case 'reminder':
      return buildReminder(parley, Reminded.parse(row.content).reminderId)
    case 'post':
    case 'hub': {
      const built = await buildSubject(parley, subjectOf(row))
      return built?.reply.type === row.kind && !built.final ? built : { why: 'It is over.' }
    }
    case 'digest':
      return buildChannelDigest(parley, Digest.parse(row.content).datasetId)
  }
}

/** A post or hub is remembered with the news that it was sent: from then on it is repainted. */
async function noteSent(parley: Parley, row: Row, reply: Reply, delivered: Delivered) {
  if (row.kind !== 'post' && row.kind !== 'hub') return finish(parley, row, 'sent', null, delivered)
  await inTransaction(parley, async (inside) => {
    await finish(inside, row, 'sent', null, delivered)
    await keepMessage(inside, subjectOf(row), delivered, reply)
  })
}

function subjectOf({ kind, content }: Row): Subject {
  return kind === 'post'
    ? `post:${Posted.parse(content).postId}`
    : `hub:${Digest.parse(content).datasetId}`
}

const Posted = z.object({ postId: z.string() })
const Invited = z.object({ invitationId: z.string() })
const Reminded = z.object({ reminderId: z.string() })
const Digest = z.object({ datasetId: z.string() })
const Notice = z.object({ text: z.string() })
const Card = z.object({ assignmentId: z.string() })

async function afterFailure(parley: Parley, row: Row, error: unknown): Promise<void> {
  const failure = failureOf(parley, row.platform, error)
  const problem = error instanceof Error ? error.message : String(error)
  switch (failure.type) {
    case 'later':
      if (row.attempt >= mostAttempts) return finish(parley, row, 'failed', problem)
      return putOff(parley, row, failure.afterMs ?? backoffMs(row.attempt), problem)
    case 'unknown':
      parley.log.warn(
        { err: error, delivery: row.id },
        'It is not known whether a message arrived.',
      )
      if (row.kind === 'card' && row.attempt < mostCards)
        return putOff(parley, row, backoffMs(row.attempt), problem)
      return finish(parley, row, 'unknown', problem)
    case 'gone':
      await finish(parley, row, 'failed', failure.reason)
      return loseRecipient(parley, row, failure.reason)
    case 'dead':
      await finish(parley, row, 'failed', failure.reason)
      return leaveWorkspace(parley, row, failure.reason, parley.now())
    case 'refused':
      parley.log.error({ err: error, delivery: row.id }, 'A message was refused.')
      return finish(parley, row, 'failed', problem)
  }
}

/** What the failure of a call to a platform means for its message. */
export function failureOf(parley: Parley, platform: Platform, error: unknown): SendFailure {
  const known = parley.platforms.get(platform)?.failureOf?.(error)
  if (known) return known
  const code = asParleyError(error)?.code
  if (code === 'forbidden') return { type: 'gone', reason: code }
  return { type: code === 'unavailable' ? 'unknown' : 'refused' }
}

/** From here on nobody can know whether it arrived, until the platform has answered. */
async function noteCalling(parley: Parley, { id }: Row): Promise<void> {
  await parley.db
    .updateTable('deliveries')
    .set({ callingAt: parley.now() })
    .where('id', '=', id)
    .execute()
}

async function noteReminded(parley: Parley, { kind, content }: Row): Promise<void> {
  if (kind === 'reminder') await markReminded(parley, Reminded.parse(content).reminderId)
}

function now(parley: Parley): number {
  return parley.now().getTime()
}

async function finish(
  parley: Parley,
  { id }: Row,
  state: 'sent' | 'unknown' | 'failed',
  problem: string | null,
  delivered?: Delivered,
): Promise<void> {
  await parley.db
    .updateTable('deliveries')
    .set({
      state,
      problem,
      finishedAt: parley.now(),
      ...(delivered ? { delivered: JSON.stringify(delivered) } : {}),
    })
    .where('id', '=', id)
    .execute()
}

async function putOff(parley: Parley, row: Row, ms: number, problem: string): Promise<void> {
  const { platform, workspace } = row
  await parley.db
    .updateTable('deliveries')
    .set({ state: 'queued', dueAt: new Date(parley.now().getTime() + ms), problem })
    .where('id', '=', row.id)
    .execute()
  await parley.queue.ring('deliver', { platform, workspace }, { delayMs: ms })
}

function backoffMs(attempt: number): number {
  return Math.min(10 * 60_000, 1000 * 2 ** attempt)
}

/** Somebody left, or a channel is closed: nothing more is sent there, and it is said once. */
async function loseRecipient(parley: Parley, row: Row, reason: string): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await giveUp(inside, row, reason, row.recipient)
    if (!row.isChannel) await endLeases(inside, row, row.recipient)
    await tellAdmins(inside, {
      key: `gone:${row.platform}:${row.workspace}:${row.recipient}`,
      text: (said) => {
        const name = row.isChannel ? said.theChannel(row.recipient) : personName(personOf(row))
        return said.personLost(name, reason.replaceAll('_', ' '))
      },
    })
  })
  await expireDue(parley)
}

async function giveUp(
  parley: Parley,
  { platform, workspace }: Place,
  problem: string,
  recipient?: string,
): Promise<void> {
  await parley.db
    .updateTable('deliveries')
    .set({ state: 'failed', problem, finishedAt: parley.now() })
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('state', '=', 'queued')
    .$if(recipient !== undefined, (query) => query.where('recipient', '=', recipient ?? ''))
    .execute()
}

/** The leases of these people are over now; the sweep of leases frees their places. */
async function endLeases(
  parley: Parley,
  { platform, workspace }: Place,
  userId?: string,
): Promise<void> {
  const over = new Date(parley.now().getTime() - 1)
  await sql`
    update assignments a set lease_until = ${over}
    from identities i, datasets d
    where i.platform = ${platform} and i.workspace = ${workspace}
      and (${userId ?? null}::text is null or i.user_id = ${userId ?? null})
      and a.dataset_id = d.id and a.labeler_id = i.labeler_id and a.status = 'leased'`.execute(
    parley.db,
  )
}

/** Whether Parley was removed there. */
export async function isDead(parley: Parley, { platform, workspace }: Place): Promise<boolean> {
  const row = await parley.db
    .selectFrom('workspaces')
    .select('deadAt')
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('deadAt', 'is not', null)
    .executeTakeFirst()
  return row !== undefined
}

function addressOf(to: Person | Channel): string {
  return isPerson(to) ? personName(to) : `${to.platform}:${to.workspace}:${to.channelId}`
}

function personOf({ platform, workspace, recipient }: Row): Person {
  return { platform, workspace, userId: recipient }
}

function toOf(row: Row): Person | Channel {
  const { platform, workspace, recipient } = row
  return row.isChannel ? { platform, workspace, channelId: recipient } : personOf(row)
}

/**
 * Messages Parley sends of its own accord: nobody waits at the screen, so each is a row first.
 * 1. A verb queues it under a key that says what it is, for whom: telling twice is telling once.
 * 2. One job for each workspace takes what is due, few at a time and at most two for the same person
 *    or channel; the adapter's lane paces them.
 * 3. What was sent is `sent`. Where nobody knows (the connection broke, we died in between), it is sent
 *    again where that does no harm: a card, of which either works, and what the platform knows again.
 *    Else it is `unknown` and stays so. Who may send is deliveries/ledger.ts's to say.
 * 4. Somebody who cannot be reached any more, or a workspace that removed Parley, ends it within one
 *    attempt: the rest is given up, their records go to others, an admin is told once. Answers stay.
 */

import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { z } from 'zod'
import { getOwnAssignment } from '../assignments/assignment.ts'
import { expireDue } from '../assignments/lease.ts'
import { cardOf } from '../chat/cards/card.ts'
import type { Delivered, Reply, SendFailure } from '../chat/port/port.ts'
import { inLocale, sayOn, type Words, wordsOn } from '../chat/words/words.ts'
import { isPerson, queueDelivery } from '../deliveries/enqueue.ts'
import {
  beginCall,
  endHeld,
  endUnknown,
  giveUpQueued,
  type Held,
  heartbeatMs,
  keepHeld,
  listDuePlaces,
  mostAttempts,
  nextDue,
  type Place,
  putBack,
  takeDue,
  takeFromSilent,
} from '../deliveries/ledger.ts'
import { asParleyError } from '../errors.ts'
import { findLocale } from '../labelers/locale.ts'
import { type Person, type Platform, parsePerson, personName } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import { inTransaction, type Parley, startHeart } from '../parley.ts'
import { traitsOf } from '../platforms/registry.ts'
import { markReminded, noteLost } from '../reminders/outcome.ts'
import { buildSubject } from './draw-message.ts'
import { buildChannelDigest, buildInvitation, buildReminder } from './draw-reminder.ts'
import { keepMessage, type Subject } from './messages.ts'

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

/** What something is about that only its admins are told: a dataset, or a place. */
export type About = { datasetId: string } | { dataset: string } | Place | 'home'

/** Tells every admin of it that can be reached, each once; those of the configuration always. */
export async function tellAdmins(
  parley: Parley,
  input: { key: string; about: About; text: string | ((said: Words) => string) },
): Promise<void> {
  const { key, about, text } = input
  const { rows: held } = await sql<{ platform: Platform; workspace: string; userId: string }>`
    select platform, workspace, user_id from roles r where role = 'admin' and ${theirs(about)}
  `.execute(parley.db)
  const named = held.map(personName)
  for (const name of new Set([...parley.admins, ...named])) {
    const to = parsePerson(name)
    if (!parley.platforms.has(to.platform) || (await isDead(parley, to))) continue
    const said = wordsOn(to.platform, (await findLocale(parley, to)) ?? undefined)
    const told = typeof text === 'string' ? sayOn(to.platform, text) : text(said)
    await queueNotice(parley, { key, to, text: told })
  }
}

/** Whether a role is one of what something is about. */
function theirs(about: About) {
  if (about === 'home')
    return sql`coalesce(workspace in ('', (select h.workspace from homes h
      where h.platform = r.platform)), true)`
  if ('platform' in about) {
    const isAnywhere = !traitsOf(about.platform).person.isOfWorkspace
    return sql`platform = ${about.platform} and (workspace = ${about.workspace} or ${isAnywhere})`
  }
  const dataset =
    'datasetId' in about ? sql`d.id = ${about.datasetId}` : sql`d.name = ${about.dataset}`
  return sql`exists (select from datasets d where ${dataset}
    and administers(d.document, r.platform, nullif(r.workspace, ''), r.user_id))`
}

/** Delivers what is due in a workspace; the job. Before it ends it sees to it that it is rung in time. */
export async function deliverDue(parley: Parley, place: Place): Promise<void> {
  if (await isDead(parley, place))
    return giveUpQueued(parley, place, 'Parley is not installed there.')
  await takeOver(parley, place)
  const running = new Map<Promise<void>, Held>()
  const atOnce = parley.platforms.get(place.platform)?.mostAtOnce ?? mostAtOnce
  const stopHeart = startHeart(parley, heartbeatMs, 'deliveries', () =>
    keepHeld(parley, [...running.values()]),
  )
  try {
    for (let [looks, isRung] = [0, false]; ; looks++) {
      const taken = await takeDue(parley, place, {
        count: atOnce - running.size,
        inFlight: [...running.values()].map(({ recipient }) => recipient),
        // Now and then past a long line for a single channel: somebody may stand behind it.
        everywhere: looks % 16 === 0,
      })
      for (const held of taken) {
        const run: Promise<void> = deliverOne(parley, held).finally(() => running.delete(run))
        running.set(run, held)
      }
      if (taken.length > 0) isRung = false
      else if (running.size > 0) await Promise.race(running.keys())
      // The last look comes after the ring: what is queued later rings for itself, and again.
      else if (isRung || !(await ringNext(parley, place))) return
      else isRung = true
    }
  } finally {
    await Promise.all(running.keys())
    stopHeart()
  }
}

/** Looks for what a lost ring or a dead worker left lying; each minute. */
export async function sweepDeliveries(parley: Parley): Promise<void> {
  await takeOver(parley)
  for (const place of await listDuePlaces(parley)) await parley.queue.ring('deliver', place)
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
    await giveUpQueued(inside, place, reason)
    await endLeases(inside, place)
    await tellAdmins(inside, {
      key: `left:${place.platform}:${place.workspace}:${now.toISOString()}`,
      about: 'home',
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

/** Few: what is more urgent comes behind what is under way. Unless a platform says otherwise. */
const mostAtOnce = 20
const mostCards = 5
/** So that what is due but cannot be taken yet does not ring without end. */
const soonestMs = 250

/** What those left behind who stopped in between; a reminder that may have arrived counts as one. */
async function takeOver(parley: Parley, place?: Place): Promise<void> {
  await inTransaction(parley, async (inside) => {
    for (const lost of await takeFromSilent(inside, place)) await noteReminded(inside, lost)
  })
}

async function ringNext(parley: Parley, place: Place): Promise<boolean> {
  const at = await nextDue(parley, place)
  if (!at) return false
  const delayMs = Math.max(soonestMs, at.getTime() - parley.now().getTime())
  await parley.queue.ring('deliver', place, { delayMs })
  return true
}

async function deliverOne(parley: Parley, held: Held): Promise<void> {
  const end = await tryOne(parley, held)
  try {
    await whileAway(() => writeDown(parley, held, end))
  } catch (error) {
    parley.log.error(
      { err: error, delivery: held.id },
      'What came of a message is not written down.',
    )
  }
}

type End =
  | { type: 'sent'; reply: Reply; delivered: Delivered }
  | { type: 'over'; why: string }
  | { type: 'not-yet'; why: string; until: Date }
  | { type: 'failed'; error: unknown; isCalled: boolean }
  | { type: 'not-ours' }

async function tryOne(parley: Parley, held: Held): Promise<End> {
  let isOurs = true
  let isCalled = false
  const starting = async () => {
    isOurs = await beginCall(parley, held)
    if (!isOurs) throw new Error('This message is not ours to send any more.')
    isCalled = true
  }
  try {
    const what = await replyOf(parley, held)
    if ('until' in what) return { type: 'not-yet', ...what }
    if ('why' in what) return { type: 'over', ...what }
    const { reply } = what
    const delivered = await parley.send(toOf(held), reply, { id: messageId(held), starting })
    return { type: 'sent', reply, delivered }
  } catch (error) {
    return isOurs ? { type: 'failed', error, isCalled } : { type: 'not-ours' }
  }
}

/** The same for every attempt of one message, and no other's. */
function messageId({ id, createdAt }: Held): string {
  const digest = createHash('sha256').update(`${id} ${createdAt.toISOString()}`)
  return digest.digest('base64url').slice(0, 24)
}

/** What is known of a message is not given up because the database is away for a while. */
async function whileAway(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === mostTries || asParleyError(error)?.code !== 'unavailable') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** tries)))
  }
}

/** Two minutes or so. */
const mostTries = 30

async function writeDown(parley: Parley, held: Held, end: End): Promise<void> {
  switch (end.type) {
    case 'sent':
      return noteSent(parley, held, end)
    case 'over':
      return endHeld(parley, held, held.callingAt ? 'unknown' : 'failed', end.why)
    case 'not-yet':
      return putBack(parley, held, { dueAt: end.until, problem: end.why, isUnclear: false })
    case 'failed':
      return afterFailure(parley, held, end)
    case 'not-ours':
      if (await endUnknown(parley, held)) await noteReminded(parley, held)
  }
}

/** What is sent; or why nothing is any more, or not before another moment. */
type What = { reply: Reply } | { why: string } | { why: string; until: Date }

async function replyOf(parley: Parley, row: Held): Promise<What> {
  switch (row.kind) {
    case 'notice':
      return { reply: { type: 'notice', text: Notice.parse(row.content).text } }
    case 'card': {
      const { assignmentId } = Card.parse(row.content)
      const { found } = await getOwnAssignment(parley, personOf(row), assignmentId)
      if (found.status !== 'leased') return { why: 'The record is no longer theirs.' }
      const locale = (await findLocale(parley, personOf(row))) ?? undefined
      const card = inLocale(locale, () => cardOf(found, found.dataset), row.platform)
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
async function noteSent(
  parley: Parley,
  held: Held,
  { reply, delivered }: { reply: Reply; delivered: Delivered },
): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await endHeld(inside, held, 'sent', null, delivered)
    if (held.kind === 'post' || held.kind === 'hub')
      await keepMessage(inside, subjectOf(held), delivered, reply)
    await noteReminded(inside, held)
  })
}

async function noteReminded(
  parley: Parley,
  { kind, content }: Pick<Held, 'kind' | 'content'>,
): Promise<void> {
  if (kind === 'reminder') await markReminded(parley, Reminded.parse(content).reminderId)
}

function subjectOf({ kind, content }: Held): Subject {
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

async function afterFailure(
  parley: Parley,
  held: Held,
  { error, isCalled }: { error: unknown; isCalled: boolean },
): Promise<void> {
  const failure = judge(parley, held.platform, error, isCalled)
  const problem = error instanceof Error ? error.message : String(error)
  const back = (ms: number, isUnclear: boolean) => {
    const dueAt = new Date(parley.now().getTime() + ms)
    return putBack(parley, held, { dueAt, problem, isUnclear })
  }
  switch (failure.type) {
    case 'later':
      if (held.attempt >= mostAttempts) return endHeld(parley, held, 'failed', problem)
      return back(failure.afterMs ?? backoffMs(held.attempt), false)
    case 'unknown':
      parley.log.warn(
        { err: error, delivery: held.id },
        'It is not known whether a message arrived.',
      )
      if (mayRepeat(parley, held)) return back(backoffMs(held.attempt), true)
      await endHeld(parley, held, 'unknown', problem)
      return noteReminded(parley, held)
    case 'gone':
      await endHeld(parley, held, 'failed', failure.reason)
      return loseRecipient(parley, held, failure.reason)
    case 'dead':
      await endHeld(parley, held, 'failed', failure.reason)
      return leaveWorkspace(parley, held, failure.reason, parley.now())
    case 'refused':
      parley.log.error({ err: error, delivery: held.id }, 'A message was refused.')
      return endHeld(parley, held, 'failed', problem)
  }
}

/** Before the call nothing can have arrived; the database may have failed us before it or after. */
function judge(parley: Parley, platform: Platform, error: unknown, isCalled: boolean): SendFailure {
  const failure = failureOf(parley, platform, error)
  const isAway = failure.type === 'refused' && asParleyError(error)?.code === 'unavailable'
  if (failure.type !== 'unknown' && !isAway) return failure
  return isCalled ? { type: 'unknown' } : { type: 'later', afterMs: null }
}

/** Of two cards either works; and some platforms know a message again, for a while. */
function mayRepeat(parley: Parley, { kind, platform, attempt }: Held): boolean {
  if (kind === 'card') return attempt < mostCards
  const isKnown = parley.platforms.get(platform)?.knownAgainMs !== undefined
  return isKnown && attempt < mostAttempts
}

/** What the failure of a call to a platform means for its message. */
export function failureOf(parley: Parley, platform: Platform, error: unknown): SendFailure {
  const known = parley.platforms.get(platform)?.failureOf?.(error)
  if (known) return known
  const code = asParleyError(error)?.code
  if (code === 'forbidden') return { type: 'gone', reason: code }
  return { type: code === 'unavailable' ? 'unknown' : 'refused' }
}

function backoffMs(attempt: number): number {
  return Math.min(10 * 60_000, 1000 * 2 ** attempt)
}

/** Somebody left, or a channel is closed: nothing more is sent there, and it is said once. */
async function loseRecipient(parley: Parley, row: Held, reason: string): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await giveUpQueued(inside, row, reason, row.recipient)
    if (!row.isChannel) {
      await endLeases(inside, row, row.recipient)
      await noteLost(inside, personOf(row), reason)
    }
    await tellAdmins(inside, {
      key: `gone:${row.platform}:${row.workspace}:${row.recipient}`,
      about: { platform: row.platform, workspace: row.workspace },
      text: (said) => {
        const name = row.isChannel ? said.theChannel(row.recipient) : personName(personOf(row))
        return said.personLost(name, reason.replaceAll('_', ' '))
      },
    })
  })
  await expireDue(parley)
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

function personOf({ platform, workspace, recipient }: Held): Person {
  return { platform, workspace, userId: recipient }
}

function toOf(row: Held): Person | Channel {
  const { platform, workspace, recipient } = row
  return row.isChannel ? { platform, workspace, channelId: recipient } : personOf(row)
}

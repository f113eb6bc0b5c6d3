/**
 * What admins write to one labeler: a message, or that they are paused and may go on. It comes as a private
 * notice where the person wants their reminders; who turned all of them off is written to no more.
 */
import { createHash } from 'node:crypto'
import { sayOn, type Words, wordsOn } from '../chat/words/words.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { conflict, invalid, unavailable } from '../errors.ts'
import { type Meant, meantBy, writePause } from '../labelers/limits.ts'
import { findLocale } from '../labelers/locale.ts'
import type { Person, Platform } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { reminderKinds } from '../reminders/reminder.ts'
import { queueNotice } from './queue-message.ts'
import { isRemoved } from './removal.ts'

const mostChars = 2000

/**
 * Queues a private message to one labeler, in the name of the admins; the same words are sent once a day.
 * `dataset` says whose labeler they are, and is needed from an admin of some datasets.
 * @throws ParleyError `invalid` for an empty or too long text; `conflict` where the person is not to be
 * written to or cannot be; `not_found`.
 */
export async function messageLabeler(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset?: string | undefined; text: string },
): Promise<void> {
  const text = input.text.trim()
  if (text === '') throw invalid({ text: (said) => said.textNeeded })
  if ([...text].length > mostChars) throw invalid({ text: (said) => said.textTooLong(mostChars) })
  const meant = await meantBy(parley, actor, input)
  await inTransaction(parley, async (inside) => {
    const to = await reachable(inside, meant.labelerId)
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16)
    const day = inside.now().toISOString().slice(0, 10)
    await tell(inside, to, `admin-message:${meant.labelerId}:${hash}:${day}`, (said) =>
      said.adminWrites(text),
    )
    await writeAudit(inside, {
      ...{ actor: requireAdmin(actor), act: 'message labeler' },
      ...(meant.dataset ? { dataset: meant.dataset.name } : {}),
      detail: { labeler: meant.labelerId },
    })
  })
}

/**
 * Stops dealing new tasks to one labeler, in a dataset or everywhere, and tells them why. What they hold
 * stays theirs to answer. Returns whether they were not paused before, and whether they are told.
 */
export async function pauseLabeler(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset?: string | undefined; reason?: string | undefined },
): Promise<{ changed: boolean; told: boolean }> {
  const reason = input.reason?.trim() || null
  if (reason !== null && [...reason].length > 500)
    throw invalid({ reason: (said) => said.textTooLong(500) })
  const meant = await meantBy(parley, actor, input)
  return change(
    parley,
    actor,
    meant,
    { reason },
    (title) => (said) => said.pausedByAdmin(title, reason),
  )
}

/** Lets them go on, and tells them so. */
export async function resumeLabeler(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset?: string | undefined },
): Promise<{ changed: boolean; told: boolean }> {
  const meant = await meantBy(parley, actor, input)
  return change(parley, actor, meant, null, (title) => (said) => said.resumedByAdmin(title))
}

async function change(
  parley: Parley,
  actor: Actor,
  meant: Meant,
  pause: { reason: string | null } | null,
  text: (title: string | null) => (said: Words) => string,
): Promise<{ changed: boolean; told: boolean }> {
  const { labelerId, dataset } = meant
  const title = dataset && (await getDataset(parley, dataset.name)).document.title
  return inTransaction(parley, async (inside) => {
    if (!(await writePause(inside, actor, meant, pause))) return { changed: false, told: false }
    const way = await wayTo(inside, labelerId)
    if (!way.to) return { changed: true, told: false }
    const about = `${pause ? 'pause' : 'resume'}:${labelerId}:${dataset?.id ?? 'all'}`
    const key = `${about}:${inside.now().toISOString()}`
    await tell(inside, way.to, key, text(title))
    return { changed: true, told: true }
  })
}

async function tell(
  parley: Parley,
  to: Person,
  key: string,
  text: (said: Words) => string,
): Promise<void> {
  const locale = (await findLocale(parley, to)) ?? undefined
  const said = wordsOn(to.platform, locale)
  await queueNotice(parley, { key, to, text: sayOn(to.platform, text(said)) })
}

async function reachable(parley: Parley, labelerId: string): Promise<Person> {
  const { to, why } = await wayTo(parley, labelerId)
  if (to) return to
  if (why === 'off') throw conflict((said) => said.messagesOff)
  if (why === 'nobody') throw conflict((said) => said.nobodyToWrite)
  throw unavailable(
    'where this person is',
    new Error('The platform is off, or Parley was removed.'),
  )
}

/** Where they want to be written to; without a choice of theirs, the first account that can be reached. */
async function wayTo(
  parley: Parley,
  labelerId: string,
): Promise<{ to: Person; why: null } | { to: null; why: 'off' | 'nobody' | 'away' }> {
  const accounts = await parley.db
    .selectFrom('identities')
    .leftJoin('preferences', 'preferences.labelerId', 'identities.labelerId')
    .select(['identities.platform', 'identities.workspace', 'identities.userId'])
    .select(['preferences.kinds', 'preferences.platform as liked'])
    .where('identities.labelerId', '=', labelerId)
    .orderBy('identities.platform')
    .execute()
  const [first] = accounts
  if (!first) return { to: null, why: 'nobody' }
  const kinds: Record<string, unknown> = first.kinds ?? {}
  if (reminderKinds.every((kind) => kinds[kind] === false)) return { to: null, why: 'off' }
  const inOrder = accounts.toSorted(
    (a, b) => Number(b.platform === b.liked) - Number(a.platform === a.liked),
  )
  for (const { platform, workspace, userId } of inOrder) {
    const to = { platform: platform as Platform, workspace, userId }
    if (parley.platforms.has(to.platform) && !(await isRemoved(parley, to)))
      return { to, why: null }
  }
  return { to: null, why: 'away' }
}

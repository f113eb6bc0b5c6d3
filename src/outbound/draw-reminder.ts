/**
 * Invitations, reminders and a channel's daily digest as they are sent, after a last look at whether they
 * still make sense.
 */
import { sql } from 'kysely'
import { datasetProgress } from '../assignments/progress.ts'
import { sayChannelDigest } from '../chat/cards/channel-digest.ts'
import { listChoices } from '../chat/gestures/open-work.ts'
import type { Choice, Person, Reply } from '../chat/port/port.ts'
import { sayDue } from '../chat/words/say.ts'
import { type Words, wordsOn } from '../chat/words/words.ts'
import type { Dataset } from '../datasets/document.ts'
import { ifThere } from '../errors.ts'
import { findLabeler } from '../labelers/labeler.ts'
import { isLetIn } from '../labelers/memberships.ts'
import type { Parley } from '../parley.ts'
import { endOfQuiet, hasOpenWork } from '../reminders/end-of-quiet.ts'
import { getInvitation, type Invitation } from '../reminders/invitation.ts'
import { skipReminder } from '../reminders/outcome.ts'
import { type Reminder, recheckReminder } from '../reminders/recheck.ts'
import { isOn } from '../reminders/reminder.ts'
import { findReminded } from '../reminders/schedule.ts'

/** What a delivery of an invitation sends, or why it does not any more. */
export async function buildInvitation(
  parley: Parley,
  { invitationId, quietly }: { invitationId: string; quietly: boolean },
): Promise<{ reply: Reply } | { why: string } | { why: string; until: Date }> {
  const invitation = await ifThere(getInvitation(parley, invitationId))
  if (invitation?.state !== 'offered') return { why: 'The invitation is over.' }
  const { dataset, person, count, dueAt, dueDay } = invitation
  if (dataset.status !== 'ready') return { why: `The dataset is ${dataset.status}.` }
  if (!(await isLetIn(parley, dataset, person))) return { why: 'They are not let in any more.' }
  const wait = quietly ? await waitFor(parley, invitation) : null
  if (wait) return wait
  const each = (await datasetProgress(parley, dataset)).meanSeconds
  return {
    reply: {
      type: 'invitation',
      invitation: {
        invitationId,
        dataset: {
          name: dataset.name,
          title: dataset.document.title,
          description: dataset.document.description ?? null,
        },
        count,
        minutes: each === null ? null : (each / 60) * (count ?? 1),
        dueAt,
        dueDay,
        zone: await zoneOf(parley, person),
      },
    },
  }
}

/** Why an invitation that a program causes is not sent, or not yet; null where it may go. */
async function waitFor(
  parley: Parley,
  { dataset, person, dueAt }: Invitation,
): Promise<{ why: string } | { why: string; until: Date } | null> {
  if ((dueAt && dueAt <= parley.now()) || !(await hasOpenWork(parley, dataset.id)))
    return { why: 'Nothing is left to answer.' }
  const until = await endOfQuiet(parley, person)
  if (until === null) return null
  const why = 'It is not the hour for it where they are.'
  return dueAt && until >= dueAt ? { why } : { why, until }
}

/** What a delivery of a reminder sends now, or why it does not, or not yet. */
export async function buildReminder(
  parley: Parley,
  reminderId: string,
): Promise<{ reply: Reply } | { why: string } | { why: string; until: Date }> {
  const found = await recheckReminder(parley, reminderId)
  if ('why' in found) return found
  const { reminder } = found
  const said = wordsOn(reminder.person.platform, reminder.locale ?? undefined)
  const what = await whatToSay(parley, reminder, said)
  if ('why' in what) return skipReminder(parley, reminderId, what.why)
  const { kind, isLast } = reminder
  const card = { reminderId, kind, ...what }
  return {
    reply: { type: 'reminder', reminder: isLast ? { ...card, note: said.lastReminder } : card },
  }
}

type Said = { text: string; items: Choice[] } | { why: string }

/** The number of datasets in one message, each with a Start button. */
export const mostItems = 10

async function whatToSay(parley: Parley, reminder: Reminder, said: Words): Promise<Said> {
  const { kind, dataset, labeler } = reminder
  if (kind === 'digest') {
    const items = await listChoices(parley, labeler)
    return items.length > 0
      ? { text: said.digestText, items: items.slice(0, mostItems) }
      : { why: 'Nothing waits.' }
  }
  if (!dataset) return { why: 'The dataset is gone.' }
  const { title } = dataset.document
  if (kind === 'results') {
    const { submitted, labelers } = await datasetProgress(parley, dataset)
    return { text: said.resultsText(title, submitted, labelers), items: [] }
  }
  const items = (await listChoices(parley, labeler)).filter(({ name }) => name === dataset.name)
  if (items.length === 0) return { why: 'Nothing waits there for them.' }
  if (kind === 'new_work') {
    const hasDigest = isOn('digest', reminder.person.kinds, reminder.person.platform)
    return hasDigest
      ? { why: 'It stands in their digest.' }
      : { text: said.newWorkText(title), items }
  }
  const batch = await findBatch(parley, reminder, dataset)
  if ('why' in batch) return batch
  const { goal, done, dueAt, dueDay, idle } = batch
  if (kind === 'deadline') {
    if (!dueAt || dueAt <= parley.now()) return { why: 'The day is over.' }
    const due = sayDue({ dueAt, dueDay, zone: reminder.person.zone }, said)
    return { text: said.deadlineText(title, goal - done, due), items }
  }
  return idle ? { text: said.nudgeText(title, done, goal), items } : { why: 'They are at it.' }
}

type Batch = {
  goal: number
  done: number
  dueAt: Date | null
  dueDay: string | null
  idle: boolean
}

const idleMs = 12 * 3_600_000

/** How far they are with what they began. */
async function findBatch(
  parley: Parley,
  { labeler, invitationId }: Reminder,
  dataset: Dataset,
): Promise<Batch | { why: string }> {
  const row = await parley.db
    .selectFrom('tallies')
    .innerJoin('invitations', 'invitations.id', 'tallies.goalInvitation')
    .select(['tallies.goal', 'tallies.goalFrom', 'tallies.submitted', 'tallies.discarded'])
    .select(['invitations.dueAt', 'invitations.dueDay', 'invitations.startedAt'])
    .where('tallies.datasetId', '=', dataset.id)
    .where('tallies.labelerId', '=', labeler.id)
    .where('tallies.goalInvitation', '=', invitationId)
    .where('invitations.state', '=', 'started')
    .executeTakeFirst()
  if (!row || row.goal === null) return { why: 'The batch is done.' }
  const { rows } = await sql<{ submittedAt: Date }>`
    select submitted_at from last_answers(${labeler.id}, 1)`.execute(parley.db)
  const since = Math.max(row.startedAt?.getTime() ?? 0, rows[0]?.submittedAt.getTime() ?? 0)
  return {
    goal: row.goal,
    done: Number(row.submitted) + Number(row.discarded) - Number(row.goalFrom ?? 0),
    dueAt: row.dueAt,
    dueDay: row.dueDay,
    idle: parley.now().getTime() - since >= idleMs,
  }
}

/** A channel's daily report: progress, agreement, and what is stuck and why. */
export async function buildChannelDigest(
  parley: Parley,
  datasetId: string,
): Promise<{ reply: Reply } | { why: string }> {
  const text = await sayChannelDigest(parley, datasetId)
  return text === null
    ? { why: 'The dataset is gone or closed.' }
    : { reply: { type: 'notice', text } }
}

/** A person's time zone, if they or their platform gave one; otherwise UTC. */
export async function zoneOf(parley: Parley, person: Person): Promise<string> {
  const labeler = await findLabeler(parley, person)
  const reminded = labeler && (await findReminded(parley, labeler.id))
  if (reminded?.zone) return reminded.zone
  const profile = await parley.platforms
    .get(person.platform)
    ?.profile?.(person)
    .catch(() => null)
  return profile?.zone ?? 'UTC'
}

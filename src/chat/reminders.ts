/**
 * Invitations and reminders as people meet them: what is sent, after a last look at whether it still
 * makes sense, and what their buttons do.
 */
import { datasetProgress } from '../assignments/progress.ts'
import type { Dataset } from '../datasets/shape.ts'
import { asParleyError, invalid } from '../errors.ts'
import { consentVersion, findLabeler, getLabeler, type Labeler } from '../labelers/labeler.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { adminActor } from '../labelers/roles.ts'
import type { Parley } from '../parley.ts'
import { remindLater, turnOff } from '../reminders/answer.ts'
import { setChannelDigest } from '../reminders/channel-digest.ts'
import {
  getInvitation,
  type Invitation,
  inviteLabelers,
  startInvitation,
} from '../reminders/invite.ts'
import { changePreferences, getPreferences } from '../reminders/preferences.ts'
import { learnZone, type Reminder, recheckReminder, skipReminder } from '../reminders/recheck.ts'
import { isOn } from '../reminders/reminder.ts'
import { enrolLabeler, findReminded, scheduleDigest } from '../reminders/schedule.ts'
import { parseDue } from '../reminders/when.ts'
import { sayChannelDigest } from './channel-digest.ts'
import type { Gestures } from './handle.ts'
import type { Choice, Person, Reply } from './port.ts'
import { nextTask, welcome } from './session.ts'
import { listChoices } from './waiting.ts'
import { type Words, words } from './words.ts'

export const reminderGestures: Gestures<
  | 'reminders'
  | 'prefer'
  | 'start-invitation'
  | 'remind-later'
  | 'turn-off'
  | 'admin-deliver'
  | 'admin-remind'
> = {
  reminders: async (parley, { by }) => {
    const labeler = await getLabeler(parley, by)
    // Slack knows where people are, if our permissions let it tell.
    if ((await getPreferences(parley, labeler)).zone === null) await beginReminders(parley, labeler)
    return { type: 'preferences', preferences: await getPreferences(parley, labeler) }
  },
  prefer: async (parley, { by, change }) => {
    const labeler = await getLabeler(parley, by)
    const preferences = await changePreferences(parley, labeler, change)
    return { type: 'preferences', preferences, notice: words(by.locale).saved }
  },
  'start-invitation': async (parley, { by, invitationId }) => {
    const invitation = await getInvitation(parley, invitationId, by)
    const labeler = await findLabeler(parley, by)
    if (labeler?.consentVersion !== consentVersion) return welcome(parley, by)
    return beginBatch(parley, labeler, invitation)
  },
  'remind-later': async (parley, { by, reminderId, until }) => {
    const labeler = await getLabeler(parley, by)
    const said = words(by.locale)
    const { at, zone } = await remindLater(parley, labeler, { reminderId, until })
    const answered = at ? said.remindedAt(said.moment(at, zone)) : said.remindedTomorrow
    return answeredReminder(parley, reminderId, answered)
  },
  'turn-off': async (parley, { by, reminderId }) => {
    const labeler = await getLabeler(parley, by)
    const said = words(by.locale)
    const kind = await turnOff(parley, labeler, { reminderId })
    return answeredReminder(parley, reminderId, said.turnedOff(said.reminderKind[kind]))
  },
  'admin-deliver': async (parley, { by, dataset, to, each, due }) => {
    const actor = await adminActor(parley, by)
    const said = words(by.locale)
    const zone = await zoneOf(parley, by)
    const dueAt = due === undefined ? undefined : readDue(due, zone, said)
    const { invited, already, refused } = await inviteLabelers(parley, actor, {
      dataset,
      to: [to],
      ...(each === undefined ? {} : { each }),
      ...(dueAt === undefined ? {} : { due: dueAt }),
    })
    const lines = [said.delivered(invited, already)]
    if (refused.length > 0) lines.push(said.deliverRefused(refused.join(', ')))
    return { type: 'notice', text: lines.join('\n') }
  },
  'admin-remind': async (parley, { by, dataset, on }) => {
    const actor = await adminActor(parley, by)
    const said = words(by.locale)
    const { channelId } = by
    if (channelId === undefined) return { type: 'notice', text: said.channelDigestWhere }
    const { platform, workspace } = by
    const channel = { platform, workspace, channelId }
    const zone = await zoneOf(parley, by)
    const { title } = await setChannelDigest(parley, actor, { dataset, channel, zone, on })
    return { type: 'notice', text: on ? said.channelDigestOn(title) : said.channelDigestOff(title) }
  },
}

/** Somebody agreed to take part: reminders may begin, where their custom is to have them. */
export async function beginReminders(parley: Parley, labeler: Labeler): Promise<void> {
  await enrolLabeler(parley, labeler)
  await learnZone(parley, labeler.person, labeler.id)
  await scheduleDigest(parley, labeler.id)
}

/** The invitation of somebody who just agreed to take part, where there is one open. */
export async function startOffered(
  parley: Parley,
  labeler: Labeler,
  dataset: string | undefined,
): Promise<Reply | null> {
  const { platform, workspace, userId } = labeler.person
  const offered = await parley.db
    .selectFrom('invitations')
    .innerJoin('datasets', 'datasets.id', 'invitations.datasetId')
    .select(['invitations.id', 'datasets.name'])
    .where('invitations.platform', '=', platform)
    .where('invitations.workspace', '=', workspace)
    .where('invitations.userId', '=', userId)
    .where('invitations.state', 'in', ['offered', 'started'])
    .orderBy('invitations.id')
    .execute()
  const wished = offered.find(({ name }) => name === dataset) ?? (dataset ? undefined : offered[0])
  return wished ? beginBatch(parley, labeler, await getInvitation(parley, wished.id)) : null
}

/** What a delivery of an invitation sends, or why it does not any more. */
export async function buildInvitation(
  parley: Parley,
  invitationId: string,
): Promise<{ reply: Reply } | { why: string }> {
  const invitation = await getInvitation(parley, invitationId).catch((error: unknown) => {
    if (asParleyError(error)?.code === 'not_found') return null
    throw error
  })
  if (invitation?.state !== 'offered') return { why: 'The invitation is over.' }
  const { dataset, person, count, dueAt } = invitation
  if (dataset.status !== 'ready') return { why: `The dataset is ${dataset.status}.` }
  if (!(await isLetIn(parley, dataset, person))) return { why: 'They are not let in any more.' }
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
        zone: await zoneOf(parley, person),
      },
    },
  }
}

/** What a delivery of a reminder sends now, or why it does not, or not yet. */
export async function buildReminder(
  parley: Parley,
  reminderId: string,
): Promise<{ reply: Reply } | { why: string } | { why: string; until: Date }> {
  const found = await recheckReminder(parley, reminderId)
  if ('why' in found) return found
  const { reminder } = found
  const said = words(reminder.locale ?? undefined)
  const what = await whatToSay(parley, reminder, said)
  if ('why' in what) return skipReminder(parley, reminderId, what.why)
  const { kind, isLast } = reminder
  const card = { reminderId, kind, ...what, answered: null }
  return {
    reply: { type: 'reminder', reminder: isLast ? { ...card, note: said.lastReminder } : card },
  }
}

type Said = { text: string; items: Choice[] } | { why: string }

async function whatToSay(parley: Parley, reminder: Reminder, said: Words): Promise<Said> {
  const { kind, dataset, labeler } = reminder
  if (kind === 'digest') {
    const items = await listChoices(parley, labeler)
    return items.length > 0
      ? { text: said.digestText, items: items.slice(0, 10) }
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
  const { goal, done, dueAt, idle } = batch
  if (kind === 'deadline') {
    if (!dueAt || dueAt <= parley.now()) return { why: 'The day is over.' }
    const due = said.moment(dueAt, reminder.person.zone)
    return { text: said.deadlineText(title, goal - done, due), items }
  }
  return idle ? { text: said.nudgeText(title, done, goal), items } : { why: 'They are at it.' }
}

type Batch = { goal: number; done: number; dueAt: Date | null; idle: boolean }

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
    .select(['invitations.dueAt', 'invitations.startedAt'])
    .where('tallies.datasetId', '=', dataset.id)
    .where('tallies.labelerId', '=', labeler.id)
    .where('tallies.goalInvitation', '=', invitationId)
    .where('invitations.state', '=', 'started')
    .executeTakeFirst()
  if (!row || row.goal === null) return { why: 'The batch is done.' }
  const last = await parley.db
    .selectFrom('responses')
    .select('submittedAt')
    .where('labelerId', '=', labeler.id)
    .where('submittedAt', 'is not', null)
    .orderBy('submittedAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  const since = Math.max(row.startedAt?.getTime() ?? 0, last?.submittedAt?.getTime() ?? 0)
  return {
    goal: row.goal,
    done: Number(row.submitted) + Number(row.discarded) - Number(row.goalFrom ?? 0),
    dueAt: row.dueAt,
    idle: parley.now().getTime() - since >= idleMs,
  }
}

/** What a channel's daily word says: how far, how well people agree to it, what is stuck and why. */
export async function buildChannelDigest(
  parley: Parley,
  datasetId: string,
): Promise<{ reply: Reply } | { why: string }> {
  const text = await sayChannelDigest(parley, datasetId)
  return text === null
    ? { why: 'The dataset is gone or closed.' }
    : { reply: { type: 'notice', text } }
}

async function beginBatch(
  parley: Parley,
  labeler: Labeler,
  invitation: Invitation,
): Promise<Reply> {
  const { dataset, person } = invitation
  const said = words(person.locale)
  const isOpen = invitation.state === 'offered' || invitation.state === 'started'
  if (!isOpen || dataset.status !== 'ready') return { type: 'notice', text: said.invitationOver }
  if (!(await isLetIn(parley, dataset, labeler.person)))
    return { type: 'notice', text: said.invitationOver }
  await startInvitation(parley, labeler, invitation)
  return (
    (await nextTask(parley, labeler, dataset)) ?? { type: 'notice', text: said.invitationNothing }
  )
}

/** The message once its button was pressed. */
async function answeredReminder(
  parley: Parley,
  reminderId: string,
  answered: string,
): Promise<Reply> {
  const { kind } = await parley.db
    .selectFrom('reminders')
    .select('kind')
    .where('id', '=', reminderId)
    .executeTakeFirstOrThrow()
  return { type: 'reminder', reminder: { reminderId, kind, text: '', items: [], answered } }
}

async function zoneOf(parley: Parley, person: Person): Promise<string> {
  const labeler = await findLabeler(parley, person)
  const reminded = labeler && (await findReminded(parley, labeler.id))
  if (reminded?.zone) return reminded.zone
  const profile = await parley.platforms
    .get(person.platform)
    ?.profile?.(person)
    .catch(() => null)
  return profile?.zone ?? 'UTC'
}

function readDue(text: string, zone: string, said: Words): Date {
  const due = parseDue(text, zone)
  if (!due) throw invalid({ due: said.badDue(text) })
  return due
}

/**
 * Invitations and reminders as people meet them: what is sent, after a last look at whether it still
 * makes sense, and what their buttons do.
 */
import { sql } from 'kysely'
import { datasetProgress } from '../../assignments/progress.ts'
import type { Dataset } from '../../datasets/shape.ts'
import { ifThere, invalid } from '../../errors.ts'
import { consentVersion, findLabeler, getLabeler, type Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import { adminActor } from '../../labelers/roles.ts'
import type { Parley } from '../../parley.ts'
import { beginFromReminder, remindLater, turnOff } from '../../reminders/answer.ts'
import { setChannelDigest } from '../../reminders/channel-digest.ts'
import {
  getInvitation,
  type Invitation,
  inviteLabelers,
  reachOfInvited,
  startInvitation,
} from '../../reminders/invite.ts'
import { skipReminder } from '../../reminders/outcome.ts'
import { changePreferences, getPreferences } from '../../reminders/preferences.ts'
import { learnZone, type Reminder, recheckReminder } from '../../reminders/recheck.ts'
import { isOn } from '../../reminders/reminder.ts'
import { enrolLabeler, findReminded, scheduleDigest } from '../../reminders/schedule.ts'
import { type Due, isZone, readDue } from '../../reminders/when.ts'
import { sentences } from '../../sentences.ts'
import { sayChannelDigest } from '../cards/channel-digest.ts'
import type { Gestures } from '../handle.ts'
import type { Choice, Person, Reply } from '../port/port.ts'
import { sayDue, sayHours, sayMissed, sayReach } from '../words/say.ts'
import { sayOn, type Words, wordsOn } from '../words/words.ts'
import { nextTask, startWork, welcome } from './next-task.ts'
import { listChoices } from './open-work.ts'
import { channelFor } from './posts.ts'

export const reminderGestures: Gestures<
  | 'reminders'
  | 'prefer'
  | 'start-invitation'
  | 'start-reminded'
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
    return {
      type: 'preferences',
      preferences,
      notice: sayHours(preferences, wordsOn(by.platform, by.locale)),
    }
  },
  'start-invitation': async (parley, { by, invitationId }) => {
    const said = wordsOn(by.platform, by.locale)
    const invitation = await ifThere(getInvitation(parley, invitationId, by))
    if (!invitation) return { type: 'answered', text: said.invitationOver }
    const over = await whyOver(parley, invitation, by)
    if (over !== null) return { type: 'answered', text: over }
    const labeler = await findLabeler(parley, by)
    if (labeler?.consentVersion !== consentVersion) return welcome(parley, by)
    return beginBatch(parley, labeler, invitation)
  },
  'start-reminded': async (parley, { by, reminderId, dataset }) => {
    const labeler = await findLabeler(parley, by)
    if (labeler?.consentVersion !== consentVersion) return welcome(parley, by)
    const kind = await ifThere(beginFromReminder(parley, labeler, { reminderId }))
    const reply = await startWork(parley, labeler, dataset)
    if (reply.type !== 'notice') return reply
    // What was promised is gone: the message shows what is left of it.
    const items = kind === 'digest' ? await listChoices(parley, labeler) : []
    const { text } = reply
    if (kind === null || items.length === 0) return { type: 'answered', text }
    return {
      type: 'reminder',
      reminder: { reminderId, kind, text, items: items.slice(0, mostItems) },
    }
  },
  'remind-later': async (parley, { by, reminderId, until }) =>
    answerReminder(parley, by, async (labeler, said) => {
      const put = await remindLater(parley, labeler, { reminderId, until })
      if ('over' in put) return said.reminderNotNeeded(put.over.document.title)
      return put.at ? said.remindedAt(said.moment(put.at, put.zone)) : said.remindedTomorrow
    }),
  'turn-off': async (parley, { by, reminderId }) =>
    answerReminder(parley, by, async (labeler, said) => {
      const kind = await turnOff(parley, labeler, { reminderId })
      return said.turnedOff(said.reminderKind[kind])
    }),
  'admin-deliver': async (parley, { by, dataset, to, each, due, again, counts }) => {
    const actor = await adminActor(parley, by)
    const said = wordsOn(by.platform, by.locale)
    const zone = await zoneOf(parley, by)
    const until = due === undefined ? undefined : dueOf(due, zone, said)
    const { platform, workspace } = by
    const whom = { dataset, to: [to], here: { platform, workspace } }
    const reach = sayReach(await reachOfInvited(parley, actor, whom), said)
    if (counts) {
      const lines = reach.length > 0 ? reach : [said.reachNobody]
      return { type: 'notice', text: [...lines, said.reachOnly].join('\n') }
    }
    const { invited, already, ...missed } = await inviteLabelers(parley, actor, {
      ...whom,
      ...(each === undefined ? {} : { each }),
      ...(until === undefined ? {} : { due: until }),
      ...(again === undefined ? {} : { again }),
    })
    const lines = sayMissed(missed, said, { dataset, again: 'again=yes' })
    const text = [...reach, said.delivered(invited, already), ...lines].join('\n')
    return { type: 'notice', text }
  },
  'admin-remind': async (parley, { by, dataset, on }) => {
    const actor = await adminActor(parley, by)
    const said = wordsOn(by.platform, by.locale)
    const { channelId, platform, workspace } = by
    if (channelId === undefined) return { type: 'notice', text: said.channelDigestWhere }
    // One that is on is turned off wherever it stands, also where Parley may not post any more.
    const here = { platform, workspace, channelId }
    const channel = on ? await channelFor(parley, by, undefined) : here
    const zone = await zoneOf(parley, by)
    const { title } = await setChannelDigest(parley, actor, { dataset, channel, zone, on })
    return { type: 'notice', text: on ? said.channelDigestOn(title) : said.channelDigestOff(title) }
  },
}

/** Somebody agreed to take part: reminders may begin, where their custom is to have them. */
export async function beginReminders(
  parley: Parley,
  labeler: Labeler,
  zone?: string,
): Promise<void> {
  await enrolLabeler(parley, labeler)
  if (zone !== undefined && isZone(zone)) {
    await changePreferences(parley, labeler, { zone })
    return
  }
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
  const invitation = await ifThere(getInvitation(parley, invitationId))
  if (invitation?.state !== 'offered') return { why: 'The invitation is over.' }
  const { dataset, person, count, dueAt, dueDay } = invitation
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
        dueDay,
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

const mostItems = 10

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
  const said = wordsOn(person.platform, person.locale)
  if (dataset.status !== 'ready')
    return { type: 'notice', text: said.pausedNow(dataset.document.title) }
  await startInvitation(parley, labeler, invitation)
  const task = await nextTask(parley, labeler, dataset)
  return task ?? { type: 'answered', text: said.invitationNothing }
}

/** Does what a button of a reminder asks; what came of it takes the message's place. */
async function answerReminder(
  parley: Parley,
  by: Person,
  act: (labeler: Labeler, said: Words) => Promise<string>,
): Promise<Reply> {
  const said = wordsOn(by.platform, by.locale)
  const labeler = await findLabeler(parley, by)
  if (labeler?.consentVersion !== consentVersion)
    return { type: 'answered', text: said.reminderOfNobody }
  const text = await ifThere(act(labeler, said))
  return { type: 'answered', text: text ?? sayOn(by.platform, sentences(by.locale).reminderOver) }
}

/** Why an invitation leads nowhere any more, or null; while its dataset is paused it may again. */
async function whyOver(
  parley: Parley,
  { dataset, state }: Invitation,
  by: Person,
): Promise<string | null> {
  const said = wordsOn(by.platform, by.locale)
  if (state === 'done') return said.invitationDone
  if (state === 'ended') return said.invitationOver
  if (dataset.status === 'closed') return said.closedNow(dataset.document.title)
  if (!(await isLetIn(parley, dataset, by)))
    return sentences(by.locale).notOnList(dataset.document.title)
  return null
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

function dueOf(text: string, zone: string, said: Words): Due {
  const due = readDue(text, zone)
  if (!due) throw invalid({ due: said.badDue(text) })
  return due
}

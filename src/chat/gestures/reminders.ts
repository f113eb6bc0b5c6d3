/** Invitations and reminders as people answer them: what their buttons and commands do. */
import { ifThere, invalid } from '../../errors.ts'
import { consentVersion, findLabeler, getLabeler, type Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import { adminActor } from '../../labelers/roles.ts'
import { mostItems, zoneOf } from '../../outbound/draw-reminder.ts'
import type { Parley } from '../../parley.ts'
import { beginFromReminder, remindLater, turnOff } from '../../reminders/answer-reminder.ts'
import { setChannelDigest } from '../../reminders/channel-digest.ts'
import { getInvitation, type Invitation, startInvitation } from '../../reminders/invitation.ts'
import { inviteLabelers } from '../../reminders/invite.ts'
import { reachOfInvited } from '../../reminders/invited-people.ts'
import { changePreferences, getPreferences } from '../../reminders/preferences.ts'
import { learnZone } from '../../reminders/recheck.ts'
import { enrolLabeler, scheduleDigest } from '../../reminders/schedule.ts'
import { type Due, isZone, readDue } from '../../reminders/when.ts'
import { sentences } from '../../sentences.ts'
import { hub } from '../commands/admin/hub.ts'
import { typed, typedOption } from '../commands/notation.ts'
import type { Person, Reply } from '../port/port.ts'
import { sayHours, sayMissed, sayReach } from '../words/say.ts'
import { sayOn, type Words, wordsOn } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
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
    // The invitation has changed: the message shows what is left of it.
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
    const lines = sayMissed(missed, said, {
      hub: typed(by.platform, hub, { dataset }),
      again: typedOption(by.platform, 'again', true),
    })
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

/** Handles a reminder's button; the result replaces the message. */
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

function dueOf(text: string, zone: string, said: Words): Due {
  const due = readDue(text, zone)
  if (!due) throw invalid({ due: said.badDue(text) })
  return due
}

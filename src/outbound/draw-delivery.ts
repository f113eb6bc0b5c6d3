/** Builds the message of a queued delivery from the rows it names, at the moment it is sent. */
import { z } from 'zod'
import { type Battle, findBattle, findBattleOfPost } from '../arena/battle.ts'
import { threadOf } from '../arena/thread.ts'
import { getOwnAssignment } from '../assignments/assignment.ts'
import { buildVoid } from '../chat/cards/battles.ts'
import { cardOf } from '../chat/cards/card.ts'
import { withPage } from '../chat/cards/page-link.ts'
import type { Reply } from '../chat/port/port.ts'
import { inLocale } from '../chat/words/words.ts'
import type { Held } from '../deliveries/ledger.ts'
import { findLocale } from '../labelers/locale.ts'
import type { Person } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import type { Parley } from '../parley.ts'
import { markReminded } from '../reminders/outcome.ts'
import { buildSubject } from './draw-message.ts'
import { buildChannelDigest, buildInvitation, buildReminder } from './draw-reminder.ts'
import type { Subject } from './messages.ts'

/** The message to send, or why none is sent any more, or not yet. */
type Drawn = { reply: Reply; thread?: string } | { why: string } | { why: string; until: Date }

export async function drawDelivery(parley: Parley, row: Held): Promise<Drawn> {
  switch (row.kind) {
    case 'notice':
      return { reply: { type: 'notice', text: Notice.parse(row.content).text } }
    case 'card': {
      const { assignmentId } = Card.parse(row.content)
      const { found } = await getOwnAssignment(parley, personOf(row), assignmentId, {
        consent: 'given',
      })
      if (found.status !== 'leased') return { why: 'The record is no longer theirs.' }
      const locale = (await findLocale(parley, personOf(row))) ?? undefined
      const card = inLocale(locale, () => cardOf(found, found.dataset), row.platform)
      return { reply: withPage(parley, personOf(row), { type: 'task', card }) }
    }
    case 'invitation':
      return buildInvitation(parley, Invited.parse(row.content))
    case 'reminder':
      return buildReminder(parley, Reminded.parse(row.content).reminderId)
    case 'post':
    case 'hub': {
      const built = await buildSubject(parley, subjectOf(row))
      if (built?.reply.type !== row.kind || built.final) return { why: 'It is over.' }
      if (row.kind === 'hub') return built
      const { postId } = Posted.parse(row.content)
      return inThread(parley, built.reply, await findBattleOfPost(parley, postId))
    }
    case 'question': {
      const battle = await findBattle(parley, Asked.parse(row.content).battleId)
      const built = await buildSubject(parley, subjectOf(row))
      return built && battle?.state !== 'deleted' ? built : { why: 'It was deleted.' }
    }
    case 'void': {
      const battle = await findBattle(parley, Asked.parse(row.content).battleId)
      return battle?.state === 'void'
        ? inThread(parley, buildVoid(battle), battle)
        : { why: 'It is over.' }
    }
    case 'digest':
      return buildChannelDigest(parley, Digest.parse(row.content).datasetId)
  }
}

/** A reminder that was sent, or may have been, counts as sent. */
export async function noteReminded(
  parley: Parley,
  { kind, content }: Pick<Held, 'kind' | 'content'>,
): Promise<void> {
  if (kind === 'reminder') await markReminded(parley, Reminded.parse(content).reminderId)
}

/** Messages about a battle are replies to its question, and wait until that is sent. */
async function inThread(parley: Parley, reply: Reply, battle: Battle | null): Promise<Drawn> {
  if (!battle) return { reply }
  const thread = await threadOf(parley, battle)
  if (thread === 'awaited') {
    const until = new Date(parley.now().getTime() + 500)
    return { why: 'The question does not stand in its channel yet.', until }
  }
  return thread === null ? { reply } : { reply, thread }
}

/** What a post, a hub or a question is about. */
export function subjectOf({ kind, content }: Held): Subject {
  if (kind === 'post') return `post:${Posted.parse(content).postId}`
  if (kind === 'question') return `question:${Asked.parse(content).battleId}`
  return `hub:${Digest.parse(content).datasetId}`
}

const Posted = z.object({ postId: z.string() })
const Asked = z.object({ battleId: z.string() })
const Invited = z.object({ invitationId: z.string(), quietly: z.boolean().default(false) })
const Reminded = z.object({ reminderId: z.string() })
const Digest = z.object({ datasetId: z.string() })
const Notice = z.object({ text: z.string() })
const Card = z.object({ assignmentId: z.string() })

export function personOf({ platform, workspace, recipient }: Held): Person {
  return { platform, workspace, userId: recipient }
}

export function recipientOf(row: Held): Person | Channel {
  const { platform, workspace, recipient } = row
  return row.isChannel ? { platform, workspace, channelId: recipient } : personOf(row)
}

/** Gestures around posts and hubs: voting, posting, and closing them at their time. */
import { sql } from 'kysely'
import { countBattle } from '../../arena/vote.ts'
import {
  createPosts,
  getPost,
  isOpenPost,
  openBallot,
  type Post,
  postClosed,
  requirePlace,
  requireVoter,
  withdrawPost,
} from '../../assignments/post.ts'
import { holdDataset } from '../../datasets/access/tenants.ts'
import { requireDealt } from '../../datasets/arena.ts'
import { writeAudit } from '../../datasets/audit.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { queueDelivery } from '../../deliveries/enqueue.ts'
import { conflict, invalid } from '../../errors.ts'
import { consentVersion, findLabeler, type Labeler } from '../../labelers/labeler.ts'
import type { Person } from '../../labelers/person.ts'
import { adminActor } from '../../labelers/roles.ts'
import { keepMessage, wantRepaint } from '../../outbound/messages.ts'
import { tellAdmins } from '../../outbound/tell-admins.ts'
import { type Actor, eachAlone, inTransaction, type Parley, requireAdmin } from '../../parley.ts'
import { closePost, listDuePosts } from '../../posts/close-post.ts'
import { askedOf, cardOf } from '../cards/card.ts'
import { pressesFor } from '../cards/presses.ts'
import { receiptFor, savedText } from '../cards/receipt.ts'
import type { Channel, Reply } from '../port/port.ts'
import { words, wordsOn } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { answer } from './store-answer.ts'

export const postGestures: Gestures<'vote' | 'admin-post' | 'admin-hub'> = {
  vote: async (parley, { by, postId, choice, on }) => {
    const found = await getPost(parley, postId)
    requirePlace(found.post, by)
    if (on !== undefined) await adopt(parley, found.post, on)
    return choice === undefined ? openVote(parley, by, found) : castVote(parley, by, found, choice)
  },
  'admin-post': async (parley, { by, dataset, channel, records, closesInHours }) => {
    const actor = await adminActor(parley, by)
    const to = await channelFor(parley, by, channel)
    const posts = await createPosts(parley, actor, {
      ...{ dataset, to },
      ...(records === undefined ? {} : { records }),
      ...(closesInHours === undefined ? {} : { closesInHours }),
    })
    return { type: 'notice', text: wordsOn(by.platform, by.locale).posting(posts.length) }
  },
  'admin-hub': async (parley, { by, dataset, channel }) => {
    const actor = await adminActor(parley, by)
    const to = await channelFor(parley, by, channel)
    const isNew = await putHub(parley, actor, { dataset, to })
    const said = wordsOn(by.platform, by.locale)
    return { type: 'notice', text: isNew ? said.hubComing : said.hubThere }
  },
}

/** A voter's ballot: their card, or the receipt of their vote. */
export async function openVote(
  parley: Parley,
  by: Person,
  found: { post: Post; dataset: Dataset },
): Promise<Reply> {
  const labeler = await voterOf(parley, by, found)
  return labeler ? showBallot(parley, labeler, found) : welcomeTo(found.dataset)
}

/** Who may vote now; null for people who have to agree first. */
async function voterOf(
  parley: Parley,
  by: Person,
  { post, dataset }: { post: Post; dataset: Dataset },
): Promise<Labeler | null> {
  requirePlace(post, by)
  if (!isOpenPost(parley, post) || dataset.status === 'closed') throw postClosed()
  const labeler = await findLabeler(parley, by)
  if (labeler?.consentVersion === consentVersion) return labeler
  await requireVoter(parley, post, by)
  return null
}

function welcomeTo({ document: { name, title } }: Dataset): Reply {
  return { type: 'welcome', welcome: { consentVersion, datasets: [{ name, title }] } }
}

/** Votes with one press, or changes the vote; people who have to agree first see their ballot after that. */
async function castVote(
  parley: Parley,
  by: Person,
  { post, dataset }: { post: Post; dataset: Dataset },
  choice: number,
): Promise<Reply> {
  const labeler = await voterOf(parley, by, { post, dataset })
  if (!labeler) return welcomeTo(dataset)
  const ballot = { ...(await openBallot(parley, labeler, { post, dataset })), dataset }
  const found = { ...ballot, document: dataset.document }
  const questions = askedOf(dataset.document.questions, ballot.shownOrder.length)
  const values = pressesFor(questions, ballot.shownOrder)[choice]?.values
  if (!values) throw conflict((said) => said.outOfDate)
  const { assignmentId, response } = ballot
  return answer(
    parley,
    labeler,
    {
      ...{ by, assignmentId, schemaVersion: dataset.schemaVersion },
      values: { ...(response?.values ?? {}), ...values },
    },
    found,
  )
}

/** Posts a hub; false if that channel already has one of this dataset. */
export async function putHub(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; to: Channel },
): Promise<boolean> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  requireDealt(dataset)
  const { platform, workspace, channelId } = input.to
  const said = await parley.db
    .selectFrom('messages')
    .select('goneAt')
    .where('subject', '=', `hub:${dataset.id}`)
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('channel', '=', channelId)
    .execute()
  if (said.some(({ goneAt }) => goneAt === null)) return false
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    // The next one only once the last is done, so that asking twice is asking once.
    const key = `hub:${dataset.id}:${platform}:${workspace}:${channelId}:${said.length}`
    const hub = { to: input.to, content: { datasetId: dataset.id }, datasetId: dataset.id }
    // One that failed, perhaps because Parley was not in the channel then, is tried again.
    const queued = { key, kind: 'hub', ...hub, priority: 2 } as const
    if (!(await queueDelivery(inside, queued, { again: ['failed'] }))) return false
    await writeAudit(inside, {
      ...{ actor: by, act: 'put hub', dataset: dataset.name },
      detail: { platform, channel: channelId },
    })
    return true
  })
}

/** Closes one post, if its time has come, and has its message say so; the job. */
export async function closeAndShow(parley: Parley, postId: string): Promise<void> {
  if (await closePost(parley, { type: 'system', job: 'close-post' }, { postId }))
    await countBattle(parley, postId)
  await wantRepaint(parley, `post:${postId}`, { atOnce: true })
}

/** Closes due posts, and withdraws posts whose message was never sent; each minute. */
export async function sweepPosts(parley: Parley): Promise<void> {
  await eachAlone(
    parley,
    await listDuePosts(parley),
    (postId) => `post ${postId}`,
    (postId) => closeAndShow(parley, postId),
  ).finally(() => settleLost(parley))
}

/** Posts whose message was never sent. */
async function settleLost(parley: Parley): Promise<void> {
  const { rows: lost } = await sql<Lost>`
    select p.id, p.dataset_id, p.channel_id, d.state, d.problem
    from posts p join deliveries d on d.key = 'post:' || p.id
    where p.state = 'open' and d.state in ('failed', 'unknown')
      and not exists (select from messages m where m.subject = 'post:' || p.id)`.execute(parley.db)
  for (const { id, datasetId, channelId, state, problem } of lost) {
    const why = (problem ?? state).replaceAll('_', ' ')
    if (state === 'failed') await withdrawPost(parley, id, why)
    const said = words(undefined)
    await tellAdmins(parley, {
      key: `post-lost:${id}`,
      about: { datasetId },
      text:
        state === 'failed' ? said.postNotSent(id, channelId, why) : said.postUnsure(id, channelId),
    })
  }
}

type Lost = {
  id: string
  datasetId: string
  channelId: string
  state: 'failed' | 'unknown'
  problem: string | null
}

async function showBallot(
  parley: Parley,
  labeler: Labeler,
  found: { post: Post; dataset: Dataset },
): Promise<Reply> {
  const ballot = await openBallot(parley, labeler, found)
  const { dataset } = found
  if (ballot.status === 'submitted') {
    const given = { ...ballot, dataset, document: dataset.document }
    return { type: 'receipt', saved: receiptFor(given, savedText(given), true) }
  }
  return { type: 'task', card: cardOf(ballot, dataset) }
}

/** A message of unknown outcome has arrived, because its button was pressed. */
async function adopt(parley: Parley, post: Post, message: string): Promise<void> {
  const { platform, workspace, channelId: channel } = post
  const known = await parley.db
    .selectFrom('messages')
    .select('id')
    .where('subject', '=', `post:${post.id}`)
    .executeTakeFirst()
  if (!known)
    await keepMessage(parley, `post:${post.id}`, { platform, workspace, channel, message }, null)
}

/** The channel for a post or hub: the one an admin names, or the one they typed in. */
export async function channelFor(
  parley: Parley,
  by: Pick<Person, 'platform' | 'workspace' | 'channelId'>,
  named: string | undefined,
): Promise<Channel> {
  const { platform, workspace } = by
  const text = named ?? by.channelId
  if (text === undefined) throw conflict((said) => said.typeInChannel)
  const adapter = parley.platforms.get(platform)
  if (!adapter?.findChannel) return { platform, workspace, channelId: text }
  const found = await adapter.findChannel(text)
  if (!('problem' in found)) return found
  if (named === undefined) throw conflict(found.problem)
  throw invalid({ channel: found.problem })
}

/**
 * A post: a public call in one channel to rank one record's outputs. Each voter has a private ballot: an
 * assignment without a place, with its own order, that can be changed until the close. All ballots count;
 * min_submitted does not cap them.
 *
 * 1. `createPosts` takes records out of the private queue (places.posted) and queues the messages.
 * 2. `openBallot` finds or creates a person's ballot; gates are checked before, and again at the vote.
 * 3. The vote is submitted like any answer; a closed post refuses it.
 * 4. A post is closed at its time (quality/close-post.ts) or withdrawn when its message no longer exists:
 *    with enough votes its record is completed, else the record goes back to the queue.
 */

import { sql } from 'kysely'
import { resolveAccess } from '../datasets/access/groups.ts'
import { holdDataset } from '../datasets/access/tenants.ts'
import { requireDealt } from '../datasets/arena.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset, PostGates } from '../datasets/document.ts'
import type { PostState } from '../db/schema/outgoing.ts'
import { queueDeliveries } from '../deliveries/enqueue.ts'
import { conflict, forbidden, invalid, ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { limitOf } from '../labelers/limits.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { accountDays, type Person, type Platform } from '../labelers/person.ts'
import type { Channel } from '../outbox.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { labelOf, traitsOf } from '../platforms/registry.ts'
import { type Assignment, type AssignmentRow, notYours, readAssignment } from './assignment.ts'
import { callFunction } from './call.ts'
import { dealOf } from './next.ts'

export type Post = {
  id: string
  datasetId: string
  recordId: string
  platform: Platform
  workspace: string
  channelId: string
  gates: PostGates
  models: boolean
  state: PostState
  closesAt: Date
  closedAt: Date | null
}

export const defaultPostHours = 24
export const mostPosts = 20

/** Posts the next records of a dataset into a channel; each is a post of its own. */
export async function createPosts(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    to: Channel
    records?: number
    closesInHours?: number
    models?: boolean
  },
): Promise<Post[]> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const { platform, workspace, channelId } = input.to
  const { posts: options } = dataset.document
  const records = input.records ?? 1
  const hours = input.closesInHours ?? options?.closes_hours ?? defaultPostHours
  checkPost(parley, dataset, platform, records, hours)
  const gates = await gatesOf(parley, dataset)
  const now = parley.now()
  const closesAt = new Date(now.getTime() + hours * 3_600_000)
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const { rows } = await sql<Post>`
      insert into posts (dataset_id, record_id, platform, workspace, channel_id, posted_by, gates,
        models, closes_at, created_at)
      select ${dataset.id}, record_id, ${platform}, ${workspace}, ${channelId}, ${by},
        ${JSON.stringify(gates)}::jsonb, ${input.models ?? options?.models ?? false}, ${closesAt},
        ${now}
      from take_for_posts(${dataset.id}, ${records}::int) as taken (record_id)
      returning id, dataset_id, record_id, platform, workspace, channel_id, gates, models, state,
        closes_at, closed_at`.execute(inside.db)
    if (rows.length === 0)
      throw conflict(
        `“${dataset.document.title}” has no record left to post. Import more, or wait for those that are posted.`,
      )
    await queueDeliveries(
      inside,
      rows.map(({ id }) => ({
        ...{ key: `post:${id}`, kind: 'post', to: input.to, content: { postId: id } },
        ...{ datasetId: dataset.id, priority: 2 },
      })),
    )
    await writeAudit(inside, {
      actor: by,
      act: 'post records',
      dataset: dataset.name,
      detail: { posts: rows.map(({ id }) => id), platform, channel: channelId, hours },
    })
    const ms = hours * 3_600_000
    for (const { id } of rows)
      inside.afterCommit(() => inside.queue.ring('close-post', { postId: id }, { delayMs: ms }))
    return rows
  })
}

/** The post, or null when there is none (its dataset was deleted). */
export async function findPost(
  parley: Parley,
  postId: string,
): Promise<{ post: Post; dataset: Dataset } | null> {
  if (!/^[1-9]\d{0,17}$/.test(postId)) return null
  const row = await parley.db
    .selectFrom('posts')
    .innerJoin('datasets', 'datasets.id', 'posts.datasetId')
    .select([
      ...(['posts.id', 'posts.datasetId', 'posts.recordId', 'posts.platform'] as const),
      ...(['posts.workspace', 'posts.channelId', 'posts.gates', 'posts.models'] as const),
      ...(['posts.state', 'posts.closesAt', 'posts.closedAt'] as const),
      ...(['datasets.name', 'datasets.status', 'datasets.document'] as const),
      ...(['datasets.schemaVersion', 'datasets.guidelinesVersion'] as const),
    ])
    .where('posts.id', '=', postId)
    .executeTakeFirst()
  if (!row) return null
  const { name, document, schemaVersion, guidelinesVersion, status, ...post } = row
  const dataset = { id: row.datasetId, name, status, document, schemaVersion, guidelinesVersion }
  return { post, dataset }
}

/** @throws ParleyError `not_found`. */
export async function getPost(
  parley: Parley,
  postId: string,
): Promise<{ post: Post; dataset: Dataset }> {
  const found = await findPost(parley, postId)
  if (!found) throw new ParleyError('not_found', (said) => said.postGone)
  return found
}

/** The posts of a dataset, newest first. */
export async function listPosts(
  parley: Parley,
  dataset: string,
): Promise<
  (Pick<Post, 'id' | 'state' | 'platform' | 'channelId' | 'closesAt'> & { votes: number })[]
> {
  const { id } = await getDataset(parley, dataset)
  return parley.db
    .selectFrom('posts')
    .select(['id', 'state', 'platform', 'channelId', 'closesAt'])
    .select(({ selectFrom }) =>
      selectFrom('assignments')
        .select(sql<number>`count(*)::int`.as('votes'))
        .whereRef('assignments.postId', '=', 'posts.id')
        .where('assignments.counted', '=', true)
        .$asScalar()
        .$notNull()
        .as('votes'),
    )
    .where('datasetId', '=', id)
    .orderBy('id', 'desc')
    .limit(100)
    .execute()
}

/** Whether the post accepts votes now. */
export function isOpenPost(parley: Parley, { state, closesAt }: Post): boolean {
  return state === 'open' && closesAt > parley.now()
}

/** A post's texts may be read only in its own channel. @throws ParleyError `forbidden`. */
export function requirePlace(post: Post, person: Person): void {
  if (person.platform !== post.platform || person.workspace !== post.workspace)
    throw forbidden((said) => said.postElsewhere)
  const { channelId } = person
  if (channelId !== undefined && channelId !== post.channelId)
    throw forbidden((said) => said.postInChannel)
}

/**
 * Checks the gates of a post, when a ballot is opened and again at the vote.
 * @throws ParleyError `forbidden`, worded for the person who may not vote.
 */
export async function requireVoter(parley: Parley, post: Post, person: Person): Promise<void> {
  if (person.platform !== post.platform || person.workspace !== post.workspace)
    throw forbidden((said) => said.postElsewhere)
  const { min_account_days: least, roles } = post.gates
  const days = accountDays(person, parley.now())
  if (least !== undefined && days !== null && days < least)
    throw forbidden((said) => said.postTooYoung(least, Math.ceil(least - days)))
  if (roles?.[post.platform] === undefined) return
  // Only people of the workspace it was posted in may vote.
  const { isOfWorkspace } = traitsOf(post.platform).person
  const homes = isOfWorkspace ? { [post.platform]: post.workspace } : {}
  if (await isLetIn(parley, { document: { access: roles } }, person, homes)) return
  throw forbidden((said) => said.postRole)
}

/**
 * A person's own ballot, new or as they left it.
 * @throws ParleyError `conflict` after the close and above the daily cap; `forbidden`.
 */
export async function openBallot(
  parley: Parley,
  labeler: Labeler,
  { post, dataset }: { post: Post; dataset: Dataset },
): Promise<Assignment> {
  requirePlace(post, labeler.person)
  await requireVoter(parley, post, labeler.person)
  if ((await limitOf(parley, labeler.id, dataset.id)) === 'paused')
    throw forbidden((said) => said.pausedForYou)
  const { maxShown, suggestions } = dealOf(dataset.document)
  const { opened } = await callFunction(
    parley,
    sql<{ opened: OpenedRow }>`
      select open_ballot(${post.id}, ${labeler.id}, ${maxShown}, ${suggestions},
        ${post.gates.daily_cap ?? null}::int, ${parley.now()}) as opened`,
  )
  switch (opened.outcome) {
    case 'not_found':
      throw new ParleyError('not_found', (said) => said.postGone)
    case 'post_closed':
      throw postClosed()
    case 'excluded':
      throw forbidden((said) => said.ownText)
    case 'capped':
      throw conflict((said) => said.postCapped(post.gates.daily_cap ?? 0))
    case 'open': {
      const assignment = readAssignment(opened.assignment)
      if (assignment.labelerId !== labeler.id) throw notYours()
      return { ...assignment, ballot: { postId: post.id, closesAt: post.closesAt } }
    }
  }
}

type OpenedRow =
  | { outcome: 'not_found' | 'post_closed' | 'excluded' | 'capped' }
  | { outcome: 'open'; assignment: AssignmentRow }

/** The refusal of a vote, or of a changed vote, after the close. */
export function postClosed() {
  return conflict((said) => said.postOver)
}

/** The number of votes that count. */
export async function countVotes(parley: Parley, postId: string): Promise<number> {
  const { votes } = await parley.db
    .selectFrom('assignments')
    .select(sql<number>`count(*)::int`.as('votes'))
    .where('postId', '=', postId)
    .where('counted', '=', true)
    .executeTakeFirstOrThrow()
  return votes
}

/**
 * Withdraws a post whose message no longer exists: its votes are kept and complete its record, or the record
 * returns to the queue. False if it had ended before.
 */
export async function withdrawPost(
  parley: Parley,
  postId: string,
  reason: string,
): Promise<boolean> {
  const found = await findPost(parley, postId)
  return found !== null && endPost(parley, found, 'withdrawn', reason)
}

/** Under the lock of the record's place: no vote comes after it. */
export async function endPost(
  parley: Parley,
  { post, dataset }: { post: Post; dataset: Dataset },
  state: Exclude<PostState, 'open'>,
  reason: string | null,
): Promise<boolean> {
  const least = dataset.document.distribution.min_submitted
  const { ended } = await callFunction(
    parley,
    sql<{ ended: boolean }>`
      select end_post(${post.id}, ${state}, ${reason}, ${least}, ${parley.now()}) as ended`,
  )
  return ended
}

function checkPost(
  parley: Parley,
  dataset: Dataset,
  platform: Platform,
  records: number,
  hours: number,
): void {
  const { title, questions } = dataset.document
  requireDealt(dataset)
  if (dataset.status !== 'ready')
    throw conflict(`“${title}” is ${dataset.status}. Publish it before you post from it.`)
  if (!questions.some((question) => question.type === 'ranking'))
    throw conflict(
      `“${title}” asks for no ranking. A post asks people to rank outputs: use a dataset of comparisons.`,
    )
  if (!Number.isInteger(records) || records < 1 || records > mostPosts)
    throw invalid({ records: `Post between 1 and ${mostPosts} records at once.` })
  if (!(hours > 0 && hours <= 720))
    throw invalid({ closes: 'Close it within 30 days, e.g. 24h or 7d.' })
  const marks = questions.find(({ type }) => type === 'span')
  if (marks)
    throw conflict(
      `“${title}” asks people to mark text (${marks.name}), which voters in a channel cannot do. Post a dataset without that question.`,
    )
  const adapter = parley.platforms.get(platform)
  if (!adapter)
    throw conflict(`${labelOf(platform)} is not connected here, so nothing can be posted there.`)
  const problem = adapter.unsupported(questions)
  if (problem !== null) throw conflict(problem)
}

/** The requirements for voters, with groups by id: renaming one must not change who may vote. */
async function gatesOf(parley: Parley, { document }: Dataset): Promise<PostGates> {
  const { min_account_days, daily_cap, roles } = document.posts ?? {}
  const resolved = roles === undefined ? undefined : await resolveAccess(parley, roles)
  return {
    ...(min_account_days === undefined ? {} : { min_account_days }),
    ...(daily_cap === undefined ? {} : { daily_cap }),
    ...(resolved === undefined || resolved === 'everyone' ? {} : { roles: resolved }),
  }
}

/** Closes a post: no vote comes after it, none is lost; the ballots' result is stored. */
import { sql } from 'kysely'
import { endPost, findPost, isOpenPost, type Post } from '../assignments/post.ts'
import type { Dataset } from '../datasets/document.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import type { Ballot } from '../quality/measures/consensus/ballot.ts'
import type { RankingValue } from '../questions/values.ts'
import { countPoll } from './poll.ts'

/** Closes it when it is due, or at once for an admin; false if it was not open. */
export async function closePost(
  parley: Parley,
  actor: Actor,
  { postId, early = false }: { postId: string; early?: boolean },
): Promise<boolean> {
  requireAdmin(actor)
  const found = await findPost(parley, postId)
  if (found?.post.state !== 'open') return false
  if (!early && isOpenPost(parley, found.post)) return false
  return inTransaction(parley, async (inside) => {
    if (!(await endPost(inside, found, 'closed', null))) return false
    const result = await resultOf(inside, found)
    await inside.db
      .updateTable('posts')
      .set({ result: JSON.stringify(result) })
      .where('id', '=', postId)
      .execute()
    return true
  })
}

/** Due posts that are still open; found by the sweep. */
export async function listDuePosts(parley: Parley): Promise<string[]> {
  const due = await parley.db
    .selectFrom('posts')
    .select('id')
    .where('state', '=', 'open')
    .where('closesAt', '<=', parley.now())
    .orderBy('closesAt')
    .limit(1000)
    .execute()
  return due.map(({ id }) => id)
}

async function resultOf(parley: Parley, { post, dataset }: { post: Post; dataset: Dataset }) {
  const asked = dataset.document.questions.find((question) => question.type === 'ranking')
  const { rows } = await sql<{ value: RankingValue | null }>`
    select r."values" -> ${asked?.name ?? ''}::text as value
    from assignments a
    join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where a.post_id = ${post.id} and a.counted
    order by a.id`.execute(parley.db)
  const record = await parley.db
    .selectFrom('records')
    .select('outputs')
    .where('datasetId', '=', post.datasetId)
    .where('id', '=', post.recordId)
    .executeTakeFirstOrThrow()
  const ballots = rows.flatMap(({ value }): Ballot[] =>
    value && Object.keys(value.ranks).length > 0 ? [{ mode: value.mode, ranks: value.ranks }] : [],
  )
  return countPoll(
    record.outputs.map(({ id }) => id),
    ballots,
    rows.length,
    dataset.document.posts?.min_votes,
  )
}

/**
 * Ends the answering of a battle: creates a record with both answers and a post to vote on, or voids it.
 * Runs in the caller's transaction, and only for the worker that holds the battle.
 */
import { sql } from 'kysely'
import { defaultPostHours } from '../assignments/post.ts'
import { askedField } from '../datasets/arena.ts'
import type { Dataset } from '../datasets/document.ts'
import type { VoidReason } from '../db/schema/arena.ts'
import { queueDelivery } from '../deliveries/enqueue.ts'
import { conflict } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { RecordOutput } from '../records/record-line.ts'
import { upsertRecords } from '../records/upsert.ts'
import { isHeld } from '../row-lease.ts'
import { type Battle, battleLease, channelOf, type Side, sides } from './battle.ts'

/** `named` is the name an answer gave away: the battle is then kept, flagged, and takes no votes. */
export async function standBattle(
  parley: Parley,
  battle: Battle,
  dataset: Dataset,
  answers: { [S in Side]: RecordOutput },
  named: string | null,
): Promise<void> {
  const now = parley.now()
  await endWork(parley, battle)
  const recordId = await writeRecord(parley, battle, dataset, answers, named)
  if (named !== null) {
    await parley.db.updateTable('battles').set({ recordId }).where('id', '=', battle.id).execute()
    return noteVoid(parley, battle, 'named', named)
  }
  const { posts = {} } = dataset.document
  const hours = posts.closes_hours ?? defaultPostHours
  const { platform, workspace, channelId } = battle
  const gates = {
    ...(posts.min_account_days === undefined ? {} : { min_account_days: posts.min_account_days }),
  }
  const post = await parley.db
    .insertInto('posts')
    .values({
      ...{ datasetId: dataset.id, recordId, platform, workspace, channelId },
      ...{ postedBy: 'arena', gates: JSON.stringify(gates), models: true },
      ...{ shownOrder: [...sides], reason: null, closedAt: null, createdAt: now },
      closesAt: new Date(now.getTime() + hours * 3_600_000),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await parley.db
    .updateTable('battles')
    .set({ state: 'answered', recordId, postId: post.id, finishedAt: now, heartbeatAt: null })
    .where('id', '=', battle.id)
    .execute()
  await queueDelivery(parley, {
    ...{ key: `post:${post.id}`, kind: 'post', to: channelOf(battle) },
    ...{ content: { postId: post.id }, datasetId: dataset.id, priority: 1 },
  })
  const delayMs = hours * 3_600_000
  parley.afterCommit(() => parley.queue.ring('close-post', { postId: post.id }, { delayMs }))
}

/** Voids the battle: its pair does not count as having met. */
export async function voidBattle(
  parley: Parley,
  battle: Battle,
  reason: VoidReason,
  problem: string,
): Promise<void> {
  await endWork(parley, battle)
  await noteVoid(parley, battle, reason, problem)
}

async function noteVoid(
  parley: Parley,
  battle: Battle,
  voidReason: VoidReason,
  problem: string,
): Promise<void> {
  await parley.db
    .updateTable('battles')
    .set({ state: 'void', voidReason, problem, finishedAt: parley.now(), heartbeatAt: null })
    .where('id', '=', battle.id)
    .execute()
  const [first, second] = [battle.modelA, battle.modelB].sort()
  await sql`update arena_pairs set battles = battles - 1 where dataset_id = ${battle.datasetId}
    and first = ${first} and second = ${second}`.execute(parley.db)
  await queueDelivery(parley, {
    ...{ key: `void:${battle.id}`, kind: 'void', to: channelOf(battle) },
    ...{ content: { battleId: battle.id }, datasetId: battle.datasetId, priority: 1 },
  })
}

/** Releases the reservation. @throws `conflict` once another worker has the battle. */
async function endWork(parley: Parley, battle: Battle): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from battles where ${isHeld(battleLease, battle)} for update`.execute(parley.db)
  if (rows.length === 0) throw conflict('Another worker took this battle over, or it was deleted.')
  await sql`update arena_sums set aside_tokens = aside_tokens - ${battle.expectedTokens},
      aside_money = aside_money - ${battle.expectedMoney}
    where dataset_id = ${battle.datasetId}`.execute(parley.db)
}

async function writeRecord(
  parley: Parley,
  battle: Battle,
  dataset: Dataset,
  { a, b }: { [S in Side]: RecordOutput },
  named: string | null,
): Promise<string> {
  if (!battle.prompt) throw conflict('Another worker took this battle over, or it was deleted.')
  const externalId = `battle-${battle.id}`
  const ids = await upsertRecords(parley, dataset, [
    {
      format: 1,
      external_id: externalId,
      fields: { [askedField]: battle.prompt },
      outputs: [a, b],
      metadata: {
        turn: battle.prompt.filter(({ role }) => role === 'user').length,
        ...(battle.follows === null ? {} : { follows: `battle-${battle.follows}` }),
        ...(named === null ? {} : { void: 'named' }),
      },
      suggestions: {},
      priority: 0,
    },
  ])
  const id = ids.get(externalId)
  if (id === undefined) throw new Error('The record of a battle was not written.')
  // It is answered in public, so it is never assigned in private.
  await parley.db
    .updateTable('places')
    .set({ posted: true })
    .where('datasetId', '=', dataset.id)
    .where('recordId', '=', id)
    .execute()
  return id
}

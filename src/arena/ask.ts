/**
 * Asks an arena a question: stores it with the two models that will answer, before anything is confirmed.
 * The statement that writes it checks caps and the budget, one question of an arena at a time, so that
 * concurrent questions cannot exceed them.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Arena } from '../datasets/models.ts'
import { queueDelivery } from '../deliveries/enqueue.ts'
import { codeOf, conflict, forbidden, invalid } from '../errors.ts'
import { tokensOf } from '../generation/answer.ts'
import { costOf } from '../generation/budget.ts'
import { giveConsent } from '../labelers/consent.ts'
import { consentVersion, findLabeler, type Labeler } from '../labelers/labeler.ts'
import { limitOf } from '../labelers/limits.ts'
import { isLetIn } from '../labelers/memberships.ts'
import type { Person } from '../labelers/person.ts'
import type { Model } from '../model.ts'
import type { Channel } from '../outbox.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { longestText, type PlainMessage } from '../records/message.ts'
import type { Side } from './battle.ts'
import { continued, type Follow } from './follow.ts'
import { choosePair } from './match.ts'
import { moderate } from './moderate.ts'
import { arenaIn, modelsOf } from './open.ts'

export type AskInput = {
  /** Undefined if it is not typed yet. */
  prompt: string | undefined
  to: Channel
  /** The key of the consent text they saw. */
  agreed?: string | undefined
  follows?: Follow | undefined
}

/** What people agree to before their first question. */
export type ArenaConsent = {
  key: string
  models: { name: string; host: string }[]
  /** They have not agreed to take part in Parley yet. */
  isNew: boolean
}

export type Asked =
  | { type: 'asked'; battleId: string; title: string }
  /** Nothing was stored: the form asks for the question, for their consent, or for both. */
  | { type: 'form'; title: string; consent: ArenaConsent | null }

/**
 * @throws ParleyError `conflict` where no arena is open, above a cap, or once the budget is used up;
 * `forbidden` for people who are not let in; `invalid` for an empty or too long question.
 */
export async function askArena(parley: Parley, by: Person, input: AskInput): Promise<Asked> {
  const dataset = await arenaIn(parley, input.to)
  const { title } = dataset.document
  if (!(await isLetIn(parley, dataset, by))) throw forbidden((said) => said.notOnList(title))
  const models = modelsOf(parley, dataset)
  const consent = await consentFor(parley, by, dataset, models)
  const isAgreed = consent === null || consent.key === input.agreed
  const prompt = input.prompt?.trim()
  if (prompt === undefined || !isAgreed) return { type: 'form', title, consent }
  checkPrompt(prompt)
  await moderate(parley, { dataset: dataset.name, prompt })
  return inTransaction(parley, async (inside) => {
    const labeler = await agree(inside, by, dataset, consent)
    if ((await limitOf(inside, labeler.id, dataset.id)) === 'paused')
      throw forbidden((said) => said.pausedForYou)
    const path = input.follows
      ? await continued(inside, labeler, dataset, input.follows)
      : { messages: [], thread: input.to.thread ?? null }
    const messages = [...path.messages, { role: 'user', content: prompt }]
    const battleId = await write(inside, labeler, dataset, models, {
      ...{ messages, to: input.to, thread: path.thread },
      follows: input.follows?.battleId ?? null,
    })
    return { type: 'asked', battleId, title }
  })
}

function checkPrompt(prompt: string): void {
  if (prompt === '')
    throw invalid({ prompt: 'The question is empty. Write what the models should answer.' })
  if (prompt.length > longestText)
    throw invalid({
      prompt: `The question has ${prompt.length} characters. Write at most ${longestText}.`,
    })
  if (prompt.includes('\0')) throw invalid({ prompt: (said) => said.holdsNul })
}

/** Null for people who have agreed to exactly these models. */
async function consentFor(
  parley: Parley,
  by: Person,
  dataset: Dataset,
  models: readonly Model[],
): Promise<ArenaConsent | null> {
  const named = models.map(({ name, baseUrl }) => ({ name, host: new URL(baseUrl).host }))
  const key = createHash('sha256').update(JSON.stringify(named)).digest('base64url').slice(0, 16)
  const labeler = await findLabeler(parley, by)
  const isNew = labeler?.consentVersion !== consentVersion
  const given = labeler
    ? await parley.db
        .selectFrom('arenaConsents')
        .select('agreed')
        .where('datasetId', '=', dataset.id)
        .where('labelerId', '=', labeler.id)
        .executeTakeFirst()
    : undefined
  return !isNew && given?.agreed === key ? null : { key, models: named, isNew }
}

async function agree(
  parley: Parley,
  by: Person,
  dataset: Dataset,
  consent: ArenaConsent | null,
): Promise<Labeler> {
  const labeler = await giveConsent(parley, by, { version: consentVersion })
  if (consent === null) return labeler
  const given = { agreed: consent.key, agreedAt: parley.now() }
  await parley.db
    .insertInto('arenaConsents')
    .values({ datasetId: dataset.id, labelerId: labeler.id, ...given })
    .onConflict((at) => at.columns(['datasetId', 'labelerId']).doUpdateSet(given))
    .execute()
  return labeler
}

type Question = {
  messages: PlainMessage[]
  to: Channel
  thread: string | null
  follows: string | null
}

async function write(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  models: readonly Model[],
  { messages, to, thread, follows }: Question,
): Promise<string> {
  const { arena } = dataset.document
  if (!arena) throw new Error('The dataset is no arena.')
  const same = await findSame(parley, labeler, dataset.id, { messages, to, thread, follows })
  if (same) return same
  const expected = expectedOf(messages, models, arena)
  await setAside(parley, dataset.id, arena, expected)
  await checkCaps(parley, labeler, dataset.id, arena)
  const met = await match(parley, dataset.id, arena)
  const { platform, workspace, channelId } = to
  const row = await parley.db
    .insertInto('battles')
    .values({
      ...{ datasetId: dataset.id, labelerId: labeler.id, platform, workspace, channelId, thread },
      ...{ follows, prompt: JSON.stringify(messages), modelA: met.a, modelB: met.b },
      ...{ expectedTokens: expected.tokens, expectedMoney: expected.money },
      createdAt: parley.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
    .catch((error: unknown) => {
      if (codeOf(error) !== '23505') throw error
      throw conflict('This conversation has gone on already. Ask in its newest turn.')
    })
  if (thread === null)
    await queueDelivery(parley, {
      ...{ key: `question:${row.id}`, kind: 'question', to, content: { battleId: row.id } },
      ...{ datasetId: dataset.id, priority: 1 },
    })
  parley.afterCommit(() => parley.queue.ring('run-battle', { battleId: row.id }))
  return row.id
}

const sameWithinMs = 10_000

/**
 * The same question by the same person a moment ago: a form submitted twice, or a gesture the platform
 * delivered again. Only one question per person at a time gets past this.
 */
async function findSame(
  parley: Parley,
  labeler: Labeler,
  datasetId: string,
  { messages, to, follows }: Question,
): Promise<string | null> {
  await sql`select pg_advisory_xact_lock(hashint8extended(${labeler.id}, ${datasetId}))`.execute(
    parley.db,
  )
  const same = await parley.db
    .selectFrom('battles')
    .select('id')
    .where('datasetId', '=', datasetId)
    .where('labelerId', '=', labeler.id)
    .where('channelId', '=', to.channelId)
    .where('follows', 'is not distinct from', follows)
    .where(sql<boolean>`prompt::jsonb = ${JSON.stringify(messages)}::jsonb`)
    .where('state', '<>', 'deleted')
    .where('createdAt', '>', new Date(parley.now().getTime() - sameWithinMs))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return same?.id ?? null
}

type Cost = { tokens: number; money: number }

/** The expected length in tokens of an answer without a limit. */
const usualAnswer = 1_000

/** For the two most expensive models, because the pair is not chosen yet. */
function expectedOf(
  messages: readonly PlainMessage[],
  models: readonly Model[],
  arena: Arena,
): Cost {
  const asked = [...messages, ...(arena.system ? [{ content: arena.system }] : [])]
  const input = asked.reduce((sum, { content }) => sum + tokensOf(content), 0)
  const output = arena.max_tokens ?? usualAnswer
  const prices = models.map((model) => costOf(model, input, output)).sort((a, b) => b - a)
  return { tokens: 2 * (input + output), money: (prices[0] ?? 0) + (prices[1] ?? 0) }
}

/** Reserves what the answers may cost; holds the lock on the arena's totals until the question is written. */
async function setAside(
  parley: Parley,
  datasetId: string,
  { limits = {} }: Arena,
  expected: Cost,
): Promise<void> {
  await parley.db
    .insertInto('arenaSums')
    .values({ datasetId })
    .onConflict((at) => at.doNothing())
    .execute()
  const { rows } = await sql<Cost>`
    update arena_sums set aside_tokens = aside_tokens + ${expected.tokens},
      aside_money = aside_money + ${expected.money}
    where dataset_id = ${datasetId}
    returning tokens + aside_tokens as tokens, money + aside_money as money`.execute(parley.db)
  const [sums] = rows
  const isOver =
    (limits.tokens !== undefined && (sums?.tokens ?? 0) > limits.tokens) ||
    (limits.money !== undefined && (sums?.money ?? 0) > limits.money)
  if (isOver)
    throw conflict('The budget of this arena is used up. An admin can raise arena.limits.')
}

async function checkCaps(
  parley: Parley,
  labeler: Labeler,
  datasetId: string,
  { per_person, per_day }: Arena,
): Promise<void> {
  const since = new Date(parley.now().getTime() - 86_400_000)
  // Counts no further than the caps.
  const { rows } = await sql<{ own: number; all: number }>`
    select (select count(*)::int from (select from battles where dataset_id = ${datasetId}
        and labeler_id = ${labeler.id} and created_at > ${since} limit ${per_person}) mine) as own,
      (select count(*)::int from (select from battles where dataset_id = ${datasetId}
        and created_at > ${since} limit ${per_day}) everybody) as all`.execute(parley.db)
  const { own = 0, all = 0 } = rows[0] ?? {}
  if (own >= per_person)
    throw conflict(
      `You have asked ${per_person} questions within a day, as many as one person may ask here. Ask again tomorrow.`,
    )
  if (all >= per_day)
    throw conflict(
      `This arena has had ${per_day} questions within a day, as many as it may take. Ask again tomorrow.`,
    )
}

/** Chooses the pair and counts it, under the lock on the arena's totals. */
async function match(
  parley: Parley,
  datasetId: string,
  arena: Arena,
): Promise<{ [S in Side]: string }> {
  const known = await parley.db
    .selectFrom('arenaPairs')
    .select(['first', 'second', 'battles', 'firstWins', 'secondWins', 'ties'])
    .where('datasetId', '=', datasetId)
    .execute()
  const { pair, models } = choosePair(arena.models, known)
  const [first, second] = pair
  await parley.db
    .insertInto('arenaPairs')
    .values({ datasetId, first, second, battles: 1 })
    .onConflict((at) =>
      at
        .columns(['datasetId', 'first', 'second'])
        .doUpdateSet({ battles: sql`arena_pairs.battles + 1` }),
    )
    .execute()
  return models
}

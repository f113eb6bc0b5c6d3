/** The status of arenas: where they are open, the outcomes of their questions, and their cost. */
import { sql } from 'kysely'
import { seenBy } from '../datasets/access/tenants.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Arena } from '../datasets/models.ts'
import type { BattleState } from '../db/schema/arena.ts'
import { conflict } from '../errors.ts'
import type { Platform } from '../labelers/person.ts'
import type { Actor, Parley } from '../parley.ts'

export type OpenArena = {
  dataset: string
  platform: Platform
  /** Empty if the platform's channel ids are unique without it. */
  workspace: string
  channel: string
  openedBy: string
  openedAt: Date
}

export type ArenaState = {
  dataset: string
  models: string[]
  open: OpenArena[]
  /** Questions by outcome; `asked`: the models have not answered yet. */
  questions: { [State in BattleState]: number }
  /** Counted votes. */
  votes: number
  /** In tokens, and in the currency of the models' prices. `aside` is reserved for running questions. */
  spent: { tokens: number; money: number }
  aside: { tokens: number; money: number }
  limits: Arena['limits']
}

/** Where arenas are open, for one dataset or all, oldest first. */
export async function listArenas(
  parley: Parley,
  actor: Actor,
  { dataset }: { dataset?: string } = {},
): Promise<OpenArena[]> {
  const only = dataset === undefined ? null : await getDataset(parley, dataset, actor)
  let query = parley.db
    .selectFrom('arenas')
    .innerJoin('datasets', 'datasets.id', 'arenas.datasetId')
    .select(['datasets.name as dataset', 'platform', 'workspace', 'channelId as channel'])
    .select(['openedBy', 'openedAt'])
    .where(seenBy(actor))
    .orderBy('openedAt')
  if (only) query = query.where('datasets.id', '=', only.id)
  return query.execute()
}

/** @throws ParleyError `not_found`, or `conflict` for a dataset that is not an arena. */
export async function showArena(
  parley: Parley,
  actor: Actor,
  { dataset: name }: { dataset: string },
): Promise<ArenaState> {
  const { id, document } = await getDataset(parley, name, actor)
  const { arena } = document
  if (!arena)
    throw conflict(`"${name}" is no arena. Its document needs arena: { models: [small, large] }.`)
  const { rows } = await sql<Sums>`
    select b.*, coalesce(s.tokens, 0)::float8 as tokens, coalesce(s.money, 0)::float8 as money,
      coalesce(s.aside_tokens, 0)::float8 as aside_tokens,
      coalesce(s.aside_money, 0)::float8 as aside_money,
      (select count(*)::int from assignments a join battles v on v.post_id = a.post_id
        where v.dataset_id = ${id} and a.counted) as votes
    from (
      select count(*) filter (where state = 'asked')::int as asked,
        count(*) filter (where state = 'answered')::int as answered,
        count(*) filter (where state = 'void')::int as void,
        count(*) filter (where state = 'deleted')::int as deleted
      from battles where dataset_id = ${id}
    ) b left join arena_sums s on s.dataset_id = ${id}`.execute(parley.db)
  const sums = rows[0] ?? nothing
  const { asked, answered, void: unfit, deleted, votes, tokens, money } = sums
  return {
    ...{ dataset: name, models: arena.models, votes, limits: arena.limits },
    open: await listArenas(parley, actor, { dataset: name }),
    questions: { asked, answered, void: unfit, deleted },
    spent: { tokens, money },
    aside: { tokens: sums.asideTokens, money: sums.asideMoney },
  }
}

type Sums = { [State in BattleState]: number } & {
  [Sum in 'tokens' | 'money' | 'asideTokens' | 'asideMoney' | 'votes']: number
}

const nothing: Sums = {
  ...{ asked: 0, answered: 0, void: 0, deleted: 0, votes: 0 },
  ...{ tokens: 0, money: 0, asideTokens: 0, asideMoney: 0 },
}

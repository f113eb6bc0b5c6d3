/** Counts the votes on battles towards the choice of the next pairs. Voting itself is submit_ballot in SQL. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'

/** Counts a closed battle; votes cast after the names were revealed do not count. */
export async function countBattle(parley: Parley, postId: string): Promise<void> {
  await sql`
    with battle as (
      select b.dataset_id, b.record_id, b.model_a, b.model_b, b.model_a < b.model_b as is_first
      from battles b join posts p on p.id = b.post_id
      where b.post_id = ${postId} and b.state = 'answered' and p.state = 'closed'
    ), votes as (
      select b.*, coalesce((q.value -> 'ranks' ->> 'a')::int, 0) as a,
        coalesce((q.value -> 'ranks' ->> 'b')::int, 0) as b
      from battle b
      join assignments x on x.post_id = ${postId} and x.counted
      join responses r on r.dataset_id = x.dataset_id and r.assignment_id = x.id
        and not r.flags && array['not_blind', 'excluded', 'same_person']
      cross join lateral jsonb_each(r."values") q
      where q.value ? 'ranks'
    ), sums as (
      select dataset_id, least(model_a, model_b) as first, greatest(model_a, model_b) as second,
        count(*) filter (where a > 0 and case when is_first then a < b else b < a end) as first_wins,
        count(*) filter (where a > 0 and case when is_first then b < a else a < b end) as second_wins,
        count(*) filter (where a > 0 and a = b) as ties
      from votes group by 1, 2, 3
    )
    update arena_pairs p set first_wins = p.first_wins + s.first_wins,
      second_wins = p.second_wins + s.second_wins, ties = p.ties + s.ties
    from sums s where p.dataset_id = s.dataset_id and p.first = s.first and p.second = s.second
  `.execute(parley.db)
}

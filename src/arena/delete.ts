/** Deletes a question with its answers, the votes on them and all later turns. */
import { sql } from 'kysely'
import { ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Channel } from '../outbox.ts'
import { inTransaction, type Parley } from '../parley.ts'

/** What was deleted, so that the messages that showed it can be repainted. */
export type Deleted = { battleId: string; postId: string | null }

/**
 * Without a number: the newest question this person asked in the channel.
 * @throws ParleyError `not_found` if it is not theirs or no longer exists.
 */
export async function deleteQuestion(
  parley: Parley,
  labeler: Labeler,
  { battle, in: place }: { battle?: string; in: Channel },
): Promise<Deleted[]> {
  return inTransaction(parley, async (inside) => {
    const own = await inside.db
      .selectFrom('battles')
      .select('id')
      .where('labelerId', '=', labeler.id)
      .where('state', '<>', 'deleted')
      .where('platform', '=', place.platform)
      .where('workspace', '=', place.workspace)
      .where('channelId', '=', place.channelId)
      .$if(battle !== undefined, (query) => query.where('id', '=', battle ?? '0'))
      .orderBy('id', 'desc')
      .limit(1)
      .forUpdate()
      .executeTakeFirst()
    if (!own)
      throw new ParleyError(
        'not_found',
        battle === undefined
          ? 'You have no question in this channel that could be deleted.'
          : `You asked no question ${battle} in this channel, or it is deleted already.`,
      )
    const { rows } = await sql<Deleted>`
      select battle_id, post_id from delete_battles(array[${own.id}::bigint], ${inside.now()})
    `.execute(inside.db)
    return rows
  })
}

/** Continues a conversation from the answer its asker chose, and only from there. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { conflict, forbidden } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import type { RankingValue } from '../questions/values.ts'
import type { PlainMessage } from '../records/message.ts'
import { type Battle, findBattle, type Side, sides } from './battle.ts'

export type Follow = { battleId: string; side: Side }

/** The turns before the next question, and its thread. @throws ParleyError */
export async function continued(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  { battleId, side }: Follow,
): Promise<{ messages: PlainMessage[]; thread: string | null }> {
  const battle = await findBattle(parley, battleId)
  if (!battle || battle.datasetId !== dataset.id || battle.state !== 'answered' || !battle.prompt)
    throw conflict('This conversation cannot go on. Ask a new question with /parley ask.')
  if (battle.labelerId !== labeler.id)
    throw forbidden('Only the person who asked can go on here. Ask a question of your own.')
  const chosen = await chosenBy(parley, battle)
  if (chosen === null)
    throw conflict('Vote first: the conversation goes on from the answer you choose.')
  if (!chosen.includes(side))
    throw conflict('The conversation goes on from the answer you chose. Ask again below that one.')
  const answer = side === 'a' ? battle.answerA : battle.answerB
  return {
    messages: [...battle.prompt, { role: 'assistant', content: answer?.text ?? '' }],
    thread: battle.thread,
  }
}

/** The sides from which the asker's vote lets the conversation continue; null before they have voted. */
export async function chosenBy(parley: Parley, battle: Battle): Promise<Side[] | null> {
  if (battle.postId === null || battle.labelerId === null || battle.recordId === null) return null
  const { rows } = await sql<{ values: { [question: string]: RankingValue } }>`
    select r."values" from assignments a
    join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
    where a.labeler_id = ${battle.labelerId} and a.record_id = ${battle.recordId} and a.repeat = 0
      and a.dataset_id = ${battle.datasetId} and a.status = 'submitted'`.execute(parley.db)
  const [vote] = rows
  if (!vote) return null
  const ranking = Object.values(vote.values).find(
    (one) => typeof one === 'object' && one !== null && 'ranks' in one,
  )
  return sides.filter((side) => ranking?.ranks[side] === 1)
}

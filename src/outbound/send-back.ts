/** Sends an answer back: it is its labeler's draft again, and they are told why. */
import { sql } from 'kysely'
import { wordsOn } from '../chat/words/words.ts'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { conflict, invalid, notFound } from '../errors.ts'
import { findLocale } from '../labelers/locale.ts'
import type { Person } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type NamedAnswer, readAnswerId, recordOf } from '../responses/exclude.ts'
import { queueNotice } from './queue-message.ts'

/** Minutes for which the record is kept for its labeler; later it may be somebody else's. */
const heldMinutes = 24 * 60
const longestNote = 1000

/**
 * The answer counts no more, and its labeler gets it before other work, as they gave it. Returns whether
 * they were told; without a note they get a plain sentence.
 * @throws ParleyError `not_found`; `conflict` for what is no answer now, and in a closed dataset or post.
 */
export async function sendAnswerBack(
  parley: Parley,
  actor: Actor,
  { note = '', ...named }: NamedAnswer & { note?: string },
): Promise<{ isTold: boolean }> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, named.dataset, actor)
  const id = readAnswerId(named.answerId)
  const told = note.trim()
  if (told.length > longestNote) throw invalid({ note: (said) => said.textTooLong(longestNote) })
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const held = await inside.db
      .selectFrom('responses')
      .select(['labelerId', 'revision', 'status', 'platform'])
      .where('datasetId', '=', dataset.id)
      .where('assignmentId', '=', id)
      .executeTakeFirst()
    if (!held) throw notFound('answer', named.answerId)
    const { rows } = await sql<{ undone: { outcome: string } }>`
      select undo_answer(${dataset.id}, ${id}, ${held.labelerId}, ${heldMinutes}, '-infinity',
        ${inside.now()}) as undone`.execute(inside.db)
    requireUndone(rows[0]?.undone.outcome)
    const externalId = await recordOf(inside, dataset.id, id)
    await writeAudit(inside, {
      actor: by,
      act: 'send answer back',
      dataset: dataset.name,
      detail: { answer: id, external_id: externalId, note: told },
    })
    const to = await personOf(inside, held)
    if (!to || !parley.platforms.has(to.platform)) return { isTold: false }
    const said = wordsOn(to.platform, (await findLocale(inside, to)) ?? undefined)
    const text = said.sentBack(dataset.document.title, told)
    await queueNotice(inside, { key: `sent-back:${id}:${held.revision}`, to, text })
    return { isTold: true }
  })
}

function requireUndone(outcome: string | undefined): void {
  if (outcome === 'undone') return
  if (outcome === 'closed') throw conflict((said) => said.backClosed)
  if (outcome === 'post_closed') throw conflict((said) => said.backVoteClosed)
  throw conflict((said) => said.backGone)
}

/** Where the labeler is written to: where they gave the answer, else anywhere. */
async function personOf(
  { db }: Parley,
  { labelerId, platform }: { labelerId: string; platform: string },
): Promise<Person | null> {
  const all = await db
    .selectFrom('identities')
    .select(['platform', 'workspace', 'userId'])
    .where('labelerId', '=', labelerId)
    .execute()
  const found = all.find((one) => one.platform === platform) ?? all[0]
  return found ? ({ ...found } as Person) : null
}

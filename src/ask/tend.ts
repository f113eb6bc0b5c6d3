/** The worker's part in questions of programs: ends those whose deadline has passed, and invites people. */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import { getDatasetById } from '../datasets/dataset.ts'
import { ifThere } from '../errors.ts'
import { eachAlone, type Parley } from '../parley.ts'
import { inviteWave } from './invite.ts'

/** The job, and each minute's sweep: idempotent, by any number of workers at once. */
export async function tendAsks(parley: Parley): Promise<void> {
  await endAsks(parley)
  const due = await parley.db
    .selectFrom('asks')
    .select(['datasetId', 'recordId'])
    .where('waveAt', '<=', parley.now())
    .orderBy('waveAt')
    .limit(mostAtOnce)
    .execute()
  await eachAlone(
    parley,
    due,
    ({ recordId }) => `question ${recordId}`,
    (one) => inviteOne(parley, one),
  )
}

const mostAtOnce = 200

async function endAsks(parley: Parley): Promise<void> {
  for (let ended = 0; ended < mostAtOnce; ended++) {
    const { done } = await callFunction(
      parley,
      sql<{ done: boolean }>`select end_ask(${parley.now()}) as done`,
    )
    if (!done) return
  }
}

type Due = { datasetId: string; recordId: string }

type Row = { people: number; deadline: Date; isFirst: boolean }

/** Takes the wave first, so that two workers do not send it twice; a failure gives it back. */
async function inviteOne(parley: Parley, { datasetId, recordId }: Due): Promise<void> {
  const wave = await takeWave(parley, { datasetId, recordId })
  if (!wave) return
  const dataset = await ifThere(getDatasetById(parley, datasetId))
  const { ask } = dataset?.document ?? {}
  if (dataset?.status !== 'ready' || !ask) return
  try {
    const invited = await inviteWave(parley, dataset, ask, { recordId, ...wave })
    await sql`
      update asks set invited = invited + ${invited ?? 0},
        wave_at = ${invited === null ? new Date(parley.now().getTime() + retryMs) : sql`wave_at`}
      where dataset_id = ${datasetId} and record_id = ${recordId}`.execute(parley.db)
  } catch (error) {
    const again = new Date(parley.now().getTime() + retryMs)
    await parley.db
      .updateTable('asks')
      .set({ waveAt: again })
      .where('datasetId', '=', datasetId)
      .where('recordId', '=', recordId)
      .execute()
    throw error
  }
}

const retryMs = 60_000

/**
 * The next wave comes at half time, while answers are missing. Where everybody who is wanted has it on a
 * card it waits a minute; null where it has ended.
 */
async function takeWave(parley: Parley, { datasetId, recordId }: Due): Promise<Row | null> {
  const now = parley.now()
  const { rows } = await sql<Row & { isOpen: boolean }>`
    with was as (
      select p.open, a.asked_at + (a.deadline - a.asked_at) / 2 as half,
        record_status(p) = 'pending' and a.deadline > ${now} as is_pending
      from asks a join places p on p.dataset_id = a.dataset_id and p.record_id = a.record_id
      where a.dataset_id = ${datasetId} and a.record_id = ${recordId} and a.wave_at <= ${now}
      for update of a skip locked)
    update asks a set wave_at = case when not was.is_pending then null
      when not was.open then ${now}::timestamptz + interval '1 minute'
      when was.half > ${now} then was.half end
    from was where a.dataset_id = ${datasetId} and a.record_id = ${recordId}
    returning a.people, a.deadline, was.half > ${now} as is_first,
      was.is_pending and was.open as is_open`.execute(parley.db)
  const [row] = rows
  return row?.isOpen ? row : null
}

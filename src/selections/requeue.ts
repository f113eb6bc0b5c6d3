/** Opens the rejected records of a selection again. */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import type { Actor, Parley } from '../parley.ts'
import { type Bulk, type BulkInput, changeSelected, type Step } from './in-batches.ts'

export type RequeuedRecords = { requeued: number }

const step: Step<RequeuedRecords> = {
  act: 'requeue records',
  changes: ({ requeued }) => requeued,
  none: { requeued: 0 },
  add: (sum, { requeued }) => ({ requeued: sum.requeued + requeued }),
  run: async (inside, { id }, records, isDry) => {
    const { requeued } = await callFunction(
      inside,
      sql<RequeuedRecords>`
        select requeue_records(${id}, ${records}::bigint[], ${isDry}) as requeued`,
    )
    return { requeued }
  },
}

/**
 * Of what is selected, rejected records are open again: surplus answers are promoted, then others are
 * asked. What is not rejected stays as it is. In batches, while people label.
 * @throws ParleyError as changeSelected does.
 */
export function requeueRecords(
  parley: Parley,
  actor: Actor,
  input: BulkInput,
): Promise<Bulk<RequeuedRecords>> {
  return changeSelected(parley, actor, input, step)
}

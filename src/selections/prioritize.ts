/** Changes the priority of a selection's records: higher ones are handed out first. */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import { invalid } from '../errors.ts'
import type { Actor, Parley } from '../parley.ts'
import { type Bulk, type BulkInput, changeSelected, type Step } from './in-batches.ts'

export type PrioritizedRecords = { prioritized: number }

/**
 * Of what is selected, those with another priority get this one, 0 to 9. They stand at the end of it, in the
 * order they had, so that everybody still comes to them. In batches, while people label.
 * @throws ParleyError `invalid` for another number; as changeSelected does.
 */
export function prioritizeRecords(
  parley: Parley,
  actor: Actor,
  { priority, ...input }: BulkInput & { priority: number },
): Promise<Bulk<PrioritizedRecords>> {
  if (!Number.isInteger(priority) || priority < 0 || priority > 9)
    throw invalid({ priority: 'Write a whole number from 0 to 9; 9 is handed out first.' })
  const step: Step<PrioritizedRecords> = {
    act: `give records priority ${priority}`,
    changes: ({ prioritized }) => prioritized,
    none: { prioritized: 0 },
    add: (sum, one) => ({ prioritized: sum.prioritized + one.prioritized }),
    run: (inside, { id }, records, isDry) =>
      callFunction(
        inside,
        sql<PrioritizedRecords>`
          select prioritize_records(${id}, ${records}::bigint[], ${priority}, ${isDry}) as prioritized`,
      ),
  }
  return changeSelected(parley, actor, input, step)
}

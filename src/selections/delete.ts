/** Deletes the records of a selection; those that people answered only with `force`. */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import type { Actor, Parley } from '../parley.ts'
import { type Bulk, type BulkInput, changeSelected, type Step } from './in-batches.ts'

export type DeletedRecords = {
  deleted: number
  /** Answers and skips that go with them. */
  answers: number
  /** Records that stay, and the first twenty by name: posted; answered or held by somebody, without `force`. */
  kept: { posted: number; answered: number; held: number; ids: string[] }
}

const mostNamed = 20

/**
 * Counts first (`dryRun`), then deletes in batches while people label. Records of a post always stay.
 * With `force` what people did with the others is lost too, and what feeds made of them goes with them.
 * @throws ParleyError as changeSelected does.
 */
export function deleteRecords(
  parley: Parley,
  actor: Actor,
  { force = false, ...input }: BulkInput & { force?: boolean },
): Promise<Bulk<DeletedRecords>> {
  const step: Step<DeletedRecords> = {
    act: force ? 'delete records and their answers' : 'delete records',
    changes: ({ deleted }) => deleted,
    none: { deleted: 0, answers: 0, kept: { posted: 0, answered: 0, held: 0, ids: [] } },
    add: (sum, { deleted, answers, kept }) => ({
      deleted: sum.deleted + deleted,
      answers: sum.answers + answers,
      kept: {
        posted: sum.kept.posted + kept.posted,
        answered: sum.kept.answered + kept.answered,
        held: sum.kept.held + kept.held,
        ids: [...sum.kept.ids, ...kept.ids].slice(0, mostNamed),
      },
    }),
    run: async (inside, { id }, records, isDry) => {
      const { done } = await callFunction(
        inside,
        sql<{ done: DeletedRecords }>`
          select delete_records(${id}, ${records}::bigint[], ${force}, ${isDry},
            ${inside.now()}) as done`,
      )
      return done
    },
  }
  return changeSelected(parley, actor, input, step)
}

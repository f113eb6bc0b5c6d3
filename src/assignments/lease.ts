/** Leases: every interaction renews one; an expired lease frees its place for another labeler. */
import { sql } from 'kysely'
import type { DatasetDocument } from '../datasets/document.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { eachAlone, type Parley } from '../parley.ts'
import { readAssignmentId } from './assignment.ts'
import { callFunction } from './call.ts'

/** How long a labeler holds a record after their last interaction: longer where they write. */
export function leaseMinutes({ questions }: Pick<DatasetDocument, 'questions'>): number {
  return questions.some(({ type }) => type === 'text') ? 60 : 30
}

/** Renews a labeler's lease; false if the record is no longer theirs. A lease never gets shorter. */
export async function renewLease(
  parley: Parley,
  labeler: Labeler,
  input: { assignmentId: string; document: DatasetDocument },
): Promise<boolean> {
  const key = readAssignmentId(input.assignmentId)
  const until = new Date(parley.now().getTime() + leaseMinutes(input.document) * 60_000)
  const { rows } = await sql<{ renewed: boolean }>`
    select renew_lease(${key.datasetId}, ${key.id}, ${labeler.id}, ${until}) as renewed`.execute(
    parley.db,
  )
  return rows[0]?.renewed ?? false
}

/** Frees the places of all expired leases; the sweep each minute. Returns how many. */
export async function expireDue(parley: Parley): Promise<number> {
  const now = parley.now()
  const { rows: due } = await sql<{ id: string }>`
    select id from due_datasets(${now}) as due (id)`.execute(parley.db)
  let freed = 0
  const expire = async ({ id }: { id: string }) => {
    for (;;) {
      // Few at a time: a claim steps over places that are locked.
      const { expired } = await callFunction(
        parley,
        sql<{ expired: number }>`select expire_leases(${id}, 50, ${now}) as expired`,
      )
      freed += expired
      if (expired < 50) return
    }
  }
  await eachAlone(parley, due, ({ id }) => `dataset ${id}`, expire)
  return freed
}

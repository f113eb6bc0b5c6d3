/** Finds the prompt of a writer's own that another one of theirs is nearly the same as. */
import { distance } from 'fastest-levenshtein'
import { sql } from 'kysely'
import { readAssignmentId } from '../assignments/assignment.ts'
import { writtenQuestion } from '../datasets/writing.ts'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'

/** How far back a writer's answers are looked at. */
const mostLooked = 200
/** How much of two long texts is compared, in characters. */
const mostCompared = 2000
/** The share of characters in which two texts may differ and still be nearly the same. */
const nearShare = 0.1

/** That one among their last 200 answers, as it was written; null where there is none. */
export async function findNearOwn(
  parley: Parley,
  labeler: Pick<Labeler, 'id'>,
  { assignmentId, text }: { assignmentId: string; text: string },
): Promise<string | null> {
  const { datasetId, id } = readAssignmentId(assignmentId)
  const { rows } = await sql<{ text: string }>`
    select s."values" ->> ${writtenQuestion} as text
    from last_answers(${labeler.id}, ${mostLooked}::int) l
    join responses s on s.dataset_id = l.dataset_id and s.assignment_id = l.assignment_id
    where l.dataset_id = ${datasetId} and l.assignment_id <> ${id} and s.status = 'submitted'
      and s."values" ? ${writtenQuestion}
    order by l.submitted_at desc`.execute(parley.db)
  return rows.find((row) => isNear(row.text, text))?.text ?? null
}

/** Whether two texts differ in at most a tenth of their characters, ignoring case and spacing. */
export function isNear(one: string, other: string): boolean {
  const [a, b] = [plain(one), plain(other)]
  const longest = Math.max(a.length, b.length)
  const most = Math.floor(longest * nearShare)
  if (longest - Math.min(a.length, b.length) > most) return false
  const [startA, startB] = [a.slice(0, mostCompared), b.slice(0, mostCompared)]
  return distance(startA, startB) <= Math.min(most, Math.floor(mostCompared * nearShare))
}

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

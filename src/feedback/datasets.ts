/** Which dataset takes which feedback. */
import { sql } from 'kysely'
import { homesOf } from '../datasets/access/homes.ts'
import { seenBy } from '../datasets/access/tenants.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { type Reacted, takesReaction } from '../datasets/feedback/rules.ts'
import { conflict, invalid } from '../errors.ts'
import { isLetIn } from '../labelers/memberships.ts'
import type { Person } from '../labelers/person.ts'
import type { Actor, Parley } from '../parley.ts'

/**
 * The dataset that takes what this program sends: the one that is named, else the only one there is.
 * @throws ParleyError `not_found` for a dataset that is not theirs, `invalid` where none takes it,
 *   `conflict` where several do.
 */
export async function datasetFor(
  parley: Parley,
  actor: Actor,
  { source, dataset }: { source: string; dataset?: string | undefined },
): Promise<Dataset> {
  if (dataset !== undefined) {
    const named = await getDataset(parley, dataset, actor)
    if (named.document.feedback?.from?.includes(source)) return named
    throw invalid({
      source: `"${dataset}" takes no feedback from "${source}". Write it in the dataset: feedback: { from: [${source}] }.`,
    })
  }
  const all = await takingFeedback(parley, actor)
  const open = all.filter(
    ({ status, document }) => status !== 'closed' && document.feedback?.from?.includes(source),
  )
  const [only, second] = open
  if (only && !second) return only
  if (only)
    throw conflict(
      `${open.map(({ name }) => `"${name}"`).join(' and ')} take feedback from "${source}". Name one as "dataset".`,
    )
  throw invalid({
    source: `No open dataset takes feedback from "${source}". Write it in one: feedback: { from: [${source}] }.`,
  })
}

/** The published datasets that this person may send a message to, by name. */
export async function datasetsForMessage(parley: Parley, person: Person): Promise<Dataset[]> {
  const all = (await takingFeedback(parley)).filter(
    ({ status, document }) => status === 'ready' && document.feedback?.messages !== false,
  )
  const theirs = await Promise.all(
    all.map(async (one) => ((await isLetIn(parley, one, person)) ? one : null)),
  )
  return theirs.filter((one) => one !== null)
}

/** The published dataset that takes reactions to this message, the oldest of several; null where none does. */
export async function datasetForReaction(parley: Parley, on: Reacted): Promise<Dataset | null> {
  const all = await takingFeedback(parley)
  if (all.length === 0) return null
  const home = (await homesOf(parley))[on.platform]
  const taking = all.filter(
    ({ status, document }) => status === 'ready' && takesReaction(document, on, home),
  )
  return taking.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)))[0] ?? null
}

async function takingFeedback({ db }: Parley, actor?: Actor): Promise<Dataset[]> {
  return db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where(sql<boolean>`document -> 'feedback' is not null`)
    .where(seenBy(actor))
    .orderBy('name')
    .execute()
}

/** Finds a labeler by number, by person, or by the pseudonym in exports and statistics. */
import { ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { readPrefix } from '../platforms/registry.ts'
import { findOutsider } from './outsider.ts'
import { parsePerson } from './person.ts'

/**
 * The labeler's id. Pseudonyms are looked up in the dataset, else in all of them.
 * @throws ParleyError `not_found` for nobody, `conflict` for a pseudonym that several people have.
 */
export async function findLabelerId(
  parley: Parley,
  who: string,
  dataset?: { id: string; name: string },
): Promise<string> {
  const text = who.trim()
  const ids = readPrefix(text)
    ? await byPerson(parley, text)
    : /^[1-9]\d{0,17}$/.test(text)
      ? await byNumber(parley, text)
      : []
  const found = ids.length > 0 ? ids : await byPseudonym(parley, text, dataset?.id)
  const [id, second] = found
  if (id !== undefined && second === undefined) return id
  if (id !== undefined)
    throw new ParleyError(
      'conflict',
      `Several people are called "${text}" in different datasets. Name one by number: npx parley labelers list DATASET shows them.`,
    )
  const where = dataset ? ` in "${dataset.name}"` : ''
  throw new ParleyError(
    'not_found',
    `There is no labeler "${text}"${where}. npx parley labelers list${dataset ? ` ${dataset.name}` : ''} shows their numbers, people and pseudonyms.`,
  )
}

async function byPerson(parley: Parley, text: string): Promise<string[]> {
  const person = parsePerson(text)
  const { platform, workspace, userId } = person
  const rows = await parley.db
    .selectFrom('identities')
    .select('labelerId')
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('userId', '=', userId)
    .execute()
  if (rows.length > 0) return rows.map(({ labelerId }) => labelerId)
  // Somebody who only gave feedback: their name is not kept, and still leads to it.
  const outsider = await findOutsider(parley, person)
  return outsider ? [outsider.id] : []
}

async function byNumber(parley: Parley, id: string): Promise<string[]> {
  const rows = await parley.db.selectFrom('labelers').select('id').where('id', '=', id).execute()
  return rows.map((row) => row.id)
}

async function byPseudonym(parley: Parley, text: string, datasetId?: string): Promise<string[]> {
  const rows = await parley.db
    .selectFrom('pseudonyms')
    .select('labelerId')
    .distinct()
    .where('pseudonym', '=', text)
    .$if(datasetId !== undefined, (query) => query.where('datasetId', '=', datasetId ?? ''))
    .limit(2)
    .execute()
  return rows.map(({ labelerId }) => labelerId)
}

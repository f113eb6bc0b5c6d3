/** Creates a draft with another dataset's document, without its records and answers. */
import { codeOf, conflict, invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { writeAudit } from './audit.ts'
import { insertDataset } from './create.ts'
import { getDataset } from './dataset.ts'
import { type Dataset, DatasetDocument } from './document.ts'

/** @throws ParleyError `conflict` when the new name is taken. */
export async function cloneDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; name: string },
): Promise<Dataset> {
  const by = requireAdmin(actor)
  const source = await getDataset(parley, input.dataset, actor)
  if (!DatasetDocument.shape.name.safeParse(input.name).success)
    throw invalid({
      name: `"${input.name}" is no name for a dataset. Use letters, digits, "_" and "-".`,
    })
  try {
    return await inTransaction(parley, async (inside) => {
      const dataset = await insertDataset(inside, { ...source.document, name: input.name })
      await writeAudit(inside, {
        actor: by,
        act: 'clone dataset',
        dataset: dataset.name,
        detail: { from: source.name },
      })
      return dataset
    })
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    throw conflict(`There is a dataset "${input.name}" already. Choose another name.`, error)
  }
}

/** The YAML a dataset was last written in on a page, so that its comments are there when it is opened again. */
import type { Parley } from '../../parley.ts'
import { keepResolved } from '../access/groups.ts'
import type { Dataset } from '../document.ts'
import { checkText } from '../parse.ts'
import { printDocument } from './print-document.ts'

/** After the document itself: a text that says something else than the document is not shown. */
export async function keepText(parley: Parley, datasetId: string, text: string): Promise<void> {
  await parley.db
    .insertInto('documentTexts')
    .values({ datasetId, text })
    .onConflict((on) => on.column('datasetId').doUpdateSet({ text }))
    .execute()
}

/** The text as it was written; a new one where the document was changed elsewhere since. */
export async function textOf(parley: Parley, dataset: Dataset): Promise<string> {
  const row = await parley.db
    .selectFrom('documentTexts')
    .select('text')
    .where('datasetId', '=', dataset.id)
    .executeTakeFirst()
  const read = row && checkText(row.text)
  if (row && read && 'document' in read) {
    // Groups of the access list were looked up when it was published.
    const access = keepResolved(dataset.document.access, read.document.access)
    const document = access === undefined ? read.document : { ...read.document, access }
    if (canonical(document) === canonical(dataset.document)) return row.text
  }
  return printDocument(dataset.document)
}

/** Postgres keeps a document as it was written, but not every writer orders keys alike. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

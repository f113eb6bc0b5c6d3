/** Tells one state of a dataset from another, so that nobody overwrites a change they have not seen. */
import { createHash } from 'node:crypto'
import type { Dataset } from './document.ts'

/** Changes with the document and the status; in quotes, as HTTP writes it. */
export function etagOf({ status, document }: Pick<Dataset, 'status' | 'document'>): string {
  const text = JSON.stringify([status, document])
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 20)}"`
}

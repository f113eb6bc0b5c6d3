/** The dataset an admin's form is about, kept in the view's private_metadata. Pure. */
import { readFields } from '../receive/metadata.ts'
import type { ViewBody } from '../receive/payloads.ts'

export function writeDatasetName(name: string): string {
  return JSON.stringify({ d: name })
}

/** The dataset a form was opened for; '' for a view that is none of these forms. */
export function readDatasetName({ private_metadata }: ViewBody): string {
  const { d } = readFields(private_metadata ?? '')
  return typeof d === 'string' ? d : ''
}

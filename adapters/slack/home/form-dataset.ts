/** The dataset an admin's form is about, kept in the view's private_metadata. Pure. */
import type { ViewBody } from '../receive/payloads.ts'

export function writeDatasetName(name: string): string {
  return JSON.stringify({ d: name })
}

/** The dataset a form was opened for; '' for a view that is none of these forms. */
export function readDatasetName({ private_metadata }: ViewBody): string {
  const { d } = parsed(private_metadata ?? '')
  return typeof d === 'string' ? d : ''
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

/** What tests of feeds stand on: datasets that lead to each other, and people who work on them. */
import { nextAssignment } from '../../src/assignments/next.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { listRecords } from '../../src/records/record.ts'
import { submitResponse } from '../../src/responses/submit.ts'

export const admin = { type: 'admin', name: 'cleo' } as const

/** Creates and publishes; the last one named first, since feeds lead to what is there. */
export async function open(parley: Parley, ...documents: string[]) {
  for (const text of documents) {
    const document = parseDocument(`access: everyone\n${text}`)
    await createDataset(parley, admin, { document })
    await publishDataset(parley, admin, { dataset: document.name })
  }
}

export async function taskOf(parley: Parley, labeler: Labeler, name: string) {
  const dataset = await getDataset(parley, name)
  return nextAssignment(parley, labeler, { dataset })
}

/** The next task of this dataset, answered. Null where there is none. */
export async function answer(
  parley: Parley,
  labeler: Labeler,
  name: string,
  values: object | ((shown: readonly string[]) => object),
) {
  const task = await taskOf(parley, labeler, name)
  if (!task) return null
  const given = typeof values === 'function' ? values(task.shownOrder) : values
  return send(parley, labeler, task.assignmentId, given)
}

export async function send(parley: Parley, labeler: Labeler, assignmentId: string, values: object) {
  await submitResponse(parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, values },
    platform: 'slack',
  })
  return assignmentId
}

export async function recordsOf(parley: Parley, dataset: string) {
  return (await listRecords(parley, { dataset, limit: 1000 })).records
}

export const write = (name: string, to: string, more = '') => `
name: ${name}
template: prompt-writing
target: 20
topics: [rain, snow]
${more}
feeds: [{ to: ${to} }]`

export const review = (name: string, feeds = '') => `
name: ${name}
template: prompt-review
${feeds}`

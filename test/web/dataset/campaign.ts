/** A campaign of nine days, worked on by four people with their habits: what dashboards are tested on. */
import { nextAssignment } from '../../../src/assignments/next.ts'
import { createDataset } from '../../../src/datasets/create.ts'
import { getDataset } from '../../../src/datasets/dataset.ts'
import type { Dataset } from '../../../src/datasets/document.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import { publishDataset } from '../../../src/datasets/publish.ts'
import { importRecords } from '../../../src/imports/import-records.ts'
import type { Labeler } from '../../../src/labelers/labeler.ts'
import type { Actor, Parley } from '../../../src/parley.ts'
import { discardResponse } from '../../../src/responses/discard.ts'
import { submitResponse } from '../../../src/responses/submit.ts'
import { makeLabeler } from '../../assignments/ground.ts'
import type { TestClock } from '../../support/parley.ts'
import { randomOf } from '../../support/random.ts'

export const cleo: Actor = { type: 'admin', name: 'cleo' }

/** Model names as people choose them. */
export const models = ['harbor-70b', '<script>alert(1)</script>', 'pebble "7b" & co'] as const

const document = (name: string) => `
name: ${name}
title: Which answer helps more?
access: everyone
fields: [{ name: prompt, title: Prompt }]
questions:
  - { name: preference, type: ranking, title: Which is better? }
  - { name: helpful, type: rating, title: How helpful is it?, of: outputs, options: [1, 2, 3, 4, 5] }
  - { name: safe, type: label, title: Is it safe?, options: ["yes", "no"] }
distribution: { min_submitted: 2 }
`

export type Campaign = { dataset: Dataset; people: Labeler[] }

/** @param records So many; about 3 of 4 are completed at the end. */
export async function runCampaign(
  parley: Parley,
  clock: TestClock,
  {
    name = 'helpfulness',
    records = 60,
    days = 9,
    crew = ['UANA', 'UBEN', 'UCAT', 'UDAN'],
    names = models as readonly string[],
  } = {},
): Promise<Campaign> {
  const random = randomOf(7)
  await createDataset(parley, cleo, { document: parseDocument(document(name)) })
  const lines = Array.from({ length: records }, (_, at) => ({
    external_id: `r${at}`,
    fields: { prompt: `Question ${at}?` },
    outputs: names.slice(0, 2).map((_, place) => ({
      ...{ id: `o${place}`, text: `Answer ${place}. ${'More of it. '.repeat((at + place) % 4)}` },
      model: names[(at + place) % 3],
    })),
  }))
  const source = [Buffer.from(lines.map((one) => JSON.stringify(one)).join('\n'))]
  await importRecords(parley, cleo, { dataset: name, source })
  await publishDataset(parley, cleo, { dataset: name })
  const people: Labeler[] = []
  for (const who of crew) people.push(await makeLabeler(parley, who))
  const dataset = await getDataset(parley, name)
  const each = Math.ceil((records * 2 * 0.75) / days / people.length)
  for (let day = 0; day < days; day += 1) {
    for (const [who, labeler] of people.entries())
      for (let n = 0; n < each + (day % 2); n += 1) {
        clock.advance('1 minute')
        await work(parley, dataset, labeler, who, random)
      }
    clock.advance('23 hours')
  }
  return { dataset, people }
}

/** Dan likes what is shown first; the others mostly prefer the model with the lower number. */
async function work(
  parley: Parley,
  dataset: Dataset,
  labeler: Labeler,
  who: number,
  random: () => number,
): Promise<void> {
  const task = await nextAssignment(parley, labeler, { dataset })
  if (!task) return
  const { assignmentId, shownOrder } = task
  if (random() < 0.08) {
    await discardResponse(parley, labeler, {
      ...{ assignmentId, platform: 'slack' },
      ...(random() < 0.3
        ? { reason: 'other', text: `I know ${who} of them.` }
        : { reason: random() < 0.6 ? 'not_my_field' : 'unclear' }),
    })
    return
  }
  const byModel = [...shownOrder].sort()
  const chosen = who === 3 || random() < 0.25 ? shownOrder : byModel
  const ranks = Object.fromEntries(chosen.map((id, at) => [id, at + 1]))
  await submitResponse(parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
    values: {
      preference: { mode: 'full', ranks, all_unacceptable: false },
      helpful: Object.fromEntries(chosen.map((id, at) => [id, 5 - at - Math.floor(random() * 3)])),
      safe: random() < 0.8 ? 'yes' : 'no',
    },
  })
}

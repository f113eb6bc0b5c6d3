/** What tests of questions by programs stand on: a dataset that may be asked, and people who answer. */
import { nextAssignment } from '../../src/assignments/next.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import type { Values } from '../../src/questions/values.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeDataset } from '../support/journey.ts'

export const agent: Actor = { type: 'admin', name: 'key:agent' }

export const opinions = (name = 'opinions', more = 'ask: {}') =>
  `name: ${name}\ntemplate: ask\n${more}\n`

export async function openAsk(parley: Parley, document = opinions()) {
  return makeDataset(parley, document, [])
}

/** The labeler is dealt their next record, or null. */
export async function deal(parley: Parley, labeler: Labeler, dataset = 'opinions') {
  return nextAssignment(parley, labeler, { dataset: await getDataset(parley, dataset) })
}

/** The labeler is dealt a record and chooses this output as the best. */
export async function chooses(
  parley: Parley,
  labeler: Labeler,
  best: string,
  dataset = 'opinions',
) {
  const card = await deal(parley, labeler, dataset)
  if (!card) throw new Error('There is nothing to answer.')
  return answers(parley, labeler, card, {
    choice: {
      mode: 'best_only',
      ranks: Object.fromEntries(card.shownOrder.map((id) => [id, id === best ? 1 : 2])),
      all_unacceptable: false,
    },
  })
}

export async function answers(
  parley: Parley,
  labeler: Labeler,
  { assignmentId }: { assignmentId: string },
  values: Values,
) {
  return submitResponse(parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, values, platform: 'slack' as const },
  })
}

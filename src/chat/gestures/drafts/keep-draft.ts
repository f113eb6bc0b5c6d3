/** Keeps what somebody entered into a form and did not submit. */
import { isDeepStrictEqual } from 'node:util'
import { lockAssignment, shownOf } from '../../../assignments/assignment.ts'
import { inTransaction, type Parley } from '../../../parley.ts'
import { editsIn, withEdits } from '../../../questions/edits.ts'
import { parseDraft } from '../../../questions/values.ts'
import { saveDraft } from '../../../responses/draft.ts'
import { cardOf } from '../../cards/card.ts'
import { improveCard } from '../../cards/improve.ts'
import { seenOf } from '../../cards/seen.ts'
import { keepTaps } from '../../cards/taps.ts'
import { readImproveId, taskIdOf } from '../../port/ids.ts'
import type { Interaction, Reply } from '../../port/port.ts'
import { keepImprovement } from '../answered/improve.ts'
import { findOwn } from '../own-task.ts'
import { keepMarked } from './keep-marked.ts'

type Draft = Extract<Interaction, { type: 'draft' }>

export async function keepDraft(parley: Parley, interaction: Draft): Promise<Reply> {
  const kept = await keepImprovement(parley, interaction)
  if (kept) return kept
  const { labeler, found } = await findOwn(parley, interaction)
  const { assignmentId, by, editing = false, hidden = [] } = interaction
  // Typed before the answer was submitted and heard of after it: the answer holds it.
  if (found.response?.status === 'submitted' && !editing) return { type: 'nothing' }
  const { questions } = found.dataset.document
  const shown = shownOf(found)
  const start = parseDraft(questions, cardOf(found, found.dataset).values, shown)
  const given = keepMarked(found, interaction.values)
  const typed = keepTaps(parseDraft(questions, given, shown), start)
  // A form of the questions does not hold what was made of the outputs.
  const values = withEdits(questions, typed, editsIn(questions, start))
  // What was written under a condition that holds no more is there when it holds again.
  for (const name of hidden) if (start[name] !== undefined) values[name] ??= start[name]
  // Looked at and closed: suggestions that stood in the form are no draft of anybody.
  if (isDeepStrictEqual(values, start)) return { type: 'nothing' }
  await saveDraft(parley, labeler, { assignmentId, values, platform: by.platform, found })
  return { type: 'nothing' }
}

/**
 * For a page that may stand open beside another: under the task's lock it is kept only if what `seen` says
 * still stands there, so that of two tabs neither overwrites the other.
 */
export async function keepUnlessChanged(
  parley: Parley,
  interaction: Draft,
  seen: string,
  keep: (inside: Parley) => Promise<Reply>,
): Promise<Reply> {
  return inTransaction(parley, async (inside) => {
    await lockAssignment(inside, taskIdOf(interaction.assignmentId))
    const now = await seenNow(inside, interaction)
    if (now !== seen) return { type: 'nothing', draft: { seen: now, isBehind: true } }
    const reply = await keep(inside)
    if (reply.type !== 'nothing') return reply
    const draft = { seen: await seenNow(inside, interaction), isBehind: false }
    return { type: 'nothing', draft }
  })
}

async function seenNow(parley: Parley, interaction: Draft): Promise<string> {
  const { found } = await findOwn(parley, interaction)
  const improving = readImproveId(interaction.assignmentId)
  const card = improving ? improveCard(found, improving.place ?? -1) : null
  return seenOf(card ?? cardOf(found, found.dataset))
}

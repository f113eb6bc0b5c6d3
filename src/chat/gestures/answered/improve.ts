/** Gestures on an output that a person improves after their answer: open its form, type, save. */
import type { FoundAssignment } from '../../../assignments/assignment.ts'
import { conflict, ParleyError } from '../../../errors.ts'
import type { Labeler } from '../../../labelers/labeler.ts'
import type { Parley } from '../../../parley.ts'
import { editsIn } from '../../../questions/edits.ts'
import { parseDraft, parseValues, type Values } from '../../../questions/values.ts'
import { draftImprovement, improveOutput } from '../../../responses/improve.ts'
import {
  allImprovable,
  improveCard,
  improvedText,
  improveQuestion,
  textToImprove,
} from '../../cards/improve.ts'
import { receiptFor, receiptOf } from '../../cards/receipt.ts'
import { summarize } from '../../cards/summary.ts'
import { readImproveId } from '../../port/ids.ts'
import type { Interaction, Reply } from '../../port/port.ts'
import { spoken } from '../../words/words.ts'
import { findOwn, noteVote } from '../own-task.ts'
import { goOn } from '../store-answer.ts'

type OnTask = Extract<Interaction, { assignmentId: string }>

type Improving = { labeler: Labeler; found: FoundAssignment; place: number | null }

/** The answered task an id speaks of, where it is about one of its outputs; null for a plain task. */
async function findImproving(parley: Parley, interaction: OnTask): Promise<Improving | null> {
  const asked = readImproveId(interaction.assignmentId)
  if (!asked) return null
  const { labeler, found } = await findOwn(parley, interaction)
  if (found.response?.status !== 'submitted') throw conflict((said) => said.answerFirst)
  return { labeler, found, place: asked.place }
}

/** Opens the form, or asks which output is meant; null for the id of a plain task. */
export async function openImprovement(
  parley: Parley,
  interaction: Extract<Interaction, { type: 'open' | 'edit' }>,
): Promise<Reply | null> {
  const improving = await findImproving(parley, { ...interaction, type: 'edit' })
  if (!improving) return null
  const { found, place } = improving
  if (found.dataset.status === 'closed') throw conflict((said) => said.closedStays)
  if (place === null) {
    const saved = { ...receiptOf(found), improve: allImprovable(found) }
    return { type: 'receipt', saved, notice: spoken().improveWhich, goesOn: true }
  }
  const card = improveCard(found, place)
  if (!card) throw conflict((said) => said.notImprovable)
  return { type: 'form', card }
}

/** Saves an improved text; null for the id of a plain task. */
export async function submitImprovement(
  parley: Parley,
  interaction: Extract<Interaction, { type: 'submit' }>,
): Promise<Reply | null> {
  const improving = await findImproving(parley, interaction)
  if (!improving) return null
  const { labeler, found } = improving
  const place = improving.place ?? -1
  const output = found.shownOrder[place]
  if (output === undefined || textToImprove(found, place) === null)
    throw conflict((said) => said.notImprovable)
  const { assignmentId } = found
  const { platform } = interaction.by
  try {
    const read = parseValues([improveQuestion(place)], interaction.values, { outputs: [] })
    const text = String(read[improvedText] ?? '')
    const saved = await improveOutput(parley, labeler, { assignmentId, output, text, platform })
    noteVote(parley, found)
    const { values, revision } = saved
    const said = spoken().savedAs(summarize(found.document.questions, values, found.shownOrder))
    const receipt = receiptFor(found, said, true, { revision, values })
    // Saved twice at once, the second has nothing to change, and the text is an edit all the same.
    const isEdited = Object.hasOwn(editsIn(found.document.questions, values), output)
    const isSame = saved.outcome === 'same' && !isEdited
    const same = isSame ? { notice: spoken().improveSame } : {}
    if (found.postId !== null) return { type: 'receipt', saved: receipt, ...same }
    return { ...(await goOn(parley, labeler, found.dataset, receipt)), ...same }
  } catch (error) {
    // Refused, but the text is not lost: the form has it when it is opened again.
    if (error instanceof ParleyError) await keep(parley, { labeler, found }, place, interaction)
    throw error
  }
}

/** Stores the text typed into such a form; null for the id of an ordinary task. */
export async function keepImprovement(
  parley: Parley,
  interaction: Extract<Interaction, { type: 'draft' }>,
): Promise<Reply | null> {
  const improving = await findImproving(parley, interaction)
  if (!improving) return null
  await keep(parley, improving, improving.place ?? -1, interaction)
  return { type: 'nothing' }
}

async function keep(
  parley: Parley,
  { labeler, found }: Pick<Improving, 'labeler' | 'found'>,
  place: number,
  { values, by }: { values: unknown; by: Interaction['by'] },
): Promise<void> {
  const output = found.shownOrder[place]
  const before = textToImprove(found, place)
  if (output === undefined || before === null) return
  const typed: Values = parseDraft([improveQuestion(place)], values, { outputs: [] })
  const text = typed[improvedText]
  // Closed unchanged, or emptied: no work is lost.
  if (typeof text !== 'string' || text === before || [...text].length > 100_000) return
  const { assignmentId } = found
  await draftImprovement(parley, labeler, { assignmentId, output, text, platform: by.platform })
}

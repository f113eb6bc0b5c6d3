/** One press changes the answer to the model's suggestion, which was shown only after the answer. */
import { ParleyError } from '../../../errors.ts'
import type { Parley } from '../../../parley.ts'
import { submitResponse } from '../../../responses/submit.ts'
import { receiptFor } from '../../cards/receipt.ts'
import { adopted } from '../../cards/suggested.ts'
import { summarize } from '../../cards/summary.ts'
import { repaintGuardMs } from '../../cards/taps.ts'
import { readAdoptId } from '../../port/ids.ts'
import type { Interaction, Reply } from '../../port/port.ts'
import { spoken } from '../../words/words.ts'
import { findOwn, noteVote } from '../own-task.ts'
import { afterAnswer, goOn } from '../store-answer.ts'

/** Null for a press of any other kind. A press on an answer that has changed meanwhile changes nothing. */
export async function adoptSuggestion(
  parley: Parley,
  interaction: Extract<Interaction, { type: 'press' }>,
): Promise<Reply | null> {
  const assignmentId = readAdoptId(interaction.assignmentId)
  if (assignmentId === null) return null
  const { labeler, found } = await findOwn(parley, interaction, interaction.schemaVersion)
  const { response, suggested } = found
  // A second tap on the answer lands on the button that came with it.
  const since = parley.now().getTime() - (response?.submittedAt?.getTime() ?? 0)
  if (since >= 0 && since < repaintGuardMs) return { type: 'nothing' }
  const isOnScreen = response?.status === 'submitted' && response.revision === interaction.press
  if (!isOnScreen || suggested !== 'after') return afterAnswer(parley, labeler, found)
  const { schemaVersion, by } = interaction
  const values = adopted(found, response.values)
  const submit = { assignmentId, schemaVersion, values, platform: by.platform, found }
  const saved = await submitResponse(parley, labeler, submit).catch((error: unknown) => {
    // The question was changed since, or leads to others: the form asks them.
    if (error instanceof ParleyError && error.code === 'invalid') return null
    throw error
  })
  if (!saved) return afterAnswer(parley, labeler, found)
  noteVote(parley, found)
  const said = spoken().savedAs(summarize(found.document.questions, saved.values, found.shownOrder))
  const receipt = receiptFor(found, said, true, { revision: saved.revision, values: saved.values })
  if (found.postId !== null) return { type: 'receipt', saved: receipt }
  return goOn(parley, labeler, found.dataset, receipt)
}

/**
 * Somebody agreed to an earlier version of the consent: they get the first card again, with what is stored
 * today. What they typed is kept, and their task is still theirs: Start brings it back as it was.
 */
import type { Parley } from '../../parley.ts'
import type { Interaction, Reply } from '../port/port.ts'
import { answerGestures } from './answer.ts'
import { welcome } from './next-task.ts'

export async function askAnew(parley: Parley, interaction: Interaction): Promise<Reply> {
  if (interaction.type === 'submit') {
    const { by, assignmentId, values } = interaction
    await answerGestures.draft(parley, { by, type: 'draft', assignmentId, values, editing: true })
  }
  return welcome(parley, interaction.by)
}

/** Tells a labeler that a prompt they just wrote nearly repeats one of their own; it is stored anyway. */
import type { FoundAssignment } from '../../assignments/assignment.ts'
import { isWriting, writtenQuestion } from '../../datasets/writing.ts'
import type { Labeler } from '../../labelers/labeler.ts'
import type { Parley } from '../../parley.ts'
import { findNearOwn } from '../../responses/near-own.ts'
import type { Reply } from '../port/port.ts'
import { firstWords } from '../text.ts'
import { spoken } from '../words/words.ts'

/** The reply to a stored answer, with that said above it where it is so. */
export async function sayNear(
  parley: Parley,
  labeler: Labeler,
  { assignmentId, dataset }: FoundAssignment,
  values: unknown,
  reply: Reply,
): Promise<Reply> {
  if (!isWriting(dataset.document)) return reply
  if (reply.type !== 'task' && reply.type !== 'receipt') return reply
  const text = writtenIn(values)
  const near = text === null ? null : await findNearOwn(parley, labeler, { assignmentId, text })
  if (near === null) return reply
  const said = spoken().nearlyYours(firstWords(near, 120))
  return { ...reply, notice: reply.notice === undefined ? said : `${reply.notice}\n${said}` }
}

function writtenIn(values: unknown): string | null {
  if (typeof values !== 'object' || values === null) return null
  const text: unknown = Object.getOwnPropertyDescriptor(values, writtenQuestion)?.value
  return typeof text === 'string' ? text : null
}

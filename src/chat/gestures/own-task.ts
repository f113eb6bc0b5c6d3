/** The task of a gesture: its owner, whether they may still answer it, and its content. */
import {
  type Assignment,
  type FoundAssignment,
  getOwnAssignment,
  type OwnAssignment,
} from '../../assignments/assignment.ts'
import { getPost, isOpenPost, postClosed, requireVoter } from '../../assignments/post.ts'
import { forbidden } from '../../errors.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import { wantRepaint } from '../../outbound/messages.ts'
import type { Parley } from '../../parley.ts'
import type { Values } from '../../questions/values.ts'
import { repaintGuardMs } from '../cards/taps.ts'
import { taskIdOf } from '../port/ids.ts'
import type { Interaction, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'

type OnTask = Extract<Interaction, { assignmentId: string }>

/** The assignment, which must be this person's, in a dataset they (still) may label. */
export async function findOwn(
  parley: Parley,
  interaction: OnTask,
  schemaVersion?: number,
): Promise<OwnAssignment> {
  const { labeler, found } = await getOwnAssignment(
    parley,
    interaction.by,
    taskIdOf(interaction.assignmentId),
    {
      ...(schemaVersion === undefined ? {} : { schemaVersion }),
      // What somebody typed is kept, whatever they have to read before they go on.
      ...(interaction.type === 'draft' ? { consent: 'given' } : {}),
    },
  )
  if (found.postId !== null)
    return { labeler, found: await findBallot(parley, interaction, found.postId, found) }
  if (!(await isLetIn(parley, found.dataset, interaction.by)))
    throw forbidden((said) => said.notOnList(found.dataset.document.title))
  return { labeler, found }
}

/** The post's gates admit a ballot; once the post has closed, a vote can be read but not changed. */
async function findBallot(
  parley: Parley,
  interaction: OnTask,
  postId: string,
  found: FoundAssignment,
): Promise<FoundAssignment> {
  const { post } = await getPost(parley, postId)
  const changes = ['open', 'press', 'rank', 'edit'].includes(interaction.type)
  if (changes && !isOpenPost(parley, post)) throw postClosed()
  if (changes || interaction.type === 'submit') await requireVoter(parley, post, interaction.by)
  return { ...found, ballot: { postId, closesAt: post.closesAt } }
}

/** The count in the channel follows. */
export function noteVote(parley: Parley, { postId }: Pick<Assignment, 'postId'>): void {
  if (postId !== null) parley.afterCommit(() => wantRepaint(parley, `post:${postId}`))
}

/** Entries that were not submitted; suggestions shown in the form are not an answer yet. */
export function draftOf({ response }: FoundAssignment): Values {
  return response?.draft ?? (response?.status === 'draft' ? response.values : {})
}

export function withDraft(found: FoundAssignment, draft: Values): FoundAssignment {
  const { response } = found
  const fresh = {
    status: 'draft' as const,
    reason: null,
    revision: 1,
    submittedAt: null,
    seconds: null,
    schemaVersion: found.dataset.schemaVersion,
    flags: [],
  }
  return { ...found, response: { ...(response ?? fresh), values: draft, draft: null } }
}

export function isTooSoon(parley: Parley, { shownAt }: Pick<Assignment, 'shownAt'>): boolean {
  if (!shownAt) return false
  const since = parley.now().getTime() - shownAt.getTime()
  return since >= 0 && since < repaintGuardMs
}

export function previewNotice(): Reply {
  return { type: 'notice', text: spoken().isPreview }
}

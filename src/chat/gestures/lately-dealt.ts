/**
 * What this process dealt lately, so that the answer to it needs no look-up. It decides nothing: the
 * statement that writes the answer checks that everything here still holds, and else does nothing.
 */
import { LRUCache } from 'lru-cache'
import { isWriting } from '../../datasets/writing.ts'
import type { Labeler } from '../../labelers/labeler.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { isPrefilled } from '../../questions/prefill.ts'
import type { HeldAssignment } from '../../responses/submit.ts'

export type Dealt = { labeler: Labeler; found: HeldAssignment & { rowVersion: string } }

const dealtBy = new WeakMap<Parley, LRUCache<string, Dealt>>()

/** Remembers a fresh assignment, without its record: texts may be long. */
export function rememberDealt(parley: Parley, dealt: Dealt): void {
  const { labeler, found } = dealt
  const { document } = found.dataset
  // Whether a prompt is new is asked in a statement of its own; a wording needs what it began as.
  if (found.response || isWriting(document) || isPrefilled(document.questions)) return
  const known = dealtBy.get(parley) ?? new LRUCache<string, Dealt>({ max: 5000 })
  dealtBy.set(parley, known)
  known.set(keyOf(labeler.person, found.assignmentId, found.dataset.schemaVersion), dealt)
}

type Drawn = { assignmentId: string; schemaVersion: number }

/** The card this process handed out to a labeler, if recently. */
export function findDealt(parley: Parley, by: Person, drawn: Drawn): Dealt | null {
  const dealt = dealtBy.get(parley)?.get(keyOf(by, drawn.assignmentId, drawn.schemaVersion))
  return dealt ? { ...dealt, labeler: { ...dealt.labeler, person: by } } : null
}

/** Returns it once: after the first answer everything is looked up. */
export function takeDealt(parley: Parley, by: Person, drawn: Drawn): Dealt | null {
  const dealt = findDealt(parley, by, drawn)
  if (dealt) dealtBy.get(parley)?.delete(keyOf(by, drawn.assignmentId, drawn.schemaVersion))
  return dealt
}

function keyOf(by: Person, assignmentId: string, schemaVersion: number): string {
  return JSON.stringify([by.platform, by.workspace, by.userId, assignmentId, schemaVersion])
}

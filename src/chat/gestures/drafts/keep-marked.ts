/** Marked text in an answer that comes from a chat: its windows hold none, and what was marked on a page stays. */

import { ownValue } from '../../../questions/values.ts'
import type { HeldAssignment } from '../../../responses/submit.ts'

/** The values with the marked texts of the answer so far, where they say nothing of them. */
export function keepMarked(
  { document, response }: Pick<HeldAssignment, 'document' | 'response'>,
  values: unknown,
): unknown {
  const before = response?.draft ?? response?.values
  if (before === undefined || typeof values !== 'object' || values === null) return values
  const kept = document.questions.flatMap(({ type, name }) => {
    const marked = ownValue(before, name)
    return type !== 'span' || marked === undefined || Object.hasOwn(values, name)
      ? []
      : [[name, marked] as const]
  })
  return kept.length === 0 ? values : { ...Object.fromEntries(kept), ...values }
}

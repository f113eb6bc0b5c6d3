/**
 * Argilla's files list values by question, each with its user. Here they become responses again: one per
 * user and record.
 */
import type { ArgillaRecord, ArgillaResponse } from './record.ts'

/** One value of one user. */
export type Said = {
  question: string
  user: string | null
  value: unknown
  status: string | null
}

export function gatherResponses(all: readonly Said[]): NonNullable<ArgillaRecord['responses']> {
  const responses = new Map<
    string | null,
    { status: string | null; values: [string, { value: unknown }][] }
  >()
  const nobodies = new Map<string, number>()
  for (const { question, user, value, status } of all) {
    const who = user ?? nobodyOf(question, nobodies)
    const known = responses.get(who)
    const response = known ?? { status, values: [] }
    if (!known) responses.set(who, response)
    response.status ??= status
    response.values.push([question, { value }])
  }
  return [...responses].map(([user_id, { status, values }]) => ({
    user_id,
    status: statusFrom(status),
    values: Object.fromEntries(values),
  }))
}

/** Among values without a user, the first of each question are taken for one person's, and so on. */
function nobodyOf(question: string, nobodies: Map<string, number>): string | null {
  const before = nobodies.get(question) ?? 0
  nobodies.set(question, before + 1)
  return before === 0 ? null : `nobody-${before + 1}`
}

function statusFrom(status: string | null): ArgillaResponse['status'] {
  return status === 'submitted' || status === 'draft' || status === 'discarded' ? status : null
}

/**
 * Decides whether a question may be asked: the operator's blocklist first, then their moderation service. A
 * refused question is neither stored nor sent to a model. If the service does not answer, nothing passes.
 */
import { z } from 'zod'
import { invalid, ParleyError } from '../errors.ts'
import type { Moderation, Parley } from '../parley.ts'

/** Short, because the person is waiting: a platform allows three seconds in all. */
const patienceMs = 1_500
const mostReason = 300

const Verdict = z.object({ allowed: z.boolean(), reason: z.string().nullish() })

/** @throws ParleyError `invalid` for a question that is not allowed; `unavailable` if moderation does not answer. */
export async function moderate(
  parley: Parley,
  asked: { dataset: string; prompt: string },
): Promise<void> {
  const { moderation } = parley
  if (!moderation) return
  if (isBlocked(asked.prompt, moderation.blocklist))
    throw invalid({ prompt: 'This question is not allowed here. Ask another one.' })
  if (moderation.url === null) return
  const verdict = await judge(moderation, asked)
  if (verdict.allowed) return
  const reason = verdict.reason?.trim().slice(0, mostReason)
  throw invalid({
    prompt: reason
      ? `This question is not allowed here: ${reason}`
      : 'This question is not allowed here. Ask another one.',
  })
}

/** Matches phrases as whole words, ignoring case and spacing. */
export function isBlocked(text: string, blocklist: readonly string[]): boolean {
  const plain = ` ${plainOf(text)} `
  return blocklist.some((phrase) => {
    const wanted = plainOf(phrase)
    return wanted !== '' && plain.includes(` ${wanted} `)
  })
}

/** The words alone, separated by single spaces. */
function plainOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}

async function judge({ url }: Moderation, asked: object): Promise<z.infer<typeof Verdict>> {
  try {
    const response = await fetch(url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'arena.question', ...asked }),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    })
    if (!response.ok) throw new Error(`It answered with status ${response.status}.`)
    return Verdict.parse(await response.json())
  } catch (cause) {
    throw new ParleyError(
      'unavailable',
      'Whether this question is allowed cannot be checked right now. Try again in a moment.',
      { cause },
    )
  }
}

/**
 * One attempt to tell an endpoint: a signed POST through the guard of src/fetch. Its address is looked up
 * and checked now, however it was at the last attempt; a redirect is an answer and not followed; of the
 * body only so much is read as keeps the connection usable, and none of it is kept.
 */
import { asParleyError } from '../errors.ts'
import type { Fetched, SafeFetch } from '../fetch/safe.ts'
import type { Parley } from '../parley.ts'
import type { OutgoingMessage } from './message.ts'
import { readRetryAfter } from './schedule.ts'

export type Outcome =
  | { type: 'sent'; status: number }
  | {
      type: 'failed'
      status: number | null
      /** For its admins: nothing that was sent or answered is in it. */
      problem: string
      /** What Retry-After said, in milliseconds. */
      askedMs: number | null
      /** It answered 410: it wants no more events. */
      isGone: boolean
      /** Its protocol says that it must not be sent again. */
      isFinal: boolean
    }
  /** This process stops; nobody knows whether it arrived. */
  | { type: 'interrupted' }

/** How long an endpoint may take to answer. */
export const answerSeconds = 15
const mostBytes = 64 * 1024
/** How long its body may take after that. */
const drainMs = 1_000

/** Never throws: whatever happens is an outcome. */
export async function attemptOnce(
  parley: Parley,
  fetch: SafeFetch,
  message: OutgoingMessage,
): Promise<Outcome> {
  try {
    const answer = await fetch.send('POST', message.url, message.body, {
      headers: { 'user-agent': 'Parley-Webhooks', ...message.headers() },
      mostBytes,
      seconds: answerSeconds,
      ...(parley.stopping ? { signal: parley.stopping } : {}),
    })
    await drain(answer)
    return outcomeOf(parley, answer, message)
  } catch (error) {
    if (parley.stopping?.aborted) return { type: 'interrupted' }
    if (!asParleyError(error))
      parley.log.error({ event: 'webhook.send_failed', err: error }, 'A webhook could not be sent.')
    return failed({ problem: problemOf(error) })
  }
}

function outcomeOf(
  parley: Parley,
  { status, header }: Fetched,
  { mayRepeat = () => true }: OutgoingMessage,
): Outcome {
  if (status >= 200 && status < 300) return { type: 'sent', status }
  const isRedirect = status >= 300 && status < 400
  return failed({
    status,
    problem: isRedirect
      ? `It answers ${status}, a redirect, which is not followed. Create a webhook with the address it leads to.`
      : `It answers ${status}.`,
    askedMs: readRetryAfter(header('retry-after'), parley.now()),
    isGone: status === 410,
    isFinal: !mayRepeat(status),
  })
}

function failed(
  more: { problem: string } & Partial<Extract<Outcome, { type: 'failed' }>>,
): Outcome {
  return { status: null, askedMs: null, isGone: false, isFinal: false, ...more, type: 'failed' }
}

function problemOf(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause)
    if (one.name === 'TimeoutError') return `It took longer than ${answerSeconds} seconds.`
  return asParleyError(error)?.message ?? 'Something broke on our side; the log says what.'
}

async function drain(answer: Fetched): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), drainMs)
  })
  const read = (async () => {
    for await (const _ of answer.body) {
      // Only counted.
    }
  })().catch(() => undefined)
  const end = await Promise.race([read, late])
  clearTimeout(timer)
  if (end === 'late') await answer.cancel()
}

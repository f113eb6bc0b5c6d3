/**
 * Stores the result of an attempt to send: sent, unknown, another attempt, or given up, with what
 * follows from each.
 */
import { keepThread } from '../arena/thread.ts'
import type { Delivered, Reply, SendFailure } from '../chat/port/port.ts'
import { endHeld, endUnknown, type Held, mostAttempts, putBack } from '../deliveries/ledger.ts'
import { asParleyError } from '../errors.ts'
import type { Platform } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { noteReminded, subjectOf } from './draw-delivery.ts'
import { leaveWorkspace, loseRecipient } from './lose-recipient.ts'
import { keepMessage } from './messages.ts'
import { failureOf } from './send-failure.ts'

/** How an attempt ended. */
export type End =
  | { type: 'sent'; reply: Reply; delivered: Delivered }
  | { type: 'over'; why: string }
  | { type: 'not-yet'; why: string; until: Date }
  | { type: 'failed'; error: unknown; isCalled: boolean }
  | { type: 'not-ours' }

/** Stores how an attempt ended, unless a later attempt has begun. */
export async function storeOutcome(parley: Parley, held: Held, end: End): Promise<void> {
  switch (end.type) {
    case 'sent':
      return noteSent(parley, held, end)
    case 'over':
      return endHeld(parley, held, held.callingAt ? 'unknown' : 'failed', end.why)
    case 'not-yet':
      return putBack(parley, held, { dueAt: end.until, problem: end.why, isUnclear: false })
    case 'failed':
      return afterFailure(parley, held, end)
    case 'not-ours':
      if (await endUnknown(parley, held)) await noteReminded(parley, held)
  }
}

/** A post, hub or question is remembered as soon as it was sent: from then on it is repainted. */
async function noteSent(
  parley: Parley,
  held: Held,
  { reply, delivered }: { reply: Reply; delivered: Delivered },
): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await endHeld(inside, held, 'sent', null, delivered)
    if (held.kind === 'post' || held.kind === 'hub' || held.kind === 'question')
      await keepMessage(inside, subjectOf(held), delivered, reply)
    if (held.kind === 'question') await keepThread(inside, subjectOf(held), delivered.message)
    await noteReminded(inside, held)
  })
}

const mostCards = 5

async function afterFailure(
  parley: Parley,
  held: Held,
  { error, isCalled }: { error: unknown; isCalled: boolean },
): Promise<void> {
  const failure = judge(parley, held.platform, error, isCalled)
  const problem = error instanceof Error ? error.message : String(error)
  const back = (ms: number, isUnclear: boolean) => {
    const dueAt = new Date(parley.now().getTime() + ms)
    return putBack(parley, held, { dueAt, problem, isUnclear })
  }
  switch (failure.type) {
    case 'later':
      if (held.attempt >= mostAttempts) return endHeld(parley, held, 'failed', problem)
      return back(failure.afterMs ?? backoffMs(held.attempt), false)
    case 'unknown':
      parley.log.warn(
        { event: 'deliver.unknown', err: error, delivery: held.id },
        'It is not known whether a message arrived.',
      )
      if (mayRepeat(parley, held)) return back(backoffMs(held.attempt), true)
      await endHeld(parley, held, 'unknown', problem)
      return noteReminded(parley, held)
    case 'gone':
      await endHeld(parley, held, 'failed', failure.reason)
      return loseRecipient(parley, held, failure.reason)
    case 'dead':
      await endHeld(parley, held, 'failed', failure.reason)
      return leaveWorkspace(parley, held, failure.reason, parley.now())
    case 'refused':
      parley.log.error(
        { event: 'deliver.failed', err: error, delivery: held.id },
        'A message was refused.',
      )
      return endHeld(parley, held, 'failed', problem)
  }
}

/** Before the call nothing can have arrived; the database may have failed before it or after it. */
function judge(parley: Parley, platform: Platform, error: unknown, isCalled: boolean): SendFailure {
  const failure = failureOf(parley, platform, error)
  const isAway = failure.type === 'refused' && asParleyError(error)?.code === 'unavailable'
  if (failure.type !== 'unknown' && !isAway) return failure
  return isCalled ? { type: 'unknown' } : { type: 'later', afterMs: null }
}

/** Either of two cards works, and some platforms recognize a repeated message for a while. */
function mayRepeat(parley: Parley, { kind, platform, attempt }: Held): boolean {
  if (kind === 'card') return attempt < mostCards
  const isKnown = parley.platforms.get(platform)?.knownAgainMs !== undefined
  return isKnown && attempt < mostAttempts
}

function backoffMs(attempt: number): number {
  return Math.min(10 * 60_000, 1000 * 2 ** attempt)
}

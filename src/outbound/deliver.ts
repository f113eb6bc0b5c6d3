/**
 * Messages Parley sends unprompted: nobody waits for them, so each is stored first.
 * 1. A verb queues it under a key made of what it is about and who gets it, so it is sent once.
 * 2. One job for each workspace takes what is due, a few at a time and at most two for the same person
 *    or channel; the adapter paces the calls.
 * 3. What was sent is `sent`. Where nobody knows (the connection broke, the process died), it is sent
 *    again if that does no harm: a card, because either copy works, or a message the platform recognizes
 *    as a repeat. Otherwise it is `unknown` and stays so. deliveries/ledger.ts decides who may send.
 * 4. If a person can no longer be reached, or a workspace removed Parley, one attempt ends it: the rest
 *    is given up, their records go to others, and an admin is notified once. Answers stay.
 */
import { createHash } from 'node:crypto'
import {
  beginCall,
  deliveryLease,
  giveUpQueued,
  type Held,
  listDuePlaces,
  nextDue,
  type Place,
  takeDue,
  takeFromSilent,
} from '../deliveries/ledger.ts'
import { asParleyError } from '../errors.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { holdRows } from '../row-lease.ts'
import { drawDelivery, noteReminded, recipientOf } from './draw-delivery.ts'
import { type End, storeOutcome } from './note-outcome.ts'
import { isRemoved } from './removal.ts'

/** A few at a time, so that urgent messages do not wait long; a platform may raise it. */
const mostAtOnce = 20
/** Prevents endless jobs for a message that is due but cannot be taken yet. */
const soonestMs = 250
/** About two minutes of retries while the database is away. */
const mostTries = 30

/** The job: delivers due messages of a workspace. Before it ends, it queues the next job. */
export async function deliverDue(parley: Parley, place: Place): Promise<void> {
  if (await isRemoved(parley, place))
    return giveUpQueued(parley, place, 'Parley is not installed there.')
  await takeOver(parley, place)
  const running = new Map<Promise<void>, Held>()
  const atOnce = parley.platforms.get(place.platform)?.mostAtOnce ?? mostAtOnce
  const holding = holdRows(parley, deliveryLease, () => [...running.values()])
  try {
    for (let [looks, isRung] = [0, false]; ; looks++) {
      const taken = await takeDue(parley, place, {
        count: atOnce - running.size,
        inFlight: [...running.values()].map(({ recipient }) => recipient),
        // Now and then look past a long queue for one channel: others may wait behind it.
        everywhere: looks % 16 === 0,
      })
      for (const held of taken) {
        const run: Promise<void> = deliverOne(parley, held).finally(() => running.delete(run))
        running.set(run, held)
      }
      if (taken.length > 0) isRung = false
      else if (running.size > 0) await Promise.race(running.keys())
      // Checked after the job is queued: messages queued later queue their own.
      else if (isRung || !(await ringNext(parley, place))) return
      else isRung = true
    }
  } finally {
    await Promise.all(running.keys())
    await holding.stop()
  }
}

/** Each minute: picks up messages whose job was lost or whose worker died. */
export async function sweepDeliveries(parley: Parley): Promise<void> {
  await takeOver(parley)
  for (const place of await listDuePlaces(parley)) await parley.queue.ring('deliver', place)
}

/** Takes over what dead workers were sending; a reminder that may have arrived counts as sent. */
async function takeOver(parley: Parley, place?: Place): Promise<void> {
  await inTransaction(parley, async (inside) => {
    for (const lost of await takeFromSilent(inside, place)) await noteReminded(inside, lost)
  })
}

async function ringNext(parley: Parley, place: Place): Promise<boolean> {
  const at = await nextDue(parley, place)
  if (!at) return false
  const delayMs = Math.max(soonestMs, at.getTime() - parley.now().getTime())
  await parley.queue.ring('deliver', place, { delayMs })
  return true
}

async function deliverOne(parley: Parley, held: Held): Promise<void> {
  const end = await tryOne(parley, held)
  try {
    await whileAway(() => storeOutcome(parley, held, end))
  } catch (error) {
    parley.log.error(
      { event: 'deliver.outcome_unstored', err: error, delivery: held.id },
      'The outcome of a message could not be stored.',
    )
  }
}

async function tryOne(parley: Parley, held: Held): Promise<End> {
  let isOurs = true
  let isCalled = false
  const starting = async () => {
    isOurs = await beginCall(parley, held)
    if (!isOurs) throw new Error('This message is not ours to send any more.')
    isCalled = true
  }
  try {
    const what = await drawDelivery(parley, held)
    if ('until' in what) return { type: 'not-yet', ...what }
    if ('why' in what) return { type: 'over', ...what }
    const { reply, thread } = what
    const to = { ...recipientOf(held), ...(thread === undefined ? {} : { thread }) }
    const delivered = await parley.send(to, reply, { id: messageId(held), starting })
    return { type: 'sent', reply, delivered }
  } catch (error) {
    return isOurs ? { type: 'failed', error, isCalled } : { type: 'not-ours' }
  }
}

/** The same for every attempt of one message, and no other's. */
function messageId({ id, createdAt }: Held): string {
  const digest = createHash('sha256').update(`${id} ${createdAt.toISOString()}`)
  return digest.digest('base64url').slice(0, 24)
}

/** Retries while the database is away, so that a known outcome is not lost. */
async function whileAway(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === mostTries || asParleyError(error)?.code !== 'unavailable') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** tries)))
  }
}

/** The service's minute, for journeys without a worker: what is due is fired, and what was fired is sent. */
import type { Platform } from '../../src/chat/port/port.ts'
import type { Parley } from '../../src/parley.ts'
import { doersOf } from '../../src/worker.ts'

export async function passMinute(
  parley: Parley,
  place: { platform: Platform; workspace: string },
): Promise<void> {
  const running = { attempt: 1, isLastAttempt: false, progress: () => {} }
  const doers = doersOf(parley)
  await doers.sweep({}, running)
  await doers.deliver(place, running)
}

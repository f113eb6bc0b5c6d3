/** The service's minute, at once: what is due by the time there is now goes out, or is rung for. */
import type { Parley } from '../parley.ts'
import { doersOf } from '../worker.ts'

export const running = { attempt: 1, isLastAttempt: true, progress: () => {} }

export async function passMinute(parley: Parley): Promise<void> {
  const doers = doersOf(parley)
  await doers['expire-leases']({}, running)
  await doers.sweep({}, running)
}

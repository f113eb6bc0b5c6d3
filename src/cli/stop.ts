/**
 * Ctrl-C and SIGTERM during a long command: the command undoes what is half done and reports where it
 * stopped. A second signal ends the process at once.
 */
import { say } from './command.ts'

/** The exit code shells report for a process that Ctrl-C ended. */
export const stoppedCode = 130

/** Runs work that stops on the signal; `told` reports where it stopped. */
export async function stoppable(
  work: (signal: AbortSignal) => Promise<number | undefined>,
  told: () => string,
): Promise<number> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  // Each is handled once: without a listener, the next signal ends the process.
  for (const name of signals) process.once(name, onSignal)
  try {
    return (await work(stop.signal)) ?? 0
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error
    say(told())
    return stoppedCode
  } finally {
    for (const name of signals) process.off(name, onSignal)
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const

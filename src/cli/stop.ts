/**
 * Ctrl-C and SIGTERM while a command works for long: it is told, undoes what is half done, and says
 * how things stand. A second one means "at once".
 */
import { say } from './command.ts'

/** Shells give it to whoever Ctrl-C has ended. */
export const stoppedCode = 130

/** Runs work that heeds the signal; `told` says how things stand once it has ended by it. */
export async function stoppable(
  work: (signal: AbortSignal) => Promise<number | undefined>,
  told: () => string,
): Promise<number> {
  const stop = new AbortController()
  const onSignal = () => stop.abort()
  // Once each: with the listener gone, the next one ends the process.
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

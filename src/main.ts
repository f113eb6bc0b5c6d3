/** Runs a command line. */
import { runCli } from './cli.ts'

process.exitCode = await runCli(process.argv.slice(2), async (where) =>
  (await import('./doors.ts')).openDoors(where),
)
// A Redis that dies while the queue closes keeps BullMQ's timers alive; everything of ours is closed.
setTimeout(() => process.exit(), 5_000).unref()

/** Commands that write files for training. */
import type { CliCommand } from './command.ts'
export const exportCommands: readonly CliCommand[] = []

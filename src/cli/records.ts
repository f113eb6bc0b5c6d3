/** Commands that bring records in and look at them. */
import type { CliCommand } from './command.ts'
export const recordCommands: readonly CliCommand[] = []

/** Commands to set up Discord. */
import type { CliCommand } from '../command.ts'

export const discordCommands: readonly CliCommand[] = [
  {
    usage: 'discord register',
    about:
      'register the commands with Discord (start does too) and print the link that adds Parley',
    load: async () => (await import('../discord.ts')).register,
  },
]

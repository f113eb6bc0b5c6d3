/** Commands to set up Discord. */
import type { CliCommand } from '../command.ts'

export const discordCommands: readonly CliCommand[] = [
  {
    usage: 'discord register',
    about: 'tell Discord the commands (start does it as well) and print the link that adds Parley',
    load: async () => (await import('../discord.ts')).register,
  },
]

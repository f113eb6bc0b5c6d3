/** Commands to set up Discord. */
import { invalid } from '../errors.ts'
import { print, type Run, say } from './command.ts'

/** `parley discord register` */
export const register: Run = async (doors) => {
  const { discord, publicUrl } = doors.config()
  if (discord === null)
    throw invalid({
      DISCORD_BOT_TOKEN:
        'Discord is off. Set DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN (npx parley config).',
    })
  const { outcome, names, invite } = await doors.discordRegister({ ...discord, publicUrl })
  say(
    outcome === 'changed'
      ? `Discord now has the commands ${names.join(', ')}.`
      : `Discord has the commands ${names.join(', ')} already.`,
  )
  say('With this link somebody who manages a server adds Parley to it:')
  print(invite)
}

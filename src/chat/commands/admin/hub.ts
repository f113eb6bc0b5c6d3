/** `/parley-admin hub`: a message in a channel from which people start. */
import { dataset, place } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const hub = defineCommand({
  rank: 'admin',
  name: 'hub',
  german: 'tafel',
  about: {
    en: 'a message in a channel from which people start',
    de: 'eine Nachricht in einem Kanal, von der aus alle anfangen',
  },
  arguments: { dataset, channel: place.optional() },
  gesture: (given) => ({ type: 'admin-hub', ...given }),
})

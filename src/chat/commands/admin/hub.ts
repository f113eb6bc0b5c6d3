/** `/parley-admin hub`: a message in a channel from which people start. */
import { dataset, place } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const hub = defineCommand({
  rank: 'admin',
  name: 'hub',
  german: 'tafel',
  about: {
    en: 'posts a message with a Start button',
    de: 'stellt eine Nachricht mit einem Startknopf in einen Kanal',
  },
  arguments: { dataset, channel: place.optional() },
  gesture: (given) => ({ type: 'admin-hub', ...given }),
})

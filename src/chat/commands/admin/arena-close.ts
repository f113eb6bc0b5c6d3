/** `/parley-admin arena-close`: closes an arena in a channel; votes go on to their own close. */
import { dataset, place } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const arenaClose = defineCommand({
  rank: 'admin',
  name: 'arena-close',
  german: 'arena-schließen',
  about: {
    en: 'closes an arena in a channel; votes go on to their own close',
    de: 'schließt eine Arena in einem Kanal; Abstimmungen laufen bis zu ihrem Ende',
  },
  arguments: { dataset, channel: place.optional() },
  gesture: (given) => ({ type: 'admin-arena', open: false, ...given }),
})

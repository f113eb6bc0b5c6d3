/** `/parley-admin arena`: opens an arena in a channel. */
import { dataset, place } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const arena = defineCommand({
  rank: 'admin',
  name: 'arena',
  german: 'arena',
  about: {
    en: 'opens an arena in a channel: people ask, two models answer, everybody votes',
    de: 'öffnet eine Arena in einem Kanal: fragen, zwei Antworten, alle stimmen ab',
  },
  arguments: { dataset, channel: place.optional() },
  gesture: (given) => ({ type: 'admin-arena', open: true, ...given }),
})

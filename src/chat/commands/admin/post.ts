/** `/parley-admin post`: calls a channel to rank outputs. */
import { dataset, hours, place, whole } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const post = defineCommand({
  rank: 'admin',
  name: 'post',
  german: 'aufruf',
  about: {
    en: 'asks a channel to rank; ballots are private, the result replaces the post',
    de: 'ruft einen Kanal zur Abstimmung; Stimmen sind geheim, das Ergebnis ersetzt den Aufruf',
  },
  arguments: {
    dataset,
    channel: place.optional(),
    records: whole({
      german: 'anzahl',
      about: { en: 'How many', de: 'Wie viele' },
      example: '3',
      isBare: (word) => /^\d{1,4}$/.test(word),
    }).optional(),
    closes: hours({
      german: 'endet',
      about: { en: 'After how many hours', de: 'Nach wie vielen Stunden' },
      example: '24h',
      isBare: (word) => /^\d{1,4}[mhd]$/.test(word),
    }).optional(),
  },
  gesture: ({ closes, ...given }) => ({
    ...{ type: 'admin-post', ...given },
    ...(closes === undefined ? {} : { closesInHours: closes }),
  }),
})

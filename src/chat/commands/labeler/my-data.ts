/** `/parley my-data`: what is stored of somebody, as a copy or to be deleted. */
import { choice } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const myData = defineCommand({
  rank: 'labeler',
  name: 'my-data',
  german: 'meine-daten',
  about: {
    en: 'a copy of your data, or delete it',
    de: 'eine Kopie deiner Daten, oder alles löschen',
  },
  arguments: {
    what: choice(['export', 'delete'], {
      german: 'was',
      about: { en: 'A copy, or delete it', de: 'Eine Kopie, oder alles löschen' },
    }).optional(),
  },
  gesture: ({ what }) => ({ type: 'my-data', ...(what === undefined ? {} : { act: what }) }),
})

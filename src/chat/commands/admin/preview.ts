/** `/parley-admin preview`: a card of a dataset, for the admin alone. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const preview = defineCommand({
  rank: 'admin',
  name: 'preview',
  german: 'vorschau',
  about: {
    en: 'shows its card as a labeler sees it, to you alone; nothing is stored',
    de: 'zeigt seine Karte, wie Antwortende sie sehen, nur dir; gespeichert wird nichts',
  },
  arguments: { dataset },
  gesture: (given) => ({ type: 'admin-preview', ...given }),
})

/** `/parley history`: the last answers, each with Edit. */
import { defineCommand } from '../command.ts'

export const history = defineCommand({
  rank: 'labeler',
  name: 'history',
  german: 'verlauf',
  about: {
    en: 'your last answers, to read or change',
    de: 'deine letzten Antworten, zum Lesen oder Ändern',
  },
  isHinted: true,
  arguments: {},
  gesture: () => ({ type: 'history' }),
})

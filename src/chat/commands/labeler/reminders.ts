/** `/parley reminders`: when Parley may write, and about what. */
import { defineCommand } from '../command.ts'

export const reminders = defineCommand({
  rank: 'labeler',
  name: 'reminders',
  german: 'erinnerungen',
  about: {
    en: 'when Parley may message you, and about what',
    de: 'wann Parley dir schreiben darf, und worüber',
  },
  arguments: {},
  gesture: () => ({ type: 'reminders' }),
})

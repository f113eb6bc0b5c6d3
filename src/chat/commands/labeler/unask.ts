/** `/parley unask`: deletes a question asked in the arena of this channel, with its answers and votes. */
import { text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const unask = defineCommand({
  rank: 'labeler',
  name: 'unask',
  german: 'frage-löschen',
  about: {
    en: 'deletes your question here: its text, answers and votes',
    de: 'löscht deine Frage hier: Text, Antworten und Stimmen',
  },
  arguments: {
    question: text({
      german: 'nummer',
      about: { en: 'Its number; else your newest', de: 'Ihre Nummer; sonst die neueste' },
    }).optional(),
  },
  gesture: (given) => ({ type: 'unask', ...given }),
})

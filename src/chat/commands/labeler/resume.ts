/** `/parley resume`, or `/parley` alone: back to the task that is open. */
import { defineCommand } from '../command.ts'

export const resume = defineCommand({
  rank: 'labeler',
  name: 'resume',
  german: 'fortsetzen',
  about: {
    en: 'the task you have open, or else the next one',
    de: 'die Aufgabe, die du offen hast, oder sonst die nächste Aufgabe',
  },
  isDefault: true,
  arguments: {},
  gesture: () => ({ type: 'next' }),
})

/** `/parley resume`, or `/parley` alone: back to the task that is open. */
import { defineCommand } from '../command.ts'

export const resume = defineCommand({
  rank: 'labeler',
  name: 'resume',
  german: 'fortsetzen',
  about: {
    en: 'your open task, or else the next one',
    de: 'deine offene Aufgabe, oder sonst die nächste',
  },
  isDefault: true,
  arguments: {},
  gesture: () => ({ type: 'next' }),
})

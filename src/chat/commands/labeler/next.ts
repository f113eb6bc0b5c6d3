/** `/parley next`: the next task, anywhere or in one dataset. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const next = defineCommand({
  rank: 'labeler',
  name: 'next',
  german: 'weiter',
  about: {
    en: 'the next task, of one dataset if you name it',
    de: 'die nächste Aufgabe, auf Wunsch aus einem bestimmten Datensatz',
  },
  short: { german: 'bewerten' },
  isHinted: true,
  arguments: { dataset: dataset.optional() },
  gesture: (given) => ({ type: 'next', ...given }),
})

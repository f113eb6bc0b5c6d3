/** `/parley home`: the page a person comes back to, where the platform has none for it. */
import { defineCommand } from '../command.ts'

export const home = defineCommand({
  rank: 'labeler',
  name: 'home',
  german: 'übersicht',
  about: {
    en: 'your open tasks and your last answers',
    de: 'was auf dich wartet, und deine letzten Antworten',
  },
  isOn: ({ hasHomePage }) => !hasHomePage,
  instead: {
    answer: {
      en: 'Your open tasks and your last answers are on the Home tab of Parley.',
      de: 'Was auf dich wartet und deine letzten Antworten stehen auf der Startseite von Parley.',
    },
  },
  arguments: {},
  gesture: () => ({ type: 'home' }),
})

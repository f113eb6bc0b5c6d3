/** `/parley open`: a link that signs somebody in on a page with their tasks, once. */
import { getLabeler } from '../../../labelers/labeler.ts'
import { createSignInLink } from '../../../labelers/sign-in.ts'
import { defineCommand } from '../command.ts'

export const open = defineCommand({
  rank: 'labeler',
  name: 'open',
  german: 'öffnen',
  about: {
    en: 'opens your tasks on a page in your browser',
    de: 'öffnet deine Aufgaben auf einer Seite im Browser',
  },
  arguments: {},
  run: async (parley, { by, said }) => {
    // A link is stored with who may use it: nothing is, before they agreed.
    await getLabeler(parley, by)
    const { url } = await createSignInLink(parley, by, { goesTo: '/work' })
    return {
      type: 'notice',
      text: said.signInLink(parley.publicUrl),
      link: { label: said.openWork, url },
    }
  },
})

/** `/parley-admin dashboard`: a link that signs the admin in on the pages of Parley, once. */
import { createSignInLink } from '../../../labelers/sign-in.ts'
import { defineCommand } from '../command.ts'

export const dashboard = defineCommand({
  rank: 'admin',
  name: 'dashboard',
  german: 'übersicht',
  about: {
    en: 'opens the dashboard in your browser',
    de: 'öffnet die Übersicht im Browser',
  },
  arguments: {},
  run: async (parley, { by, said }) => {
    const { url } = await createSignInLink(parley, by, { goesTo: '/admin' })
    return {
      type: 'notice',
      text: said.signInLink(parley.publicUrl),
      link: { label: said.openDashboard, url },
    }
  },
})

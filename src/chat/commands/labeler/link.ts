/** `/parley link`: makes a code for the other platform; with a code, joins the two accounts. */
import { text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const link = defineCommand({
  rank: 'labeler',
  name: 'link',
  german: 'verbinden',
  about: {
    en: 'links your accounts in Slack and Discord',
    de: 'verbindet deine Konten in Slack und Discord',
  },
  arguments: {
    code: text({
      german: 'code',
      about: { en: 'The code from your other account', de: 'Der Code aus dem anderen Konto' },
    }).optional(),
  },
  gesture: (given) => ({ type: 'link', ...given }),
})

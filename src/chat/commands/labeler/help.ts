/** `/parley help`: what there is to type. */
import { defineCommand } from '../command.ts'

export const help = defineCommand({
  rank: 'labeler',
  name: 'help',
  german: 'hilfe',
  about: { en: 'what you can type', de: 'was du schreiben kannst' },
  isHinted: true,
  arguments: {},
  gesture: () => ({ type: 'help' }),
})

/** `/parley progress`: how much one has answered. */
import { defineCommand } from '../command.ts'

export const progress = defineCommand({
  rank: 'labeler',
  name: 'progress',
  german: 'fortschritt',
  about: { en: 'how much you have answered', de: 'wie viel du beantwortet hast' },
  isHinted: true,
  arguments: {},
  gesture: () => ({ type: 'progress' }),
})

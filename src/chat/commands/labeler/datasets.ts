/** `/parley datasets`: what there is to choose from. */
import { defineCommand } from '../command.ts'

export const datasets = defineCommand({
  rank: 'labeler',
  name: 'datasets',
  german: 'datensätze',
  about: {
    en: 'the datasets you can choose from',
    de: 'die Datensätze, aus denen du wählen kannst',
  },
  arguments: {},
  gesture: () => ({ type: 'datasets' }),
})

/** `/parley ask`: asks the arena of this channel; two models answer, everybody votes. */
import { text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const ask = defineCommand({
  rank: 'labeler',
  name: 'ask',
  german: 'frage',
  about: {
    en: 'asks two models in the arena of this channel',
    de: 'fragt zwei Modelle in der Arena dieses Kanals',
  },
  arguments: {
    prompt: text({
      german: 'frage',
      about: { en: 'What they should answer', de: 'Was sie beantworten sollen' },
      isRest: true,
    }).optional(),
  },
  gesture: (given) => ({ type: 'ask', ...given }),
})

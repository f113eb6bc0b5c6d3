/** `/parley-admin pause`: nothing new is given out until it is published again. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const pause = defineCommand({
  rank: 'admin',
  name: 'pause',
  german: 'pausieren',
  about: { en: 'pauses a dataset', de: 'hält einen Datensatz an' },
  isHinted: true,
  arguments: { dataset },
  gesture: (given) => ({ type: 'admin-pause', ...given }),
})

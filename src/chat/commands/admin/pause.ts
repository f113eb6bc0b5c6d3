/** `/parley-admin pause`: nothing new is given out until it is published again. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const pause = defineCommand({
  rank: 'admin',
  name: 'pause',
  german: 'pausieren',
  about: { en: 'holds a dataset for a while', de: 'hält einen Datensatz eine Weile an' },
  arguments: { dataset },
  gesture: (given) => ({ type: 'admin-pause', ...given }),
})

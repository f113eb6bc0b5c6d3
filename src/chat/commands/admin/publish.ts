/** `/parley-admin publish`: opens a dataset to its labelers. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const publish = defineCommand({
  rank: 'admin',
  name: 'publish',
  german: 'freigeben',
  about: { en: 'opens a dataset', de: 'öffnet einen Datensatz' },
  isHinted: true,
  arguments: { dataset },
  gesture: (given) => ({ type: 'admin-publish', ...given }),
})

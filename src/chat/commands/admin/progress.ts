/** `/parley-admin progress`: how far all datasets are, or one. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const adminProgress = defineCommand({
  rank: 'admin',
  name: 'progress',
  german: 'fortschritt',
  about: { en: 'the progress of the datasets', de: 'der Fortschritt der Datensätze' },
  isHinted: true,
  arguments: { dataset: dataset.optional() },
  gesture: (given) => ({ type: 'admin-progress', ...given }),
})

/** `/parley-admin progress`: how far all datasets are, or one. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const adminProgress = defineCommand({
  rank: 'admin',
  name: 'progress',
  german: 'fortschritt',
  about: { en: 'how far the datasets are', de: 'wie weit die Datensätze sind' },
  arguments: { dataset: dataset.optional() },
  gesture: (given) => ({ type: 'admin-progress', ...given }),
})

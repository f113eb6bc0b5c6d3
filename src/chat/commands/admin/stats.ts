/** `/parley-admin stats`: agreement, labelers and models of a dataset. */
import { dataset } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const stats = defineCommand({
  rank: 'admin',
  name: 'stats',
  german: 'statistik',
  about: {
    en: 'how much people agree, and which models they prefer',
    de: 'wie einig man sich ist, und welche Modelle vorgezogen werden',
  },
  arguments: { dataset },
  gesture: (given) => ({ type: 'admin-stats', ...given }),
})

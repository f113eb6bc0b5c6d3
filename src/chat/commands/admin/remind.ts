/** `/parley-admin remind`: a daily report on a dataset in the channel where it is typed. */
import { dataset, yesOrNo } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const remind = defineCommand({
  rank: 'admin',
  name: 'remind',
  german: 'erinnern',
  about: {
    en: 'posts a report in this channel each working day; off stops it',
    de: 'an jedem Arbeitstag ein Bericht in diesem Kanal; off beendet es',
  },
  arguments: {
    dataset,
    on: yesOrNo({
      german: 'an',
      about: { en: 'Off ends it', de: 'Aus beendet es' },
      inUsage: 'off',
      isBare: (word) => /^(on|off)$/i.test(word),
    }).optional(),
  },
  gesture: ({ dataset, on = true }) => ({ type: 'admin-remind', dataset, on }),
})

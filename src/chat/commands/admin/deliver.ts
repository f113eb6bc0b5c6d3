/** `/parley-admin deliver`: invites people to a batch, or says how many they are. */
import { dataset, text, whole, yesOrNo } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const deliver = defineCommand({
  rank: 'admin',
  name: 'deliver',
  german: 'anbieten',
  about: {
    en: 'invites people to a batch; count only reports how many people that is',
    de: 'lädt Leute zu einer Anzahl Aufgaben ein; mit count sagt es nur, wie viele das sind',
  },
  arguments: {
    dataset,
    to: text({
      german: 'an',
      about: {
        en: 'everyone, or people and groups such as @ana @labelers',
        de: 'everyone, oder Leute und Gruppen wie @ana @labelers',
      },
      isNeededInPlace: true,
      inUsage: 'everyone',
      hint: {
        en: 'Instead of everyone, name people (slack:T1:U1), a group or channel (@evals, #ml) or a role here (role:reviewer).',
        de: 'Statt everyone kannst du auch Menschen (slack:T1:U1), eine Gruppe oder einen Kanal (@evals, #ml) oder eine Rolle hier (role:reviewer) nennen.',
      },
    }).optional(),
    each: whole({
      german: 'je',
      about: { en: 'How many each', de: 'Wie viele je Person' },
      example: '20',
    }).optional(),
    due: text({
      german: 'bis',
      about: {
        en: 'Until when, as 2026-12-24 or 2026-12-24T17:00',
        de: 'Bis wann, als 2026-12-24 oder 2026-12-24T17:00',
      },
      example: '2026-12-24',
    }).optional(),
    again: yesOrNo({
      german: 'nochmal',
      about: {
        en: 'Send invitations again that may not have arrived',
        de: 'Einladungen, die vielleicht nicht ankamen, noch einmal schicken',
      },
    }).optional(),
    count: yesOrNo({
      german: 'zählen',
      about: {
        en: 'Only report how many people those groups have',
        de: 'Nur sagen, wie viele Leute diese Gruppen sind',
      },
    }).optional(),
  },
  gesture: ({ to = 'everyone', count, ...given }) => ({
    ...{ type: 'admin-deliver', ...given, to },
    ...(count === undefined ? {} : { counts: count }),
  }),
})

/** Commands about people: roles, the first admin's code, labelers. */

import { invalid } from '../errors.ts'
import type { Role } from '../labelers/roles.ts'
import { counted } from '../sentences.ts'
import { print, type Run, say, withVerbs } from './command.ts'

/** `parley roles grant <role> <person>` */
export const grant: Run = (doors, { words: [role = '', person = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.grantRole({ role: readRole(role), person })
    print(`${person} is ${role} now.`)
    if (role === 'reviewer')
      say('A reviewer has no rights of their own: it is whom role:reviewer means in deliver --to.')
  })

/** `parley roles revoke <role> <person>` */
export const revoke: Run = (doors, { words: [role = '', person = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const had = await verbs.revokeRole({ role: readRole(role), person })
    print(had ? `${person} is not ${role} any more.` : `${person} was no ${role} here.`)
  })

/** `parley roles claim-code` */
export const claimCode: Run = (doors) =>
  withVerbs(doors, async (verbs) => print(await verbs.createClaimCode()))

/** `parley labelers list [dataset]` */
export const list: Run = (doors, { words: [name], options }) =>
  withVerbs(doors, async (verbs) => {
    for (const labeler of await verbs.listLabelers(name)) {
      const { id, people, pseudonym, submitted, discarded } = labeler
      print(
        options['json']
          ? JSON.stringify(labeler)
          : [
              id,
              people.join(' ') || '(forgotten, or imported)',
              ...(name === undefined ? [] : [pseudonym ?? '-']),
              `${counted(submitted, 'answer')}, ${discarded} skipped`,
            ].join('\t'),
      )
    }
  })

/** `parley labelers purge <dataset> <who>` */
export const purge: Run = (doors, { words: [dataset = '', labeler = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const done = await verbs.purgeLabeler({ dataset, labeler })
    print(
      `${counted(done.counted, 'answer')} of ${labeler} to "${dataset}" no longer ${done.counted === 1 ? 'counts' : 'count'}.`,
    )
  })

/** `parley labelers link <person> <other>` */
export const link: Run = (doors, { words: [person = '', other = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.linkLabelers([person, other])
    print(`${person} and ${other} are one person now.`)
  })

/** `parley labelers forget <who>` */
export const forget: Run = (doors, { words: [who = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const { deleted, exports } = await verbs.forgetLabeler(who)
    print(`${who} is forgotten.`)
    if (deleted > 0) print(`Deleted: ${counted(deleted, 'answer')}.`)
    for (const { dataset, place, at } of exports)
      print(
        `Export ${place} of "${dataset}", ${at.toISOString().slice(0, 10)}, was written before and may still hold their answers.`,
      )
  })

function readRole(text: string): Role {
  if (text === 'admin' || text === 'reviewer') return text
  throw invalid({ role: `"${text}" is not a role. Roles are admin and reviewer.` })
}

/** Commands about people: roles, the first admin's code, labelers. */

import { getDataset } from '../datasets/dataset.ts'
import { invalid } from '../errors.ts'
import { findLabelerId } from '../labelers/find.ts'
import { forgetLabeler } from '../labelers/forget.ts'
import { linkLabelers } from '../labelers/link.ts'
import { listLabelers } from '../labelers/list.ts'
import { ensurePseudonyms } from '../labelers/pseudonyms.ts'
import { createClaimCode, grantRole, type Role, revokeRole } from '../labelers/roles.ts'
import { purgeLabeler } from '../responses/forget.ts'
import { counted } from '../sentences.ts'
import { cliActor, print, type Run, say, withParley } from './command.ts'

/** `parley roles grant <role> <person>` */
export const grant: Run = (doors, { words: [role = '', person = ''] }) =>
  withParley(doors, async (parley) => {
    await grantRole(parley, cliActor, { role: readRole(role), person })
    print(`${person} is ${role} now.`)
    if (role === 'reviewer')
      say('A reviewer has no rights of their own: it is whom role:reviewer means in deliver --to.')
  })

/** `parley roles revoke <role> <person>` */
export const revoke: Run = (doors, { words: [role = '', person = ''] }) =>
  withParley(doors, async (parley) => {
    const had = await revokeRole(parley, cliActor, { role: readRole(role), person })
    print(had ? `${person} is not ${role} any more.` : `${person} was no ${role} here.`)
  })

/** `parley roles claim-code` */
export const claimCode: Run = (doors) =>
  withParley(doors, async (parley) => print(await createClaimCode(parley, cliActor)))

/** `parley labelers list [dataset]` */
export const list: Run = (doors, { words: [name], options }) =>
  withParley(doors, async (parley) => {
    const dataset = name === undefined ? undefined : await getDataset(parley, name)
    if (dataset) await ensurePseudonyms(parley, dataset.id)
    for (const labeler of await listLabelers(parley, dataset)) {
      const { id, people, pseudonym, submitted, discarded } = labeler
      print(
        options['json']
          ? JSON.stringify(labeler)
          : [
              id,
              people.join(' ') || '(forgotten, or imported)',
              ...(dataset ? [pseudonym ?? '-'] : []),
              `${counted(submitted, 'answer')}, ${discarded} skipped`,
            ].join('\t'),
      )
    }
  })

/** `parley labelers purge <dataset> <who>` */
export const purge: Run = (doors, { words: [dataset = '', labeler = ''] }) =>
  withParley(doors, async (parley) => {
    const done = await purgeLabeler(parley, cliActor, { dataset, labeler })
    print(
      `${counted(done.counted, 'answer')} of ${labeler} to "${dataset}" no longer ${done.counted === 1 ? 'counts' : 'count'}.`,
    )
  })

/** `parley labelers link <person> <other>` */
export const link: Run = (doors, { words: [person = '', other = ''] }) =>
  withParley(doors, async (parley) => {
    await linkLabelers(parley, cliActor, { people: [person, other] })
    print(`${person} and ${other} are one person now.`)
  })

/** `parley labelers forget <who>` */
export const forget: Run = (doors, { words: [who = ''] }) =>
  withParley(doors, async (parley) => {
    const labelerId = await findLabelerId(parley, who)
    const { deleted, exports } = await forgetLabeler(parley, cliActor, { labelerId })
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

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
export const purge: Run = (doors, { words: [dataset = '', labeler = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    if (options['dryRun']) {
      const { counted: answers, reopened, exports } = await verbs.previewPurge({ dataset, labeler })
      print(
        `${counted(answers, 'answer')} of ${labeler} to "${dataset}" would no longer count, and ${counted(reopened, 'completed record')} would reopen. Nothing was changed.`,
      )
      for (const { place, at } of exports)
        print(`Export ${place}, ${at.toISOString().slice(0, 10)}, may hold these answers.`)
      return
    }
    const done = await verbs.purgeLabeler({ dataset, labeler })
    print(
      `${counted(done.counted, 'answer')} of ${labeler} to "${dataset}" no longer ${done.counted === 1 ? 'counts' : 'count'}.`,
    )
  })

/** `parley labelers pause <who> [dataset]` */
export const pause: Run = (doors, { words: [labeler = '', dataset], options }) =>
  withVerbs(doors, async (verbs) => {
    const { reason } = options
    const { changed, told } = await verbs.pauseLabeler({
      labeler,
      ...(dataset === undefined ? {} : { dataset }),
      ...(typeof reason === 'string' ? { reason } : {}),
    })
    const where = dataset === undefined ? 'in every dataset' : `in "${dataset}"`
    print(
      changed
        ? `${labeler} gets no new tasks ${where}${told ? ', and is told so' : '; nobody could be told'}.`
        : `${labeler} was paused ${where} before.`,
    )
  })

/** `parley labelers resume <who> [dataset]` */
export const resume: Run = (doors, { words: [labeler = '', dataset] }) =>
  withVerbs(doors, async (verbs) => {
    const at = { labeler, ...(dataset === undefined ? {} : { dataset }) }
    const { changed } = await verbs.resumeLabeler(at)
    const where = dataset === undefined ? 'everywhere' : `in "${dataset}"`
    print(changed ? `${labeler} may go on ${where}.` : `${labeler} was not paused ${where}.`)
  })

/** `parley labelers quota <dataset> <who> <answers>` */
export const quota: Run = (doors, { words: [dataset = '', labeler = '', text = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const most = text === 'none' ? null : /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN
    await verbs.setQuota({ dataset, labeler, quota: most })
    print(
      most === null
        ? `${labeler} may give any number of answers to "${dataset}".`
        : `${labeler} may give ${counted(most, 'answer')} to "${dataset}".`,
    )
  })

/** `parley labelers message <who> <text>` */
export const message: Run = (doors, { words: [labeler = '', text = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { dataset } = options
    const of = typeof dataset === 'string' ? { dataset } : {}
    await verbs.messageLabeler({ labeler, text, ...of })
    print(`The message to ${labeler} is queued.`)
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

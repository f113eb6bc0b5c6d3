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
import { type CliCommand, cliActor, print, say, withParley } from './command.ts'

export const labelerCommands: readonly CliCommand[] = [
  {
    usage: 'roles grant <role> <person>',
    about:
      'make a person (slack:TEAM:USER, discord:SERVER:USER) an admin there, or a reviewer: whom deliver --to role:reviewer means, with no rights of its own',
    run: (doors, { words: [role = '', person = ''] }) =>
      withParley(doors, async (parley) => {
        await grantRole(parley, cliActor, { role: readRole(role), person })
        print(`${person} is ${role} now.`)
        if (role === 'reviewer')
          say(
            'A reviewer has no rights of their own: it is whom role:reviewer means in deliver --to.',
          )
      }),
  },
  {
    usage: 'roles revoke <role> <person>',
    about: 'take a role from a person',
    run: (doors, { words: [role = '', person = ''] }) =>
      withParley(doors, async (parley) => {
        const had = await revokeRole(parley, cliActor, { role: readRole(role), person })
        print(had ? `${person} is not ${role} any more.` : `${person} was no ${role} here.`)
      }),
  },
  {
    usage: 'roles claim-code',
    about: 'print a single-use code (1 hour) for: /parley-admin claim CODE',
    run: (doors) =>
      withParley(doors, async (parley) => print(await createClaimCode(parley, cliActor))),
  },
  {
    usage: 'labelers list [dataset]',
    about:
      'everybody who takes part: number, people, how much they did; of a dataset, what exports and statistics call them too',
    options: [['--json', 'as JSON lines']],
    run: (doors, { words: [name], options }) =>
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
      }),
  },
  {
    usage: 'labelers purge <dataset> <who>',
    about:
      'take the answers of one labeler (number, slack:TEAM:USER, discord:USER or pseudonym) to a dataset out of what counts; raw keeps them, flagged',
    run: (doors, { words: [dataset = '', labeler = ''] }) =>
      withParley(doors, async (parley) => {
        const done = await purgeLabeler(parley, cliActor, { dataset, labeler })
        print(
          `${counted(done.counted, 'answer')} of ${labeler} to "${dataset}" no longer ${done.counted === 1 ? 'counts' : 'count'}.`,
        )
      }),
  },
  {
    usage: 'labelers link <person> <other>',
    about: 'join two accounts of one person (slack:TEAM:USER, discord:USER); no answer is lost',
    run: (doors, { words: [person = '', other = ''] }) =>
      withParley(doors, async (parley) => {
        await linkLabelers(parley, cliActor, { people: [person, other] })
        print(`${person} and ${other} are one person now.`)
      }),
  },
  {
    usage: 'labelers forget <who>',
    about:
      'remove who a labeler is (number, slack:TEAM:USER, discord:USER or pseudonym), for good; their answers stay or go as each dataset says',
    run: (doors, { words: [who = ''] }) =>
      withParley(doors, async (parley) => {
        const labelerId = await findLabelerId(parley, who)
        const { deleted, exports } = await forgetLabeler(parley, cliActor, { labelerId })
        print(`${who} is forgotten.`)
        if (deleted > 0) print(`Deleted: ${counted(deleted, 'answer')}.`)
        for (const { dataset, place, at } of exports)
          print(
            `Export ${place} of "${dataset}", ${at.toISOString().slice(0, 10)}, was written before and may still hold their answers.`,
          )
      }),
  },
]

function readRole(text: string): Role {
  if (text === 'admin' || text === 'reviewer') return text
  throw invalid({ role: `"${text}" is not a role. Roles are admin and reviewer.` })
}

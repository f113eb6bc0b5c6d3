/** Commands about people: roles, the first admin's code, labelers. */

import { invalid } from '../errors.ts'
import { forgetLabeler } from '../labelers/forget.ts'
import { linkLabelers } from '../labelers/link.ts'
import { listLabelers } from '../labelers/list.ts'
import { createClaimCode, grantRole, type Role, revokeRole } from '../labelers/roles.ts'
import { purgeLabeler } from '../responses/forget.ts'
import { type CliCommand, cliActor, print, withParley } from './command.ts'

export const labelerCommands: readonly CliCommand[] = [
  {
    usage: 'roles grant <role> <person>',
    about: 'make a person (slack:TEAM:USER or discord:USER) an admin or reviewer',
    run: (doors, { words: [role = '', person = ''] }) =>
      withParley(doors, async (parley) => {
        await grantRole(parley, cliActor, { role: readRole(role), person })
        print(`${person} is ${role} now.`)
      }),
  },
  {
    usage: 'roles revoke <role> <person>',
    about: 'take a role from a person',
    run: (doors, { words: [role = '', person = ''] }) =>
      withParley(doors, async (parley) => {
        await revokeRole(parley, cliActor, { role: readRole(role), person })
        print(`${person} is not ${role} any more.`)
      }),
  },
  {
    usage: 'roles claim-code',
    about: 'print a single-use code (1 hour) for: /parley-admin claim CODE',
    run: (doors) =>
      withParley(doors, async (parley) => print(await createClaimCode(parley, cliActor))),
  },
  {
    usage: 'labelers list',
    about: 'everybody who takes part, with their ids and how much they did',
    options: [['--json', 'as JSON lines']],
    run: (doors, { options }) =>
      withParley(doors, async (parley) => {
        for (const labeler of await listLabelers(parley))
          print(
            options['json']
              ? JSON.stringify(labeler)
              : `${labeler.id}\t${labeler.people.join(' ') || '(forgotten)'}\t${labeler.submitted} answers, ${labeler.discarded} skipped`,
          )
      }),
  },
  {
    usage: 'labelers purge <dataset> <id>',
    about: 'take one labeler’s answers to a dataset out of what counts; raw keeps them, flagged',
    run: (doors, { words: [dataset = '', labelerId = ''] }) =>
      withParley(doors, async (parley) => {
        await purgeLabeler(parley, cliActor, { dataset, labelerId })
        print(`The answers of ${labelerId} to "${dataset}" no longer count.`)
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
    usage: 'labelers forget <id>',
    about: 'remove who a labeler is, for good; their answers stay or go as each dataset says',
    run: (doors, { words: [labelerId = ''] }) =>
      withParley(doors, async (parley) => {
        const { deleted, exports } = await forgetLabeler(parley, cliActor, { labelerId })
        print(`${labelerId} is forgotten.`)
        if (deleted > 0) print(`${deleted} answers were deleted.`)
        for (const { id, dataset } of exports)
          print(`Export ${id} of "${dataset}" was written before and may still hold them.`)
      }),
  },
]

function readRole(text: string): Role {
  if (text === 'admin' || text === 'reviewer') return text
  throw invalid({ role: `"${text}" is not a role. Roles are admin and reviewer.` })
}

/** Commands about people: roles, the first admin's code, labelers. */

import { invalid } from '../errors.ts'
import { createClaimCode, grantRole, type Role, revokeRole } from '../labelers/roles.ts'
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
]

function readRole(text: string): Role {
  if (text === 'admin' || text === 'reviewer') return text
  throw invalid({ role: `"${text}" is not a role. Roles are admin and reviewer.` })
}

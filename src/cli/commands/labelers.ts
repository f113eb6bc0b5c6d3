/** Commands about people: roles, the first admin's code, labelers. */
import type { CliCommand } from '../command.ts'

export const labelerCommands: readonly CliCommand[] = [
  {
    usage: 'roles grant <role> <person>',
    about:
      'make a person (slack:TEAM:USER, discord:SERVER:USER) an admin there, or a reviewer: whom deliver --to role:reviewer means, with no rights of its own',
    load: async () => (await import('../labelers.ts')).grant,
  },
  {
    usage: 'roles revoke <role> <person>',
    about: 'take a role from a person',
    load: async () => (await import('../labelers.ts')).revoke,
  },
  {
    usage: 'roles claim-code',
    about: 'print a single-use code (1 hour) for: /parley-admin claim CODE',
    load: async () => (await import('../labelers.ts')).claimCode,
  },
  {
    usage: 'labelers list [dataset]',
    about:
      'everybody who takes part: number, people, how much they did; of a dataset, what exports and statistics call them too',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../labelers.ts')).list,
  },
  {
    usage: 'labelers purge <dataset> <who>',
    about:
      'take the answers of one labeler (number, slack:TEAM:USER, discord:USER or pseudonym) to a dataset out of what counts; raw keeps them, flagged',
    load: async () => (await import('../labelers.ts')).purge,
  },
  {
    usage: 'labelers link <person> <other>',
    about: 'join two accounts of one person (slack:TEAM:USER, discord:USER); no answer is lost',
    load: async () => (await import('../labelers.ts')).link,
  },
  {
    usage: 'labelers forget <who>',
    about:
      'remove who a labeler is (number, slack:TEAM:USER, discord:USER or pseudonym), for good; their answers stay or go as each dataset says',
    load: async () => (await import('../labelers.ts')).forget,
  },
]

/** Commands about people: roles, the first admin's code, labelers. */
import type { CliCommand } from '../command.ts'

export const labelerCommands: readonly CliCommand[] = [
  {
    usage: 'roles grant <role> <person>',
    about:
      'make a person (slack:TEAM:USER, discord:SERVER:USER) an admin there, or a reviewer: deliver --to role:reviewer invites them; the role grants no rights',
    load: async () => (await import('../labelers.ts')).grant,
  },
  {
    usage: 'roles revoke <role> <person>',
    about: 'revoke a person’s role',
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
      'list everybody who takes part: number, accounts, how much they did; for a dataset also their pseudonyms',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../labelers.ts')).list,
  },
  {
    usage: 'labelers purge <dataset> <who>',
    about:
      'exclude the answers of one labeler (number, slack:TEAM:USER, discord:USER or pseudonym) to a dataset; raw keeps them, flagged',
    options: [['--dry-run', 'say what would change, and change nothing']],
    load: async () => (await import('../labelers.ts')).purge,
  },
  {
    usage: 'labelers pause <who> [dataset]',
    about:
      'give one labeler no new tasks, in a dataset or anywhere, and tell them; what they have open they may finish',
    options: [['--reason <text>', 'why, as they read it']],
    load: async () => (await import('../labelers.ts')).pause,
  },
  {
    usage: 'labelers resume <who> [dataset]',
    about: 'end a pause, and tell them',
    load: async () => (await import('../labelers.ts')).resume,
  },
  {
    usage: 'labelers quota <dataset> <who> <answers>',
    about: 'limit how many answers one labeler may give to a dataset; none lifts it',
    load: async () => (await import('../labelers.ts')).quota,
  },
  {
    usage: 'labelers message <who> <text>',
    about: 'write to one labeler in private; the same text is sent once a day',
    options: [['--dataset <name>', 'who they are by their pseudonym in this dataset']],
    load: async () => (await import('../labelers.ts')).message,
  },
  {
    usage: 'labelers link <person> <other>',
    about: 'link two accounts of one person (slack:TEAM:USER, discord:USER); no answer is lost',
    load: async () => (await import('../labelers.ts')).link,
  },
  {
    usage: 'labelers forget <who>',
    about:
      'delete a labeler’s identity (number, slack:TEAM:USER, discord:USER or pseudonym) for good; their answers stay or are deleted as each dataset says',
    load: async () => (await import('../labelers.ts')).forget,
  },
]

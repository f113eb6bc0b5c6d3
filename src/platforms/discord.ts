/** Discord's row. Its people are the same on every server, and a private message names no server. */
import type { PlatformTraits } from './traits.ts'

const snowflake = /^\d{1,20}$/

export const discord: PlatformTraits = {
  name: 'discord',
  label: 'Discord',
  person: {
    isOfWorkspace: false,
    isId: (text) => snowflake.test(text),
    bare: (text) => /^<@!?([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)?.[1] ?? text,
    form: 'discord:USER',
    example: 'discord:U2',
    exampleId: '80351110224678912',
    // An id holds the moment it was made: https://docs.discord.com/developers/reference#snowflakes
    madeAt: (userId) =>
      snowflake.test(userId) ? new Date(Number(BigInt(userId) >> 22n) + 1_420_070_400_000) : null,
  },
  place: {
    isId: (text) => snowflake.test(text),
    mayBeAllowed: /^\d+$/,
    patterns: [
      '^everyone of (?:discord:)?([0-9]{1,20})$',
      '^(?:discord:)?([0-9]+):[0-9]{1,20}$',
      '^<(?:#|@&)[0-9]+:([0-9]+)(?:[|][^>]*)?>$',
    ],
    form: 'discord:SERVER',
    exampleId: '80351110224678912',
  },
  group: {
    kinds: 'a person, a channel or a role',
    // A channel `<#1:9|arena>` or a role `<@&1:9|@verified>` of the server 9.
    read: (text) => {
      const [, id, guild = null] = /^<(?:#|@&)(\d+)(?::(\d+))?(?:\|[^>]*)?>$/.exec(text) ?? []
      return id === undefined ? null : { workspace: null, guild, id, text }
    },
    // Names of roles may hold spaces.
    isName: (text) => /^[#@][^#@<>|]+$/.test(text),
    examples: '"#channel", or "@role"',
  },
  // People come for fun, in the evening, and ask for reminders first.
  reminders: {
    quiet: { from: { hour: 22, minute: 0 }, until: { hour: 9, minute: 0 } },
    isOptIn: true,
  },
  commands: {
    ...{ short: '/label', join: '-', notation: 'options' },
    ...{ takesFile: true, hasHomePage: false },
  },
  // The text of other apps' messages comes with a privileged intent only, which Parley does not ask for.
  feedback: { takesReactions: false },
  credentials: 'Check the application at https://discord.com/developers/applications.',
}

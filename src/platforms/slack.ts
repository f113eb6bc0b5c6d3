/** Slack's row. Its ids mean something within one workspace only. */
import type { PlatformTraits } from './traits.ts'

export const slack: PlatformTraits = {
  name: 'slack',
  label: 'Slack',
  person: {
    isOfWorkspace: true,
    // U, or W for people of an Enterprise Grid.
    isId: (text) => /^[UW][A-Z0-9]+$/.test(text),
    bare: (text) => /^<@!?([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text)?.[1] ?? text,
    form: 'slack:TEAM:USER',
    example: 'slack:T1:U1',
    exampleId: 'U0123ABCD',
  },
  place: {
    // T, or E for an Enterprise Grid.
    isId: (text) => /^[TE][A-Z0-9]+$/.test(text),
    mayBeAllowed: /^[A-Z0-9]+$/,
    patterns: [
      '^(?:everyone of )?(?:slack:)?([TE][A-Z0-9]+)(?::.*)?$',
      '^(?:slack:)?([A-Z0-9]+):[UW][A-Z0-9]+$',
    ],
    form: 'slack:TEAM',
    exampleId: 'T0123ABCD',
  },
  group: {
    kinds: 'a person, a channel or a group',
    read: (text) => {
      const [, workspace = null, rest = text] = /^(?:slack:)?([TE][A-Z0-9]+):(.+)$/.exec(text) ?? []
      const mention =
        /^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>$|^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/.exec(rest)
      const id = mention?.[1] ?? mention?.[2] ?? /^[CGS][A-Z0-9]{6,}$/.exec(rest)?.[0]
      return id === undefined ? null : { workspace, guild: null, id, text: rest }
    },
    isName: (text) => /^[#@][^\s#@<>|]+$/.test(text),
    examples: '"#channel", or "@group"',
    byId: 'C… for a channel, S… for a group',
  },
  // Nobody at work is written to in the evening.
  reminders: {
    quiet: { from: { hour: 18, minute: 0 }, until: { hour: 9, minute: 0 } },
    isOptIn: false,
  },
  commands: { short: null, join: ' ', notation: 'words', takesFile: false, hasHomePage: true },
  feedback: { takesReactions: true },
  credentials: 'Check the token and that the app is installed in the workspace.',
}

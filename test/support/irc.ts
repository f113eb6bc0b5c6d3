/**
 * A third platform, in memory: a chat of plain lines such as IRC, where a bot offers words and people
 * type them. It proves that a platform needs a row and an adapter, and nothing under src/.
 */
import { readWords } from '../../src/chat/commands/read-command.ts'
import type { ChatAdapter, Interaction, Person, Reply, TaskCard } from '../../src/chat/port/port.ts'
import { sayTap, sayTaps } from '../../src/chat/words/say.ts'
import { words } from '../../src/chat/words/words.ts'
import type { Connector } from '../../src/connect.ts'
import type { PlatformTraits } from '../../src/platforms/traits.ts'

declare module '../../src/platforms/traits.ts' {
  interface PlatformNames {
    irc: true
  }
}

const name = /^[a-z][a-z0-9_]*$/i
export const traits: PlatformTraits = {
  name: 'irc',
  label: 'IRC',
  person: {
    isOfWorkspace: true,
    isId: (text) => name.test(text),
    bare: (text) => text,
    ...{ form: 'irc:NETWORK:NICK', example: 'irc:libera:ana', exampleId: 'ana' },
  },
  place: {
    isId: (text) => name.test(text),
    patterns: ['^(?:everyone of )(?:irc:)?([A-Za-z]\\w*)$', '^(?:irc:)?(?!irc:)(\\w+):\\w+$'],
    ...{ mayBeAllowed: name, form: 'irc:NETWORK', exampleId: 'libera' },
  },
  group: {
    kinds: 'a person or a channel',
    read: (text) => (/^#\w+$/.test(text) ? { workspace: null, guild: null, id: text, text } : null),
    ...{ isName: () => false, examples: '"#channel"' },
  },
  reminders: {
    quiet: { from: { hour: 22, minute: 0 }, until: { hour: 8, minute: 0 } },
    isOptIn: true,
  },
  commands: { short: null, join: '-', notation: 'words', takesFile: false, hasHomePage: false },
  feedback: { takesReactions: false },
  credentials: 'Look at the network.',
}

/** A word somebody may type, and what it does. */
type Offers = Map<string, (by: Person, text: string) => Interaction>
type Screen = {
  text: string
  offers: Offers
  otherwise?: (by: Person, text: string) => Interaction
}

/** The network, with who is in which channel of it. */
export function openIrc(channels: { [channel: string]: string[] } = {}) {
  const screens = new Map<string, Screen>()
  const wishes = new Map<string, string>()
  let handle: (interaction: Interaction) => Promise<Reply>
  const show = (nick: string, reply: Reply) => {
    if (reply.type !== 'nothing') screens.set(nick, draw(reply, wishes.get(nick)))
  }
  const adapter: ChatAdapter = {
    platform: 'irc',
    unsupported: (questions) =>
      questions.some(({ type }) => type === 'multi_label' || type === 'span') ||
      questions.filter(({ required }) => required).length > 1
        ? 'IRC shows one question at a time, and no list to tick.'
        : null,
    send: async (to, reply) => {
      const channel = 'userId' in to ? to.userId : to.channelId
      show(channel, reply)
      return { platform: 'irc', workspace: to.workspace, channel, message: String(screens.size) }
    },
    repaint: async ({ channel }, reply) => show(channel, reply),
    memberOf: async ({ userId }, entry) => channels[entry]?.includes(userId) ?? false,
    check: async () => ({ ok: true, detail: 'in memory' }),
    start: async () => {},
    stop: async () => {},
  }
  const connector: Connector = {
    traits,
    connect: (inside) => {
      handle = inside.handle
      return adapter
    },
  }
  /** A command, as the commands themselves are read; nothing of it is IRC's. */
  const type = async (by: Person, text: string): Promise<Reply> => {
    const [root, ...rest] = text.split(' ')
    const read = readWords(by, root === '/parley-admin' ? 'admin' : 'labeler', rest)
    return 'gesture' in read
      ? handle(read.gesture)
      : { type: 'notice', text: read.say(words('en')) }
  }
  return {
    connector,
    offers: (nick: string) => [...(screens.get(nick)?.offers.keys() ?? [])],
    reads: (nick: string) => screens.get(nick)?.text ?? '',
    says: async (nick: string, text: string) => {
      const by: Person = { platform: 'irc', workspace: 'libera', userId: nick }
      const screen = screens.get(nick)
      const [, dataset] = /^label (\S+)$/.exec(text) ?? []
      if (dataset !== undefined) wishes.set(nick, dataset)
      const meant =
        dataset === undefined
          ? (screen?.offers.get(text) ?? commands.get(text) ?? screen?.otherwise)
          : (): Interaction => ({ by, type: 'next', dataset })
      if (text.startsWith('/')) return show(nick, await type(by, text))
      if (!meant) throw new Error(`Nothing is called "${text}" in: ${screen?.text}`)
      show(nick, await handle(meant(by, text)))
    },
  }
}

const commands: Offers = new Map<string, (by: Person) => Interaction>([
  ['history', (by) => ({ by, type: 'history' })],
  ['link', (by) => ({ by, type: 'link' })],
  ['progress', (by) => ({ by, type: 'admin-progress' })],
])

function draw(reply: Reply, wish: string | undefined): Screen {
  switch (reply.type) {
    case 'task':
    case 'form':
      return drawCard(reply.card, reply.notice, reply.undo?.assignmentId)
    case 'receipt':
      return { text: [reply.saved.summary, reply.notice].join('\n'), offers: new Map() }
    case 'welcome': {
      const version = reply.welcome.consentVersion
      return {
        text: words('en').consentStored('irc'),
        offers: new Map([
          ['Start', (by) => ({ by, type: 'consent', version, ...(wish ? { dataset: wish } : {}) })],
        ]),
      }
    }
    case 'history':
      return { text: reply.entries.map(({ summary }) => summary).join('\n'), offers: new Map() }
    default:
      return { text: 'text' in reply ? reply.text : JSON.stringify(reply), offers: new Map() }
  }
}

function drawCard(card: TaskCard, notice = '', undone?: string): Screen {
  const { assignmentId, schemaVersion, taps, questions } = card
  const said = words('en')
  const texts = [...card.passages, ...card.outputs].map((one) =>
    ['letter' in one ? one.letter : one.title, JSON.stringify(one.content)].join(': '),
  )
  const offers: Offers = new Map([
    ['Skip', (by) => ({ by, type: 'discard', assignmentId, reason: 'other' })],
  ])
  if (undone) offers.set('Undo', (by) => ({ by, type: 'undo', assignmentId: undone }))
  for (const [press, { text }] of card.presses.entries())
    offers.set(text, (by) => ({ by, type: 'press', assignmentId, schemaVersion, press }))
  if (taps)
    for (const tap of taps.taps) {
      const { step } = taps
      const word = typeof tap === 'number' ? card.outputs[tap]?.letter : sayTap(tap, taps, said)
      offers.set(word ?? '', (by) => ({ by, type: 'rank', assignmentId, schemaVersion, step, tap }))
    }
  const question = questions.find(({ required }) => required)?.name ?? ''
  return {
    text: [notice, ...texts, taps ? sayTaps(taps, said) : '', ...offers.keys()].join('\n'),
    offers,
    otherwise: (by, text) => ({
      ...{ by, type: 'submit', assignmentId, schemaVersion, values: { [question]: text } },
    }),
  }
}

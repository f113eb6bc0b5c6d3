/**
 * Turns what Discord sends (commands, presses, choices, forms) into Interactions, from the payload
 * alone: both transports hand over the same object. Pure.
 */
import { argumentOf } from '../../../src/chat/commands/arguments.ts'
import type { Command } from '../../../src/chat/commands/command.ts'
import { commands } from '../../../src/chat/commands/commands.ts'
import { findByWay, readOptions } from '../../../src/chat/commands/read-command.ts'
import type { GivenFile, Person } from '../../../src/chat/port/port.ts'
import { parseModal } from './modals.ts'
import {
  askMessageName,
  readOwnMessage,
  readWholeMessage,
  sendMessageName,
  useMessageName,
} from './own-message.ts'
import type { Parsed } from './parsed.ts'
import type { Attachment } from './payload.ts'
import {
  asRaw,
  attachmentIn,
  isDm,
  isPrivate,
  personOf,
  type Raw,
  type RawOption,
} from './payload.ts'
import { parsePress, wishOf } from './presses.ts'

/** `all` are the commands there are. */
export function parseInteraction(raw: Raw, all: readonly Command[] = commands): Parsed {
  switch (raw.type) {
    case 1:
      return { type: 'ping' }
    case 2:
      return parseCommand(raw, all)
    case 3:
      return parsePress(raw)
    case 4:
      return parseTyping(raw, all)
    case 5:
      return parseModal(raw)
  }
  return { type: 'say', text: (said) => said.oldButton }
}

/** The kind of answer, known before anything slow runs: see the contract with the transports. */
export function expectationsOf(payload: object): {
  place: 'new' | 'update'
  mayOpenModal: boolean
  isAutocomplete: boolean
  isPing: boolean
  isDm: boolean
} {
  const raw = asRaw(payload)
  const parsed = parseInteraction(raw)
  const isOnMessage = raw.message !== undefined && isPrivate(raw)
  const isNew = parsed.type === 'read' ? parsed.as !== 'turn' : isBeside(parsed)
  return {
    place: isOnMessage && !isNew ? 'update' : 'new',
    mayOpenModal: raw.type !== 5 && opensModal(parsed),
    isAutocomplete: raw.type === 4,
    isPing: raw.type === 1,
    isDm: isDm(raw),
  }
}

/** Panels are updated in place; other replies appear beside them. */
export function isBeside(parsed: Parsed): boolean {
  if (parsed.type === 'dataset')
    return !parsed.turn && parsed.act !== 'publish' && parsed.act !== 'pause'
  return parsed.type === 'import' || parsed.type === 'say'
}

function opensModal(parsed: Parsed): boolean {
  switch (parsed.type) {
    case 'open':
    case 'ask-reason':
      return true
    case 'gesture':
      return [
        'press',
        'rank',
        'use',
        'ask',
        'send-message',
        'admin-export-form',
        'admin-import-form',
      ].includes(parsed.gesture.type)
    case 'dataset':
      return parsed.act === 'export' || parsed.act === 'import'
    default:
      return false
  }
}

/** Subcommands and their options, flattened: `{ words: ['export'], options }`. */
function flatten(options: readonly RawOption[] = []): {
  verb: string
  options: Map<string, string>
  focused: RawOption | null
} {
  const [sub] = options
  // 1 is a subcommand, 2 a group of them.
  if (sub && (sub.type === 1 || sub.type === 2)) {
    const inner = flatten(sub.options)
    return { ...inner, verb: [sub.name, inner.verb].filter(Boolean).join(' ') }
  }
  return {
    verb: '',
    options: new Map(options.map(({ name, value }) => [name, String(value ?? '').trim()])),
    focused: options.find((one) => one.focused) ?? null,
  }
}

function parseTyping(raw: Raw, all: readonly Command[]): Parsed {
  const { verb, options, focused } = flatten(raw.data?.options)
  const by = personOf(raw)
  const command = findByWay(by.platform, wayOf(raw, verb), all)
  const suggestsOf = (name: string) => {
    const schema = command?.arguments[name]
    return (schema && argumentOf(schema).suggests) ?? null
  }
  const option = focused?.name ?? ''
  const beside = [...options].find(([name]) => name !== option && suggestsOf(name) === 'datasets')
  return {
    type: 'autocomplete',
    by,
    ask: {
      option,
      suggests: suggestsOf(option),
      text: String(focused?.value ?? ''),
      dataset: beside?.[1] ?? null,
      rank: command?.rank ?? 'labeler',
    },
  }
}

function parseCommand(raw: Raw, all: readonly Command[]): Parsed {
  const by = personOf(raw)
  const { name = '', type = 1 } = raw.data ?? {}
  if (type === 3) return parseMessageCommand(raw, by, name)
  const { verb, options } = flatten(raw.data?.options)
  const read = readOptions(
    by,
    wayOf(raw, verb),
    options,
    (id) => givenFile(attachmentIn(raw, id)),
    all,
  )
  if ('say' in read) return { type: 'say', text: read.say }
  const { gesture } = read
  if (gesture.type !== 'admin-import') return { type: 'gesture', gesture, asked: wishOf(gesture) }
  const { dataset, file } = gesture
  const { name: fileName, size, ref: url } = file
  const most = raw.attachment_size_limit ?? 0
  return { type: 'import', by, dataset, file: { name: fileName, size, url }, most }
}

/** `/parley-admin export`: how the command begins. */
function wayOf({ data }: Raw, verb: string): string {
  return [`/${data?.name ?? ''}`, verb].filter(Boolean).join(' ')
}

function givenFile(file: Attachment | null): GivenFile | null {
  return file && { name: file.name, size: file.size, ref: file.url }
}

/** "Use as my answer" and "Ask two models" on a message of one's own, "Send to Parley" on any. */
function parseMessageCommand(raw: Raw, by: Person, name: string): Parsed {
  const { target_id = '', resolved } = raw.data ?? {}
  const isQuestion = name === askMessageName
  if (name !== useMessageName && name !== sendMessageName && !isQuestion)
    return { type: 'say', text: (said) => said.unknownCommand(name, null) }
  const messages = resolved?.messages
  const message = messages && Object.hasOwn(messages, target_id) ? messages[target_id] : undefined
  if (name === sendMessageName) {
    const text = message ? readWholeMessage(message) : ''
    const at = { channel: by.channelId ?? '', message: target_id }
    return { type: 'gesture', gesture: { by, type: 'send-message', ...at, text }, asked: {} }
  }
  const text = message ? readOwnMessage(message, by.userId) : null
  if (text === null)
    return {
      type: 'say',
      text: (said) => (isQuestion ? said.notYourQuestion : said.notYourMessage),
    }
  if (isQuestion) {
    const gesture = { by, type: 'ask' as const, prompt: text, thread: target_id }
    return { type: 'gesture', gesture, asked: {} }
  }
  return { type: 'gesture', gesture: { by, type: 'use', text }, asked: {} }
}

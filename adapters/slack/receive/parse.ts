/** Reads `/parley …` and `/parley-admin …` as Interactions. Pure. */
import { distance } from 'fastest-levenshtein'
import type { Interaction, Person } from '../../../src/chat/port/port.ts'
import { readHours, unescapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { workspaceOf } from '../workspace/of-payload.ts'
import type { CommandBody } from './payloads.ts'

/** A gesture, or words to say at once because it was not understood. */
export type Command = { gesture: Interaction } | { say: string; help?: Interaction }

/** Reads `/parley …` and `/parley-admin …`. */
export function parseCommand(body: CommandBody, said: Words): Command {
  const by: Person = {
    platform: 'slack',
    workspace: workspaceOf(body),
    userId: body.user_id,
    channelId: body.channel_id,
  }
  const [verb = '', ...rest] = splitWords(unescapeSlack(body.text ?? ''))
  return /-admin/.test(body.command)
    ? parseAdmin(by, verb.toLowerCase(), rest, said)
    : parseLabeler(by, verb.toLowerCase(), rest, said)
}

const labelerVerbs = [
  'next',
  'resume',
  'datasets',
  'progress',
  'history',
  'reminders',
  'link',
  'my-data',
  'help',
]

function parseLabeler(by: Person, verb: string, rest: string[], said: Words): Command {
  const [dataset] = rest
  switch (verb) {
    case '':
    case 'resume':
      return { gesture: { by, type: 'next' } }
    case 'next':
      return { gesture: { by, type: 'next', ...(dataset ? { dataset } : {}) } }
    case 'datasets':
    case 'progress':
    case 'history':
    case 'help':
    case 'reminders':
      return { gesture: { by, type: verb } }
    case 'link':
      return { gesture: { by, type: verb, ...(dataset ? { code: dataset } : {}) } }
    case 'my-data':
      return { gesture: { by, type: verb, ...actOf(dataset) } }
    default:
      return {
        say: said.unknownCommand(verb, nearest(verb, labelerVerbs)),
        help: { by, type: 'help' },
      }
  }
}

function actOf(word: string | undefined): { act?: 'export' | 'delete' } {
  return word === 'export' || word === 'delete' ? { act: word } : {}
}

const adminVerbs = [
  ...[
    'export',
    'import',
    'progress',
    'stats',
    'publish',
    'pause',
    'preview',
    'deliver',
    'remind',
    'post',
    'hub',
  ],
  ...['claim', 'help'],
]

function parseAdmin(by: Person, verb: string, rest: string[], said: Words): Command {
  const [first, second, ...more] = rest
  switch (verb) {
    case 'export': {
      if (first === 'cancel' && !second) return { gesture: { by, type: 'admin-export-cancel' } }
      if (!first || !second || second.includes('=')) return { say: said.badExport }
      const options: Record<string, string> = Object.create(null)
      for (const word of more) {
        const at = word.indexOf('=')
        if (at < 1) return { say: said.badOption(word) }
        options[word.slice(0, at).replace(/^--/, '')] = word.slice(at + 1)
      }
      return {
        gesture: {
          by,
          type: 'admin-export',
          dataset: first,
          format: second,
          options: { ...options },
        },
      }
    }
    case 'import':
      return first === 'cancel' && !second
        ? { gesture: { by, type: 'admin-import-cancel' } }
        : { say: said.importOnHome }
    case 'progress':
      return { gesture: { by, type: 'admin-progress', ...(first ? { dataset: first } : {}) } }
    case 'stats':
    case 'publish':
    case 'pause':
    case 'preview':
      return first
        ? { gesture: { by, type: `admin-${verb}`, dataset: first } }
        : { say: said.needsDataset }
    case 'remind':
      return first
        ? { gesture: { by, type: 'admin-remind', dataset: first, on: second !== 'off' } }
        : { say: said.needsDataset }
    case 'deliver': {
      if (!first || !second) return { say: said.needsDeliver }
      const { each, due, again, count, ...unknown } = readOptions(more)
      const [word] = Object.keys(unknown)
      if (word !== undefined) return { say: said.badOption(word) }
      return {
        gesture: {
          ...{ by, type: 'admin-deliver', dataset: first, to: second },
          ...(each === undefined ? {} : { each: Number(each) }),
          ...(due === undefined ? {} : { due }),
          ...(again === undefined ? {} : { again: again !== 'no' }),
          ...(count === undefined ? {} : { counts: count !== 'no' }),
        },
      }
    }
    case 'post': {
      if (!first || first.includes('=')) return { say: said.needsPost }
      const wish = readPostOptions(second === undefined ? [] : [second, ...more])
      if (wish === null) return { say: said.needsPost }
      return { gesture: { by, type: 'admin-post', dataset: first, ...wish } }
    }
    case 'hub': {
      const { channel, ...unknown } = readOptions(second === undefined ? [] : [second, ...more])
      if (!first || first.includes('=') || Object.keys(unknown).length > 0)
        return { say: said.needsHub }
      return {
        gesture: { by, type: 'admin-hub', dataset: first, ...(channel ? { channel } : {}) },
      }
    }
    case 'claim':
      return first ? { gesture: { by, type: 'claim-admin', code: first } } : { say: said.needsCode }
    case '':
    case 'help':
      return { gesture: { by, type: 'admin-help' } }
    default:
      return {
        say: said.unknownCommand(verb, nearest(verb, adminVerbs)),
        help: { by, type: 'admin-help' },
      }
  }
}

/** `#evals 3 24h` or `channel=#evals records=3 closes=24h`, in any order. Null for anything else. */
function readPostOptions(
  words: readonly string[],
): { channel?: string; records?: number; closesInHours?: number } | null {
  const wish: { channel?: string; records?: number; closesInHours?: number } = {}
  for (const word of words) {
    const [, name = '', value = word] = /^(?:--)?(channel|records|closes)=(.*)$/.exec(word) ?? []
    const hours = readHours(value)
    if (/^\d{1,4}$/.test(value) && name !== 'closes' && name !== 'channel')
      wish.records = Number(value)
    else if (hours !== null && name !== 'channel' && name !== 'records') wish.closesInHours = hours
    else if (/^(#|<#)/.test(value) || name === 'channel') wish.channel = value
    else return null
  }
  return wish
}

/** `each=20 due=2026-12-24`; a word without `=` stands for itself. */
function readOptions(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', ...value] = word.replace(/^--/, '').split('=')
      return [name, value.join('=')]
    }),
  )
}

function nearest(word: string, known: readonly string[]): string | null {
  const [best] = known
    .map((one) => ({ one, away: distance(word, one) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(1, Math.floor(best.one.length / 3)) ? best.one : null
}

/** Words with quotes kept together; phones and Macs type “smart” quotes. */
function splitWords(text: string): string[] {
  const straight = text.replace(/[“”„]/g, '"').replace(/[‘’]/g, "'")
  const words: string[] = []
  for (const [word] of straight.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g))
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''))
  return words
}

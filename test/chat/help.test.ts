/** What help lists is what the platform offers: no command is missing, and none is of the other. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commands } from '../../adapters/discord/receive/commands.ts'
import { parseCommand } from '../../adapters/slack/receive/parse.ts'
import { helpFor } from '../../src/chat/commands/help-text.ts'
import { sayOn, words, wordsOn } from '../../src/chat/words/words.ts'

const person = (platform: 'slack' | 'discord') => ({ platform, workspace: 'T1', userId: 'U1' })

/** The commands a help names, as `/parley next`. */
function named(help: string): Set<string> {
  return new Set(help.match(/\/(?:label\b|parley(?:-admin)?(?: [a-z]+(?:-[a-z]+)*)?)/g))
}

/** What Discord offers: `/label`, `/parley next`. */
const offered = commands.flatMap(({ type, name, options = [] }) => {
  if (type !== 1) return []
  const subs = options.filter((one) => one.type === 1)
  return subs.length === 0 ? [`/${name}`] : subs.map((one) => `/${name} ${one.name}`)
})

const source = (name: string) => readFileSync(new URL(`../../src/${name}`, import.meta.url), 'utf8')

describe('happy', () => {
  test('on Discord: every command there is, and no other', () => {
    // Asking for the admins' help is how one came by it.
    const expected = offered.filter((one) => one !== '/parley-admin help')
    expect([...named(helpFor(person('discord'), true))].toSorted()).toEqual(expected.toSorted())
  })

  test('on Slack: whatever it names is understood, and of the labeler’s commands none is missing', () => {
    const help = named(helpFor(person('slack'), true))
    for (const verb of ['next', 'resume', 'datasets', 'progress', 'history', 'reminders'])
      expect(help).toContain(verb === 'resume' ? '/parley resume' : `/parley ${verb}`)
    for (const one of help) {
      const [command = '', ...text] = one.split(' ')
      const read = parseCommand(
        {
          ...{ command, team_id: 'T1', user_id: 'U1', channel_id: 'C1' },
          ...{ response_url: '', trigger_id: '', text: text.join(' ') },
        },
        words(undefined),
      )
      // Without what it is about, it says how it is written; a word of no command says what there is.
      expect([one, 'help' in read]).toEqual([one, false])
    }
    expect(help).not.toContain('/label')
  })

  test('only an admin’s help names what admins may do', () => {
    expect(helpFor(person('slack'), false)).not.toContain('/parley-admin')
    expect(helpFor(person('discord'), false)).not.toContain('/parley-admin')
  })
})

describe('refused', () => {
  test('no sentence of Discord’s names the bare /parley, in either language', () => {
    for (const locale of ['en', 'de']) {
      const said = wordsOn('discord', locale)
      const all = Object.values(said).flatMap((one) => (typeof one === 'string' ? [one] : []))
      expect(all.filter((one) => sayOn('discord', one) !== one)).toEqual([])
      expect(said.oldButton).toContain('/label')
      expect(said.consentDelete).toContain('/parley my-data')
      expect(said.moreChoices(['a', 'b'])).toContain('/parley next dataset:NAME')
    }
    expect(words('en').oldButton).toContain('/parley')
  })

  test('whatever command a sentence names, Discord offers it', () => {
    const files = ['chat/words/english.ts', 'chat/words/german.ts', 'sentences.ts']
    for (const name of [...files, 'german-refusals.ts', 'chat/words/chat-remedies.ts'])
      for (const line of source(name).split('\n')) {
        // The one sentence that is about Slack says how it is done there.
        if (/^\s*(\/\/|\*|\/\*\*|import )|^import|Slack h|gibt Slack/.test(line)) continue
        const told = sayOn('discord', line).match(
          /(?<![\w.])\/(?:label|parley(?:-admin)?)\b[^,.:'`]*/g,
        )
        for (const command of told ?? []) {
          const isOffered = offered.some((one) => `${command} `.startsWith(one))
          expect([name, command, isOffered]).toEqual([name, command, true])
        }
      }
  })

  test('whoever writes to a person takes the words of their platform', () => {
    const rooms = ['chat/gestures', 'chat/cards', 'outbound'].flatMap((room) =>
      readdirSync(new URL(`../../src/${room}`, import.meta.url), {
        recursive: true,
        encoding: 'utf8',
      }).flatMap((name) => (name.endsWith('.ts') ? `${room}/${name}` : [])),
    )
    expect(rooms.length).toBeGreaterThan(20)
    for (const name of rooms) {
      // Of a channel nobody knows who reads it.
      const bare = source(name).match(/(?<![\w.])words\((?!undefined\)).*/g) ?? []
      expect([name, bare]).toEqual([name, []])
    }
  })
})

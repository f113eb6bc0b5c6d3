/** One file per command: what follows from it on each platform, and that it is the same everywhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registrationOf } from '../../adapters/discord/receive/commands.ts'
import { parseInteraction } from '../../adapters/discord/receive/parse.ts'
import type { Parsed } from '../../adapters/discord/receive/parsed.ts'
import { asRaw } from '../../adapters/discord/receive/payload.ts'
import { parseCommand } from '../../adapters/slack/receive/parse.ts'
import { argumentOf, dataset, whole } from '../../src/chat/commands/arguments.ts'
import { type Command, defineCommand, roots } from '../../src/chat/commands/command.ts'
import { commands } from '../../src/chat/commands/commands.ts'
import { helpFor, sayHelp } from '../../src/chat/commands/help-text.ts'
import { isOn, typed, usageOf } from '../../src/chat/commands/notation.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Interaction, Reply } from '../../src/chat/port/port.ts'
import { words } from '../../src/chat/words/words.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { adminActor } from '../../src/labelers/roles.ts'
import type { Platform } from '../../src/platforms/traits.ts'
import { makeDataset } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

/** A command that nothing else knows of. */
const cheer = defineCommand({
  rank: 'admin',
  name: 'cheer',
  german: 'anfeuern',
  about: { en: 'cheers a dataset on', de: 'feuert einen Datensatz an' },
  arguments: {
    dataset,
    times: whole({
      german: 'male',
      about: { en: 'How often', de: 'Wie oft' },
      example: '3',
    }).optional(),
  },
  run: async (parley, { by, said }, { dataset: name, times = 1 }) => {
    const { document } = await getDataset(parley, name, await adminActor(parley, by))
    return { type: 'notice', text: `${said.appName}: ${document.title}${'!'.repeat(times)}` }
  },
})
const all = [...commands, cheer]
const [english, german] = [words('en'), words('de')]

let ground: TestParley
beforeAll(async () => {
  ground = await startParley({ admins: ['slack:T1:UADMIN', 'discord:42'] })
  await makeDataset(ground.parley, { name: 'prefs' })
})
afterAll(() => ground.close())

describe('happy: a new command is one file', () => {
  test('each platform’s help lists it in its own notation, in both languages', () => {
    const line = (platform: Platform, said = english) =>
      sayHelp('admin', platform, said, all)
        .split('\n')
        .find((one) => one.includes('cheer'))
    expect(line('slack')).toBe('/parley-admin cheer DATASET [times=3]: cheers a dataset on')
    expect(line('discord')).toBe('/parley-admin cheer dataset [times]: cheers a dataset on')
    expect(line('slack', german)).toContain(': feuert einen Datensatz an')
    const slack = { platform: 'slack', workspace: 'T1', userId: 'U1' } as const
    expect(helpFor(slack, true, all)).toContain('cheer')
    expect(helpFor(slack, false, all)).not.toContain('cheer')
  })

  test('Discord registers it with its options and German names', () => {
    const admin = registrationOf(all).find(({ name }) => name === 'parley-admin')
    expect(admin?.options?.at(-1)).toEqual({
      type: 1,
      name: 'cheer',
      description: 'Cheers a dataset on',
      name_localizations: { de: 'anfeuern' },
      description_localizations: { de: 'Feuert einen Datensatz an' },
      options: [
        expect.objectContaining({ type: 3, name: 'dataset', required: true, autocomplete: true }),
        expect.objectContaining({ type: 4, name: 'times', name_localizations: { de: 'male' } }),
      ],
    })
  })

  test('typed in Slack and chosen in Discord, it runs for an admin', async () => {
    for (const gesture of [
      onSlack('/parley-admin cheer prefs times=2', 'UADMIN'),
      onDiscord('parley-admin', 'cheer', { dataset: 'prefs', times: 2 }),
    ])
      expect(textOf(await run(gesture))).toMatch(/^Parley: .*[^!]!!$/)
    expect(textOf(await run(onSlack('/parley-admin cheer prefs', 'UADMIN')))).toMatch(/[^!]!$/)
  })
})

describe('forbidden and refused: a new command', () => {
  test('of admins is refused to others before it runs', async () => {
    const told = textOf(await run(onSlack('/parley-admin cheer nowhere', 'UANA')))
    expect(told).toContain('This command is for admins of Parley.')
  })

  test('is corrected in the notation of where it was written', () => {
    expect(saidOnSlack('/parley-admin cheer')).toBe(
      'Name the dataset: /parley-admin cheer DATASET [times=3].',
    )
    expect(saidOnSlack('/parley-admin cheer prefs loudly')).toBe(
      '“loudly” is not an option. Write it like this: /parley-admin cheer DATASET [times=3].',
    )
    expect(saidOnSlack('/parley-admin cheeer prefs')).toContain('Did you mean “cheer”?')
    expect(sayOf(chosen('parley-admin', 'cheer', {}))).toBe(
      'Name the dataset: /parley-admin cheer dataset [times].',
    )
  })
})

describe('happy: every command', () => {
  /** Without who; what a command runs by itself is made at each reading. */
  const told = (read: object) => ({ ...read, by: null, ...('run' in read ? { run: 'it' } : {}) })
  const both = commands.filter((one) => isOn('slack', one) && isOn('discord', one))

  test('is on both platforms, or says what takes its place', () => {
    for (const one of commands)
      for (const platform of ['slack', 'discord'] as const)
        expect([one.name, isOn(platform, one) || one.instead !== undefined]).toEqual([
          one.name,
          true,
        ])
  })

  test.each(both.map((one) => [`${one.rank} ${one.name}`, one] as const))(
    '%s comes to the same gesture from Slack’s words and Discord’s options',
    (_, command) => {
      for (const values of [needed(command), everything(command)]) {
        const slack = onSlack(typed('slack', command, values), 'U1')
        const name = command.name.replaceAll(' ', '-')
        const discord = onDiscord(roots[command.rank].name, name, values)
        expect(told(slack)).toEqual(told(discord))
      }
    },
  )

  test('no usage line of Discord has Slack’s notation', () => {
    for (const said of [english, german])
      for (const rank of ['labeler', 'admin'] as const)
        for (const line of sayHelp(rank, 'discord', said).split('\n').slice(0, -1))
          expect(line).not.toMatch(/=|\b[A-Z]{4,}\b/)
    expect(usageOf('discord', named('deliver'))).toBe(
      '/parley-admin deliver dataset [to] [each] [due] [again] [count]',
    )
    expect(usageOf('slack', named('deliver'))).toBe(
      '/parley-admin deliver DATASET everyone [each=20] [due=2026-12-24] [again=yes] [count=yes]',
    )
  })

  test('what a platform cannot do says where it is done', () => {
    expect(saidOnSlack('/parley home')).toContain('on the Home tab of Parley')
    expect(saidOnSlack('/parley-admin import prefs')).toContain('press Import under the dataset')
    expect(sayHelp('labeler', 'slack', english)).not.toContain('/parley home')
  })

  test('a dataset may be called like the second word of a command', () => {
    expect(onSlack('/parley-admin export cancel sft', 'U1')).toMatchObject({
      type: 'admin-export',
      dataset: 'cancel',
    })
    expect(onSlack('/parley-admin export cancel', 'U1').type).toBe('admin-export-cancel')
  })

  test('words that can be only one thing need no name, in any order', () => {
    for (const text of ['#evals 3 24h', '24h 3 #evals', 'records=3 --closes=24h channel=#evals'])
      expect(onSlack(`/parley-admin post prefs ${text}`, 'U1')).toMatchObject({
        ...{ type: 'admin-post', dataset: 'prefs' },
        ...{ channel: '#evals', records: 3, closesInHours: 24 },
      })
    expect(onSlack('/parley-admin remind prefs off', 'U1')).toMatchObject({ on: false })
    expect(onSlack('/parley-admin remind prefs', 'U1')).toMatchObject({ on: true })
  })
})

function named(name: string): Command {
  const found = commands.find((one) => one.name === name)
  if (!found) throw new Error(`There is no command ${name}.`)
  return found
}

/** A value for each argument, or for those that words may not leave out. */
function everything({ arguments: all }: Command, isNeeded = false): Record<string, string> {
  const sample = { text: 'x', whole: '3', hours: '24', yesOrNo: 'no', channel: '#evals', file: '' }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, schema]) => {
      const { kind, choices, isRequired, isNeededInPlace } = argumentOf(schema)
      const isLeftOut = isNeeded && !isRequired && !isNeededInPlace
      return kind === 'file' || isLeftOut ? [] : [[name, choices?.[0] ?? sample[kind]]]
    }),
  )
}

function needed(command: Command): Record<string, string> {
  return everything(command, true)
}

function readOnSlack(line: string, userId: string) {
  const [command = '', ...text] = line.split(' ')
  const body = { command, text: text.join(' '), team_id: 'T1', user_id: userId, channel_id: 'C1' }
  return parseCommand({ ...body, response_url: '', trigger_id: '' }, english, all)
}

function onSlack(line: string, userId: string): Interaction {
  const read = readOnSlack(line, userId)
  if (!('gesture' in read)) throw new Error(read.say)
  return read.gesture
}

function saidOnSlack(line: string): string {
  const read = readOnSlack(line, 'U1')
  return 'say' in read ? read.say : ''
}

function chosen(name: string, sub: string, values: Record<string, unknown>): Parsed {
  const options = Object.entries(values).map(([key, value]) => ({ name: key, type: 3, value }))
  const data = { name, type: 1, options: [{ name: sub, type: 1, options }] }
  const where = { id: '9', channel_id: '7', user: { id: '42' }, context: 1 }
  return parseInteraction(asRaw({ ...where, type: 2, data }), all)
}

function onDiscord(name: string, sub: string, values: Record<string, unknown>): Interaction {
  const parsed = chosen(name, sub, values)
  if (parsed.type !== 'gesture') throw new Error(sayOf(parsed))
  return parsed.gesture
}

function sayOf(parsed: Parsed): string {
  return parsed.type === 'say' ? parsed.text(english) : ''
}

function run(gesture: Interaction): Promise<Reply> {
  return handleInteraction(ground.parley, gesture)
}

function textOf(reply: Reply): string {
  return reply.type === 'notice' ? reply.text : JSON.stringify(reply)
}

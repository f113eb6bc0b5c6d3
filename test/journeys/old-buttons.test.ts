/**
 * Start, Later, Not today and Turn off: pressed twice, and pressed on messages whose time is over. Each
 * is done once, says one thing, and leaves a message that shows what holds.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyDataset } from '../../src/datasets/apply.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset } from '../../src/datasets/publish.ts'
import { findLabeler } from '../../src/labelers/labeler.ts'
import { parsePerson } from '../../src/labelers/person.ts'
import type { Parley } from '../../src/parley.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { changePreferences, type PreferenceChange } from '../../src/reminders/preferences.ts'
import { openDiscordJourney } from '../support/discord.ts'
import { admin, openJourney } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

const records = Array.from({ length: 30 }, (_, i) => ({
  ...{ external_id: `r${i}`, prompt: `Question ${i}`, outputs: [`one ${i}`, `two ${i}`] },
}))
const pairs = (name: string, access = 'everyone') =>
  `name: ${name}\ntitle: The ${name}\ntemplate: comparison\naccess: ${access}\n`

type Where = { in: string }

/** Somebody, with the same words for what they do on either platform. */
type Somebody = {
  name: string
  joins(dataset: string): Promise<void>
  types(command: string): Promise<void>
  presses(label: string, where?: Where): Promise<void>
  later(label: string, where?: Where): Promise<void>
  /** Clicks twice, faster than anything is repainted. */
  doubleClicks(label: string, where: Where): Promise<void>
  screen(): string
  messages(): string[]
}

type Name = 'Ana' | 'Ben' | 'Dee'

type Side = {
  parley(): Parley
  clock: { now(): Date; advance(seconds: number): void }
  minute(): Promise<void>
  nameOf(who: Name): string
  access(who: Name): string
  who(name: Name): Somebody
  dataset(document: string): Promise<unknown>
  close(): Promise<void>
}

async function openSlack(): Promise<Side> {
  const journey = await openJourney({ worker: false })
  const { slack, parley, clock } = journey
  const place = { platform: 'slack' as const, workspace: slack.teamId }
  return {
    parley: () => parley,
    clock,
    minute: () => passMinute(parley, place),
    nameOf: (name) => `slack:${slack.teamId}:${slack.person(name).id}`,
    access: (name) => `{ slack: ["${slack.person(name).id}"] }`,
    who(name) {
      const actress = journey.person(name)
      const choosing = ['In an hour', 'This afternoon', 'Tomorrow']
      return {
        ...actress,
        later: (label, where) => actress.chooses('Later', label, where),
        async doubleClicks(label, where) {
          const click = () =>
            choosing.includes(label)
              ? actress.hands.choose('Later', label, where)
              : actress.hands.press(label, where)
          await Promise.all([click(), click()])
          await journey.quiet()
        },
      }
    },
    dataset: (document) => journey.dataset(document, records),
    close: () => journey.close(),
  }
}

async function openDiscord(): Promise<Side> {
  const journey = await openDiscordJourney({ worker: false })
  const { discord, clock } = journey
  return {
    parley: journey.parley,
    clock,
    minute: () => passMinute(journey.parley(), { platform: 'discord', workspace: '' }),
    nameOf: (name) => `discord:${discord.person(name).id}`,
    access: (name) => `{ discord: ["${discord.person(name).id}"] }`,
    who(name) {
      const actor = journey.person(name)
      return {
        ...actor,
        later: (label, where) => actor.presses(label, where),
        async doubleClicks(label, where) {
          const click = () => actor.hands.press(label, where)
          await Promise.all([click(), click()])
          await journey.quiet()
        },
        messages: () => actor.messages('dm'),
      }
    },
    dataset: (document) => journey.dataset(document, records),
    close: () => journey.close(),
  }
}

describe.each([
  ['Slack', openSlack],
  ['Discord', openDiscord],
])('%s', (_, open) => {
  let side: Side
  beforeAll(async () => {
    side = await open()
    await side.dataset(pairs('pairs'))
    until('2027-01-04T06:00:00Z')
  }, 60_000)
  afterAll(() => side.close())

  function until(at: string) {
    side.clock.advance((Date.parse(at) - side.clock.now().getTime()) / 1000)
  }

  const labelerOf = (name: Name) => findLabeler(side.parley(), parsePerson(side.nameOf(name)))

  async function prefers(name: Name, ...changes: PreferenceChange[]) {
    const labeler = await labelerOf(name)
    if (!labeler) throw new Error(`${name} does not take part.`)
    for (const change of changes) await changePreferences(side.parley(), labeler, change)
  }

  async function waiting(): Promise<string[]> {
    const rows = await side
      .parley()
      .db.selectFrom('reminders')
      .select('key')
      .where('state', '=', 'waiting')
      .where('key', 'like', 'again:%')
      .execute()
    return rows.map(({ key }) => key)
  }

  const count = (who: Somebody, text: string) =>
    who.messages().filter((one) => one.includes(text)).length

  test('twice: Later clicked twice puts it off once, and it comes once', async () => {
    const ana = side.who('Ana')
    await ana.joins('pairs')
    await prefers('Ana', { zone: 'Europe/Berlin' }, { kind: 'digest', on: true })
    until('2027-01-04T08:30:10Z')
    await side.minute()
    expect(count(ana, 'This is waiting for you')).toBe(1)
    await ana.doubleClicks('In an hour', { in: 'This is waiting for you' })
    expect(await waiting()).toHaveLength(1)
    expect(count(ana, 'All right: again')).toBe(1)
    expect(count(ana, 'This is waiting for you')).toBe(0)
    side.clock.advance(3601)
    await side.minute()
    side.clock.advance(3601)
    await side.minute()
    expect(count(ana, 'This is waiting for you')).toBe(1)
  })

  test('twice: Not today and Turn off clicked twice are done once, and stand in the message', async () => {
    const ana = side.who('Ana')
    await ana.doubleClicks('Not today', { in: 'This is waiting for you' })
    expect(count(ana, 'All right: nothing more today.')).toBe(1)
    expect(await waiting()).toEqual([])
    until('2027-01-05T08:30:10Z')
    await side.minute()
    expect(count(ana, 'This is waiting for you')).toBe(1)
    await ana.doubleClicks('Turn off', { in: 'This is waiting for you' })
    expect(count(ana, 'Turned off: The daily digest. /parley reminders turns it on again.')).toBe(1)
    until('2027-01-06T08:30:10Z')
    await side.minute()
    expect(count(ana, 'This is waiting for you')).toBe(0)
  })

  test('happy: a nudge that is put off by an hour comes again, though one came today', async () => {
    const ben = side.who('Ben')
    await ben.joins('pairs')
    await prefers('Ben', { zone: 'Europe/Berlin' }, { kind: 'digest', on: false })
    await prefers('Ben', { kind: 'nudge', on: true }, { kind: 'deadline', on: false })
    await inviteLabelers(side.parley(), admin, {
      dataset: 'pairs',
      to: [side.nameOf('Ben')],
      each: 2,
    })
    await side.minute()
    await ben.doubleClicks('Start', { in: 'You are invited' })
    expect(ben.messages().join('\n')).toContain('0 of 2 done')
    until('2027-01-07T09:00:00Z')
    await side.minute()
    expect(count(ben, 'You have done 0 of 2')).toBe(1)
    await ben.later('In an hour', { in: 'You have done 0 of 2' })
    side.clock.advance(3601)
    await side.minute()
    expect(count(ben, 'You have done 0 of 2')).toBe(1)
    until('2027-01-08T10:30:00Z')
    await side.minute()
    until('2027-01-11T10:30:00Z')
    await side.minute()
    expect(count(ben, 'You have done 0 of 2')).toBe(3)
  })

  test('refused: nothing is put off that needs nothing more; its message says so', async () => {
    const ben = side.who('Ben')
    await side.parley().db.updateTable('invitations').set({ state: 'done' }).execute()
    await ben.later('Tomorrow', { in: 'You have done 0 of 2' })
    expect(await waiting()).toEqual([])
    expect(count(ben, 'You have nothing left to do in “The pairs”')).toBe(1)
  })

  test('refused: Start in an old reminder of a closed dataset says that it is closed, in its place', async () => {
    const [ana, ben] = [side.who('Ana'), side.who('Ben')]
    await prefers('Ana', { kind: 'digest', on: true })
    until('2027-01-12T08:30:10Z')
    await side.minute()
    expect(count(ana, 'This is waiting for you')).toBe(1)
    await inviteLabelers(side.parley(), admin, {
      dataset: 'pairs',
      to: [side.nameOf('Dee')],
      each: 2,
    })
    await side.dataset(pairs('more'))
    await side.dataset(pairs('team', side.access('Dee')))
    await inviteLabelers(side.parley(), admin, {
      dataset: 'team',
      to: [side.nameOf('Dee')],
      each: 3,
    })
    await side.minute()
    await closeDataset(side.parley(), admin, { dataset: 'pairs' })
    until('2027-01-19T08:00:00Z')
    await ben.presses('Start', { in: 'You have done 0 of 2' })
    expect(count(ben, '“The pairs” is closed and takes no more answers.')).toBe(1)
    // A digest shows what still waits, below the sentence.
    await ana.presses('Start', { in: 'This is waiting for you' })
    const shown = ana.messages().find((one) => one.includes('“The pairs” is closed'))
    expect(shown).toContain('The more')
    expect(shown).not.toContain('This is waiting for you')
    await ana.presses('Start', { in: '“The pairs” is closed' })
    expect(ana.messages().join('\n')).toContain('Question')
  })

  test('refused: Start in an old invitation: closed, not on the list any more, and nobody any more', async () => {
    const dee = side.who('Dee')
    await dee.presses('Start', { in: 'The pairs' })
    expect(count(dee, '“The pairs” is closed and takes no more answers.')).toBe(1)
    expect(count(dee, 'You are invited: “The pairs”')).toBe(0)
    const without = pairs('team', side.access('Ana'))
    await applyDataset(side.parley(), admin, { document: parseDocument(without) })
    side.clock.advance(11 * 60)
    await dee.presses('Start', { in: 'The team' })
    expect(count(dee, 'You are not on the list of “The team” any more.')).toBe(1)
    expect(count(dee, 'You are invited')).toBe(0)
  })

  test('forbidden: who had themselves forgotten is known to no button; each says how to come back', async () => {
    const ben = side.who('Ben')
    await inviteLabelers(side.parley(), admin, {
      dataset: 'more',
      to: [side.nameOf('Ben')],
      each: 3,
    })
    await side.minute()
    await ben.types('/parley my-data')
    await ben.presses('Delete…')
    await ben.presses('Delete for good')
    expect(count(ben, 'You have done 0 of 2')).toBe(1)
    await ben.presses('Turn off', { in: 'You have done 0 of 2' })
    expect(count(ben, 'Parley does not know you (any more)')).toBe(1)
    await ben.presses('Start', { in: 'You are invited' })
    expect(count(ben, 'This invitation has expired. Type /')).toBe(1)
    expect(await labelerOf('Ben')).toBeNull()
  })
})

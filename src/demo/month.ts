/**
 * A month of reminders in `demo --check`: people in five zones work, dawdle and fall silent while the
 * clock of the service and both stand-ins moves on to whatever is next. Who was written to when is read
 * from the wire log alone, by the zones of the machine, and held against the rows and the promises.
 */
import { type DiscordStandIn, openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { turnOffId } from '../chat/port/ids.ts'
import type { Time } from '../chat/time.ts'
import type { Config } from '../config.ts'
import { createDataset } from '../datasets/create.ts'
import { parseDocument } from '../datasets/parse.ts'
import { publishDataset } from '../datasets/publish.ts'
import { listDuePlaces } from '../deliveries/ledger.ts'
import { importRecords } from '../imports/import-records.ts'
import { createClaimCode } from '../labelers/roles.ts'
import { openParley } from '../open.ts'
import type { Actor, Parley } from '../parley.ts'
import { doersOf } from '../worker.ts'
import { mustWork } from './act.ts'
import { drawMonth } from './calendar.ts'
import type { Heard } from './heard.ts'
import { passMinute, running } from './minute.ts'
import { proveMonth } from './month-proof.ts'

type Step = (what: string, holds: boolean, detail?: string) => void

/** Clocks in New York go on at the 14th of this month, those of Berlin at the 28th. */
const begins = Date.parse('2027-03-01T02:00:00Z')
const ends = Date.parse('2027-04-01T00:00:00Z')

const employees = [
  { name: 'Ana', tz: 'Europe/Berlin' },
  { name: 'Ben', tz: 'America/New_York' },
  { name: 'Dee', tz: 'Asia/Kolkata' },
  { name: 'Cleo', tz: 'Europe/Berlin' },
]

const document = `
name: march
title: Which of the two is better?
template: comparison
access: everyone
distribution: { min_submitted: 9 }
`
const records = Array.from({ length: 60 }, (_, i) => ({
  external_id: `m${i}`,
  prompt: `Question ${i}?`,
  outputs: [`One answer to ${i}.`, `Another answer to ${i}.`],
}))

const actor: Actor = { type: 'system', job: 'demo' }

/** Returns what prints the month and proves it, so that it can pass beside the rest of the check. */
export async function passMonth(input: {
  configFor(stands: Readonly<Record<string, string>>): Config
}): Promise<(step: Step) => void> {
  let at = begins
  const now = () => at
  const slack = await openSlackStandIn({ people: employees, now })
  const discord = await openDiscordStandIn({
    people: ['Eve', 'Fay', 'Gus'].map((name) => ({ name })),
    now,
  })
  const { parley, startAdapters, listen, close } = await openParley(
    input.configFor({ ...slack.env, ...discord.env }),
    { now: () => new Date(at), time: hurried() },
  )
  try {
    await startAdapters()
    slack.deliverTo(await listen())
    const town: Town = {
      ...{ parley, slack, discord },
      advance: (seconds) => {
        at += seconds * 1000
      },
    }
    await makeDataset(parley)
    await gather(town)
    const habits = habitsOf(town)
    let heard = await listHeard(town)
    while (at < ends) {
      at = await nextMoment(parley, at)
      if (at >= ends) break
      const before = heard.length
      await lookAround(parley)
      heard = await listHeard(town)
      for (const one of heard.slice(before)) await habits[one.who]?.(one)
    }
    const sent = await parley.db
      .selectFrom('reminders')
      .select(['id', 'sentAt'])
      .where('state', '=', 'sent')
      .execute()
    const posts = slack.wire
      .filter(({ path, request }) => path.endsWith('chat.postMessage') && isToChannel(request))
      .map(({ request }) => JSON.stringify(request))
    const faults = [...slack.faults.seen, ...discord.faults.seen]
    return (step) => {
      for (const line of drawMonth(heard, zoneOf)) process.stdout.write(`${line}\n`)
      proveMonth({ heard, sent, posts, faults, zoneOf, step })
    }
  } finally {
    await close()
    await discord.close()
    await slack.close()
  }
}

/** Time for lanes that have a month to get through: what they wait for is there at once. */
function hurried(): Time {
  let now = 0
  return {
    now: () => now,
    after: (ms, work) => {
      const timer = setImmediate(() => {
        now += ms
        work()
      })
      return { cancel: () => clearImmediate(timer) }
    },
  }
}

type Town = {
  parley: Parley
  slack: SlackStandIn
  discord: DiscordStandIn
  advance(seconds: number): void
}

/** Where people are; Eve moves in the middle of the month, and tells Parley in her settings. */
function zoneOf(who: string, at: Date): string {
  const employee = employees.find(({ name }) => name === who)
  if (employee) return employee.tz
  return who === 'Eve' && at.getTime() >= moves ? 'Europe/Berlin' : 'Asia/Bangkok'
}
const moves = Date.parse('2027-03-15T00:00:00Z')

async function makeDataset(parley: Parley): Promise<void> {
  await createDataset(parley, actor, { document: parseDocument(document) })
  const source = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
  await importRecords(parley, actor, { dataset: 'march', source })
  await publishDataset(parley, actor, { dataset: 'march' })
}

/** Everybody agrees to take part; Dee is invited to a batch, Eve and Gus ask for reminders, Fay does not. */
async function gather(town: Town): Promise<void> {
  const { parley, slack, discord } = town
  slack.channel('labeling', { members: employees.map(({ name }) => name) })
  const cleo = slack.person('Cleo')
  const code = await createClaimCode(parley, actor)
  await act(town, () => cleo.command(`/parley-admin claim ${code}`))
  await act(town, () => cleo.command('/parley-admin remind march', { channel: 'labeling' }))
  for (const name of ['Ana', 'Ben', 'Dee']) {
    const person = slack.person(name)
    await act(town, () => person.command('/parley next march'))
    await act(town, () => person.press('Start'))
  }
  const dee = slack.person('Dee')
  const deliver = `/parley-admin deliver march slack:${slack.teamId}:${dee.id} each=6 due=2027-03-12`
  await act(town, () => cleo.command(deliver))
  await lookAround(parley)
  await act(town, () => dee.press('Start', { in: 'You are invited' }))
  for (const name of ['Eve', 'Fay', 'Gus']) {
    const person = discord.person(name)
    await act(town, () => person.command('/label dataset:march'))
    await act(town, () => person.press('Start'))
  }
  for (const name of ['Eve', 'Gus']) {
    const person = discord.person(name)
    await act(town, () => person.command('/parley reminders'))
    await act(town, () => person.choose('Your reminders', 'Turn on: The daily digest'))
    await chooseZone(town, name, 'Asia', 'Asia/Bangkok')
  }
}

async function chooseZone(town: Town, name: string, region: string, zone: string): Promise<void> {
  const person = town.discord.person(name)
  await act(town, () => person.choose('Your time zone', region))
  const [menu = ''] = /Your time zone: \w+ \(Page \d+ of \d+\)/.exec(person.screen()) ?? []
  await act(town, () => person.choose(menu, zone))
}

type Habit = (heard: Heard) => Promise<void>

/** What people do when they are reminded. Ben does nothing, until he is back in the middle of the month. */
function habitsOf(town: Town): Readonly<Record<string, Habit>> {
  const { slack, discord } = town
  const turns = new Map<string, number>()
  const nth = (name: string) => {
    turns.set(name, (turns.get(name) ?? 0) + 1)
    return turns.get(name) ?? 0
  }
  const works = async (name: string) => {
    const person = slack.person(name)
    await act(town, () => person.press('A is better'))
  }
  return {
    Ana: async ({ at }) => {
      await works('Ana')
      if (at.toISOString().startsWith('2027-03-15')) await works('Ben')
    },
    Dee: async () => {
      if (nth('Dee') % 3 === 0) await works('Dee')
      if (turns.get('Dee') === 6) {
        const dee = slack.person('Dee')
        await act(town, () => dee.press('Not today'))
      }
    },
    Eve: async ({ at }) => {
      const eve = discord.person('Eve')
      await act(town, () => eve.press('A is better'))
      if (at.getTime() < moves - 3 * 86_400_000 || zoneOf('Eve', at) === 'Europe/Berlin') return
      await act(town, () => eve.command('/parley reminders'))
      await chooseZone(town, 'Eve', 'Europe', 'Europe/Berlin')
    },
    Gus: async () => {
      const gus = discord.person('Gus')
      if (nth('Gus') === 2) await act(town, () => gus.press('Turn off'))
    },
  }
}

/** A gesture some seconds after the last one, with everything that it leads to. */
async function act(
  { parley, advance }: Town,
  gesture: () => Promise<{ ok: boolean; problem?: string }>,
): Promise<void> {
  advance(2)
  await mustWork(gesture())
  for (const platform of parley.platforms.values()) await platform.settled?.()
}

/** The next thing that is due by the rows, or the next look around six hours on. */
async function nextMoment(parley: Parley, at: number): Promise<number> {
  const { db } = parley
  const rows = await db
    .selectFrom('reminders')
    .select('dueAt')
    .where('state', '=', 'waiting')
    .unionAll(db.selectFrom('deliveries').select('dueAt').where('state', '=', 'queued'))
    .unionAll(db.selectFrom('channelDigests').select('dueAt'))
    .execute()
  const due = Math.min(...rows.map(({ dueAt }) => dueAt.getTime()))
  return Math.min(Math.max(due, at + 1000), at + 6 * 3_600_000)
}

/** The service's minute, and what it rings. */
async function lookAround(parley: Parley): Promise<void> {
  await passMinute(parley)
  const doers = doersOf(parley)
  for (const place of await listDuePlaces(parley)) await doers.deliver(place, running)
}

/** Every reminder on the wire, in its order: known by its button Turn off. */
async function listHeard({ parley, slack, discord }: Town): Promise<Heard[]> {
  const known = await parley.db
    .selectFrom('reminders')
    .innerJoin('identities', 'identities.labelerId', 'reminders.labelerId')
    .select(['reminders.id', 'reminders.kind', 'identities.userId', 'identities.platform'])
    .execute()
  const people = new Map(
    [
      ...employees.map(({ name }) => slack.person(name)),
      ...['Eve', 'Fay', 'Gus'].map((name) => discord.person(name)),
    ].map(({ id, name }) => [id, name]),
  )
  const button = new RegExp(`${turnOffId('(\\d+)')}"`)
  return [...slack.wire, ...discord.wire]
    .filter(
      ({ direction, method, path }) => direction === 'call' && method === 'POST' && isPost(path),
    )
    .flatMap(({ at, request }) => {
      const [, id] = button.exec(JSON.stringify(request).replaceAll('\\"', '"')) ?? []
      const row = known.find((one) => one.id === id)
      if (!row) return []
      const { platform, kind, userId } = row
      const who = people.get(userId) ?? ''
      return [
        {
          id: row.id,
          platform: platform === 'slack' ? 'slack' : 'discord',
          kind,
          who,
          at: new Date(at),
        } as const,
      ]
    })
    .sort((a, b) => a.at.getTime() - b.at.getTime())
}

function isPost(path: string): boolean {
  return path.endsWith('/chat.postMessage') || /\/channels\/\d+\/messages$/.test(path)
}

function isToChannel(request: unknown): boolean {
  return /"channel":"C/.test(JSON.stringify(request))
}

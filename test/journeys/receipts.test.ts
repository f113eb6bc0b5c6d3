/**
 * What a person's message shows when the way to it breaks after the answer is in: it is mended and
 * says what holds, and nobody's next press is painted over.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getOwnAssignment } from '../../src/assignments/assignment.ts'
import { parsePerson } from '../../src/labelers/person.ts'
import { repaintDue } from '../../src/outbound/repaint.ts'
import type { Parley } from '../../src/parley.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { openDiscordJourney } from '../support/discord.ts'
import { admin, newestOf, openJourney, type RawLine } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

type Where = { in: string }
type Side = {
  parley(): Parley
  place: { platform: 'slack' | 'discord'; workspace: string }
  clock: { now(): Date; advance(seconds: number): void }
  dataset(document: string, records: readonly object[]): Promise<unknown>
  raw(dataset: string): Promise<RawLine[]>
  name: string
  ana: {
    joins(dataset: string): Promise<void>
    presses(label: string, where?: Where): Promise<void>
    messages(): string[]
    hands: { press(label: string, where?: Where): Promise<unknown> }
  }
  quiet(): Promise<void>
  /** Nothing that changes a message reaches the platform; or it does again. */
  breaks(isBroken: boolean): void
  /** How often our side changed a message by itself. */
  edits(): number
  close(): Promise<void>
}

async function openSlack(): Promise<Side> {
  const journey = await openJourney({ worker: false })
  const { slack, parley, clock, ana, dataset, raw, quiet } = journey
  return {
    parley: () => parley,
    place: { platform: 'slack', workspace: slack.teamId },
    name: `slack:${slack.teamId}:${slack.person('Ana').id}`,
    ...{ clock, dataset, raw, ana, quiet },
    breaks: (isBroken) =>
      slack.faults.every(
        isBroken
          ? ({ method }) => (/^(response_url|chat\.)/.test(method) ? { status: 500 } : undefined)
          : null,
      ),
    edits: () => slack.wire.filter(({ path }) => path.endsWith('/chat.update')).length,
    close: journey.close,
  }
}

async function openDiscord(): Promise<Side> {
  const journey = await openDiscordJourney({ worker: false })
  const { discord, clock, ana, parley, dataset, raw, quiet } = journey
  return {
    ...{ parley, clock, dataset, raw, quiet },
    place: { platform: 'discord', workspace: '' },
    name: `discord:${discord.person('Ana').id}`,
    ana: { ...ana, messages: () => ana.messages('dm') },
    breaks: (isBroken) => discord.faults.every(isBroken ? () => ({ status: 503 }) : null),
    edits: () =>
      discord.wire.filter(({ method, path }) => method === 'PATCH' && path.includes('/channels/'))
        .length,
    close: journey.close,
  }
}

describe.each([
  ['Slack', openSlack],
  ['Discord', openDiscord],
])('%s', (_, open) => {
  let side: Side
  let datasets = 0
  beforeAll(async () => {
    side = await open()
    await side.dataset('name: first\ntitle: First\ntemplate: comparison', [
      { prompt: 'Hello?', outputs: ['yes', 'no'] },
    ])
    side.clock.advance((Date.parse('2027-01-04T09:00:00Z') - side.clock.now().getTime()) / 1000)
    await side.ana.joins('first')
  }, 60_000)
  afterEach(() => side.breaks(false))
  afterAll(() => side.close())

  /** A message of Ana's that shows the first task of a dataset of her own. */
  async function opened(): Promise<string> {
    const name = `set-${++datasets}`
    const records = [1, 2, 3].map((n) => ({
      ...{ id: `r${n}`, prompt: `${name} ${n}?`, outputs: ['yes', 'no'] },
    }))
    const document = `name: ${name}\ntitle: The ${name}\ntemplate: comparison\norder: fixed`
    await side.dataset(document, records)
    await inviteLabelers(side.parley(), admin, { dataset: name, to: [side.name], each: 3 })
    await passMinute(side.parley(), side.place)
    await side.ana.presses('Start', { in: `The ${name}` })
    expect(shown(`${name} 1?`)).toHaveLength(1)
    await written(name)
    return name
  }

  const shown = (text: string) => side.ana.messages().filter((one) => one.includes(text))
  const repaint = () => repaintDue(side.parley(), side.place)

  /** The adapter's word of what the message shows is written a moment after it is drawn. */
  async function written(name: string) {
    await expect.poll(() => tasksOf(name), { timeout: 5_000 }).toHaveLength(1)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }

  async function tasksOf(name: string) {
    return side
      .parley()
      .db.selectFrom('messages')
      .innerJoin('datasets', 'datasets.id', 'messages.datasetId')
      .select(['messages.subject', 'messages.final', 'messages.wanted', 'messages.painted'])
      .where('datasets.name', '=', name)
      .execute()
  }

  test('happy: a change that was lost is made again in a few seconds', async () => {
    const name = await opened()
    side.breaks(true)
    side.clock.advance(1)
    await side.ana.hands.press('A is better', { in: `${name} 1?` })
    await side.quiet()
    side.breaks(false)
    // The answer was in before anything was drawn.
    expect(newestOf(await side.raw(name))).toHaveLength(1)
    expect(shown(`${name} 1?`)).toHaveLength(1)
    await expect
      .poll(async () => (await tasksOf(name)).some(({ wanted, painted }) => wanted > painted))
      .toBe(true)
    side.clock.advance(6)
    await repaint()
    // The next task, with the way back of the one before above it.
    expect(shown(`${name} 2?`)).toHaveLength(1)
    // Named is what was saved, so that it is not taken for what stands below.
    expect(shown(`${name} 2?`)[0]).toMatch(new RegExp(`Saved: .* · “${name} 1\\?”`))
    await side.ana.presses('B is better', { in: `${name} 2?` })
    expect(shown(`${name} 3?`)).toHaveLength(1)
    expect(newestOf(await side.raw(name))).toHaveLength(2)
  })

  /** Saved, and the process ends before anything is drawn. */
  async function savedAlone(name: string) {
    const [row] = await tasksOf(name)
    const assignmentId = row?.subject.replace('task:', '') ?? ''
    const person = parsePerson(side.name)
    const { labeler } = await getOwnAssignment(side.parley(), person, assignmentId)
    await submitResponse(side.parley(), labeler, {
      ...{ assignmentId, schemaVersion: 1, platform: side.place.platform },
      values: { preference: { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false } },
    })
  }

  test('happy: what a process that died could tell nobody is found within two minutes', async () => {
    const name = await opened()
    await savedAlone(name)
    side.clock.advance(60)
    await passMinute(side.parley(), side.place)
    side.clock.advance(31)
    await repaint()
    const [receipt = ''] = shown(`The ${name}`)
    expect(receipt).toContain('Saved: ')
    expect(receipt).toContain('[Undo]')
    await side.ana.presses('Next', { in: `The ${name}` })
    expect(shown(`${name} 2?`)).toHaveLength(1)
  })

  test('twice: who presses again before it is mended goes on, and is not painted over', async () => {
    const name = await opened()
    await savedAlone(name)
    side.clock.advance(60)
    await passMinute(side.parley(), side.place)
    await side.ana.presses('A is better', { in: `${name} 1?` })
    expect(shown(`${name} 2?`)).toHaveLength(1)
    await expect
      .poll(async () => (await tasksOf(name)).every(({ wanted, painted }) => wanted === painted))
      .toBe(true)
    const before = side.edits()
    side.clock.advance(60)
    await passMinute(side.parley(), side.place)
    side.clock.advance(60)
    await repaint()
    expect(shown(`${name} 2?`)).toHaveLength(1)
    expect(side.edits()).toBe(before)
    expect(newestOf(await side.raw(name))).toHaveLength(1)
  })

  test('happy: whoever labels on is left alone, minute after minute; a receipt is the end of it', async () => {
    const name = await opened()
    const before = side.edits()
    for (const n of [1, 2, 3]) {
      side.clock.advance(90)
      await passMinute(side.parley(), side.place)
      side.clock.advance(31)
      await repaint()
      await side.ana.presses('A is better', { in: `${name} ${n}?` })
      // The journey's clock is quicker than what is written within a moment.
      await written(name)
    }
    await expect.poll(async () => (await tasksOf(name)).every(({ final }) => final)).toBe(true)
    side.clock.advance(90)
    await passMinute(side.parley(), side.place)
    side.clock.advance(31)
    await repaint()
    expect(newestOf(await side.raw(name))).toHaveLength(3)
    expect(side.edits()).toBe(before)
    side.clock.advance(3601)
    await passMinute(side.parley(), side.place)
    expect(await tasksOf(name)).toEqual([])
  })
})

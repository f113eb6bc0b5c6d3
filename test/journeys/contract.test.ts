/**
 * What every platform promises: the same journeys, told once, for every question type it claims. The
 * same answers given on each of them make the same files, byte for byte, platform aside.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pauseDataset, publishDataset } from '../../src/datasets/publish.ts'
import type { Parley } from '../../src/parley.ts'
import {
  type Actor as DiscordPerson,
  openDiscordJourney,
  type Transport,
} from '../support/discord.ts'
import { openIrcJourney } from '../support/irc-journey.ts'
import { type Actress, admin, type Mode, openJourney, type RawLine } from '../support/journey.ts'

/** A person at work, whatever their client looks like. */
type Hands = {
  joins(dataset: string): Promise<void>
  types(words: string): Promise<void>
  presses(label: string): Promise<void>
  /** Begins a form; where one is open already it stays. */
  begins(): Promise<void>
  chooses(label: string, option: string): Promise<void>
  ticks(label: string, options: string[]): Promise<void>
  writes(label: string, text: string): Promise<void>
  submits(): Promise<void>
  /** What they read last. */
  reads(): string
}

type House = {
  parley: Parley
  clock: { advance(seconds: number): void }
  ana: Hands
  ben: Hands
  dataset(document: string, records: readonly object[]): Promise<unknown>
  raw(dataset: string): Promise<RawLine[]>
  lines(dataset: string, as: string): Promise<RawLine[]>
  close(): Promise<void>
}

function slackHands(who: Actress): Hands {
  const reads = () => who.modal()?.text ?? who.newest()
  const puts = async () => {
    if (who.modal()) await who.closes()
  }
  return {
    joins: async (dataset) => {
      await puts()
      await who.joins(dataset)
    },
    types: async (words) => {
      await puts()
      await who.types(`/parley ${words}`)
    },
    presses: (label) => who.presses(label),
    begins: async () => {
      if (!who.modal()) await who.presses('Answer')
    },
    chooses: (label, option) => who.chooses(label, option),
    ticks: async (label, options) => {
      if (!who.modal()) await who.presses('Answer')
      await who.ticks(label, options)
      await who.submits()
    },
    writes: (label, text) => who.writes(label, text),
    submits: () => who.submits(),
    reads,
  }
}

function discordHands(who: DiscordPerson): Hands {
  return {
    joins: (dataset) => who.joins(dataset),
    types: (words) => who.types(`/parley ${words}`),
    presses: (label) => who.presses(label),
    begins: () => who.presses('Answer'),
    chooses: (label, option) => who.chooses(label, option),
    ticks: (label, options) => who.chooses(label, ...options),
    writes: (label, text) => who.writes(label, text),
    submits: () => who.submits(),
    reads: () => who.messages().at(-1) ?? who.screen(),
  }
}

async function openSlackHouse(mode: Mode): Promise<House> {
  const journey = await openJourney({ mode })
  const { parley, clock, dataset, raw, lines, close } = journey
  const [ana, ben] = [slackHands(journey.ana), slackHands(journey.ben)]
  return { parley, clock, ana, ben, dataset, raw, lines, close }
}

async function openDiscordHouse(transport: Transport): Promise<House> {
  const journey = await openDiscordJourney({ transport })
  const { clock, dataset, raw, lines, close } = journey
  const [ana, ben] = [discordHands(journey.ana), discordHands(journey.ben)]
  return { parley: journey.parley(), clock, ana, ben, dataset, raw, lines, close }
}

/** Everything is typed: a word that is offered, or the answer itself. */
function ircHands(who: ReturnType<Awaited<ReturnType<typeof openIrcJourney>>['person']>): Hands {
  let text = ''
  const unclaimed = async () => {
    throw new Error('IRC has no list to choose from.')
  }
  return {
    ...{ joins: who.joins, types: who.says, presses: who.says, reads: who.reads },
    ...{ begins: async () => {}, chooses: unclaimed, ticks: unclaimed },
    writes: async (_, written) => {
      text = written
    },
    submits: () => who.says(text),
  }
}

async function openIrcHouse(): Promise<House> {
  const { person, ...journey } = await openIrcJourney()
  return { ...journey, ana: ircHands(person('ana')), ben: ircHands(person('ben')) }
}

/** With the kinds of question that it does not claim. */
type Row = [name: string, open: () => Promise<House>, unclaimed: readonly string[]]

const platforms: Row[] = [
  ['Slack over HTTP', () => openSlackHouse('http'), []],
  ['Slack over Socket Mode', () => openSlackHouse('socket'), []],
  ['Discord over the gateway', () => openDiscordHouse('gateway'), []],
  ['Discord over HTTP', () => openDiscordHouse('http'), []],
  // Known to this test only; it draws one question at a time.
  ['IRC, a toy', openIrcHouse, ['labels', 'each', 'several']],
]

const claimedBy = (unclaimed: readonly string[]) =>
  kinds.filter(({ name }) => !unclaimed.includes(name))

const own = (questions: string) => `fields: { prompt: { title: Prompt } }\nquestions: ${questions}`
const many = (count: number) =>
  [1, 2, 3].map((n) => ({
    id: `r${n}`,
    prompt: `Prompt ${n}?`,
    outputs: Array.from({ length: count }, (_, i) => `answer ${i} to ${n}`),
  }))

type Kind = {
  name: string
  document: string
  outputs: number
  answer: (hands: Hands) => Promise<void>
}

const taps =
  (...labels: string[]) =>
  async (hands: Hands) => {
    for (const label of labels) await hands.presses(label)
  }

/** Every question type a platform claims, in the forms it takes. */
const kinds: Kind[] = [
  { name: 'pair', document: 'template: comparison', outputs: 2, answer: taps('B is better') },
  { name: 'tie', document: 'template: comparison', outputs: 2, answer: taps('Equally good') },
  { name: 'bad', document: 'template: comparison', outputs: 2, answer: taps('Both bad') },
  {
    name: 'strength',
    document: 'template: comparison\nquestions: { preference: { strength: true } }',
    outputs: 2,
    answer: taps('A is slightly better'),
  },
  { name: 'rank', document: 'template: comparison', outputs: 4, answer: taps('C', 'A', 'D') },
  {
    name: 'tied',
    document: 'template: comparison',
    outputs: 4,
    answer: taps('C', '= Same as C', 'A', 'B'),
  },
  {
    name: 'extremes',
    document: 'template: comparison\nquestions: { preference: { mode: best_worst } }',
    outputs: 7,
    answer: taps('C', 'A'),
  },
  {
    name: 'best',
    document: 'template: comparison\nquestions: { preference: { mode: best_only } }',
    outputs: 7,
    answer: taps('C'),
  },
  {
    name: 'rating',
    document: own('{ good: { title: How good?, type: rating, options: 1-5 } }'),
    outputs: 0,
    answer: taps('4'),
  },
  {
    name: 'label',
    document: own('{ kind: { title: Which?, type: label, options: [red, green, blue] } }'),
    outputs: 0,
    answer: taps('green'),
  },
  {
    name: 'labels',
    document: own('{ kinds: { title: Kinds, type: multi_label, options: [a, b, c, d] } }'),
    outputs: 0,
    answer: (hands) => hands.ticks('Kinds', ['a', 'c']),
  },
  {
    name: 'text',
    document: 'template: completion',
    outputs: 0,
    answer: async (hands) => {
      await hands.begins()
      await hands.writes('Your answer', 'An *answer* with <tags> & "quotes", 你好 🙂\nand a line.')
      await hands.submits()
    },
  },
  {
    name: 'each',
    document: own('{ good: { title: Good, type: rating, of: outputs } }'),
    outputs: 3,
    answer: async (hands) => {
      await hands.begins()
      for (const [i, letter] of ['A', 'B', 'C'].entries())
        await hands.chooses(`Good (${letter})`, String(i + 2))
      await hands.submits()
    },
  },
  {
    name: 'several',
    document: own(
      '{ a: { title: Clear, type: rating }, b: { title: Kind, type: label, options: [x, y] }, c: { title: Note, type: text, required: false } }',
    ),
    outputs: 0,
    answer: async (hands) => {
      await hands.begins()
      await hands.chooses('Clear', '4')
      await hands.chooses('Kind', 'y')
      await hands.writes('Note', 'fine')
      await hands.submits()
    },
  },
]

const documentOf = ({ name, document }: Kind) =>
  `name: ${name}\ntitle: About ${name}\norder: fixed\ndistribution: { min_submitted: 1 }\n${document}\n`

/** What each platform's files hold once everything was answered, platform and clock aside. */
const files = new Map<string, string>()

const untimed = (line: RawLine) => {
  const { labeler: _, shown, ...rest } = { ...line }
  const { platform, seconds, submitted_at: at, ...told } = Object(rest)
  return JSON.stringify({ ...told, shown: { ...shown, at: null } })
}

describe.each(platforms)('happy: on %s', (platform, open, unclaimed) => {
  let house: House
  beforeAll(async () => {
    house = await open()
  }, 60_000)
  afterAll(() => house.close())

  test.each(claimedBy(unclaimed))(
    '$name: asked, answered, saved, and the next one is there',
    async (kind) => {
      const { ana } = house
      await house.dataset(documentOf(kind), kind.outputs ? many(kind.outputs) : many(0))
      await ana.joins(kind.name)
      for (const n of [1, 2, 3]) {
        expect(ana.reads()).toContain(`Prompt ${n}?`)
        await kind.answer(ana)
      }
      expect(ana.reads()).toContain('All done here')
      const raw = await house.raw(kind.name)
      expect(
        raw.map(({ record, status, counted }) => [record.external_id, status, counted]),
      ).toEqual(['r1', 'r2', 'r3'].map((id) => [id, 'submitted', true]))
      files.set(`${platform} ${kind.name}`, raw.map(untimed).join('\n'))
      if (kind.name === 'rank' || kind.name === 'text') {
        const as = kind.name === 'rank' ? 'preference' : 'sft'
        const rows = (await house.lines(kind.name, as)).map((row) => JSON.stringify(row))
        files.set(`${platform} ${kind.name} ${as}`, rows.join('\n'))
      }
    },
  )

  test('Undo brings an answer back, history lets her change one, and a skip frees the record', async () => {
    const { ana } = house
    await house.dataset(
      documentOf({ name: 'turns', document: 'template: comparison', outputs: 2, answer: taps() }),
      many(2),
    )
    await ana.joins('turns')
    await ana.presses('A is better')
    expect(ana.reads()).toContain('Saved: A > B')
    await ana.presses('Undo')
    expect(ana.reads()).toContain('Prompt 1?')
    await ana.presses('B is better')
    expect(ana.reads()).toContain('Saved: B > A')
    await ana.presses('Skip')
    expect(ana.reads()).toContain('Prompt 3?')
    await ana.types('history')
    const lines = await house.raw('turns')
    const newest = lines.filter(({ record }) => record.external_id === 'r1').at(-1)
    expect(newest).toMatchObject({ status: 'submitted', revision: 2 })
    expect(lines.filter(({ status }) => status === 'discarded')).toHaveLength(1)
  })
})

describe.each(platforms)('refused: on %s', (_, open) => {
  let house: House
  beforeAll(async () => {
    house = await open()
    await house.dataset(
      'name: gate\ntitle: Gate\ntemplate: comparison\ndistribution: { min_submitted: 2 }\n',
      many(2),
    )
  }, 60_000)
  afterAll(() => house.close())

  test('a press that comes at once after a repaint is not taken for an answer to what is there now', async () => {
    const { ana, clock } = house
    await ana.joins('gate')
    await ana.presses('A is better')
    const before = (await house.raw('gate')).length
    clock.advance(-1)
    await ana.presses('A is better')
    expect((await house.raw('gate')).length).toBe(before)
    clock.advance(1)
  })

  test('a paused dataset deals nothing and says so; published again it goes on', async () => {
    const { ben } = house
    await pauseDataset(house.parley, admin, { dataset: 'gate' })
    await ben.joins('gate')
    expect(ben.reads()).toMatch(/paused/)
    await publishDataset(house.parley, admin, { dataset: 'gate' })
    await ben.joins('gate')
    await ben.presses('Equally good')
    expect(ben.reads()).toContain('Saved: A = B')
  })

  test('a dataset that does not exist is answered in words', async () => {
    const { ana } = house
    await ana.joins('nothing')
    expect(ana.reads()).toContain('“nothing”')
  })
})

describe('happy: the same answers', () => {
  test('make the same files on every platform, byte for byte', () => {
    const first = platforms[0]?.[0]
    for (const [platform, , unclaimed] of platforms)
      for (const kind of claimedBy(unclaimed))
        expect(files.get(`${platform} ${kind.name}`)).toBe(files.get(`${first} ${kind.name}`))
    for (const [platform] of platforms)
      for (const file of ['rank preference', 'text sft'])
        expect(files.get(`${platform} ${file}`)).toBe(files.get(`${first} ${file}`))
  })
})

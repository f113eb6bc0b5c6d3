/**
 * What a judgement costs a person: clicks and round trips to the service, for each kind of question of
 * product.md's table, counted over the stand-in and printed.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openModelsStandIn } from '../../sandbox/models/server.ts'
import { openArena } from '../../src/arena/open.ts'
import { runBattle } from '../../src/arena/run.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { type Actress, admin, type Journey, newestOf, openJourney } from '../support/journey.ts'

let journey: Journey
const rows: string[][] = []

beforeAll(async () => {
  journey = await openJourney()
})
afterAll(async () => {
  const { seen } = journey.slack.faults
  await journey.close()
  expect(seen).toEqual([])
  process.stdout.write(`\n${printed().join('\n')}\n`)
})

/** The table as it stands in docs/labeling.md. */
function printed(): string[] {
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | '))
  return lines.map((line) => `| ${line} |`)
}

rows.push(['question in Slack', 'first task', 'next task', 'round trips'])
rows.push(['---', '---', '---', '---'])

/** The person's hands, counting: a press, a tick and a radio button are one click, a select is two. */
function countingHands(who: Actress) {
  const counted = { clicks: 0, told: 0 }
  const click = async (clicks: number, work: Promise<void>) => {
    counted.clicks += clicks
    await work
  }
  return {
    counted,
    presses: (label: string, where?: { in: string }) => click(1, who.presses(label, where)),
    submits: () => click(1, who.submits()),
    chooses: (label: string, option: string) => {
      const blocks = JSON.parse(JSON.stringify(who.modal()?.view['blocks'] ?? []))
      const block = blocks.find((one: { label?: { text?: string } }) => one.label?.text === label)
      const isRadio = block?.element?.type === 'radio_buttons'
      // Where one types to search, what was typed is told as well.
      counted.told += block?.element?.type === 'external_select' ? 2 : 1
      return click(isRadio ? 1 : 2, who.chooses(label, option))
    },
    ticks: (label: string, options: string[]) => {
      counted.told++
      return click(options.length, who.ticks(label, options))
    },
    writes: async (label: string, text: string) => {
      counted.told++
      await who.writes(label, text)
    },
  }
}

type Hands = ReturnType<typeof countingHands>

type Row = {
  name: string
  document: string
  outputs?: number
  /** People write the records. */
  isBlank?: true
  /** Opens what must be open for the first task only, e.g. the form. */
  opens?: string
  answers: (hands: Hands) => Promise<void>
  /** Clicks for the first task and for the next ones. */
  clicks: [number, number]
  trips: number
}

const letters = [...'ABCDEFGHIJ']
const ranking = (mode: string) => `questions: { preference: { mode: ${mode} } }`
const each =
  (words: (letter: string) => [label: string, option: string], count: number, submit = true) =>
  async (hands: Hands) => {
    for (const letter of letters.slice(0, count)) await hands.chooses(...words(letter))
    if (submit) await hands.submits()
  }
const presses =
  (...labels: string[]) =>
  async (hands: Hands) => {
    for (const label of labels) await hands.presses(label)
  }

let written = 0

const own = (questions: string) => `fields: { prompt: { title: Prompt } }\nquestions: ${questions}`
const table: Row[] = [
  {
    name: 'two outputs',
    document: 'template: comparison',
    outputs: 2,
    answers: presses('A is better'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'two outputs, how much better',
    document: 'template: comparison\nquestions: { preference: { strength: true } }',
    outputs: 2,
    answers: presses('B is much better'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'two outputs, the better one improved (and typing)',
    document: 'template: comparison\nquestions: { preference: { edits: true } }',
    outputs: 2,
    answers: async (hands) => {
      await hands.presses('A is better')
      await hands.presses('Improve A')
      await hands.writes('A, as it should be', 'As it should be.')
      await hands.submits()
    },
    clicks: [3, 3],
    trips: 3,
  },
  {
    name: 'rank 3',
    document: 'template: comparison',
    outputs: 3,
    answers: presses('C', 'A'),
    clicks: [2, 2],
    trips: 2,
  },
  {
    name: 'rank 4',
    document: 'template: comparison',
    outputs: 4,
    answers: presses('C', 'A', 'B'),
    clicks: [3, 3],
    trips: 3,
  },
  {
    name: 'rank 4 with a tie',
    document: 'template: comparison',
    outputs: 4,
    answers: presses('C', '= Same as C', 'A', 'B'),
    clicks: [4, 4],
    trips: 4,
  },
  {
    name: 'rank 5',
    document: 'template: comparison',
    outputs: 5,
    answers: presses('C', 'A', 'B', 'E'),
    clicks: [4, 4],
    trips: 4,
  },
  {
    name: 'rank 7 in tiers',
    document: `template: comparison\n${ranking('tiers')}`,
    outputs: 7,
    opens: 'Answer',
    answers: each((letter) => [`Rank of ${letter}`, letter < 'C' ? '1 (best)' : '3'], 7),
    clicks: [9, 8],
    trips: 1,
  },
  {
    name: 'rank 7 in full',
    document: 'template: comparison',
    outputs: 7,
    opens: 'Answer',
    answers: each(
      (letter) => [
        `Rank of ${letter}`,
        letter === 'A'
          ? '1 (best)'
          : letter === 'G'
            ? '7 (worst)'
            : String(letters.indexOf(letter) + 1),
      ],
      7,
    ),
    clicks: [16, 15],
    trips: 1,
  },
  {
    name: 'best and worst of 7',
    document: `template: comparison\n${ranking('best_worst')}`,
    outputs: 7,
    answers: presses('C', 'A'),
    clicks: [2, 2],
    trips: 2,
  },
  {
    name: 'best of 7',
    document: `template: comparison\n${ranking('best_only')}`,
    outputs: 7,
    answers: presses('C'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'all unacceptable',
    document: 'template: comparison',
    outputs: 4,
    answers: presses('None is acceptable'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'one rating of 5',
    document: own('{ good: { title: How good?, type: rating, options: 1-5 } }'),
    answers: presses('4'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'one label of 3',
    document: own('{ kind: { title: Which?, type: label, options: [red, green, blue] } }'),
    answers: presses('green'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'thumb up or down',
    document: 'template: thumbs',
    outputs: 1,
    answers: presses('Good'),
    clicks: [1, 1],
    trips: 1,
  },
  {
    name: 'three ratings and a comment',
    document: own(
      '{ a: { title: Clear, type: rating }, b: { title: Correct, type: rating }, c: { title: Kind, type: rating }, d: { title: Note, type: text, required: false } }',
    ),
    opens: 'Answer',
    answers: async (hands) => {
      for (const label of ['Clear', 'Correct', 'Kind']) await hands.chooses(label, '4')
      await hands.writes('Note', 'fine')
      await hands.submits()
    },
    clicks: [5, 4],
    trips: 1,
  },
  {
    name: 'rating of each of 4',
    document: own('{ good: { title: Good, type: rating, of: outputs } }'),
    outputs: 4,
    opens: 'Answer',
    answers: each((letter) => [`Good (${letter})`, '3'], 4),
    clicks: [6, 5],
    trips: 1,
  },
  {
    name: 'two of eight labels',
    document: own(
      '{ kinds: { title: Kinds, type: multi_label, options: [a, b, c, d, e, f, g, h] } }',
    ),
    opens: 'Answer',
    answers: async (hands) => {
      await hands.ticks('Kinds', ['a', 'c'])
      await hands.submits()
    },
    clicks: [4, 3],
    trips: 1,
  },
  {
    name: 'one of forty labels',
    document: own(
      `{ kind: { title: Kind, type: label, options: [${Array.from({ length: 40 }, (_, i) => `l${i}`).join(', ')}] } }`,
    ),
    opens: 'Answer',
    answers: async (hands) => {
      await hands.chooses('Kind', 'l17')
      await hands.submits()
    },
    clicks: [4, 3],
    trips: 1,
  },
  {
    name: 'one of 300 labels, by search',
    document: own(
      `{ kind: { title: Kind, type: label, options: [${Array.from({ length: 300 }, (_, i) => `l${i}`).join(', ')}] } }`,
    ),
    opens: 'Answer',
    answers: async (hands) => {
      await hands.chooses('Kind', 'l217')
      await hands.submits()
    },
    clicks: [4, 3],
    trips: 1,
  },
  {
    name: 'completion (and typing)',
    document: 'template: completion',
    opens: 'Answer',
    answers: async (hands) => {
      await hands.writes('Your answer', 'An answer.')
      await hands.submits()
    },
    clicks: [2, 1],
    trips: 1,
  },
  {
    name: 'a prompt (and typing)',
    document: 'template: prompt-writing\ntarget: 3',
    isBlank: true,
    opens: 'Write a prompt',
    answers: async (hands) => {
      written++
      await hands.writes('Your prompt', `A prompt nobody wrote before, number ${written}.`)
      await hands.submits()
    },
    clicks: [2, 1],
    trips: 1,
  },
  {
    name: 'review of a prompt',
    document: 'template: prompt-review',
    opens: 'Answer',
    answers: async (hands) => {
      await hands.chooses('How clear is it?', '4')
      await hands.chooses('How relevant is it?', '5 · to the point')
      await hands.chooses('Is it safe to ask?', 'Safe')
      await hands.submits()
    },
    clicks: [5, 4],
    trips: 1,
  },
  {
    name: 'skip',
    document: 'template: comparison',
    outputs: 3,
    answers: presses('Skip'),
    clicks: [1, 1],
    trips: 1,
  },
]

test.each(table)('$name: $clicks clicks', async (row) => {
  const { ana } = journey
  const name = row.name.replace(/\W+/g, '-')
  const records = [1, 2, 3].map((n) => ({
    id: `${n}`,
    prompt: `${row.name} ${n}`,
    ...(row.outputs
      ? { outputs: letters.slice(0, row.outputs).map((letter) => `words ${letter} ${n}`) }
      : {}),
  }))
  await journey.dataset(
    `name: ${name}\ntitle: ${row.name}\n${row.document}`,
    row.isBlank ? [] : records,
  )
  await ana.joins(name)
  const spent: number[] = []
  const trips: number[] = []
  for (const isFirst of [true, false]) {
    const hands = countingHands(ana)
    const before = deliveries()
    if (isFirst && row.opens) await hands.presses(row.opens)
    await row.answers(hands)
    spent.push(hands.counted.clicks)
    // What is typed or chosen in a form is told as a draft meanwhile; nobody waits for that.
    trips.push(deliveries() - before - hands.counted.told)
  }
  rows.push([row.name, String(spent[0]), String(spent[1]), String(trips[1])])
  expect(spent).toEqual(row.clicks)
  expect(trips[1]).toBe(row.trips)
  expect(newestOf(await journey.raw(name)).filter(({ status }) => status !== 'draft')).toHaveLength(
    2,
  )
  while (ana.modal()) await ana.closes()
})

test('an arena: 1 click a vote; a question by a form, 1 click and typing', async () => {
  const said = (text: string) => ({ text: () => text })
  const models = await openModelsStandIn({ models: { a: said('One way.'), b: said('Another.') } })
  const entry = { base_url: models.url }
  const env = { PARLEY_MODELS: JSON.stringify({ a: entry, b: entry }) }
  const { parley, slack, clock, ana, ben, ...house } = await openJourney({ worker: false, env })
  const count = async (name: string, before: Promise<unknown>, work: (hands: Hands) => unknown) => {
    await before
    const spent: [number, number][] = []
    for (let n = 0; n < 2; n++) {
      const hands = countingHands(name.includes('vote') ? ben : ana)
      const heard = () => slack.wire.filter(({ direction }) => direction === 'delivery').length
      const from = heard()
      await work(hands)
      spent.push([hands.counted.clicks, heard() - from - hands.counted.told])
    }
    rows.push([name, String(spent[0]?.[0]), String(spent[1]?.[0]), String(spent[1]?.[1])])
    return spent.map(([clicks]) => clicks)
  }
  slack.channel('arena', { members: ['Ana', 'Ben'] })
  await house.dataset('name: arena\ntemplate: arena\narena: { models: [a, b] }', [])
  const place = { platform: 'slack' as const, workspace: slack.teamId }
  await openArena(parley, admin, {
    dataset: 'arena',
    to: { ...place, channelId: slack.channel('arena').id },
  })
  let asked = 0
  // Agreeing to the first question is no part of what a question costs.
  const agrees = async () => {
    await ana.types('/parley ask Shall we begin?', { channel: 'arena' })
    await ana.submits()
    await ana.closes()
  }
  const question = 'a question to an arena (and typing)'
  const costs = await count(question, agrees(), async ({ submits }) => {
    await ana.types('/parley ask', { channel: 'arena' })
    await ana.writes('Your question', `What is ${++asked}?`)
    await submits()
    while (ana.modal()) await ana.closes()
  })
  await deliverDue(parley, place)
  clock.advance(6)
  for (const id of ['1', '2', '3']) await runBattle(parley, id)
  for (let n = 0; n < 8; n++) {
    clock.advance(6)
    await deliverDue(parley, place)
  }
  const consents = async () => {
    await ben.presses('A is better', { in: 'Question 1' })
    await ben.presses('Start')
  }
  let voted = 1
  const votes = await count('a vote in an arena', consents(), ({ presses }) =>
    presses('A is better', { in: `Question ${++voted} ·` }),
  )
  await house.close()
  await models.close()
  expect({ costs, votes }).toEqual({ costs: [1, 1], votes: [1, 1] })
})

test('docs/labeling.md shows this table', () => {
  const page = readFileSync(new URL('../../docs/labeling.md', import.meta.url), 'utf8')
  expect(page).toContain(`\n${printed().join('\n')}\n\n`)
})

function deliveries(): number {
  return journey.slack.wire.filter(({ direction }) => direction === 'delivery').length
}

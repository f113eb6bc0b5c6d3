/** Cards to draw: a plain one, and random ones with every kind of question and hostile text. */
import fc from 'fast-check'
import { pressesFor } from '../../../src/chat/cards/presses.ts'
import { buildTapPanel } from '../../../src/chat/cards/taps.ts'
import type { Content, TaskCard } from '../../../src/chat/port/port.ts'
import { Question } from '../../../src/questions/question.ts'
import { letterOf } from '../../../src/questions/values.ts'

type Asks = Record<string, unknown>[]

export function cardOf(asks: Asks, more: Partial<TaskCard> & { texts?: Content[] } = {}): TaskCard {
  const { texts = [], ...rest } = more
  const questions = asks.map((ask) => Question.parse(ask))
  const outputs = texts.map((content, place) => ({
    letter: letterOf(place),
    id: `model-${place}`,
    content,
  }))
  return {
    assignmentId: '12-345',
    schemaVersion: 2,
    dataset: { name: 'prefs', title: 'Which answer helps most?', guidelines: 'Be fair.' },
    passages: [{ name: 'prompt', title: 'Prompt', content: 'Why is the sky blue?' }],
    outputs,
    questions,
    values: {},
    presses: pressesFor(
      questions,
      outputs.map((output) => output.id),
    ),
    taps: buildTapPanel(
      questions,
      outputs.map((output) => output.id),
      rest.values ?? {},
    ),
    progress: { submitted: 3, assigned: null, minutes: 0.5 },
    editing: false,
    ballot: null,
    ...rest,
  }
}

export const preference = { type: 'ranking', name: 'preference', title: 'Which is better?' }

const chunk = fc.constantFrom(
  ...['<!channel>', '<!here|x>', '<@U012AB3CD>', '<#C1|general>', '<https://evil.example|Click>'],
  ...['&amp;', '&lt;!channel&gt;', '*bold*', '_it_', '~no~', '`code`', '```\nfence\n```', '```'],
  ...['مرحبا بالعالم ', 'שלום ', '漢字仮名交じり文。', '👩‍👩‍👧‍👦', '🏳️‍🌈', 'é̂̃', '\u202e', '\u200b'],
  ...[
    '\n',
    '\n\n',
    ' ',
    '\t',
    '| a | b |\n',
    ':smile:',
    '@everyone',
    'https://a.example/b/c ',
    '"\\',
  ],
  'The quick brown fox jumps over the lazy dog. ',
)

/** Text of 0 to 15,000 characters (a few of 100,000), mostly short, sometimes of one repeated nuisance. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.array(chunk, { maxLength: 40 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(chunk, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 15_000 }))
      .map(([parts, size]) => {
        const once = parts.join('')
        return once
          .repeat(Math.ceil(size / once.length))
          .slice(0, size)
          .toWellFormed()
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', ' ', '\n\n\n', '&'.repeat(20_000), '漢'.repeat(100_000)),
  },
)

export const anyContent: fc.Arbitrary<Content> = fc.oneof(
  { weight: 3, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'system', 'tool', '<!here>'),
        content: anyText,
      }),
      { maxLength: 12 },
    ),
  },
)

const title = fc
  .array(chunk, { minLength: 1, maxLength: 30 })
  .map((parts) => `T${parts.join('')}`.slice(0, 400).toWellFormed())

const options = (most: number) =>
  fc
    .integer({ min: 2, max: most })
    .chain((count) =>
      fc.tuple(
        ...Array.from({ length: count }, (_, i) =>
          title.map((text) => ({ value: `v${i}`, text: text.slice(0, 300).toWellFormed() })),
        ),
      ),
    )

const about = fc.constantFrom('record' as const, 'outputs' as const)
const required = fc.boolean()

/** One question of any type Slack can ask. */
export const anyAsk = (name: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    fc.record({ type: fc.constant('text'), name: fc.constant(name), title, of: about, required }),
    fc.record({
      type: fc.constant('rating'),
      name: fc.constant(name),
      title,
      of: about,
      required,
      options: fc.constantFrom('1-5', '0-10', '1-10', '0-1'),
      labels: fc.constantFrom({}, { 1: 'useless <!channel>', 5: 'solved '.repeat(20).trim() }),
    }),
    fc.record({
      type: fc.constant('label'),
      name: fc.constant(name),
      title,
      of: about,
      required,
      options: fc.oneof(options(2), options(12)),
      desirable: fc.constantFrom([], ['v0'], ['v1']),
    }),
    fc.record({
      type: fc.constant('multi_label'),
      name: fc.constant(name),
      title,
      of: about,
      required,
      none_option: fc.boolean(),
      options: options(12),
    }),
    fc.record({
      type: fc.constant('ranking'),
      name: fc.constant(name),
      title,
      required,
      mode: fc.constantFrom('full', 'tiers', 'best_worst', 'best_only'),
      ties: fc.boolean(),
      strength: fc.boolean(),
      unacceptable: fc.boolean(),
    }),
  )

/** Without a page, with a quiet link to it, and answered there alone. */
export const anyPage: fc.Arbitrary<Partial<TaskCard>> = fc.constantFrom<Partial<TaskCard>[]>(
  {},
  { page: `https://parley.example/card/${'x'.repeat(260)}` },
  { page: 'https://parley.example/card/x', onPage: true, presses: [], taps: null },
)

/** A whole card. */
export const anyCard: fc.Arbitrary<TaskCard> = fc
  .record({
    asks: fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => anyAsk(`q${i}`)))),
    texts: fc.array(anyContent, { maxLength: 12 }),
    passages: fc.array(fc.record({ title, content: anyContent }), { minLength: 1, maxLength: 4 }),
    heading: title,
    guidelines: fc.option(anyText),
    editing: fc.boolean(),
    suggestion: fc.option(anyText, { nil: undefined }),
    page: anyPage,
    ballot: fc.constant(null),
  })
  .map(({ asks, texts, passages, heading, guidelines, editing, suggestion, page }) => ({
    ...cardOf(asks, {
      texts,
      passages: passages.map((passage, i) => ({ ...passage, name: `f${i}` })),
      dataset: { name: 'd', title: heading, guidelines },
      editing,
    }),
    ...(suggestion === undefined ? {} : { suggestion }),
    ...page,
  }))

/** Cards for Discord to draw: random ones with every kind of question and text that means mischief there. */
import fc from 'fast-check'
import type { MessageBody, ModalBody } from '../../../adapters/discord/draw/components.ts'
import { judgeCallback } from '../../../sandbox/discord/bodies.ts'
import type { Content, TaskCard } from '../../../src/chat/port/port.ts'
import { anyPage, anyAsk as anySmallAsk, cardOf } from '../slack/cards.ts'
import { problemsOfMessage, problemsOfModal } from './problems.ts'

export { cardOf, preference } from '../slack/cards.ts'

const chunk = fc.constantFrom(
  ...['@everyone', '@here ', '<@123456789012345678>', '<@&1234>', '<#1234>', '</parley next:1>'],
  ...[
    '<t:1700000000:R>',
    '<:evil:1234>',
    '<a:evil:1234>',
    '<id:guide>',
    '[Click](https://e.example)',
  ],
  ...[
    '**bold**',
    '__under__',
    '_it_',
    '~~no~~',
    '||spoiler||',
    '`code`',
    '# Heading\n',
    '-# small\n',
  ],
  ...['> quote\n', '>>> all of it\n', '- item\n', '* item\n', '1. one\n', '7) seven\n', '+ plus\n'],
  ...['```py\nprint(1)\n```\n', '```', '```\n', '\n```js\n', '~~~\n', '``', '\\', '\\\\_', '\\n'],
  ...[
    'مرحبا بالعالم ',
    'שלום ',
    '漢字仮名交じり文。',
    '👩‍👩‍👧‍👦',
    '🏳️‍🌈',
    'é̂̃',
    '\u202e',
    '\u200b',
    '\u2028',
  ],
  ...[
    '\n',
    '\n\n',
    ' ',
    '\t',
    '| a | b |\n',
    ':smile:',
    'https://a.example/b_c ',
    '"\\',
    '¯\\_(ツ)_/¯',
  ],
  'The quick brown fox jumps over the lazy dog. ',
)

/** Most about as long as a message may be, for there texts are cut; some as long as texts may be. */
const size = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 8000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
)

/** Text of 0 to 100,000 characters, mostly short, sometimes of one repeated nuisance. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(chunk, { maxLength: 60 }).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.array(chunk, { minLength: 1, maxLength: 20 }), size)
      .map(([parts, length]) => {
        const once = parts.join('')
        return once
          .repeat(Math.ceil(length / once.length))
          .slice(0, length)
          .toWellFormed()
      }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['', ' ', '\n\n\n', '*'.repeat(100_000), '漢'.repeat(100_000), '😀'.repeat(50_000)],
      ...['é'.repeat(100_000), '`'.repeat(10_000), '\n'.repeat(5000), '```\n'.repeat(3000)],
    ),
  },
)

export const anyContent: fc.Arbitrary<Content> = fc.oneof(
  { weight: 3, arbitrary: anyText },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'system', 'tool', '@everyone'),
        content: anyText,
      }),
      { maxLength: 12 },
    ),
  },
)

export const title = fc
  .array(chunk, { minLength: 1, maxLength: 30 })
  .map((parts) => `T${parts.join('')}`.slice(0, 400).toWellFormed())

/** One question of any type Discord can ask; some with more options than a menu holds. */
export const anyAsk = (name: string): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    { weight: 5, arbitrary: anySmallAsk(name) },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constantFrom('label', 'multi_label'),
        name: fc.constant(name),
        title,
        description: title,
        required: fc.boolean(),
        options: fc.integer({ min: 2, max: 120 }).map((count) =>
          Array.from({ length: count }, (_, i) => ({
            value: `v${i}`,
            text: `Option ${i} **of** many, with words that go on and on for a whole long line`,
            ...(i % 3 === 0 ? { description: `@here ${i} means a lot of things.` } : {}),
          })),
        ),
      }),
    },
  )

/** A whole card. */
export const anyCard: fc.Arbitrary<TaskCard> = fc
  .record({
    asks: fc
      .integer({ min: 1, max: 4 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, i) => anyAsk(`q${i}`)))),
    texts: fc.oneof(
      { weight: 5, arbitrary: fc.array(anyContent, { maxLength: 12 }) },
      { weight: 1, arbitrary: fc.array(anyText, { minLength: 13, maxLength: 50 }) },
    ),
    passages: fc.array(fc.record({ title, content: anyContent }), { minLength: 1, maxLength: 4 }),
    heading: title,
    guidelines: fc.option(anyText),
    editing: fc.boolean(),
    suggestion: fc.option(anyText, { nil: undefined }),
    page: anyPage,
  })
  .map(({ asks, texts, passages, heading, guidelines, editing, suggestion, page }) => {
    const card = cardOf(asks, {
      texts,
      passages: passages.map((passage, i) => ({
        ...passage,
        name: i === 1 ? 'f'.repeat(180) : `f${i}`,
      })),
      dataset: { name: 'd', title: heading, guidelines },
      editing,
    })
    const suggested = suggestion === undefined ? {} : { suggestion }
    return editing ? { ...card, taps: null, ...page } : { ...card, ...suggested, ...page }
  })

/**
 * What Discord would hold against this message, by our own limits and by the stand-in's, which were
 * typed from the sources by somebody else; empty when it is legal.
 */
export function faultsOfMessage(body: MessageBody): string[] {
  const files = (body.attachments ?? []).map(({ filename }) => filename)
  const around = { flags: 0, files, uploads: files.length }
  return [...problemsOfMessage(body), ...judged(4, body, around)]
}

export function faultsOfModal(modal: ModalBody | null): string[] {
  if (modal === null) return []
  return [...problemsOfModal(modal), ...judged(9, modal, { flags: 0, files: [], uploads: 0 })]
}

function judged(type: number, data: object, around: Parameters<typeof judgeCallback>[1]): string[] {
  const refusal = judgeCallback(JSON.parse(JSON.stringify({ type, data })), around)
  return refusal ? [JSON.stringify(refusal.body)] : []
}

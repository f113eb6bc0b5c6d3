/** Whatever a model writes stands there as it wrote it, and does nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  drawnSize,
  piecesWithin,
  sizeOf,
  startWithin,
} from '../../../adapters/discord/draw/budget.ts'
import { escapeDiscord, unescapeDiscord } from '../../../adapters/discord/draw/escape.ts'
import { limits } from '../../../adapters/discord/limits.ts'
import { anyText } from './cards.ts'
import { liveMarkup } from './markdown.ts'

const runs = { numRuns: 150 }

describe('happy: readers see the stored text', () => {
  test('for any text', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, fc.string({ unit: 'binary' })), (text) => {
        expect(unescapeDiscord(escapeDiscord(text))).toBe(text)
      }),
      runs,
    )
  })

  test('code in a plain fence stays code', () => {
    const text = 'Run this:\n```py\nprint("*_~`")\n```\nand *that*.'
    expect(escapeDiscord(text)).toBe('Run this:\n```py\nprint("*_~`")\n```\nand \\*that\\*.')
  })

  test.each([
    ['a fence that never closes', '```js\nlet a'],
    ['a fence of nothing', '```\n\n```'],
    ['a fence with words beside it', '``` look here\ncode\n```'],
    ['a fence in a fence', '```\na ```b\n```'],
  ])('%s is told as it is typed', (_, text) => {
    expect(escapeDiscord(text)).not.toMatch(/(?<!\\)`/)
  })

  test('plain prose stays unchanged', () => {
    const text = 'It costs 3.50 (or so) - and 5 > 3; see a/b: yes, "quoted" & more! 10% of it?'
    expect(escapeDiscord(text)).toBe(text)
  })
})

describe('forbidden: nothing in a text is live', () => {
  test.each([
    '@everyone',
    '@here',
    '<@123456789012345678>',
    '<@&12>',
    '<#12>',
    '</parley next:1>',
    '<t:0:R>',
    '<:evil:1>',
    '<a:evil:1>',
    '<id:guide>',
    '[Click](https://e.example)',
    'https://e.example/a_b',
    '<https://e.example>',
    '**a**',
    '__a__',
    '*a*',
    '_a_',
    '~~a~~',
    '||a||',
    '|||a|||',
    '`a`',
    '```a```',
    '# A',
    '   ### A',
    '-# a',
    '> a',
    '>>> a',
    '- a',
    ' * a',
    '+ a',
    '1. a',
    '12) a',
    ':smile:',
    ':+1:',
    '\\*a\\*',
    '\\\\*a*',
    'a\n# b',
    '\\',
    'http://e.example',
    'x@everyone',
  ])('%j', (text) => {
    expect(liveMarkup(escapeDiscord(text))).toEqual([])
    expect(unescapeDiscord(escapeDiscord(text))).toBe(text)
  })

  test('for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(liveMarkup(escapeDiscord(text.slice(0, 8000).toWellFormed()))).toEqual([])
      }),
      runs,
    )
  })
})

describe('happy: a long text is escaped in one pass', () => {
  // In two nested ones, each of these would take minutes.
  test.each(['\r', '\u2028', '\t', ' ', '1', ':', 'a:', '`', '*_', '<@', '1.'])(
    'of %j',
    (piece) => {
      const text = piece.repeat(1_000_000)
      expect(unescapeDiscord(escapeDiscord(text))).toBe(text)
    },
  )
})

describe('happy: one size for characters and bytes', () => {
  test('a text within it is within both of Discord’s limits, in any script', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 3900 }), (text, most) => {
        const { raw, drawn } = startWithin(text, most)
        expect(text.startsWith(raw)).toBe(true)
        const size = sizeOf(drawn)
        expect(size).toBeLessThanOrEqual(Math.max(most, 12))
        expect([...drawn].length).toBeLessThanOrEqual(size)
        const bytes = Buffer.byteLength(drawn)
        expect(bytes / limits.textBytes).toBeLessThanOrEqual(size / 3900)
      }),
      runs,
    )
  })

  test('pieces lose nothing, and no code fence runs into the next piece', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(300, 1000, 3600), (text, most) => {
        const pieces = piecesWithin(text, most)
        expect(pieces.map(({ raw }) => raw).join('')).toBe(text)
        for (const { drawn } of pieces) {
          expect(sizeOf(drawn)).toBeLessThanOrEqual(most)
          expect(liveMarkup(drawn)).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
  })

  test('the size of a text is known before it is drawn', () => {
    expect(drawnSize('abc')).toBe(3 + 5)
    expect(drawnSize('*')).toBe(2 + 5)
    expect(sizeOf('漢'.repeat(1000))).toBeGreaterThan(1150)
    expect(sizeOf('😀')).toBe(2)
  })
})

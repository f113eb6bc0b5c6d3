/** Cutting and escaping text: nothing is lost, no character is broken, fences stay whole. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  costOf,
  escapedCost,
  escapeSlack,
  jsonCost,
  shorten,
  splitText,
  startOf,
  unescapeSlack,
} from '../../src/chat/text.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(
      fc.constantFrom(
        ...['<!channel>', '&amp;', '&lt;', '<@U1>', '```', '```ts\nlet a = 1\n', '\n\n', '\n', ' '],
        ...[
          '👩‍👩‍👧‍👦',
          'é',
          'مرحبا بالعالم',
          '漢字かな。',
          '🏳️‍🌈',
          'a word. Another! ',
          '~~~',
          'x'.repeat(50),
        ],
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
)

describe('happy: cutting', () => {
  test('pieces joined are the text, each within its limit', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 20, max: 120 }), (text, most) => {
        const pieces = splitText(text, most, { cost: escapedCost })
        expect(pieces.map((piece) => piece.raw).join('')).toBe(text)
        for (const { raw } of pieces) {
          expect(costOf(raw, escapedCost)).toBeLessThanOrEqual(most)
          expect(raw).not.toBe('')
        }
      }),
    )
  })

  test('no piece begins or ends inside a surrogate pair', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 8, max: 60 }), (text, most) => {
        for (const { raw } of splitText(text, most)) expect(raw.isWellFormed()).toBe(true)
      }),
    )
  })

  test('a family emoji stays one', () => {
    const family = '👩‍👩‍👧‍👦'
    for (const { raw } of splitText(family.repeat(40), 50))
      expect(raw.length % family.length).toBe(0)
  })

  test('a cut falls between paragraphs before it falls between lines, sentences and words', () => {
    const paragraph = `${'word '.repeat(14)}end.\n\n`
    const pieces = splitText(paragraph.repeat(5), 100)
    expect(pieces.map((piece) => piece.raw)).toEqual(Array(5).fill(paragraph))
    expect(splitText('One sentence here. Another one follows it now.', 40)[0]?.raw).toBe(
      'One sentence here. Another one follows ',
    )
    expect(splitText('One sentence is right here. And more', 34)[0]?.raw).toBe(
      'One sentence is right here. ',
    )
  })

  test('with fences, every piece closes what it opens and the next opens it again', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 80, max: 300 }), (text, most) => {
        const pieces = splitText(text, most, { fences: true })
        expect(pieces.map((piece) => piece.raw).join('')).toBe(text)
        for (const { text: shown } of pieces) expect(shown.length).toBeLessThanOrEqual(most)
      }),
    )
    const code = `Before\n\`\`\`ts\n${'const a = 1\n'.repeat(30)}\`\`\`\nAfter`
    const pieces = splitText(code, 120, { fences: true })
    expect(pieces.length).toBeGreaterThan(3)
    for (const { text } of pieces)
      expect(text.split('\n').filter((line) => line.startsWith('```')).length % 2).toBe(0)
    expect(pieces[1]?.text.startsWith('```ts\n')).toBe(true)
  })

  test('the start of a text is its first piece, and 100,000 characters are cut', () => {
    const text = 'All work and no play. '.repeat(4546)
    const pieces = splitText(text, 3000)
    expect(startOf(text, 3000)).toBe(pieces[0]?.raw)
    expect(pieces.map((piece) => piece.raw).join('')).toBe(text)
  })

  test('a shortened text says so with "…" and keeps to its limit', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 2, max: 80 }), (text, most) => {
        const short = shorten(text, most, escapedCost)
        expect(costOf(short, escapedCost)).toBeLessThanOrEqual(most)
        if (short !== text) expect(short.endsWith('…')).toBe(true)
      }),
    )
  })
})

describe('happy: escaping', () => {
  test('escaping has an exact inverse, also for text that looks escaped already', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(unescapeSlack(escapeSlack(text))).toBe(text)
        expect(escapeSlack(text)).not.toMatch(/[<>]/)
        expect(costOf(text, escapedCost)).toBe(escapeSlack(text).length)
      }),
    )
  })

  test('a text costs what its units cost, one by one', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const cost of [escapedCost, jsonCost]) {
          const units = Array.from({ length: text.length }, (_, i) => cost(text.charCodeAt(i)))
          expect(costOf(text, cost)).toBe(units.reduce((sum, one) => sum + one, 0))
        }
      }),
    )
  })

  test('the cost of JSON is never less than its size as Slack writes it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const json = JSON.stringify(escapeSlack(text)).slice(1, -1)
        const size = [...json].reduce(
          (sum, one) => sum + ((one.codePointAt(0) ?? 0) > 126 ? one.length * 6 : 1),
          0,
        )
        expect(costOf(text, jsonCost)).toBeGreaterThanOrEqual(size)
      }),
    )
  })
})

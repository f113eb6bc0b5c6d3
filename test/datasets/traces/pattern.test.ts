/** Patterns for redaction: what they find is what JavaScript finds, and no text makes them slow. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePattern } from '../../../src/datasets/traces/parse-pattern.ts'
import { findPlaces } from '../../../src/datasets/traces/search.ts'

const plenty = () => ({ steps: 50_000_000 })
const found = (source: string, text: string) =>
  findPlaces(parsePattern(source), text, plenty()).map(({ start, end }) => text.slice(start, end))

describe('happy: what a pattern finds', () => {
  test.each([
    [
      '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+',
      'write to ana@x.org, or b.c@y.co.uk',
      ['ana@x.org', 'b.c@y.co.uk'],
    ],
    ['\\b\\d{3}-\\d{2}-\\d{4}\\b', 'SSN 078-05-1120, not 1078-05-11205', ['078-05-1120']],
    ['\\b(?:\\d[ -]?){13,16}\\b', 'card 4111 1111 1111 1111!', ['4111 1111 1111 1111']],
    ['sk-[\\w-]{20,}', `key sk-${'a'.repeat(24)} end`, [`sk-${'a'.repeat(24)}`]],
    ['(?i)bearer\\s+\\S+', 'BEARER abc', ['BEARER abc']],
    ['a|ab|abc', 'xabcx', ['abc']],
    ['^\\d+|\\d+$', '12 34 56', ['12', '56']],
    ['\\p{Lu}\\p{L}+', 'Émile und Zoë', ['Émile', 'Zoë']],
    ['👍+', 'ok 👍👍!', ['👍👍']],
    ['[^\\]\\s]+\\]', 'x a]b', ['a]']],
    ['\\u00e4\\{\\}/', 'ä{}/', ['ä{}/']],
  ])('%s', (pattern, text, places) => {
    expect(found(pattern, text)).toEqual(places)
  })

  test('where longest and first agree, it finds what JavaScript finds', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '\\d', '.', '(?:ab)', '(?:a|b)', '\\b')
    const repeated = fc
      .tuple(atom, fc.constantFrom('', '', '+', '*', '?', '{2}', '{1,3}', '{2,}'))
      .map(([one, how]) => (one === '\\b' ? one : one + how))
    const pattern = fc.array(repeated, { minLength: 1, maxLength: 4 }).map((all) => all.join(''))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' '), maxLength: 14 })
    fc.assert(
      fc.property(pattern, text, (source, given) => {
        let ours: string[]
        try {
          ours = found(source, given)
        } catch {
          expect(new RegExp(`^(?:${source.replaceAll('\\b', '')})$`, 'u').test('')).toBe(true)
          return
        }
        // The first place is the same; of its ends, ours is the longest that JavaScript knows of.
        const theirs = [...given.matchAll(new RegExp(source, 'gu'))]
        expect(ours.length > 0).toBe(theirs.length > 0)
        const [first] = theirs
        if (!first) return
        const ends = Array.from({ length: given.length + 1 }, (_, end) => end).filter((end) =>
          new RegExp(`^(?:${source})$`, 'u').test(given.slice(first.index, end)),
        )
        expect(given.indexOf(ours[0] ?? '', first.index)).toBe(first.index)
        if (!source.includes('\\b')) expect(ours[0]?.length).toBe(Math.max(...ends) - first.index)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['[\\w.]+@[\\w.]+', 'a'.repeat(100_000)],
    ['(a+)+b', 'a'.repeat(100_000)],
    ['(?:a|a)*c', 'a'.repeat(100_000)],
    ['\\d+-\\d+', '1'.repeat(100_000)],
  ])(
    '%s over a text that is made to be slow takes a step for every character and place',
    (source, text) => {
      const budget = { steps: 5_000_000 }
      expect(findPlaces(parsePattern(source), text, budget)).toEqual([])
      expect(budget.steps).toBeGreaterThan(0)
    },
  )

  test('a search that would not end in time ends with its budget', () => {
    const budget = { steps: 10_000 }
    findPlaces(parsePattern('a|a+b'), 'a'.repeat(100_000), budget)
    expect(budget.steps).toBeLessThan(0)
    expect(budget.steps).toBeGreaterThan(-100)
  })
})

describe('refused: patterns that could be slow, or are none', () => {
  test.each([
    ['(a)\\1', 'refers back to a group'],
    ['(?=a)b', 'look around'],
    ['(?<!a)b', 'look around'],
    ['(?<name>a)', 'name a group'],
    ['<.*?>', 'as little or as much'],
    ['a++', 'as little or as much'],
    ['a{2}{3}', 'repeats a repetition'],
    ['a{5000}', 'Write at most {1000}'],
    ['(?:a{100}){100}', 'too long'],
    ['a*', 'nothing at all'],
    ['\\b', 'nothing at all'],
    ['(a', 'without its ")"'],
    ['a)', 'without its "("'],
    ['[a', 'without its end'],
    ['+a', 'nothing stands before it'],
    ['\\p{Nonsense}', 'no class of characters'],
    ['[z-a]', 'no class of characters'],
  ])('%s', (pattern, why) => {
    expect(() => parsePattern(pattern)).toThrow(why)
  })
})

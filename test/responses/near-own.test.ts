/** What is nearly the same text, and what only sounds alike. */
import { describe, expect, test } from 'vitest'
import { isNear } from '../../src/responses/near-own.ts'

describe('happy: nearly the same', () => {
  test.each([
    ['Write a short poem about my two cats', 'Write a short poem about my two rats', true],
    ['WRITE  a short\npoem about my two cats', 'write a short poem about my two cats', true],
    ['Explain tides to a child of six', 'Explain tides to a child of six.', true],
    ['Explain tides to a child of six', 'Explain taxes to a grown-up of sixty', false],
    ['Cats?', 'Rats?', false],
    ['', 'a', false],
  ])('%j and %j: %s', (a, b, near) => {
    expect(isNear(a, b)).toBe(near)
    expect(isNear(b, a)).toBe(near)
  })

  test('two texts as long as an answer may be are compared by how they begin', () => {
    const long = 'a long text '.repeat(8000)
    expect(isNear(long, `${long}!`)).toBe(true)
    expect(isNear(long, 'another one '.repeat(8000))).toBe(false)
    expect(isNear(long, long.slice(0, 50_000))).toBe(false)
  })
})

/** Texts that look alike on a button are the same text to whoever presses it. */
import { describe, expect, test } from 'vitest'
import { firstAlike, readsAs } from '../../src/questions/reads-as.ts'

describe('refused: two that read the same', () => {
  test.each([
    ['Good', 'Good '],
    ['Good', 'Go\u200bod'],
    ['Good', 'G\u00adood'],
    ['\u00e9', 'e\u0301'],
    ['two words', 'two\u00a0 words'],
    ['\u2060Good', 'Good\ufe0f'],
    ['\uff21', 'A'],
    [' ', '\u3164'],
  ])('%j and %j', (a, b) => {
    expect(readsAs(a)).toBe(readsAs(b))
    expect(firstAlike(['Other', a, b])).not.toBeNull()
  })
})

describe('happy: what differs to the eye', () => {
  test('case, accents, marks and emoji stay apart', () => {
    expect(firstAlike(['good', 'Good', 'goöd', 'good!', '👍', '👎', '1', '1.'])).toBeNull()
  })
})

/** LaTeX in a text: which formulas are found, and that openings without an end cost one pass. */
import { describe, expect, test } from 'vitest'
import { putAside, putBack } from '../../src/markdown/formulas.ts'

describe('happy: formulas are put aside', () => {
  test('of every notation, with the spacing of rows inside', () => {
    const text = 'a \\(x^2\\) b \\[y \\\\[4pt] z\\] and $$w$$, $q_1$, and 5$ or 6$'
    const { text: marked, formulas } = putAside(text)
    expect(formulas).toEqual(['\\(x^2\\)', '\\[y \\\\[4pt] z\\]', '$$w$$', '$q_1$'])
    expect(putBack(marked, formulas)).toBe(text)
  })

  test('of two openings the inner one begins the formula; an escaped one begins none', () => {
    expect(putAside('\\(a \\(b\\)').formulas).toEqual(['\\(b\\)'])
    expect(putAside('\\\\(a\\)').formulas).toEqual([])
  })

  // Were each read to the end of the text, these would take minutes.
  test.each(['\\(', '\\[', '\\\\[', '$$', '$a', '\\(a', '\\[a\n', '$_'])('of %j alone', (piece) => {
    const text = piece.repeat(200_000)
    const { text: marked, formulas } = putAside(text)
    expect(putBack(marked, formulas)).toBe(text)
  })
})

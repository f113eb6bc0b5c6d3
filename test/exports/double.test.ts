/** Doubles in JSON: always with a fraction, from JavaScript and from Postgres alike, and the same number. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asDouble, doubleText } from '../../src/exports/double.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, -0, 1, 1e14, 1e15, 1e16, 1e21, 1e-7, 2 ** 53, -3),
)

describe('happy', () => {
  test('every number keeps its value and reads as a double', () => {
    fc.assert(
      fc.property(numbers, (number) => {
        const text = JSON.stringify({ n: asDouble(number) })
        expect(text).toMatch(/[.e]/)
        // JSON has no negative zero that JavaScript would write.
        expect(JSON.parse(text)).toEqual({ n: number === 0 ? 0 : number })
      }),
    )
  })

  test('Postgres says the same numbers, with a fraction too', async () => {
    const sample = fc.sample(numbers, 300)
    const rows = await sql<{ text: string }>`
      select ${doubleText('n')} as text from unnest(${sample}::float8[]) with ordinality as t (n, at)
      order by at`.execute(at.parley.db)
    for (const [place, { text }] of rows.rows.entries()) {
      expect(text).toMatch(/[.e]/)
      // The driver says zero for negative zero.
      expect(Number(text) + 0).toBe(Number(sample[place]) + 0)
    }
    const none = await sql<{ text: string }>`select ${doubleText('n')} as text
      from (select null::float8 as n) t`.execute(at.parley.db)
    expect(none.rows).toEqual([{ text: 'null' }])
  })

  test('what is no number stays what it is', () => {
    expect(JSON.stringify([asDouble(null), asDouble('1'), asDouble(undefined)])).toBe(
      '[null,"1",null]',
    )
  })
})

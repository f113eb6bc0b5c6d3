/** The renderer's version that answers note is the one that drew their card. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rendererVersion } from '../../src/markdown/tree.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

describe('happy', () => {
  test('the database names the renderer that this code is', async () => {
    const { rows } = await sql<{ formatted: string; raw: string }>`
      select rendering_shown('formatted') as formatted, rendering_shown('raw') as raw`.execute(
      at.parley.db,
    )
    expect(rows).toEqual([{ formatted: rendererVersion, raw: 'raw' }])
  })
})

/** Reads a file of foreign answers, whatever its rows say: what is no row is the problem of its line. */
import { parseJson } from '../records/json.ts'
import { type RowsInput, readRows } from '../records/rows.ts'
import type { ForeignRow } from './import-foreign.ts'

/** `read` is told the value of each row, and its number. */
export async function* foreignRows(
  input: RowsInput,
  read: (value: unknown, number: number) => ForeignRow,
  options: Parameters<typeof parseJson>[1] = {},
): AsyncGenerator<ForeignRow[]> {
  for await (const lines of readRows(input))
    yield lines.map(({ number, text, problem }) => {
      if (problem) return { number, problem: { path: '', ...problem } }
      const parsed = parseJson(text, options)
      if ('problem' in parsed) return { number, problem: parsed.problem }
      const row = read(parsed.value, number)
      return 'problem' in row ? row : { ...row, length: text.length }
    })
}

/** Reads a file of answers made elsewhere; a line that is not a row becomes a problem of that line. */
import { type ReadOptions, readLine } from '../readers/json.ts'
import { lengthOf } from '../readers/lines.ts'
import { type RowsInput, readRows } from '../readers/rows.ts'
import type { ForeignRow } from './foreign.ts'

/** Calls `read` with the value of each row and its number; a row may hold several records. */
export async function* foreignRows(
  input: RowsInput,
  read: (value: unknown, number: number) => ForeignRow | ForeignRow[],
  options: ReadOptions = {},
): AsyncGenerator<ForeignRow[]> {
  for await (const lines of readRows(input))
    yield lines.flatMap((line): ForeignRow[] => {
      const { number, problem } = line
      if (problem) return [{ number, problem: { path: '', ...problem } }]
      const parsed = readLine(line, options)
      if ('problem' in parsed) return [{ number, problem: parsed.problem }]
      const rows = [read(parsed.value, number)].flat()
      return rows.map((row) =>
        'problem' in row ? row : { ...row, length: lengthOf(line) / rows.length },
      )
    })
}

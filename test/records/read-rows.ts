/** Reads a file as an import does, in a process of its own with little memory, and says what it was. */
import { openRows } from '../../src/cli/source.ts'
import { ParleyError } from '../../src/errors.ts'
import { readLine } from '../../src/records/json.ts'
import { readRows } from '../../src/records/rows.ts'

const counts = { rows: 0, problems: 0, said: '' }
try {
  for await (const lines of readRows(await openRows(process.argv[2] ?? '')))
    for (const line of lines) {
      counts.rows++
      const parsed = line.problem ? { problem: line.problem } : readLine(line)
      if (!('problem' in parsed)) continue
      counts.problems++
      counts.said ||= parsed.problem.message
    }
} catch (error) {
  if (!(error instanceof ParleyError)) throw error
  counts.said = error.message
}
process.stdout.write(JSON.stringify(counts))

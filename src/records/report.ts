/** What an import tells of itself: what came of its lines, and which of them were refused and why. */
import type { LineWarning, WarningKind } from './check.ts'
import type { LineProblem } from './json.ts'

export type ImportReport = {
  /** What one of them is called: a line of text, or a row of a table. */
  unit: 'line' | 'row'
  /** Lines with something on them: created + updated + unchanged + repeated + refused. */
  lines: number
  created: number
  updated: number
  unchanged: number
  /** Lines whose external id came again a little later in the file: the later line was kept. */
  repeated: number
  /** The first hundred; `count` is all of them. */
  refused: { count: number; lines: ({ line: number } & LineProblem)[] }
  warnings: {
    count: number
    byKind: Partial<Record<WarningKind, number>>
    lines: ({ line: number } & LineWarning)[]
  }
  /** All or nothing was asked for and did not come to be: nothing of the file was kept. */
  rolledBack: boolean
  /** Somebody ended it before the end of the file. */
  stopped: boolean
}

const told = 100

export function emptyReport(unit: ImportReport['unit']): ImportReport {
  return {
    unit,
    lines: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    repeated: 0,
    refused: { count: 0, lines: [] },
    warnings: { count: 0, byKind: {}, lines: [] },
    rolledBack: false,
    stopped: false,
  }
}

export function refuse(report: ImportReport, line: number, problem: LineProblem): null {
  report.refused.count++
  if (report.refused.lines.length < told)
    report.refused.lines.push({
      line,
      path: printable(problem.path),
      message: printable(problem.message),
      remedy: printable(problem.remedy),
    })
  return null
}

/** Keys of a file end up on an admin's terminal: no control characters, no endless ones. */
function printable(text: string): string {
  const bare = text.replace(/\p{Cc}/gu, '?')
  return bare.length > 300 ? `${bare.slice(0, 299)}…` : bare
}

export function warn(report: ImportReport, line: number, warning: LineWarning) {
  const { warnings } = report
  warnings.count++
  warnings.byKind[warning.kind] = (warnings.byKind[warning.kind] ?? 0) + 1
  if (warnings.lines.length < told) warnings.lines.push({ line, ...warning })
}

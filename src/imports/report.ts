/** An import’s report: what its lines and records led to, and what was refused and why. */
import type { ParleyError } from '../errors.ts'
import type { LineProblem } from '../json.ts'
import type { RecordPart } from '../records/record-line.ts'
import type { LineWarning, WarningKind } from './warnings.ts'

export type ImportReport = {
  /** What one of them is called: a line of text, or a row of a table. */
  unit: 'line' | 'row'
  /** Lines with something on them. In a file of records each is one of the counts below. */
  lines: number
  /** Records. In a file of answers each is counted once, however many lines are about it. */
  created: number
  updated: number
  unchanged: number
  /** What of the records that were updated was another: one of them may have several. */
  parts: { [Part in RecordPart]?: number }
  /** Lines whose external id came again a little later in the file: the later line was kept. */
  repeated: number
  /** `count` is all lines of which nothing was kept; `lines` says why for the first hundred. */
  refused: { count: number; lines: ({ line: number } & LineProblem)[] }
  /** Refused parts of lines whose rest was kept; reported beside the refused lines. */
  refusedParts: number
  warnings: {
    count: number
    byKind: Partial<Record<WarningKind, number>>
    lines: ({ line: number } & LineWarning)[]
  }
  /** All-or-nothing was requested and a line failed: nothing of the file was kept. */
  rolledBack: boolean
  /** Somebody ended it before the end of the file. */
  stopped: boolean
  /** The file is cut off or damaged further on: what was read before that is kept. */
  broken?: ParleyError
}

/** What is kept of a report. */
export type ImportSummary = Pick<
  ImportReport,
  'lines' | 'created' | 'updated' | 'unchanged' | 'parts' | 'repeated'
> & {
  refused: number
  answers?: {
    created: number
    changed: number
    unchanged: number
    surplus: number
    refused: number
  }
}

const mostReported = 100

export function emptyReport(unit: ImportReport['unit']): ImportReport {
  return {
    unit,
    lines: 0,
    created: 0,
    updated: 0,
    unchanged: 0,
    parts: {},
    repeated: 0,
    refused: { count: 0, lines: [] },
    refusedParts: 0,
    warnings: { count: 0, byKind: {}, lines: [] },
    rolledBack: false,
    stopped: false,
  }
}

export function refuse(report: ImportReport, line: number, problem: LineProblem): null {
  report.refused.count++
  return tell(report, line, problem)
}

/** For a part of a line: the rest of it was kept. */
export function refusePart(report: ImportReport, line: number, problem: LineProblem): null {
  report.refusedParts++
  return tell(report, line, problem)
}

function tell(report: ImportReport, line: number, problem: LineProblem): null {
  if (report.refused.lines.length < mostReported)
    report.refused.lines.push({
      line,
      path: printable(problem.path),
      message: printable(problem.message),
      remedy: printable(problem.remedy),
    })
  return null
}

export function noteUpdate(
  report: Pick<ImportReport, 'updated' | 'parts'>,
  parts: readonly RecordPart[],
) {
  report.updated++
  for (const part of parts) report.parts[part] = (report.parts[part] ?? 0) + 1
}

/** Why a record cannot be changed; `parts` is what the line would change. */
export function refusalOf(
  outcome: 'answered' | 'leased',
  parts: readonly RecordPart[],
): LineProblem {
  return { path: parts.includes('fields') ? 'fields' : 'outputs', ...refusals[outcome] }
}

const refusals = {
  answered: {
    message: 'changes a record that people have answered.',
    remedy:
      'Give the changed record an external_id of its own; metadata, suggestions and priority may change.',
  },
  leased: {
    message: 'changes a record that somebody is answering right now.',
    remedy: 'Import the line again later, or give the record an external_id of its own.',
  },
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
  if (warnings.lines.length < mostReported) warnings.lines.push({ line, ...warning })
}

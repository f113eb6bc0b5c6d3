/** What an import says in the terminal when it is through: what came of lines, records and answers. */
import { type ImportReport, recordParts } from '../records/report.ts'
import type { AnswersReport } from '../responses/write.ts'
import { print, say } from './command.ts'
import type { Running } from './importing.ts'
import { stoppedCode } from './stop.ts'

/** Records and the answers to them are told apart. Exit code 2 when anything was refused. */
export function sayAnswers(report: AnswersReport, dataset: string, running: Running): number {
  const { lines, repeated, refused, unit, answers } = report
  running.meter.end()
  sayRefused(report)
  const again = repeated > 0 ? `, ${repeated} repeated` : ''
  print(`${counted(lines, unit)}${again}, ${refused.count} refused.`)
  print(`Records: ${recordsOf(report)}.`)
  print(
    `Answers: ${answers.created} created, ${answers.changed} changed, ${answers.unchanged} unchanged, ${answers.surplus} surplus, ${answers.refused} refused.`,
  )
  if (answers.surplus > 0)
    print(
      answers.surplus === 1
        ? 'The surplus answer is kept for raw exports; its record has all the answers it wants, so it does not count.'
        : 'Surplus answers are kept for raw exports; their records have all the answers they want, so they do not count.',
    )
  return codeOf(report, dataset)
}

/** The report goes to stdout; every refused line is named. Exit code 2 when any was. */
export function sayReport(report: ImportReport, dataset: string): number {
  const { refused, unit, lines, repeated } = report
  sayRefused(report)
  const again = repeated > 0 ? `, ${repeated} repeated` : ''
  print(
    report.rolledBack
      ? `${report.stopped ? 'Stopped' : `${counted(refused.count, unit)} refused`}; nothing was kept (--all-or-nothing).`
      : `${counted(lines, unit)}: ${recordsOf(report)}${again}, ${refused.count} refused.`,
  )
  return codeOf(report, dataset)
}

function recordsOf({ created, updated, unchanged, parts }: ImportReport): string {
  const changed = recordParts.flatMap((part) => (parts[part] ? [`${part} of ${parts[part]}`] : []))
  const what = changed.length > 0 ? ` (${changed.join(', ')})` : ''
  return `${created} created, ${updated} updated${what}, ${unchanged} unchanged`
}

function sayRefused({ refused, refusedParts, warnings, unit }: ImportReport): void {
  for (const { line, path, message, remedy } of refused.lines)
    print(`${unit} ${line}${path ? ` ${path}` : ''}: ${message} ${remedy}`)
  const more = refused.count + refusedParts - refused.lines.length
  if (more > 0) print(`… and ${more} more refused.`)
  for (const [kind, count] of Object.entries(warnings.byKind)) say(`warning: ${kind}: ${count}`)
  for (const { line, path, message } of warnings.lines.slice(0, 10))
    say(`  ${unit} ${line}${path ? ` ${path}` : ''}: ${message}`)
}

function codeOf(
  { refused, refusedParts, unit, stopped, broken, rolledBack }: ImportReport,
  dataset: string,
): number {
  const all = refused.count + refusedParts
  if (all > 0)
    say(
      `Mend ${all === 1 ? `this ${unit}` : `these ${unit}s`} and run the import again; the rest of ${dataset} stays.`,
    )
  if (broken) {
    say(broken.message)
    say(keptBefore)
    return 2
  }
  if (!stopped) return all > 0 ? 2 : 0
  if (!rolledBack) say(keptSoFar)
  return stoppedCode
}

const keptBefore =
  'The file could not be read to its end. What is counted here is kept; import the whole file again: it leaves what is there as it is.'

const keptSoFar =
  'Stopped before the end. What is counted here is kept; run the same command again for the rest: it leaves what is there as it is.'

/** A number with its noun, e.g. `1 line`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

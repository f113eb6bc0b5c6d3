/** Prints the result of an import: lines, records and answers of each file. */

import type { UndoneImport } from '../../imports/answers/undo-import.ts'
import {
  type AnswersReport,
  emptyAnswersReport,
  type RecordCounts,
} from '../../imports/answers/write-answers.ts'
import type { ListedImport } from '../../imports/import-row.ts'
import type { ImportReport } from '../../imports/report.ts'
import { recordParts } from '../../records/record-line.ts'
import { counted } from '../../sentences.ts'
import { print, say } from '../command.ts'
import type { Meter } from '../meter.ts'
import { stoppedCode } from '../stop.ts'

export type Teller = {
  /** Reports one file. */
  records(report: ImportReport, file: string): void
  /** Reports one file with answers: records and answers separately. */
  answers(report: AnswersReport, file: string): void
  /** There are several files: lines are named with their file. */
  areMany(): void
  /** Totals of all files. */
  total(): ImportReport & Partial<Pick<AnswersReport, 'answers'>>
  /** Prints the totals and returns the exit code: 2 if anything was refused. */
  end(): number
}

type Asked = {
  dataset: string
  /** A rehearsal: nothing is stored. */
  isTried: boolean
  /** All or nothing: a refused line discards everything. */
  isWhole: boolean
  isOfMany: boolean
  meter: Meter
  /** The records of all its files of answers. */
  records: RecordCounts
}

export function openTeller(asked: Asked): Teller {
  const { meter } = asked
  const told: AnswersReport[] = []
  let { isOfMany } = asked
  let haveAnswers = false
  const tell = (report: AnswersReport, file: string, withAnswers: boolean) => {
    meter.end()
    told.push(report)
    const name = isOfMany ? file : null
    sayRefused(report, name)
    if (isLost(report)) return
    if (name !== null) print(`${name}:`)
    saySums(report, withAnswers)
  }
  // A file of records has its counts by line; files of answers may be about the same records.
  const plain: AnswersReport[] = []
  const total = () => {
    if (!haveAnswers) return sumOf(told)
    const together = { ...emptyAnswersReport(), ...structuredClone(asked.records.report) }
    const { created, updated, unchanged, parts } = sumOf([together, ...plain])
    return { ...sumOf(told), created, updated, unchanged, parts }
  }
  const isLost = (one: ImportReport) =>
    asked.isWhole &&
    !asked.isTried &&
    (one.refused.count + one.refusedParts > 0 || one.stopped || one.broken !== undefined)
  return {
    records: (report, file) => {
      const whole = { ...report, answers: emptyAnswersReport().answers }
      plain.push(whole)
      tell(whole, file, false)
    },
    answers: (report, file) => {
      haveAnswers = true
      tell(report, file, true)
    },
    areMany: () => {
      isOfMany = true
    },
    total: () => {
      const { answers, ...rest } = total()
      return { ...rest, rolledBack: isLost(rest), ...(haveAnswers ? { answers } : {}) }
    },
    end: () => {
      const sum = total()
      meter.end()
      if (told.length > 1 && !isLost(sum)) {
        print('All together:')
        saySums(sum, haveAnswers)
      }
      return codeOf(sum, asked)
    },
  }
}

function sumOf(all: readonly AnswersReport[]): AnswersReport {
  const sum = emptyAnswersReport(all[0]?.unit)
  for (const one of all) {
    for (const key of [
      'lines',
      'created',
      'updated',
      'unchanged',
      'repeated',
      'refusedParts',
    ] as const)
      sum[key] += one[key]
    for (const part of recordParts)
      if (one.parts[part]) sum.parts[part] = (sum.parts[part] ?? 0) + one.parts[part]
    for (const key of ['created', 'changed', 'unchanged', 'surplus', 'refused'] as const)
      sum.answers[key] += one.answers[key]
    sum.refused.count += one.refused.count
    sum.stopped ||= one.stopped
    if (one.broken) sum.broken ??= one.broken
  }
  return sum
}

function saySums(report: AnswersReport, withAnswers: boolean): void {
  const { lines, repeated, refused, unit, answers } = report
  const again = repeated > 0 ? `, ${repeated} repeated` : ''
  if (!withAnswers) {
    print(`${counted(lines, unit)}: ${recordsOf(report)}${again}, ${refused.count} refused.`)
    return
  }
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
}

function recordsOf({ created, updated, unchanged, parts }: ImportReport): string {
  const changed = recordParts.flatMap((part) => (parts[part] ? [`${part} of ${parts[part]}`] : []))
  const what = changed.length > 0 ? ` (${changed.join(', ')})` : ''
  return `${created} created, ${updated} updated${what}, ${unchanged} unchanged`
}

function sayRefused(
  { refused, refusedParts, warnings, unit }: ImportReport,
  file: string | null,
): void {
  const where = (line: number, path: string) =>
    `${file === null ? '' : `${file} `}${unit} ${line}${path ? ` ${path}` : ''}`
  for (const { line, path, message, remedy } of refused.lines)
    print(`${where(line, path)}: ${message} ${remedy}`)
  const more = refused.count + refusedParts - refused.lines.length
  if (more > 0) print(`… and ${more} more refused.`)
  for (const [kind, count] of Object.entries(warnings.byKind)) say(`warning: ${kind}: ${count}`)
  for (const { line, path, message } of warnings.lines.slice(0, 10))
    say(`  ${where(line, path)}: ${message}`)
  if (warnings.byKind['too few outputs'])
    say('If other columns or keys hold the outputs, name them: --map outputs=COLUMN,COLUMN.')
}

function codeOf(
  { refused, refusedParts, unit, stopped, broken }: ImportReport,
  { dataset, isTried, isWhole }: { dataset: string; isTried: boolean; isWhole: boolean },
): number {
  const all = refused.count + refusedParts
  if (isTried) print('Nothing was written: this was a try (--dry-run).')
  else if (isWhole && (all > 0 || stopped || broken))
    print(
      `${stopped ? 'Stopped' : broken ? 'A file is damaged' : `${counted(all, unit)} refused`}; nothing was kept (--all-or-nothing).`,
    )
  else if (all > 0)
    say(
      `Fix ${all === 1 ? `this ${unit}` : `these ${unit}s`} and run the import again; the rest of ${dataset} stays.`,
    )
  if (broken) {
    say(broken.message)
    if (!isTried && !isWhole) say(keptBefore)
    return 2
  }
  if (!stopped) return all > 0 ? 2 : 0
  if (!isTried && !isWhole) say(keptSoFar)
  return stoppedCode
}

const keptBefore =
  'The file could not be read to its end. What is counted here is kept; import the whole file again: it leaves what is there as it is.'

const keptSoFar =
  'Stopped before the end. What is counted here is kept; run the same command again for the rest: it leaves what is there as it is.'

/** One line of the list of imports. */
export function listed({ id, startedAt, state, source, report, importedBy }: ListedImport): string {
  const { created = 0, updated = 0, refused = 0, answers } = report
  const parts = [
    `${counted(created, 'record')} created`,
    ...(updated > 0 ? [`${updated} updated`] : []),
    ...(answers ? [`${counted(answers.created, 'answer')} created`] : []),
    ...(answers && answers.changed > 0 ? [`${answers.changed} changed`] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
  ]
  const at = `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return [id, at, importedBy, state, parts.join(', '), source].join('\t')
}

/** Prints the result of undoing an import. */
export function undoneLines({ dataset, answers, records, kept, changed }: UndoneImport): string[] {
  const more = kept.count - kept.ids.length
  const names = `${kept.ids.join(', ')}${more > 0 ? `, and ${more} more` : ''}`
  const what = recordParts.flatMap((part) =>
    changed.parts[part] ? [`${part} of ${changed.parts[part]}`] : [],
  )
  return [
    `Taken back from ${dataset}: ${counted(records, 'record')} and ${counted(answers, 'answer')}.`,
    ...(kept.count > 0
      ? [
          `${counted(kept.count, 'record')} stay${kept.count === 1 ? 's' : ''}, because people have answered or hold ${kept.count === 1 ? 'it' : 'them'}: ${names}.`,
        ]
      : []),
    ...(changed.records > 0
      ? [
          `${counted(changed.records, 'record')} that it changed stay${changed.records === 1 ? 's' : ''} as ${changed.records === 1 ? 'it is' : 'they are'} now (${what.join(', ')}).`,
        ]
      : []),
    ...(changed.answers > 0
      ? [
          `${counted(changed.answers, 'answer')} that it changed stay${changed.answers === 1 ? 's' : ''} as ${changed.answers === 1 ? 'it is' : 'they are'} now; what was said before is in raw exports.`,
        ]
      : []),
  ]
}

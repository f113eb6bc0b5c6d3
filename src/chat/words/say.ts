/**
 * Sentences about the parts of a reply, put together from the catalogue the same way on every
 * platform; how they are drawn is the adapter's.
 */
import type { Reach } from '../../datasets/access/audience.ts'
import { firstWordsOf } from '../../markdown/read.ts'
import type { RankingQuestion } from '../../questions/question.ts'
import { allowsTies, type Pair } from '../../questions/ranking-form.ts'
import { letterOf } from '../../questions/values.ts'
import type { Invited } from '../../reminders/invite.ts'
import type {
  ExportForm,
  ExportProgress,
  ImportProgress,
  ImportReport,
  Improvable,
  InvitationCard,
  Preferences,
  Receipt,
  ReportPart,
  SkipReason,
  Tap,
  TapPanel,
  TaskCard,
  TextView,
} from '../port/port.ts'
import { firstWords, textOf } from '../text.ts'
import { sayInChat } from './chat-remedies.ts'
import type { Words } from './words.ts'

/** A part of a report where no table can be drawn. */
export function sayPart({ text, table }: ReportPart): string {
  const lines = table ? [table.caption, ...table.lines] : []
  return [text, ...lines].filter((line) => line !== '').join('\n')
}

/** What was tapped so far, and what the next tap says. */
export function sayTaps({ asks, said: so, last, same }: TapPanel, said: Words): string {
  const line = so === '' ? '' : `${said.tapSoFar(so)}\n`
  switch (asks) {
    case 'best':
      return said.tapBest
    case 'worst':
      return `${line}${said.tapWorst}`
    case 'nothing':
      return `${so === '' ? '' : `${so}\n`}${said.tapDone}`
    case 'next':
      return `${line}${same && last !== null ? said.tapSame(last) : said.tapNext}`
  }
}

/**
 * The letters of a long card with the first words of each, for its controls: the texts themselves stand
 * screens above. Empty where the texts are short.
 */
export function sayLetters({ outputs, taps, rendering }: TaskCard): string[] {
  const words = rendering === 'raw' ? firstWords : firstWordsOf
  const texts = outputs.map(({ letter, content }) => ({ letter, text: textOf(content) }))
  if (!taps || texts.reduce((sum, { text }) => sum + text.length, 0) < longCard) return []
  return texts.map(({ letter, text }) => `${letter}: ${words(text, 60)}`)
}

/** More characters than a phone shows beside the controls. */
const longCard = 1200

/** The button of a tap that is not an output's letter. */
export function sayTap(tap: Exclude<Tap, number>, { last, same }: TapPanel, said: Words): string {
  switch (tap) {
    case 'same':
      return same ? said.tapNotSame : said.tapSameAs(last ?? '')
    case 'rest':
      return last === null ? said.tapAllEqual : said.tapRest
    case 'back':
      return said.tapBack
    case 'none':
      return said.tapNone
    case 'done':
      return said.tapKeep
  }
}

/** The button to what an answer given by one press was not asked. */
export function sayMore(more: NonNullable<Receipt['asksMore']>, said: Words): string {
  return more === 'why' ? said.sayWhy : said.sayMore
}

/** The button that opens the form of a task. */
export function sayOpen({ writes }: Pick<TaskCard, 'writes'>, said: Words): string {
  if (writes === undefined) return said.answer
  return writes === 'first' ? said.writePrompt : said.writeAnother
}

/** The button that opens an output's text to be improved. */
export function sayImprove({ what }: Improvable, said: Words): string {
  if (what === 'another') return said.improveAnother
  return what === 'one' ? said.improveOne : said.improve(what.letter)
}

/** How much there is to do and how long one takes; empty where neither is known. */
export function sayWork(
  { left, minutes }: { left: number | null; minutes: number | null },
  said: Words,
): string {
  return [
    ...(left === null ? [] : [said.left(left)]),
    ...(minutes === null ? [] : [said.minutesEach(minutes)]),
  ].join(' · ')
}

/** How many people each group is, a line each. */
export function sayReach(reach: readonly Reach[], said: Words): string[] {
  return reach.map(({ name, people }) => said.reach(name, people))
}

/** Who was not invited, and why; `again` is how one asks for a second message. */
export function sayMissed(
  { refused, unknown, partly, unsure }: Omit<Invited, 'invited' | 'already'>,
  said: Words,
  { hub, again }: { hub: string; again: string },
): string[] {
  const names = (all: string[]) => all.join(', ')
  return [
    ...(refused.length === 0 ? [] : [said.deliverRefused(names(refused))]),
    ...(unknown.length === 0 ? [] : [said.deliverUnknown(names(unknown))]),
    ...(partly.length === 0 ? [] : [said.deliverPartly(names(partly), hub)]),
    ...(unsure.length === 0 ? [] : [said.deliverUnsure(names(unsure), again)]),
  ]
}

/** How many, how long and until when a batch is; empty where nothing is known. */
export function sayBatch(card: InvitationCard, said: Words): string {
  const { count, minutes, dueAt, dueDay, zone } = card
  return [
    ...(count === null ? [] : [said.invitationCount(count)]),
    ...(minutes === null
      ? []
      : [count === null ? said.minutesEach(minutes) : said.minutes(minutes)]),
    ...(dueAt === null ? [] : [said.invitationDue(sayDue({ dueAt, dueDay, zone }, said))]),
  ].join(' · ')
}

/** A due date: the day that was named is that day for every reader, an hour is theirs. */
export function sayDue(
  { dueAt, dueDay, zone }: { dueAt: Date; dueDay: string | null; zone: string },
  said: Words,
): string {
  return dueDay ? said.day(dueDay) : said.moment(dueAt, zone)
}

/** The quiet hours somebody has: "18:00 to 09:00". */
export function sayQuiet({ quiet }: Preferences, said: Words): string {
  return quiet ? said.quietRange(quiet.from, quiet.until) : said.quietNone
}

/** The days on which reminders may come: "Mon, Tue". */
export function sayDays({ days }: Preferences, said: Words): string {
  return days.map((day) => said.weekdays[day - 1] ?? '').join(', ')
}

/** What holds after a change of settings. */
export function sayHours(preferences: Preferences, said: Words): string {
  const zone = preferences.zone ?? said.zoneMissing
  return said.savedHours(sayQuiet(preferences, said), sayDays(preferences, said), zone)
}

/** An option of an export as its form calls it. */
export function sayOption(name: string, said: Words): string {
  return Object.entries(said.exportOption).find(([known]) => known === name)?.[1] ?? name
}

/** What happens where nothing is chosen. */
export function sayUsual({ usual }: ExportForm['formats'][number]['options'][number], said: Words) {
  return usual === null ? said.exportNothing : said.exportUsual(usual)
}

/** What a message says of an export; the links stand below it. */
export function sayExport(said: Words, progress: ExportProgress): string {
  const { dataset, as, rows } = progress
  switch (progress.state) {
    case 'writing':
      return said.exportRuns(dataset, as, rows)
    case 'done':
      return [
        said.exportDone(dataset, as, rows, progress.left),
        said.refusal(progress.problem ?? ''),
      ]
        .join(' ')
        .trim()
    case 'failed':
      return `${said.exportFailed(dataset, as)} ${said.refusal(progress.problem ?? '')}`.trim()
    case 'cancelled':
      return said.exportCancelled(dataset, as)
  }
}

/** What stands beside a link: how large the file is and until when it can be fetched. */
export function sayLink(said: Words, { bytes, until }: ExportProgress['links'][number]): string {
  const megabytes = (bytes / 1024 / 1024).toLocaleString('en-US', { maximumFractionDigits: 1 })
  return said.exportLinked(megabytes, said.moment(until, 'UTC'))
}

/** What a message says about an import: its progress, then the result of each line. */
export function sayImport(said: Words, progress: ImportProgress): string {
  const { importId, file, dataset, state, lines, report, problem } = progress
  const stays = () => [
    sayCounts(said, progress),
    ...sayRefused(said, report),
    said.importUndo(importId),
  ]
  switch (state) {
    case 'reading':
      return said.importRuns(file, dataset.title, report.unit, lines)
    case 'done':
      return [
        sayCounts(said, progress),
        ...sayRefused(said, report),
        ...sayWarnings(said, report),
      ].join('\n')
    case 'stopped':
      return [
        problem ?? said.importStopped(file, dataset.name),
        ...(report.lines > 0 ? stays() : []),
      ].join('\n')
    case 'failed':
      return [
        `${said.importFailed(file, dataset.name)} ${problem ?? ''}`.trim(),
        ...(report.lines > 0 ? stays() : []),
      ].join('\n')
  }
}

function sayCounts(said: Words, { file, dataset, report }: ImportProgress): string {
  const { unit, lines, created, updated, unchanged, repeated, refused } = report
  const what = Object.entries(said.importedWhat).flatMap(([part, name]) => {
    const count = Object.entries(report.parts).find(([known]) => known === part)?.[1]
    return count ? [`${name} ${count}`] : []
  })
  const parts = [
    said.importedParts.created(created),
    ...(updated > 0 ? [said.importedParts.updated(updated, what.join(', '))] : []),
    ...(unchanged > 0 ? [said.importedParts.unchanged(unchanged)] : []),
    ...(repeated > 0 ? [said.importedParts.repeated(repeated)] : []),
    said.importedParts.refused(refused.count),
  ]
  return said.importedLines(file, dataset.name, unit, lines, parts.join(', '))
}

function sayRefused(said: Words, { unit, refused }: ImportReport): string[] {
  const told = refused.lines
    .slice(0, shownRefusals)
    .map(
      ({ line, path, message, remedy }) =>
        `• ${said.importedLine(unit, line, path || null)}: ${[message, remedy].map((text) => said.ofLine(sayInChat(text))).join(' ')}`,
    )
  const rest = refused.count - told.length
  return [...told, ...(rest > 0 ? [said.importedRest(unit, rest)] : [])]
}

const shownRefusals = 20
const shownWarnings = 10

function sayWarnings(said: Words, { unit, warnings }: ImportReport): string[] {
  if (warnings.count === 0) return []
  const told = warnings.lines
    .slice(0, shownWarnings)
    .map(
      ({ line, path, message }) =>
        `• ${said.importedLine(unit, line, path || null)}: ${said.ofLine(message)}`,
    )
  const rest = warnings.count - told.length
  return [
    said.importedWarnings(warnings.count),
    ...told,
    ...(rest > 0 ? [said.importedWarningsRest(rest)] : []),
  ]
}

/** A skip reason as a person reads it. */
export function sayReason(said: Words, reason: SkipReason): string {
  switch (reason) {
    case 'unclear':
      return said.skipUnclear
    case 'unsafe':
      return said.skipUnsafe
    case 'broken':
      return said.skipBroken
    case 'not_my_field':
      return said.skipNotMyField
    case 'wrong_language':
      return said.skipWrongLanguage
    case 'too_long':
      return said.skipTooLong
    case 'other':
      return said.skipOther
  }
}

/** The button that shows texts so. */
export function sayView(view: TextView, said: Words): string {
  return view === 'raw' ? said.showRaw : said.showFormatted
}

/** What may be said of two outputs, and how; `withBad` where both may be found bad in the same choice. */
export function sayPair(
  question: RankingQuestion,
  withBad: boolean,
  said: Words,
): { text: string; pair: Pair }[] {
  return [
    { text: said.better(letterOf(0)), pair: 'a' },
    ...(allowsTies(question) ? [{ text: said.equal, pair: 'tie' as const }] : []),
    { text: said.better(letterOf(1)), pair: 'b' },
    ...(question.unacceptable && withBad ? [{ text: said.bothBad, pair: 'bad' as const }] : []),
  ]
}

/** When a question with a condition is asked. */
export function sayWhen(when: string, said: Words): string {
  return when.includes('all_unacceptable') ? said.onlyIfBothBad : said.onlyIfItApplies
}

/** What a person can be reminded of, and when unless they or a dataset say otherwise. */

import type { DatasetDocument } from '../datasets/document.ts'
import type { Platform } from '../labelers/person.ts'
import { traitsOf } from '../platforms/registry.ts'
import { everyDay, type Quiet, type WallTime } from './when.ts'

export const reminderKinds = ['new_work', 'nudge', 'deadline', 'digest', 'results'] as const
export type ReminderKind = (typeof reminderKinds)[number]

/** How a reminder may be put off. */
export const laters = ['hour', 'afternoon', 'tomorrow', 'not-today'] as const
export type Later = (typeof laters)[number]

/** After so many reminded days in a row that led to nothing, Parley keeps quiet until they come back. */
export const mostIgnored = 3

/** What somebody chose of when they may be written to; null hours are the custom of the platform. */
export type Hours = {
  platform: Platform
  days: readonly number[]
  quietFrom: string | null
  quietUntil: string | null
}

/** When nobody writes to a person: their own hours, else the platform's, and days that are not theirs. */
export function quietOf({ platform, days, quietFrom, quietUntil }: Hours): Quiet {
  const [from, until] = [parseWallTime(quietFrom ?? ''), parseWallTime(quietUntil ?? '')]
  const hours = from && until ? { from, until } : traitsOf(platform).reminders.quiet
  return { ...hours, days: everyDay.filter((day) => days.includes(day)) }
}

/** The hours of none: both the same, and when those come who were not to come on a day off. */
export const noQuiet = { from: '09:00', until: '09:00' } as const

/** Whether a kind is on: the person's word first, then the platform's custom, then the dataset's. */
export function isOn(
  kind: ReminderKind,
  choice: Readonly<Record<string, boolean>>,
  platform: Platform,
  dataset?: Pick<DatasetDocument, 'reminders'>,
): boolean {
  const chosen = choice[kind]
  if (chosen !== undefined) return chosen
  if (traitsOf(platform).reminders.isOptIn) return false
  return dataset?.reminders?.[kind] ?? true
}

/** Reads `09:30`; null when it is no time of day. */
export function parseWallTime(text: string): WallTime | null {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text.trim()) ?? []
  return hour === undefined || minute === undefined
    ? null
    : { hour: Number(hour), minute: Number(minute) }
}

export function sayWallTime({ hour, minute }: WallTime): string {
  return [hour, minute].map((part) => String(part).padStart(2, '0')).join(':')
}

/** Whether a text from outside may be the id of a row. */
export function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

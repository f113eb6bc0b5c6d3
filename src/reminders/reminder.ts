/** The kinds of reminders, and when they come unless a person or a dataset says otherwise. */

import type { DatasetDocument } from '../datasets/document.ts'
import type { Platform } from '../labelers/person.ts'
import { traitsOf } from '../platforms/registry.ts'
import { everyDay, type Quiet, type WallTime } from './when.ts'

export const reminderKinds = ['new_work', 'nudge', 'deadline', 'digest', 'results'] as const
export type ReminderKind = (typeof reminderKinds)[number]

/** The local time of a daily digest, a person's or a channel's, unless a person chose another. */
export const digestTime: WallTime = { hour: 9, minute: 30 }

/** How a reminder can be snoozed. */
export const laters = ['hour', 'afternoon', 'tomorrow', 'not-today'] as const
export type Later = (typeof laters)[number]

/** After this many days in a row on which reminders led to nothing, they pause until the person returns. */
export const mostIgnored = 3

/** When a person may get messages, as they chose it; null hours are the platform's default. */
export type Hours = {
  platform: Platform
  days: readonly number[]
  quietFrom: string | null
  quietUntil: string | null
}

/** When a person gets no messages: their quiet hours or the platform's, and their days off. */
export function quietOf({ platform, days, quietFrom, quietUntil }: Hours): Quiet {
  const [from, until] = [parseWallTime(quietFrom ?? ''), parseWallTime(quietUntil ?? '')]
  const hours = from && until ? { from, until } : traitsOf(platform).reminders.quiet
  return { ...hours, days: everyDay.filter((day) => days.includes(day)) }
}

/** No quiet hours: both ends are the same. It is also the time at which reminders of a day off come. */
export const noQuiet = { from: '09:00', until: '09:00' } as const

/** Whether a kind is on: the person's choice first, then the platform's default, then the dataset's. */
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

/** Whether a text from outside can be a row's id. */
export function isId(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

/** A month as a table in the terminal: people down, days across. */
import type { Heard, ZoneOf } from './heard.ts'

export type Clock = { date: string; weekday: string; time: string }

/** What a clock in this zone shows, by the machine's own rules. */
export function clockOf(at: Date, zone: string): Clock {
  const parts = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).formatToParts(at)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: part('weekday'),
    time: `${part('hour')}:${part('minute')}`,
  }
}

const signs: Readonly<Record<string, string>> = { digest: 'd', nudge: 'n', deadline: '!' }

/** Each reminder on the day it was on the person's own wall. */
export function drawMonth(heard: readonly Heard[], zoneOf: ZoneOf): string[] {
  const [first] = heard
  if (!first) return []
  const month = first.at.toISOString().slice(0, 7)
  const [year = 0, nth = 0] = month.split('-').map(Number)
  const dates = Array.from(
    { length: new Date(Date.UTC(year, nth, 0)).getUTCDate() },
    (_, i) => `${month}-${String(i + 1).padStart(2, '0')}`,
  )
  const weekdays = dates.map((date) => clockOf(new Date(`${date}T12:00Z`), 'UTC').weekday)
  const line = (title: string, cells: readonly string[]) =>
    `  ${title.padEnd(width)}${cells.map((cell) => cell.padStart(3)).join('')}`.trimEnd()
  const rows = [...Map.groupBy(heard, ({ who }) => who)].sort(([a], [b]) => a.localeCompare(b))
  return [
    line(
      month,
      weekdays.map((day) => day.slice(0, 2)),
    ),
    line(
      'd digest, n nudge, ! deadline',
      dates.map((date) => date.slice(8)),
    ),
    ...rows.map(([who, all]) => {
      const zones = new Set(all.map(({ at }) => zoneOf(who, at).replace(/^.*\//, '')))
      const cells = dates.map((date, i) => {
        const there = all.filter(({ at }) => clockOf(at, zoneOf(who, at)).date === date)
        const said = there.map(({ kind }) => signs[kind] ?? kind.slice(0, 1)).join('')
        return said || (['Sat', 'Sun'].includes(weekdays[i] ?? '') ? '' : '·')
      })
      return line(`${who}, ${[...zones].join(', ')}`, cells)
    }),
  ]
}

const width = 30

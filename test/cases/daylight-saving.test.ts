/** Half past nine stays half past nine over every change of clocks, each zone on its own date. */
import { describe, expect, test } from 'vitest'
import { everyDay, isZone, nextAt } from '../../src/reminders/when.ts'

describe('happy: a daily reminder', () => {
  test.each([
    ['a week before New York', 'Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T08:30:00.000Z'],
    ['a week later', 'America/New_York', '2026-10-31T20:00:00Z', '2026-11-01T14:30:00.000Z'],
    ['forward', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T07:30:00.000Z'],
    ['for Ramadan', 'Africa/Casablanca', '2026-02-14T12:00:00Z', '2026-02-15T09:30:00.000Z'],
    ['by half an hour', 'Australia/Lord_Howe', '2026-04-04T12:00:00Z', '2026-04-04T23:00:00.000Z'],
  ])('comes at half past nine where clocks change %s', (_name, zone, after, expected) => {
    expect(next(after, zone, { hour: 9, minute: 30 })).toBe(expected)
  })

  test('comes once where its hour is skipped, and once where it comes twice', () => {
    const halfPastTwo = { hour: 2, minute: 30 }
    expect(next('2026-03-28T12:00:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-03-29T01:00:00.000Z',
    )
    expect(next('2026-10-24T12:00:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-10-25T00:30:00.000Z',
    )
  })

  test.each(['Asia/Calcutta', 'Europe/Kyiv', 'America/Ciudad_Juarez'])('knows %s', (zone) => {
    expect(isZone(zone)).toBe(true)
  })
})

function next(after: string, zone: string, time: { hour: number; minute: number }): string {
  return nextAt(new Date(after), { time, zone, days: everyDay }).toISOString()
}

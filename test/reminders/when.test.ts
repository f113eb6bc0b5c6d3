/** "When next", over every zone there is, both edges of summer time, leap days and people who move. */
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import {
  afterQuiet,
  everyDay,
  isQuiet,
  isZone,
  localDate,
  nextAt,
  parseDue,
  type Quiet,
  readDue,
  type WallTime,
  type Weekday,
  workdays,
} from '../../src/reminders/when.ts'

const zones = Intl.supportedValuesOf('timeZone')
const halfPastNine = { hour: 9, minute: 30 }
const next = (after: string, zone: string, time: WallTime = halfPastNine, days = everyDay) =>
  nextAt(new Date(after), { time, zone, days }).toISOString()

const aDay = 24 * 60
const dayMs = 86_400_000

/** Every change of clocks of these zones in twenty years: near midnight, by half hours, over dates. */
const changes = [
  ...['America/Nuuk', 'America/Scoresbysund', 'Africa/Cairo', 'Asia/Beirut', 'Asia/Gaza'],
  ...['Atlantic/Azores', 'America/Santiago', 'America/Asuncion', 'America/Havana', 'Asia/Tehran'],
  ...['Australia/Lord_Howe', 'America/St_Johns', 'Asia/Amman', 'Africa/Casablanca'],
].flatMap((zone) => changesOf(zone))

function changesOf(zone: string): { zone: string; at: number }[] {
  const found: { zone: string; at: number }[] = []
  const offset = (at: number) => DateTime.fromMillis(at, { zone }).offset
  const end = Date.UTC(2030, 0)
  for (let at = Date.UTC(2010, 0); at < end; at += dayMs)
    if (offset(at) !== offset(at + dayMs)) found.push({ zone, at })
  return found
}

const slackQuiet: Quiet = {
  from: { hour: 18, minute: 0 },
  until: { hour: 9, minute: 0 },
  days: workdays,
}

describe('happy: the next morning', () => {
  test('is half past nine on the wall of wherever the person is', () => {
    expect(next('2026-11-23T05:00:00Z', 'Europe/Berlin')).toBe('2026-11-23T08:30:00.000Z')
    expect(next('2026-11-23T08:30:00Z', 'Europe/Berlin')).toBe('2026-11-24T08:30:00.000Z')
    expect(next('2026-11-23T05:00:00Z', 'Asia/Kathmandu')).toBe('2026-11-24T03:45:00.000Z')
  })

  test('of a working day comes after the weekend', () => {
    expect(next('2026-11-27T12:00:00Z', 'America/New_York', halfPastNine, workdays)).toBe(
      '2026-11-27T14:30:00.000Z',
    )
    expect(next('2026-11-27T15:00:00Z', 'America/New_York', halfPastNine, workdays)).toBe(
      '2026-11-30T14:30:00.000Z',
    )
  })

  test('stays half past nine when summer time begins and when it ends', () => {
    expect(next('2026-03-28T09:00:00Z', 'Europe/Berlin')).toBe('2026-03-29T07:30:00.000Z')
    expect(next('2026-10-24T09:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T08:30:00.000Z')
  })

  test('on the last of February is the first of March, and the 29th in a leap year', () => {
    expect(next('2027-02-28T12:00:00Z', 'UTC')).toBe('2027-03-01T09:30:00.000Z')
    expect(next('2028-02-28T12:00:00Z', 'UTC')).toBe('2028-02-29T09:30:00.000Z')
  })

  test('moves with a person who changes zone', () => {
    const after = '2026-06-01T12:00:00Z'
    expect(next(after, 'Europe/Berlin')).toBe('2026-06-02T07:30:00.000Z')
    expect(next(after, 'America/Los_Angeles')).toBe('2026-06-01T16:30:00.000Z')
  })
})

describe('happy: hours that clocks skip or show twice', () => {
  const halfPastTwo = { hour: 2, minute: 30 }

  test('what is skipped rings as soon as clocks go on', () => {
    expect(next('2026-03-28T12:00:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-03-29T01:00:00.000Z',
    )
    expect(next('2026-03-29T01:00:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-03-30T00:30:00.000Z',
    )
  })

  test('what is shown twice rings once, the first time', () => {
    expect(next('2026-10-24T12:00:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-10-25T00:30:00.000Z',
    )
    expect(next('2026-10-25T00:30:00Z', 'Europe/Berlin', halfPastTwo)).toBe(
      '2026-10-26T01:30:00.000Z',
    )
  })

  test('clocks that move by half an hour are no different', () => {
    expect(next('2026-10-03T12:00:00Z', 'Australia/Lord_Howe', { hour: 2, minute: 15 })).toBe(
      '2026-10-03T15:30:00.000Z',
    )
  })

  test('what is skipped before midnight rings when clocks go on, and belongs to the day it was of', () => {
    // In Nuuk 22:59 is followed by 00:00 on the last Saturday of March.
    for (const minute of [0, 30, 59]) {
      const eve = next('2026-03-28T12:00:00Z', 'America/Nuuk', { hour: 23, minute })
      expect(eve).toBe('2026-03-29T01:00:00.000Z')
      expect(localDate(new Date(eve), 'America/Nuuk')).toBe('2026-03-28')
      expect(next(eve, 'America/Nuuk', { hour: 23, minute: 0 })).toBe('2026-03-30T00:00:00.000Z')
    }
    expect(next('2026-10-24T12:00:00Z', 'America/Nuuk', { hour: 23, minute: 0 })).toBe(
      '2026-10-25T00:00:00.000Z',
    )
  })

  test('a date names its last moment, and a time the first moment it is shown', () => {
    expect(readDue('2026-12-24', 'Europe/Berlin')).toEqual({
      at: new Date('2026-12-24T22:59:59.999Z'),
      day: '2026-12-24',
    })
    // Cairo goes back from midnight to eleven, so that this day has 25 hours.
    expect(parseDue('2026-10-29', 'Africa/Cairo')).toEqual(new Date('2026-10-29T21:59:59.999Z'))
    expect(parseDue('2026-12-24 17:00', 'Asia/Tokyo')).toEqual(new Date('2026-12-24T08:00:00Z'))
    expect(parseDue('2026-12-24T17:00+02:00', 'Asia/Tokyo')).toEqual(
      new Date('2026-12-24T15:00:00Z'),
    )
    for (const no of ['tomorrow', '17:00', '2026-02-30', '2026-12', '2026-12-24T25:00', ''])
      expect(parseDue(no, 'UTC'), no).toBeNull()
  })

  test('a day that a zone left out is no day', () => {
    // Samoa went from Thursday the 29th of December 2011 to Saturday the 31st.
    expect(next('2011-12-29T20:00:00Z', 'Pacific/Apia')).toBe('2011-12-30T19:30:00.000Z')
    expect(localDate(new Date('2011-12-30T19:30:00Z'), 'Pacific/Apia')).toBe('2011-12-31')
  })
})

describe('happy: in every zone, at every moment', () => {
  const anyZone = fc.constantFrom(...zones)
  const anyMoment = fc.date({
    min: new Date('2000-01-01'),
    max: new Date('2037-12-31'),
    noInvalidDate: true,
  })
  const anyTime = fc.record({
    hour: fc.integer({ min: 0, max: 23 }),
    minute: fc.integer({ min: 0, max: 59 }),
  })
  const anyDays = fc
    .uniqueArray(fc.constantFrom<Weekday>(1, 2, 3, 4, 5, 6, 7), { minLength: 1 })
    .map((days) => days.sort())

  test('the next one is later, on an allowed day, shows that time or the end of a gap, and none is passed over', () => {
    fc.assert(
      fc.property(anyMoment, anyZone, anyTime, anyDays, (after, zone, time, days) => {
        const at = nextAt(after, { time, zone, days })
        const local = DateTime.fromJSDate(at, { zone })
        expect(at.getTime()).toBeGreaterThan(after.getTime())
        expect(days).toContain(DateTime.fromISO(localDate(at, zone, time)).weekday)
        const shows = local.hour * 60 + local.minute
        const asked = time.hour * 60 + time.minute
        if (shows !== asked) {
          // Only because clocks jumped over it a moment before.
          const before = local.minus({ seconds: 1 })
          expect(before.offset).toBeLessThan(local.offset)
          expect(before.hour * 60 + before.minute).toBeLessThan(asked)
          expect(local.hasSame(before, 'day') ? shows : shows + aDay).toBeGreaterThan(asked)
        }
        for (let passed = after.getTime() + 60_000; passed < at.getTime(); passed += 3_600_000) {
          expect(nextAt(new Date(passed), { time, zone, days })).toEqual(at)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('around each change of clocks near midnight no date is passed over and none comes twice', () => {
    const nearMidnight = fc.record({
      hour: fc.constantFrom(22, 23, 0, 1),
      minute: fc.constantFrom(0, 1, 15, 30, 45, 59),
    })
    fc.assert(
      fc.property(fc.constantFrom(...changes), nearMidnight, ({ zone, at }, time) => {
        let after = new Date(at - 3 * dayMs)
        const dates: string[] = []
        for (let i = 0; i < 6; i++) {
          after = nextAt(after, { time, zone, days: everyDay })
          dates.push(localDate(after, zone, time))
        }
        const [first = ''] = dates
        const expected = dates.map((_, i) => DateTime.fromISO(first).plus({ days: i }).toISODate())
        expect(dates).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  test('a due day ends at its last moment in every zone, whatever clocks do that night', () => {
    fc.assert(
      fc.property(fc.constantFrom(...changes), fc.integer({ min: -2, max: 2 }), (change, days) => {
        const { zone, at } = change
        const day = DateTime.fromMillis(at + days * dayMs, { zone }).toISODate() ?? ''
        const end = parseDue(day, zone)?.getTime() ?? 0
        expect(DateTime.fromMillis(end, { zone }).toISODate()).toBe(day)
        for (const later of [1, 60_000, 3_600_000, 7_200_000])
          expect((DateTime.fromMillis(end + later, { zone }).toISODate() ?? '') > day).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  test('a year of mornings is one for each date on the calendar', () => {
    fc.assert(
      fc.property(anyZone, anyTime, fc.integer({ min: 2005, max: 2035 }), (zone, time, year) => {
        let at = new Date(Date.UTC(year, 0, 1))
        const dates: string[] = []
        for (let i = 0; i < 370; i++) {
          at = nextAt(at, { time, zone, days: everyDay })
          dates.push(localDate(at, zone, time))
        }
        expect(new Set(dates).size).toBe(dates.length)
        expect([...dates].sort()).toEqual(dates)
      }),
      { numRuns: 20 },
    )
  })

  test('after quiet hours it is not quiet any more, and nobody waits when it was not', () => {
    fc.assert(
      fc.property(anyMoment, anyZone, (at, zone) => {
        const free = afterQuiet(at, zone, slackQuiet)
        expect(isQuiet(free, zone, slackQuiet)).toBe(false)
        expect(free.getTime()).toBeGreaterThanOrEqual(at.getTime())
        if (!isQuiet(at, zone, slackQuiet)) expect(free).toEqual(at)
      }),
      { numRuns: 300 },
    )
  })
})

describe('happy: quiet hours', () => {
  test('an evening waits for the morning, a Friday evening for Monday', () => {
    const free = (at: string) => afterQuiet(new Date(at), 'UTC', slackQuiet).toISOString()
    expect(free('2026-11-23T17:59:00Z')).toBe('2026-11-23T17:59:00.000Z')
    expect(free('2026-11-23T18:00:00Z')).toBe('2026-11-24T09:00:00.000Z')
    expect(free('2026-11-24T08:59:59Z')).toBe('2026-11-24T09:00:00.000Z')
    expect(free('2026-11-27T18:00:00Z')).toBe('2026-11-30T09:00:00.000Z')
  })

  test('that do not cross midnight are quiet in between', () => {
    const siesta: Quiet = {
      from: { hour: 13, minute: 0 },
      until: { hour: 15, minute: 0 },
      days: everyDay,
    }
    expect(isQuiet(new Date('2026-11-23T14:00:00Z'), 'UTC', siesta)).toBe(true)
    expect(isQuiet(new Date('2026-11-23T15:00:00Z'), 'UTC', siesta)).toBe(false)
  })
})

describe('refused: zones', () => {
  test('one that does not exist is told from one that does', () => {
    expect(isZone('Europe/Berlin')).toBe(true)
    expect(isZone('Berlin')).toBe(false)
    expect(() => next('2026-01-01T00:00:00Z', 'Mars/Base')).toThrow('Mars/Base')
  })
})

/**
 * What a month of reminders has to keep, told from the wire log by the machine's own zones (Intl), so
 * that no mistake of the service's clock arithmetic can hide behind itself.
 */
import { type Clock, clockOf } from './calendar.ts'
import type { Heard, ZoneOf } from './heard.ts'

type Told = Heard & { local: Clock }

type Step = (what: string, holds: boolean, detail?: string) => void
type Month = {
  heard: readonly Heard[]
  sent: readonly { id: string; sentAt: Date | null }[]
  /** What was posted into channels. */
  posts: readonly string[]
  faults: readonly unknown[]
  zoneOf: ZoneOf
  step: Step
}

export function proveMonth(month: Month): void {
  const { heard, zoneOf, faults, step } = month
  const told = heard.map((one) => ({ ...one, local: clockOf(one.at, zoneOf(one.who, one.at)) }))
  proveTimes(told, month)
  provePeople(told, month)
  step(
    'in that month the stand-ins accepted every call',
    faults.length === 0,
    JSON.stringify(faults[0]),
  )
}

/** Every reminder came once, at its time, and at no time that is nobody's business. */
function proveTimes(told: readonly Told[], { sent, step }: Month): void {
  const once = new Map(told.map(({ id, at }) => [id, at]))
  step(
    'a month passes: the wire has every reminder of the rows once, at its time',
    told.length > 40 &&
      once.size === told.length &&
      sent.length === told.length &&
      sent.every(({ id, sentAt }) => Math.abs(+(once.get(id) ?? 0) - +(sentAt ?? 0)) < 60_000),
    `${told.length} on the wire, ${sent.length} rows`,
  )
  hold(step, 'nobody is reminded on a day off or in quiet hours, where they are', told, isWelcome)
  const crowded = [...Map.groupBy(told, ({ who, kind, local }) => `${who} ${kind} ${local.date}`)]
  step(
    'nobody gets two digests or two nudges on one day of theirs',
    crowded.every(([, all]) => all.length === 1),
    crowded.filter(([, all]) => all.length > 1).join('; '),
  )
  const digests = told.filter(({ kind }) => kind === 'digest')
  const isAtItsHour = ({ local }: Told) => local.time === '09:30'
  hold(step, 'each digest comes at 9:30 on their wall', digests, isAtItsHour)
}

/** What the month was for each of the people in it. */
function provePeople(told: readonly Told[], { posts, zoneOf, step }: Month): void {
  const of = (who: string, kind?: string) =>
    told.filter((one) => one.who === who && (kind === undefined || one.kind === kind))
  const days = (who: string, kind: string) => of(who, kind).map(({ local }) => local.date.slice(8))
  step(
    'who works is reminded each working day, over the day on which clocks go on',
    days('Ana', 'digest').length === 23 && new Set(of('Ana').map(utcTime)).size === 2,
    `Ana, ${[...new Set(of('Ana', 'digest').map(utcTime))].join(' then ')} UTC`,
  )
  step(
    'three ignored ones are the last; who comes back is reminded again',
    days('Ben', 'digest').join() === '01,02,03,15,16,17' &&
      new Set(of('Ben').map(utcTime)).size === 2,
    `Ben, on ${days('Ben', 'digest').join(' ')}`,
  )
  step(
    'a batch is nudged about, and its deadline told once, at the first hour that is not quiet',
    of('Dee', 'nudge').length > 1 &&
      of('Dee', 'deadline')
        .map(({ local }) => `${local.date} ${local.time}`)
        .join() === '2027-03-12 09:00',
    `Dee, nudges on ${days('Dee', 'nudge').join(' ')}`,
  )
  const [early = [], late = []] = ['Asia/Bangkok', 'Europe/Berlin'].map((zone) =>
    of('Eve').filter(({ who, at }) => zoneOf(who, at) === zone),
  )
  step(
    'who moves is reminded by the new zone from the next day on',
    early.length === 10 && late.length === 13,
    `Eve, ${early.length} in Bangkok, ${late.length} in Berlin`,
  )
  step(
    'on Discord nobody hears anything they did not ask for, or turned off',
    of('Fay').length === 0 && of('Gus').length === 2,
    `Fay ${of('Fay').length}, Gus ${of('Gus').length}`,
  )
  const names = new RegExp(['Ana', 'Ben', 'Dee', 'Eve', 'Gus'].join('|'))
  step(
    'the channel reads of progress each working day, and of nobody by name',
    posts.length === 23 && !posts.some((post) => names.test(post) || post.includes('v1:off')),
    `${posts.length} posts`,
  )
}

function hold(
  step: (what: string, holds: boolean, detail?: string) => void,
  what: string,
  told: readonly Told[],
  isRight: (one: Told) => boolean,
): void {
  const wrong = told.filter((one) => !isRight(one))
  const said = wrong.map(({ who, kind, local }) => `${who} ${kind} ${local.date} ${local.time}`)
  step(what, told.length > 0 && wrong.length === 0, said.slice(0, 5).join('; ') || `${told.length}`)
}

/** Slack from 9:00 to 18:00 on working days; Discord from 9:00 to 22:00. */
function isWelcome({ platform, local }: Told): boolean {
  const isDay = platform === 'discord' || !['Sat', 'Sun'].includes(local.weekday)
  return isDay && local.time >= '09:00' && local.time < (platform === 'slack' ? '18:00' : '22:00')
}

function utcTime({ at }: Heard): string {
  return at.toISOString().slice(11, 16)
}

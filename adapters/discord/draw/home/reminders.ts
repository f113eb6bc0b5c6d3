/** Invitations, reminders and their settings, drawn and read back. Pure. */
import {
  beginId,
  daysId,
  invitedId,
  laterId,
  parseReminderId as parseSharedId,
  preferId,
  turnOffId,
} from '../../../../src/chat/port/ids.ts'
import type {
  InvitationCard,
  Later,
  PreferenceChange,
  Preferences,
  ReminderCard,
} from '../../../../src/chat/port/port.ts'
import { sayBatch, sayDays, sayQuiet } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { textWithin } from '../budget.ts'
import {
  bold,
  button,
  type Component,
  markdown,
  menu,
  type Option,
  option,
  rows,
  small,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { drawChoice } from './datasets.ts'
import { drawZones, type ZoneAt, type ZoneIds } from './zones.ts'

/** A batch with one Start button; nothing is claimed before it is pressed. */
export function drawInvitation(card: InvitationCard, said: Words): Component[] {
  const { dataset, invitationId } = card
  const facts = sayBatch(card, said)
  return [
    markdown(bold(said.invitationTitle(dataset.title))),
    ...(dataset.description === null ? [] : [textWithin(dataset.description, budgets.notice)]),
    ...(facts ? [markdown(small(facts))] : []),
    ...rows([button(said.start, invitedId(invitationId), 'primary')]),
  ]
}

/** A reminder with the datasets to start, and buttons for later and never. */
export function drawReminder(card: ReminderCard, said: Words): Component[] {
  const { reminderId, text, items, note } = card
  const later = (until: Later, words: string) => button(words, laterId(reminderId, until))
  return [
    textWithin(text, budgets.notice),
    ...items
      .slice(0, shownItems)
      .map((item) => drawChoice(item, said, beginId(reminderId, item.name))),
    ...(note ? [markdown(small(note))] : []),
    ...rows([
      later('hour', said.inAnHour),
      later('afternoon', said.thisAfternoon),
      later('tomorrow', said.tomorrow),
      later('not-today', said.notToday),
      button(said.turnOff, turnOffId(reminderId)),
    ]),
  ]
}

const shownItems = 8

/** All settings; each change is saved at once. */
export function drawPreferences(
  preferences: Preferences,
  notice: string | undefined,
  said: Words,
  at?: ZoneAt,
): Component[] {
  const { kinds, zone, digestAt, days, quiet, resting, lost } = preferences
  const lines = kinds.map(
    ({ kind, on }) => `• ${escapeDiscord(said.reminderKind[kind])}: **${on ? said.on : said.off}**`,
  )
  const top = [
    ...(notice ? [small(notice)] : []),
    bold(said.remindersTitle),
    small(said.remindersHow, 400),
    ...(resting ? [escapeDiscord(said.remindersResting)] : []),
    ...(lost ? [escapeDiscord(said.remindersLost)] : []),
    ...(zone === null ? [escapeDiscord(said.zoneUnknown)] : []),
    ...lines,
    `• ${escapeDiscord(`${said.zone}: ${zone ?? '–'}`)}`,
    `• ${escapeDiscord(`${said.digestAt}: ${digestAt}`)}`,
    `• ${escapeDiscord(`${said.days}: ${sayDays(preferences, said)}`)}`,
    `• ${escapeDiscord(`${said.quietHours}: ${sayQuiet(preferences, said)}`)}`,
  ]
  const switches = kinds.map(({ kind, on }) =>
    option(
      `${on ? said.turnOff : said.turnOn}: ${said.reminderKind[kind]}`,
      preferId({ kind, on: !on }),
    ),
  )
  return [
    markdown(top.join('\n')),
    menu('v1:menu:kinds', said.remindersTitle, switches),
    ...drawZones(zone, at, said, settingsIds),
    menu(
      'v1:menu:at',
      said.digestAt,
      times.map((time) => preferOption(time, { digestAt: time }, time === digestAt)),
    ),
    drawDays(days, said),
    menu(
      'v1:menu:from',
      said.quietFrom,
      hours.map((hour) =>
        preferOption(`${said.quietFrom}: ${hour}`, { quietFrom: hour }, hour === quiet?.from),
      ),
    ),
    menu(
      'v1:menu:until',
      said.quietUntil,
      hours.map((hour) =>
        preferOption(`${said.quietUntil}: ${hour}`, { quietUntil: hour }, hour === quiet?.until),
      ),
    ),
    ...rows([
      ...(quiet ? [button(said.noQuiet, preferId({ quiet: 'none' }))] : []),
      button(said.allOff, preferId({ all: false })),
    ]),
  ]
}

/** Any of the seven days. */
function drawDays(days: readonly number[], said: Words): Component {
  const row = menu(
    daysId,
    said.days,
    said.weekdays.map((name, i) => option(name, String(i + 1), { chosen: days.includes(i + 1) })),
  )
  const [select] = row.components
  if (select?.type === 3) {
    select.min_values = 1
    select.max_values = said.weekdays.length
  }
  return row
}

const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)

const settingsIds: ZoneIds = {
  look: ({ region, page }) => `v1:zones:${page}:${region}`,
  choose: (zone) => preferId({ zone }),
}

/** The gesture of a button or choice on these messages; null for any other. */
export function parseReminderId(
  id: string,
): { gesture: NonNullable<ReturnType<typeof parseSharedId>> } | { zones: ZoneAt } | null {
  const [version, verb, page = '', ...region] = id.split(':')
  if (version === 'v1' && verb === 'zones')
    return { zones: { region: region.join(':'), page: Number(page) || 0 } }
  const gesture = parseSharedId(id)
  return gesture && { gesture }
}

function preferOption(text: string, change: PreferenceChange, chosen: boolean): Option {
  return option(text, preferId(change), { chosen })
}

/** On the hour from 7 to 21, with the usual half hours of a morning: a menu holds 25. */
const times = Array.from({ length: 15 }, (_, i) => i + 7).flatMap((hour) => {
  const at = (minutes: string) => `${String(hour).padStart(2, '0')}:${minutes}`
  return hour < 12 || hour > 16 ? [at('00'), at('30')] : [at('00')]
})

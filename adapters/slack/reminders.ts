/** Invitations, reminders and their settings as Slack messages, and the buttons that come back from them. */
import type {
  Interaction,
  InvitationCard,
  Later,
  PreferenceChange,
  Preferences,
  ReminderCard,
  ReminderKind,
} from '../../src/chat/port.ts'
import type { Words } from '../../src/chat/words.ts'
import {
  actions,
  type Block,
  button,
  context,
  header,
  heading,
  label,
  type Message,
  type Option,
  plain,
  section,
} from './blocks.ts'
import { nextId } from './ids.ts'
import { limits } from './limits.ts'

/** A batch with its one Start; nothing is claimed before it is pressed. */
export function drawInvitation(card: InvitationCard, said: Words): Message {
  const { dataset, count, minutes, dueAt, zone, invitationId } = card
  const title = said.invitationTitle(dataset.title)
  const facts = [
    ...(count === null ? [] : [said.invitationCount(count)]),
    ...(minutes === null
      ? []
      : [count === null ? said.minutesEach(minutes) : said.minutes(minutes)]),
    ...(dueAt === null ? [] : [said.invitationDue(said.moment(dueAt, zone))]),
  ]
  return {
    text: [title, ...facts].join(' · '),
    blocks: [
      header(title),
      ...(dataset.description === null ? [] : [section(dataset.description)]),
      ...(facts.length > 0 ? [context(facts.join(' · '))] : []),
      actions(button(said.start, `v1:invited:${invitationId}`, 'primary')),
    ],
  }
}

/** A reminder with what may be started from it, and its ways to say not now. */
export function drawReminder(card: ReminderCard, said: Words): Message {
  const { reminderId, text, items, answered } = card
  if (answered !== null) return { text: answered, blocks: [section(answered)] }
  const later = (until: Later, words: string): Option => ({
    text: label(words, limits.optionText),
    value: `v1:later:${reminderId}:${until}`,
  })
  return {
    text,
    blocks: [
      section(text),
      ...items.map(({ name, title, left, minutes }) => {
        const facts = [
          ...(left === null ? [] : [said.left(left)]),
          ...(minutes === null ? [] : [said.minutesEach(minutes)]),
        ]
        const rest = facts.length > 0 ? ` · ${facts.join(' · ')}` : ''
        return heading(title, rest, button(said.start, nextId(name), 'primary'))
      }),
      actions(
        {
          type: 'static_select',
          action_id: `v1:later:${reminderId}`,
          placeholder: label(said.later, limits.placeholder),
          options: [
            later('hour', said.inAnHour),
            later('afternoon', said.thisAfternoon),
            later('tomorrow', said.tomorrow),
          ],
        },
        button(said.notToday, `v1:later:${reminderId}:not-today`),
        button(said.turnOff, `v1:off:${reminderId}`),
      ),
    ],
  }
}

/** Every setting at once; each change is saved as it is made. */
export function drawPreferences(
  preferences: Preferences,
  notice: string | undefined,
  said: Words,
): Message {
  const { kinds, zone, digestAt, days, resting } = preferences
  const select = (id: string, placeholder: string, options: Option[], chosen: string): Block =>
    actions({
      type: 'static_select',
      action_id: `v1:prefer:${id}`,
      placeholder: label(placeholder, limits.placeholder),
      options,
      ...initial(options, chosen),
    })
  return {
    text: [notice, said.remindersTitle].filter(Boolean).join(' '),
    blocks: [
      ...(notice ? [context(notice)] : []),
      header(said.remindersTitle),
      context(said.remindersHow),
      ...(resting ? [section(said.remindersResting)] : []),
      ...(zone === null ? [section(said.zoneUnknown)] : []),
      ...kinds.map(({ kind, on }) =>
        heading(
          said.reminderKind[kind],
          `: ${on ? said.on : said.off}`,
          button(on ? said.turnOff : said.turnOn, preferId({ kind, on: !on })),
        ),
      ),
      heading(said.zone, zone === null ? '' : `: ${zone}`),
      actions({
        type: 'static_select',
        action_id: 'v1:prefer:zone',
        placeholder: label(said.zone, limits.placeholder),
        option_groups: zoneGroups(),
        ...(zone === null || !zones.includes(zone) ? {} : { initial_option: zoneOption(zone) }),
      }),
      heading(said.digestAt, `: ${digestAt}`),
      select('at', said.digestAt, times.map(timeOption), preferId({ digestAt })),
      heading(said.days),
      select(
        'days',
        said.days,
        weeks.map((week) => dayOption(week, said)),
        preferId({ days }),
      ),
      actions(button(said.allOff, preferId({ all: false }))),
    ],
  }
}

/** What a button or choice of these messages asks for; null for any other. */
export function parseReminderId(id: string): ReminderGesture | null {
  const [version, verb, first = '', ...rest] = id.split(':')
  if (version !== 'v1') return null
  switch (verb) {
    case 'reminders':
      return { type: 'reminders' }
    case 'invited':
      return { type: 'start-invitation', invitationId: first }
    case 'later': {
      const until = laters.find((one) => one === rest[0])
      return until ? { type: 'remind-later', reminderId: first, until } : null
    }
    case 'off':
      return { type: 'turn-off', reminderId: first }
    case 'prefer': {
      const change = readChange(first, rest.join(':'))
      return change && { type: 'prefer', change }
    }
  }
  return null
}

export const remindersId = 'v1:reminders'

type ReminderGesture = Gesture<
  'reminders' | 'start-invitation' | 'remind-later' | 'turn-off' | 'prefer'
>
type Gesture<Type extends Interaction['type']> = Type extends Interaction['type']
  ? Omit<Extract<Interaction, { type: Type }>, 'by'>
  : never

const laters: readonly Later[] = ['hour', 'afternoon', 'tomorrow', 'not-today']
const kindNames: readonly ReminderKind[] = ['new_work', 'nudge', 'deadline', 'digest', 'results']

function preferId(change: PreferenceChange): string {
  if ('kind' in change) return `v1:prefer:kind:${change.kind}:${change.on ? 'on' : 'off'}`
  if ('all' in change) return `v1:prefer:all:${change.all ? 'on' : 'off'}`
  if ('zone' in change) return `v1:prefer:zone:${change.zone}`
  if ('digestAt' in change) return `v1:prefer:at:${change.digestAt}`
  return `v1:prefer:days:${change.days.join('')}`
}

function readChange(what: string, value: string): PreferenceChange | null {
  switch (what) {
    case 'kind': {
      const [name, on] = value.split(':')
      const kind = kindNames.find((one) => one === name)
      return kind ? { kind, on: on === 'on' } : null
    }
    case 'all':
      return { all: value === 'on' }
    case 'zone':
      return { zone: value }
    case 'at':
      return { digestAt: value }
    case 'days':
      return { days: [...value].map(Number) }
  }
  return null
}

function initial(options: Option[], value: string): { initial_option?: Option } {
  const chosen = options.find((option) => option.value === value)
  return chosen ? { initial_option: chosen } : {}
}

const times = Array.from({ length: 29 }, (_, half) => {
  const minutes = 7 * 60 + half * 30
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${minutes % 60 === 0 ? '00' : '30'}`
})

function timeOption(digestAt: string): Option {
  return { text: plain(digestAt), value: preferId({ digestAt }) }
}

const weeks = [
  [1, 2, 3, 4, 5],
  [1, 2, 3, 4, 7],
  [1, 2, 3, 4, 5, 6],
  [1, 2, 3, 4, 5, 6, 7],
  [1],
  [1, 3, 5],
]

function dayOption(days: number[], said: Words): Option {
  const names = days.map((day) => said.weekdays[day - 1] ?? '')
  return { text: label(names.join(', '), limits.optionText), value: preferId({ days }) }
}

function zoneOption(zone: string): Option {
  return { text: label(zone.replaceAll('_', ' '), limits.optionText), value: preferId({ zone }) }
}

const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])]

/** All zones by region; a group holds a hundred at most. */
function zoneGroups(): { label: Option['text']; options: Option[] }[] {
  const regions = Map.groupBy(zones, (zone) => zone.split('/')[0] ?? '')
  return [...regions].flatMap(([region, there]) =>
    Array.from({ length: Math.ceil(there.length / 100) }, (_, part) => ({
      label: label(part === 0 ? region : `${region} (${part + 1})`, limits.optionText),
      options: there.slice(part * 100, part * 100 + 100).map(zoneOption),
    })),
  )
}

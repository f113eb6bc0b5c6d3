/** Invitations, reminders and their settings as Slack messages. */
import {
  beginId,
  daysId,
  invitedId,
  laterId,
  preferId,
  turnOffId,
  zonesByRegion,
} from '../../../src/chat/port/ids.ts'
import type {
  InvitationCard,
  Later,
  Preferences,
  ReminderCard,
} from '../../../src/chat/port/port.ts'
import { sayBatch, sayDays, sayQuiet, sayWork } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { limits } from '../limits.ts'
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

/** A batch with one Start button; nothing is claimed before it is pressed. */
export function drawInvitation(card: InvitationCard, said: Words): Message {
  const { dataset, invitationId } = card
  const title = said.invitationTitle(dataset.title)
  const facts = sayBatch(card, said)
  return {
    text: facts ? `${title} · ${facts}` : title,
    blocks: [
      header(title),
      ...(dataset.description === null ? [] : [section(dataset.description)]),
      ...(facts ? [context(facts)] : []),
      actions(button(said.start, invitedId(invitationId), 'primary')),
    ],
  }
}

/** A reminder with the datasets to start, and buttons for later and never. */
export function drawReminder(card: ReminderCard, said: Words): Message {
  const { reminderId, text, items, note } = card
  const later = (until: Later, words: string): Option => ({
    text: label(words, limits.optionText),
    value: laterId(reminderId, until),
  })
  return {
    text,
    blocks: [
      section(text),
      ...items.map(({ name, title, left, minutes }) => {
        const facts = sayWork({ left, minutes }, said)
        return heading(
          title,
          facts && ` · ${facts}`,
          button(said.start, beginId(reminderId, name), 'primary'),
        )
      }),
      ...(note ? [context(note)] : []),
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
        button(said.notToday, laterId(reminderId, 'not-today')),
        button(said.turnOff, turnOffId(reminderId)),
      ),
    ],
  }
}

/** All settings; each change is saved at once. */
export function drawPreferences(
  preferences: Preferences,
  notice: string | undefined,
  said: Words,
): Message {
  const { kinds, zone, digestAt, quiet, resting, lost } = preferences
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
      ...(lost ? [section(said.remindersLost)] : []),
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
        ...(zone === null || !isListed(zone) ? {} : { initial_option: zoneOption(zone) }),
      }),
      heading(said.digestAt, `: ${digestAt}`),
      select('at', said.digestAt, times.map(timeOption), preferId({ digestAt })),
      drawDays(preferences, said),
      heading(said.quietHours, `: ${sayQuiet(preferences, said)}`),
      drawQuiet(quiet, said),
      actions(button(said.allOff, preferId({ all: false }))),
    ],
  }
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

/** A box for each day, saved at once. */
function drawDays(preferences: Preferences, said: Words): Block {
  const options = said.weekdays.map((name, i) => ({ text: plain(name), value: String(i + 1) }))
  const chosen = options.filter((_, i) => preferences.days.some((day) => day === i + 1))
  return {
    ...heading(said.days, `: ${sayDays(preferences, said)}`),
    accessory: {
      type: 'checkboxes',
      action_id: daysId,
      options,
      ...(chosen.length > 0 ? { initial_options: chosen } : {}),
    },
  }
}

/** Both ends of the quiet hours, and a button for none. */
function drawQuiet(quiet: Preferences['quiet'], said: Words): Block {
  const end = (
    id: string,
    placeholder: string,
    at: string | undefined,
    change: (hour: string) => string,
  ) => {
    const options = hours.map((hour) => ({ text: plain(hour), value: change(hour) }))
    const chosen = options.find(({ value }) => at !== undefined && value === change(at))
    return {
      type: 'static_select' as const,
      action_id: `v1:prefer:${id}`,
      placeholder: label(placeholder, limits.placeholder),
      options,
      ...(chosen ? { initial_option: chosen } : {}),
    }
  }
  return actions(
    end('from', said.quietFrom, quiet?.from, (quietFrom) => preferId({ quietFrom })),
    end('until', said.quietUntil, quiet?.until, (quietUntil) => preferId({ quietUntil })),
    ...(quiet ? [button(said.noQuiet, preferId({ quiet: 'none' }))] : []),
  )
}

const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)

function zoneOption(zone: string): Option {
  return { text: label(zone.replaceAll('_', ' '), limits.optionText), value: preferId({ zone }) }
}

function isListed(zone: string): boolean {
  return [...zonesByRegion.values()].some((there) => there.includes(zone))
}

/** All time zones by region; a group holds at most a hundred. */
function zoneGroups(): { label: Option['text']; options: Option[] }[] {
  return [...zonesByRegion].flatMap(([region, there]) =>
    Array.from({ length: Math.ceil(there.length / 100) }, (_, part) => ({
      label: label(part === 0 ? region : `${region} (${part + 1})`, limits.optionText),
      options: there.slice(part * 100, part * 100 + 100).map(zoneOption),
    })),
  )
}

/** The card a newcomer sees. Pure. */
import { declineId } from '../../../../src/chat/port/ids.ts'
import type { Welcome } from '../../../../src/chat/port/port.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { greetId, startId } from '../../receive/page-ids.ts'
import { bold, button, type Component, markdown, plain, rows } from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { drawZones, type ZoneAt } from './zones.ts'

/** `wish` is the dataset a newcomer asked for, kept for their Start. */
export function drawWelcome(
  welcome: Welcome,
  said: Words,
  wish: string | undefined,
  { at, zone }: { at?: ZoneAt; zone?: string } = {},
): Component[] {
  const { consentVersion, datasets, asksZone } = welcome
  const titles = datasets.slice(0, shownTitles).map(({ title }) => `• ${bold(title, 60)}`)
  const more = datasets.length - shownTitles
  const paragraph = (title: string, text: string) =>
    markdown(`${bold(title)}\n${escapeDiscord(text)}`)
  return [
    markdown(`${bold(said.consentTitle)}\n${escapeDiscord(said.consentWhat)}`),
    ...(titles.length > 0
      ? [
          markdown(
            [
              bold(said.consentWork),
              ...titles,
              ...(more > 0 ? [escapeDiscord(said.consentMore(more))] : []),
            ].join('\n'),
          ),
        ]
      : []),
    paragraph(said.consentStoredTitle, said.consentStored('discord')),
    paragraph(said.consentUseTitle, said.consentUse),
    paragraph(said.consentDeleteTitle, said.consentDelete),
    ...(asksZone
      ? [
          plain(zone === undefined ? said.zoneQuestion : `${said.zone}: ${zone}`),
          ...drawZones(zone ?? null, at, said, {
            look: (there) => greetId({ at: there, wish }),
            choose: (chosen) => greetId({ zone: chosen, wish }),
          }),
        ]
      : []),
    plain(said.consentPress(wish !== undefined || datasets.length === 1)),
    ...rows([
      button(said.start, startId(consentVersion, wish, zone), 'primary'),
      button(said.decline, declineId),
    ]),
  ]
}

const shownTitles = 10

/** All time zones in menus that hold 25 options each. Pure. */
import { zonesByRegion } from '../../../../src/chat/port/ids.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { limits } from '../../limits.ts'
import { button, type Component, menu, option, rows } from '../components.ts'

/** The region and page of the zones on screen. */
export type ZoneAt = { region: string; page: number }

/** The ids for browsing and for choosing, which depend on where the menus are. */
export type ZoneIds = { look(at: ZoneAt): string; choose(zone: string): string }

/** First the region, then its zones, 25 to a page: a menu holds no more. */
export function drawZones(
  zone: string | null,
  at: ZoneAt | undefined,
  said: Words,
  ids: ZoneIds,
): Component[] {
  const region = at?.region
  const choose = menu(
    'v1:menu:region',
    said.zone,
    [...zonesByRegion.keys()].map((name) =>
      option(name, ids.look({ region: name, page: 0 }), { chosen: name === region }),
    ),
  )
  const there = zonesByRegion.get(region ?? '') ?? []
  if (at === undefined || there.length === 0) return [choose]
  const pages = Math.ceil(there.length / limits.selectOptions)
  const page = Math.min(at.page, pages - 1)
  const shown = there.slice(page * limits.selectOptions, (page + 1) * limits.selectOptions)
  const place = pages > 1 ? ` (${said.pageOf(page + 1, pages)})` : ''
  const turn = (to: number, text: string) =>
    to >= 0 && to < pages ? [button(text, ids.look({ region: at.region, page: to }))] : []
  return [
    choose,
    menu(
      'v1:menu:zone',
      `${said.zone}: ${at.region}${place}`,
      shown.map((one) =>
        option(one.replaceAll('_', ' '), ids.choose(one), { chosen: one === zone }),
      ),
    ),
    ...rows([...turn(page - 1, said.previousPage), ...turn(page + 1, said.nextPage)]),
  ]
}

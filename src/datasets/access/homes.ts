/**
 * The home of each platform: the workspace or server that entries without one mean. It is the first in
 * PARLEY_INSTALL_ALLOW, else the one whose admin claimed Parley, else the first that a gesture came from;
 * once known it stays, so that later installations get no access.
 */
import { sql } from 'kysely'
import type { Parley } from '../../parley.ts'
import { placeOf } from '../../platforms/keys.ts'
import type { Platform } from '../document.ts'

/** A platform is missing until it is first used: until then there is nobody to exclude. */
export type Homes = { readonly [P in Platform]?: string }

/** Where a gesture was made; a Discord message in private names no server. */
export type Gestured = { platform: Platform; workspace: string; guildId?: string | undefined }

/** Another process may set a home first. */
const keptForMs = 10_000

const caches = new WeakMap<Parley['platforms'], { at: number; homes: Homes }>()

export async function homesOf(parley: Parley): Promise<Homes> {
  const known = caches.get(parley.platforms)
  const at = performance.now()
  if (known && at - known.at < keptForMs) return known.homes
  const rows = await parley.db.selectFrom('homes').selectAll().execute()
  const homes: Homes = Object.fromEntries(rows.map((row) => [row.platform, row.workspace]))
  caches.set(parley.platforms, { at, homes })
  return homes
}

/** The first gesture of a platform determines its home. */
export async function noteHome(parley: Parley, by: Gestured): Promise<void> {
  const place = placeOf(by)
  if (place === null || (await homesOf(parley))[by.platform] !== undefined) return
  const listed = allowedOn(parley, by.platform)
  await setHome(parley, by.platform, listed[0] ?? place, 'first')
}

/** Whether a gesture comes from where Parley may be used. */
export function isAllowedIn(parley: Pick<Parley, 'installAllow'>, by: Gestured): boolean {
  const place = placeOf(by)
  return place === null || mayJoin(parley, by.platform, place)
}

/** Whether Parley may be installed there, by PARLEY_INSTALL_ALLOW. */
export function mayJoin(
  parley: Pick<Parley, 'installAllow'>,
  platform: Platform,
  place: string,
): boolean {
  const isAnywhere = (parley.installAllow ?? []).length === 0
  return isAnywhere || allowedOn(parley, platform).includes(place)
}

function allowedOn({ installAllow = [] }: Pick<Parley, 'installAllow'>, platform: Platform) {
  return installAllow
    .filter((one) => one.startsWith(`${platform}:`))
    .map((one) => one.slice(platform.length + 1))
}

/** `first`: only if there is none; `anew`: claiming Parley makes the claimant's workspace its home. */
export async function setHome(
  parley: Parley,
  platform: Platform,
  workspace: string,
  when: 'first' | 'anew',
): Promise<void> {
  await sql`
    insert into homes (platform, workspace) values (${platform}, ${workspace})
    on conflict (platform) do ${
      when === 'first' ? sql`nothing` : sql`update set workspace = excluded.workspace`
    }`.execute(parley.db)
  caches.delete(parley.platforms)
}

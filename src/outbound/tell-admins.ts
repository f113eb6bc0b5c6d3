/** Notifies the admins of a dataset or a workspace, each once. */
import { sql } from 'kysely'
import { sayOn, type Words, wordsOn } from '../chat/words/words.ts'
import type { Place } from '../deliveries/ledger.ts'
import { findLocale } from '../labelers/locale.ts'
import { type Platform, parsePerson, personName } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { traitsOf } from '../platforms/registry.ts'
import { queueNotice } from './queue-message.ts'
import { isRemoved } from './removal.ts'

/** What the notice is about, and so whose admins get it: a dataset, or a place. */
export type About = { datasetId: string } | { dataset: string } | Place | 'home'

/** Notifies each of its admins who can be reached once; configured admins always. */
export async function tellAdmins(
  parley: Parley,
  input: { key: string; about: About; text: string | ((said: Words) => string) },
): Promise<void> {
  const { key, about, text } = input
  const { rows: held } = await sql<{ platform: Platform; workspace: string; userId: string }>`
    select platform, workspace, user_id from roles r where role = 'admin' and ${theirs(about)}
  `.execute(parley.db)
  const named = held.map(personName)
  for (const name of new Set([...parley.admins, ...named])) {
    const to = parsePerson(name)
    if (!parley.platforms.has(to.platform) || (await isRemoved(parley, to))) continue
    const said = wordsOn(to.platform, (await findLocale(parley, to)) ?? undefined)
    const told = typeof text === 'string' ? sayOn(to.platform, text) : text(said)
    await queueNotice(parley, { key, to, text: told })
  }
}

/** Whether a role belongs to what the notice is about. */
function theirs(about: About) {
  if (about === 'home')
    return sql`coalesce(workspace in ('', (select h.workspace from homes h
      where h.platform = r.platform)), true)`
  if ('platform' in about) {
    const isAnywhere = !traitsOf(about.platform).person.isOfWorkspace
    return sql`platform = ${about.platform} and (workspace = ${about.workspace} or ${isAnywhere})`
  }
  const dataset =
    'datasetId' in about ? sql`d.id = ${about.datasetId}` : sql`d.name = ${about.dataset}`
  return sql`exists (select from datasets d where ${dataset}
    and administers(d.document, r.platform, nullif(r.workspace, ''), r.user_id))`
}

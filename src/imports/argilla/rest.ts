/**
 * Reads a dataset from a running Argilla over its REST API, the only way that keeps ranks: 1. it finds
 * the dataset by name; 2. it collects its settings; 3. it reads records page by page, so that memory stays
 * flat. An interrupted import can be run again: stored answers stay unchanged.
 */

import { type ArgillaServer, ask, askWithin } from '../../argilla/ask.ts'
import {
  type RestDataset,
  RestDatasets,
  RestPage,
  RestParts,
  RestQuestions,
  type RestUser,
  RestUsers,
  RestWorkspaces,
} from '../../argilla/rest-shape.ts'
import { openUsers, ourFirstName, type UserMap, type Users } from '../../argilla/users.ts'
import { invalid, ParleyError } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { isObject, type JsonObject } from '../../json.ts'
import type { ForeignReader } from '../answers/foreign.ts'
import { parseJson } from '../readers/json.ts'
import { layFor } from './layout.ts'
import { foreignOf, type Reading } from './record.ts'
import { type ArgillaSettings, parseSettings } from './settings.ts'

export type FoundDataset = {
  id: string
  name: string
  workspace: { id: string; name: string }
  settings: ArgillaSettings
  /** Names of questions by their ids: suggestions know only these. */
  questions: ReadonlyMap<string, string>
}

/** The address of a server, or of a page of it that shows a dataset. @throws ParleyError `invalid`. */
export function parseServer(text: string): { address: string; dataset: string | null } {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !isAddress(text))
    throw invalid({ [text]: 'Write the whole address of Argilla, as https://argilla.example.' })
  const [, path = url.pathname, dataset = null] =
    /^(.*)\/dataset\/([0-9a-f-]{36})(?:\/.*)?$/.exec(url.pathname) ?? []
  return { address: `${url.origin}${path.replace(/\/+$/, '')}`, dataset }
}

/**
 * Finds a dataset by its name or id; without either, the only one.
 * @throws ParleyError `not_found` with the existing names, `invalid` if several have this name.
 */
export async function findDataset(
  server: ArgillaServer,
  wanted: { dataset?: string; workspace?: string },
): Promise<FoundDataset> {
  const { items: datasets } = await ask(server, 'me/datasets', RestDatasets)
  const { items: workspaces } = await ask(server, 'me/workspaces', RestWorkspaces)
  const nameOf = (id: string) => workspaces.find((one) => one.id === id)?.name ?? id
  const all = datasets.map((one) => ({ ...one, workspace: nameOf(one.workspace_id) }))
  const found = choose(all, wanted)
  const at = `datasets/${encodeURIComponent(found.id)}`
  const fields = await ask(server, `${at}/fields`, RestParts)
  const questions = await ask(server, `${at}/questions`, RestQuestions)
  const metadata = await ask(server, `me/${at}/metadata-properties`, RestParts)
  const vectors = await ask(server, `${at}/vectors-settings`, RestParts)
  const settings = parseSettings(
    {
      guidelines: found.guidelines ?? null,
      distribution: found.distribution ?? null,
      ...{ fields: fields.items, questions: questions.items },
      ...{ metadata: metadata.items, vectors: vectors.items },
    },
    found.name,
  )
  return {
    id: found.id,
    name: found.name,
    workspace: { id: found.workspace_id, name: found.workspace },
    settings,
    questions: new Map(questions.items.map(({ id, name }) => [id, name])),
  }
}

type Listed = RestDataset & { workspace: string }

function choose(all: readonly Listed[], wanted: { dataset?: string; workspace?: string }): Listed {
  const inside = all.filter(
    ({ workspace, workspace_id }) =>
      wanted.workspace === undefined || [workspace, workspace_id].includes(wanted.workspace),
  )
  const named = inside.filter(
    ({ id, name }) => wanted.dataset === undefined || [id, name].includes(wanted.dataset),
  )
  const [found, second] = named
  const told = (some: readonly Listed[]) =>
    some.slice(0, 20).map(({ name, workspace }) => `${name} (workspace ${workspace})`)
  if (!found)
    throw new ParleyError(
      'not_found',
      inside.length > 0
        ? `Argilla has no dataset "${wanted.dataset}" there. It has ${told(inside).join(', ')}.`
        : `This key sees no dataset in Argilla${wanted.workspace ? ` in a workspace "${wanted.workspace}"` : ''}.`,
    )
  if (second)
    throw invalid({
      [wanted.dataset === undefined ? '--argilla-dataset' : '--workspace']:
        `Say which one: ${told(named).join(', ')}.`,
    })
  return found
}

/**
 * Maps users to labelers: looks up the ids of the map's user names, because responses hold only ids, and
 * recognises users that our own export created by their names.
 */
export async function openServerUsers(
  server: ArgillaServer,
  { workspace }: FoundDataset,
  map: UserMap = new Map(),
): Promise<{ users: Users; warning: string | null }> {
  const all = await listUsers(server, workspace.id)
  if (!all)
    return {
      users: openUsers(map),
      warning:
        map.size === 0
          ? null
          : "This key may not see Argilla's users, so the file of users is read by their ids alone. The key of an owner may.",
    }
  const byId = all.flatMap(({ id, username, first_name, last_name }) => {
    const own = first_name === ourFirstName && last_name ? last_name : undefined
    const pseudonym = map.get(id) ?? map.get(username) ?? own
    return pseudonym === undefined ? [] : [[id, pseudonym] as const]
  })
  return { users: openUsers(new Map([...map, ...byId])), warning: null }
}

/** Owners see all users, admins those of their workspaces, others none: null. */
async function listUsers(server: ArgillaServer, workspace: string): Promise<RestUser[] | null> {
  for (const path of ['users', `workspaces/${encodeURIComponent(workspace)}/users`]) {
    try {
      return (await ask(server, path, RestUsers)).items
    } catch (error) {
      const isRefused = error instanceof ParleyError && /forbidden|not_found/.test(error.code)
      if (!isRefused) throw error
    }
  }
  return null
}

/**
 * Reads a dataset of a running Argilla for one of ours. The report identifies records by their position in
 * the listing, the oldest first.
 */
export function restReader(
  server: ArgillaServer,
  found: FoundDataset,
  reading: Omit<Reading, 'layout'>,
  tell: { warning(sentence: string): void; progress(read: number, total: number | null): void },
): ForeignReader {
  return async function* (dataset) {
    const { layout, warnings } = layFor(found.settings, dataset.document)
    for (const warning of warnings) tell.warning(warning)
    const totals = new Set<number | null>()
    for await (const { items, offset, total } of pagesOf(server, found.id)) {
      totals.add(total)
      tell.progress(offset + items.length, total)
      yield items.map((item, at) => {
        const number = offset + at + 1
        // Depth, names and characters are checked as those of a line are.
        const text = JSON.stringify(item)
        const checked = parseJson(text)
        if ('problem' in checked) return { number, problem: checked.problem }
        const record = asRecord(checked.value, found.questions)
        return { ...foreignOf({ ...reading, layout }, record, number), length: text.length }
      })
    }
    if (totals.size > 1)
      tell.warning(
        'Records came or went in Argilla while they were read. Run the same command again to be sure of all of them.',
      )
  }
}

/** A record in the files' shape: suggestions by question name, and a separate id for each unknown user. */
function asRecord(item: unknown, questions: ReadonlyMap<string, string>): unknown {
  if (!isObject(item)) return item
  const { suggestions, responses } = item
  return {
    ...item,
    ...(Array.isArray(suggestions)
      ? { suggestions: Object.fromEntries(suggestions.flatMap((one) => named(one, questions))) }
      : {}),
    ...(Array.isArray(responses) ? { responses: toldApart(responses) } : {}),
  }
}

function named(suggestion: unknown, questions: ReadonlyMap<string, string>): [string, unknown][] {
  if (!isObject(suggestion)) return []
  const name = questions.get(String(suggestion['question_id']))
  return name === undefined ? [] : [[name, suggestion]]
}

/** Deleted users leave responses without a user, possibly several to one record. */
function toldApart(responses: readonly unknown[]): unknown[] {
  const isNobodys = (one: unknown): one is JsonObject =>
    isObject(one) && (one['user_id'] ?? null) === null
  const key = (one: JsonObject) => `${one['inserted_at']} ${one['id']}`
  const [, ...others] = responses.filter(isNobodys).sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return responses.map((one) => {
    const at = isNobodys(one) ? others.indexOf(one) : -1
    return isObject(one) && at >= 0 ? { ...one, user_id: `nobody-${at + 2}` } : one
  })
}

const usualPage = 250
const mostPageBytes = 32_000_000

type RecordPage = { items: unknown[]; offset: number; total: number | null }

/** Every record with its responses and suggestions, oldest first. */
export async function* pagesOf(server: ArgillaServer, dataset: string): AsyncGenerator<RecordPage> {
  let limit = usualPage
  let offset = 0
  for (;;) {
    const query = `include=responses&include=suggestions&offset=${offset}&limit=${limit}`
    const path = `datasets/${encodeURIComponent(dataset)}/records?${query}`
    const page = await askWithin(server, path, RestPage, mostPageBytes)
    if (page === null) {
      if (limit === 1) throw tooLarge(server, offset)
      limit = Math.ceil(limit / 4)
      continue
    }
    const total = page.total ?? null
    if (page.items.length > 0) yield { items: page.items, offset, total }
    offset += page.items.length
    if (page.items.length === 0 || (total !== null && offset >= total)) return
  }
}

function tooLarge({ address }: ArgillaServer, offset: number): ParleyError {
  return invalid({
    [address]: `Record ${offset + 1} is larger than ${mostPageBytes / 1e6} MB. Delete it there and import again.`,
  })
}

/**
 * Changes a dataset's status: draft -> ready -> paused <-> ready -> closed -> ready. Questions that a
 * platform cannot draw are reported here, to the admin, and never to a labeler.
 */

import { conflict, invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { allTraits } from '../platforms/registry.ts'
import type { Question } from '../questions/question.ts'
import { accessProblem, everyoneOf, platformsOf } from './access/access.ts'
import { type Reach, reachOfAccess } from './access/audience.ts'
import { hasGroups, resolveAccess } from './access/groups.ts'
import { homesOf } from './access/homes.ts'
import { tenantsOf } from './access/tenants.ts'
import { checkInvited } from './ask.ts'
import { writeAudit } from './audit.ts'
import { getDataset, lockDataset } from './dataset.ts'
import type { Access, Dataset, DatasetDocument, DatasetStatus, Platform } from './document.ts'
import { feedProblems, noteAllFeeds, sourcesOf } from './feeds/rules.ts'
import { isWriting, makeBlanks } from './writing.ts'

/** Why a platform cannot draw these questions, or null; absent where no platform is connected. */
export type Unsupported = (platform: Platform, questions: readonly Question[]) => string | null

/** `reach`: how many people the groups of the access list are. */
export type Published = { dataset: Dataset; warnings: string[]; reach: Reach[] }

/**
 * Opens a dataset to its labelers.
 * @throws ParleyError `invalid` when access is unset or a platform cannot draw a question.
 */
export async function publishDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; unsupported?: Unsupported },
): Promise<Published> {
  return openToLabelers(parley, actor, input, 'publish dataset', async (inside, dataset) => {
    if (dataset.status === 'closed')
      throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen.`)
    await makeBlanks(inside, dataset)
    if (dataset.status === 'draft') await noteAllFeeds(inside, dataset)
  })
}

/** Stops handing out records; open cards can still be answered. */
export async function pauseDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string },
): Promise<Dataset> {
  return move(parley, actor, input.dataset, 'pause dataset', 'paused', ['ready'])
}

export async function closeDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string },
): Promise<Dataset> {
  return move(parley, actor, input.dataset, 'close dataset', 'closed', ['ready', 'paused'])
}

/** Opens a closed or paused dataset again. */
export async function reopenDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; unsupported?: Unsupported },
): Promise<Published> {
  return openToLabelers(parley, actor, input, 'reopen dataset', async (_inside, dataset) => {
    if (dataset.status === 'draft') throw notPublished(dataset)
  })
}

async function openToLabelers(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; unsupported?: Unsupported },
  act: string,
  prepare: (inside: Parley, dataset: Dataset) => Promise<void>,
): Promise<Published> {
  const by = requireAdmin(actor)
  const access = await findGroups(parley, actor, input.dataset)
  await checkInvited(parley, (await getDataset(parley, input.dataset, actor)).document)
  const reach = await reachOfAccess(parley, access?.found)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockWithGroups(inside, actor, input.dataset, access)
    await prepare(inside, dataset)
    const { problems, warnings } = await checkPublishing(inside, actor, dataset, input.unsupported)
    if (Object.keys(problems).length > 0) throw invalid(problems)
    const changed = await setStatus(inside, by, act, dataset, 'ready')
    return { dataset: changed, warnings, reach }
  })
}

type Groups = { asked: Access; found: Access }

/**
 * Looks up names on the platforms before anything is locked, because that may take a while.
 * @throws ParleyError `invalid` for a list without anything to look up.
 */
async function findGroups(parley: Parley, actor: Actor, name: string): Promise<Groups | null> {
  const { access } = (await getDataset(parley, name, actor)).document
  if (access === undefined || !hasGroups(access)) return null
  const problem = accessProblem(access)
  if (problem) throw invalid({ access: problem })
  return { asked: access, found: await resolveAccess(parley, access) }
}

/** Locks the dataset and stores the ids that were found in its document. */
async function lockWithGroups(
  parley: Parley,
  actor: Actor,
  name: string,
  groups: Groups | null,
): Promise<Dataset> {
  const dataset = await lockDataset(parley, name, actor)
  const { access } = dataset.document
  if (access !== undefined && hasGroups(access) && !same(access, groups?.asked))
    throw conflict(`The access of "${name}" was changed meanwhile. Publish it again.`)
  if (!groups || same(access, groups.found)) return dataset
  const document = { ...dataset.document, access: groups.found }
  const { id, schemaVersion } = dataset
  const text = JSON.stringify(document)
  await parley.db
    .updateTable('datasets')
    .set({ document: text, updatedAt: parley.now() })
    .where('id', '=', id)
    .execute()
  await parley.db
    .updateTable('datasetVersions')
    .set({ document: text })
    .where('datasetId', '=', id)
    .where('schemaVersion', '=', schemaVersion)
    .execute()
  return { ...dataset, document }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/**
 * What stands in the way of publishing, by key of the document or by platform, and what to know besides.
 * Nothing changes. `id` is null for a document that is no dataset yet.
 */
export async function checkPublishing(
  parley: Parley,
  actor: Actor,
  dataset: Pick<Dataset, 'name' | 'document'> & { id: string | null },
  asked?: Unsupported,
): Promise<{ problems: Record<string, string>; warnings: string[] }> {
  const { access } = dataset.document
  const problem = accessProblem(access)
  if (problem) return { problems: { access: problem }, warnings: [] }
  const wanted = wantedOf(parley, dataset.document)
  const problems: Record<string, string> = {
    ...(await feedProblems(parley, actor, dataset)),
    ...drawingProblems(parley, dataset.document, asked),
  }
  const isAway = (platform: Platform) =>
    parley.platforms.size > 0 && !parley.platforms.has(platform)
  const warnings = wanted
    .filter(isAway)
    .map((platform) => `Access names people of ${platform}, which is not connected.`)
  warnings.push(...(await widthOf(parley, access)))
  if (Object.keys(problems).length > 0 || isWriting(dataset.document)) return { problems, warnings }
  if (dataset.document.arena) return { problems, warnings: [...warnings, openArena(dataset.name)] }
  if (dataset.id !== null && (await hasRecords(parley, dataset.id))) return { problems, warnings }
  return { problems, warnings: [...warnings, await sayEmpty(parley, dataset.name)] }
}

async function hasRecords(parley: Parley, datasetId: string): Promise<boolean> {
  const any = await parley.db
    .selectFrom('records')
    .select('id')
    .where('datasetId', '=', datasetId)
    .limit(1)
    .executeTakeFirst()
  return any !== undefined
}

/** Why platforms on which people may label cannot draw the questions, by platform. */
export function drawingProblems(
  parley: Parley,
  document: DatasetDocument,
  asked?: Unsupported,
): Record<string, string> {
  const draws: Unsupported =
    asked ??
    ((platform, questions) => parley.platforms.get(platform)?.unsupported(questions) ?? null)
  return Object.fromEntries(
    wantedOf(parley, document).flatMap((platform) => {
      const said = draws(platform, document.questions)
      return said === null ? [] : [[platform, said]]
    }),
  )
}

function wantedOf(parley: Parley, { access }: DatasetDocument): Platform[] {
  return access === 'everyone' ? [...parley.platforms.keys()] : platformsOf(access)
}

async function sayEmpty(parley: Parley, name: string): Promise<string> {
  const sources = await sourcesOf(parley, name)
  return sources.length === 0
    ? `"${name}" has no records yet. Add some with parley import.`
    : `"${name}" has no records yet. They come from ${sources.join(', ')}, as answers are accepted there.`
}

/** Warnings about who has access. */
async function widthOf(parley: Parley, access: Access | undefined): Promise<string[]> {
  const homes = await homesOf(parley)
  const places = tenantsOf(access).flatMap((tenant) => {
    const [platform, place] = tenant.split(':') as [Platform, string]
    if (!parley.platforms.has(platform) || (place === '*' && !homes[platform])) return []
    return [`${platform}:${place === '*' ? homes[platform] : place}`]
  })
  const all = [...new Set(places)]
  if (all.length > 1)
    return [
      `Access is wider than one workspace: ${all.join(', ')}. Admins of each see this dataset.`,
    ]
  if (access !== 'everyone') return []
  const known = allTraits().flatMap(({ name, person }) => {
    const home = homes[name]
    return person.isOfWorkspace && home !== undefined ? [{ name, home }] : []
  })
  const told = known.map(async ({ name, home }) =>
    (await hasOthers(parley, name, home))
      ? [
          `access: everyone means ${everyoneOf(name, home)}. People of other workspaces are let in once it names theirs.`,
        ]
      : [],
  )
  return (await Promise.all(told)).flat()
}

/** Whether Parley is installed in another workspace than the home. */
async function hasOthers({ db }: Parley, platform: Platform, home: string): Promise<boolean> {
  const other = await db
    .selectFrom('workspaces')
    .select('workspace')
    .where('platform', '=', platform)
    .where('workspace', '<>', home)
    .where('deadAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return other !== undefined
}

async function move(
  parley: Parley,
  actor: Actor,
  name: string,
  act: string,
  to: DatasetStatus,
  from: readonly DatasetStatus[],
): Promise<Dataset> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, name, actor)
    if (dataset.status === 'draft') throw notPublished(dataset)
    if (dataset.status !== to && !from.includes(dataset.status))
      throw conflict(
        `"${dataset.name}" is ${dataset.status}. Open it again with parley dataset reopen first.`,
      )
    return setStatus(inside, by, act, dataset, to)
  })
}

/** A second press of the same button changes nothing and adds no second audit entry. */
async function setStatus(
  parley: Parley,
  by: string,
  act: string,
  dataset: Dataset,
  status: DatasetStatus,
): Promise<Dataset> {
  if (dataset.status === status) return dataset
  await parley.db
    .updateTable('datasets')
    .set({ status, updatedAt: parley.now() })
    .where('id', '=', dataset.id)
    .execute()
  await writeAudit(parley, {
    actor: by,
    act,
    dataset: dataset.name,
    detail: { from: dataset.status },
  })
  return { ...dataset, status }
}

function openArena(name: string): string {
  return `People can ask once it is open in a channel: type /parley-admin arena ${name} there.`
}

function notPublished(dataset: Dataset) {
  return conflict(`"${dataset.name}" is a draft. Publish it with parley dataset publish first.`)
}

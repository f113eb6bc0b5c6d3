/**
 * Creates a dataset in a running Argilla, or finds the one created for this dataset before, with its
 * fields, questions and metadata properties, and publishes it.
 */

import { type ArgillaServer, ask, tell } from '../../argilla/ask.ts'
import {
  RestAnything,
  type RestDataset,
  RestDatasets,
  RestId,
  RestParts,
  RestQuestions,
  RestWorkspaces,
} from '../../argilla/rest-shape.ts'
import { conflict, invalid, ParleyError } from '../../errors.ts'
import { isObject } from '../../json.ts'
import type { ArgillaPlan } from './plan.ts'
import { argillaSettings } from './settings.ts'

export type OpenedDataset = {
  id: string
  name: string
  workspace: { id: string; name: string }
  /** Ids of questions by their names. */
  questions: ReadonlyMap<string, string>
}

/**
 * @throws ParleyError `conflict` if the dataset of that name is another or has other questions; `not_found` and
 * `invalid` for the workspace.
 */
export async function openDataset(
  server: ArgillaServer,
  plan: ArgillaPlan,
  { name, workspace: wanted }: { name: string; workspace?: string },
): Promise<OpenedDataset> {
  const workspace = await findWorkspace(server, wanted)
  const found = await findOurs(server, plan, name, workspace.id)
  const id = found?.id ?? (await makeDataset(server, plan, name, workspace.id))
  if (found?.status === 'ready') await checkSame(server, id, name, plan)
  else await publish(server, id, plan)
  const { items } = await ask(server, `datasets/${encodeURIComponent(id)}/questions`, RestQuestions)
  const questions = new Map(items.map((one) => [one.name, one.id]))
  return { id, name, workspace, questions }
}

async function findWorkspace(server: ArgillaServer, wanted: string | undefined) {
  const { items } = await ask(server, 'me/workspaces', RestWorkspaces)
  const named = items.filter(({ id, name }) => wanted === undefined || [id, name].includes(wanted))
  const [found, second] = named
  const names = items.map(({ name }) => name).join(', ') || 'none'
  if (!found)
    throw new ParleyError(
      'not_found',
      `This key sees no workspace${wanted === undefined ? '' : ` "${wanted}"`} in Argilla: it has ${names}. Make it there first.`,
    )
  if (second) throw invalid({ '--workspace': `Say into which one: ${names}.` })
  return found
}

/** What this dataset stored in the metadata of the one there. */
function markOf({ document }: ArgillaPlan) {
  return { parley: { dataset: document.name } }
}

async function findOurs(
  server: ArgillaServer,
  plan: ArgillaPlan,
  name: string,
  workspace: string,
): Promise<RestDataset | null> {
  const { items } = await ask(server, 'me/datasets', RestDatasets)
  const found = items.find((one) => one.name === name && one.workspace_id === workspace)
  if (!found) return null
  const mark = isObject(found.metadata) ? found.metadata['parley'] : null
  if (isObject(mark) && mark['dataset'] === plan.document.name) return found
  throw conflict(
    `Argilla has a dataset "${name}" there that was not made by this one. Name another: --argilla-dataset NAME.`,
  )
}

async function makeDataset(
  server: ArgillaServer,
  plan: ArgillaPlan,
  name: string,
  workspace_id: string,
): Promise<string> {
  const { dataset } = argillaSettings(plan)
  const { guidelines, allow_extra_metadata, distribution } = dataset
  const metadata = markOf(plan)
  const body = { name, workspace_id, guidelines, allow_extra_metadata, distribution, metadata }
  const told = await tell(server, { method: 'POST', path: 'datasets', body }, RestId)
  if (!('refused' in told)) return told.value.id
  const lost = told.refused.status === 409 ? await findOurs(server, plan, name, workspace_id) : null
  if (lost) return lost.id
  throw refusal(`the dataset "${name}"`, told.refused.why)
}

/** Parts left by an earlier attempt are kept (409). */
async function publish(server: ArgillaServer, id: string, plan: ArgillaPlan): Promise<void> {
  const at = `datasets/${encodeURIComponent(id)}`
  const { fields, questions, metadata } = argillaSettings(plan).settings
  const add = async (path: string, body: { name: string }) => {
    const told = await tell(server, { method: 'POST', path: `${at}/${path}`, body }, RestAnything)
    if ('refused' in told && told.refused.status !== 409)
      throw refusal(`"${body.name}" of the dataset`, told.refused.why)
  }
  for (const { type: _, ...field } of fields) await add('fields', field)
  for (const { type: _, ...question } of questions) await add('questions', question)
  for (const { name, title, visible_for_annotators, type } of metadata) {
    const settings = { type, ...(type === 'terms' ? { values: null } : {}) }
    const property = { name, title, visible_for_annotators, settings }
    await add('metadata-properties', property)
  }
  const told = await tell(server, { method: 'PUT', path: `${at}/publish` }, RestAnything)
  // Published already: the response to the first attempt was lost.
  if ('refused' in told && !/already been published/.test(told.refused.why))
    throw refusal('the dataset', told.refused.why)
}

/** A published dataset cannot get another question there, so its answers could not be stored. */
async function checkSame(
  server: ArgillaServer,
  id: string,
  name: string,
  plan: ArgillaPlan,
): Promise<void> {
  const at = `datasets/${encodeURIComponent(id)}`
  const { fields, questions } = argillaSettings(plan).settings
  const there = [
    ...(await ask(server, `${at}/fields`, RestParts)).items,
    ...(await ask(server, `${at}/questions`, RestParts)).items,
  ]
  const missing = [...fields, ...questions].find(
    (part) => !there.some((one) => one.name === part.name),
  )
  if (missing)
    throw conflict(
      `The dataset "${name}" in Argilla has no "${missing.name}", and nothing can be added to it any more. Name another: --argilla-dataset NAME.`,
    )
}

function refusal(what: string, why: string): ParleyError {
  return new ParleyError('conflict', `Argilla did not take ${what}: ${why}`)
}

/** Preview: the card of a record as a labeler would see it, for an admin alone; nothing is stored. */

import { getDataset, getDatasetById } from '../../datasets/dataset.ts'
import type { Dataset, DatasetDocument, Platform } from '../../datasets/document.ts'
import { sourcesOf } from '../../datasets/feeds/rules.ts'
import { isWriting } from '../../datasets/writing.ts'
import { conflict, unavailable } from '../../errors.ts'
import { type Person, personName } from '../../labelers/person.ts'
import { adminActor } from '../../labelers/roles.ts'
import type { Outbox } from '../../outbox.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { labelOf } from '../../platforms/registry.ts'
import { buildTaskCard, type CardSource } from '../cards/card.ts'
import { previewOf, sampleRecord } from '../cards/sample.ts'
import type { Delivered, DrawnPreview, Interaction, Reply, TaskCard } from '../port/port.ts'
import { inLocale, spoken } from '../words/words.ts'

/**
 * Sends the card of the dataset's first record.
 * @throws ParleyError `conflict` for somebody who cannot be written to, `unavailable` for a platform
 * that is away.
 */
export async function sendPreview(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; to: Person },
): Promise<Delivered> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const source = await previewSource(parley, dataset)
  const adapter = await adapterFor(parley, input.to)
  const card = buildTaskCard(source)
  const reply = { type: 'task', card, notice: spoken().previewAbove } as const
  return adapter.send(input.to, reply).catch((error: unknown) => {
    throw asRefusal(adapter, input.to, error)
  })
}

/** @throws ParleyError `conflict` where this person cannot be met. */
async function adapterFor(parley: Parley, to: Person): Promise<Outbox> {
  const adapter = parley.platforms.get(to.platform)
  if (!adapter) throw conflict(spoken().notConnected(labelOf(to.platform)))
  if ((await adapter.isThere?.(to)) === false) throw conflict(spoken().notThere(personName(to)))
  return adapter
}

/** A failed send, explained to the person who asked for it. */
function asRefusal(adapter: Outbox, to: Person, error: unknown): unknown {
  const said = spoken()
  const failure = adapter.failureOf?.(error)
  switch (failure?.type) {
    case 'gone':
      return conflict(said.notReached(personName(to), failure.reason.replaceAll('_', ' ')), error)
    case 'later':
      return unavailable(labelOf(to.platform), error)
    case 'unknown':
      return conflict(said.perhapsReached(personName(to)), error)
    default:
      return error
  }
}

/** The preview a gesture was made on, or null for the card of a real assignment. */
export async function findPreview(
  parley: Parley,
  interaction: Extract<Interaction, { assignmentId: string }>,
): Promise<{ source: CardSource; card: TaskCard } | null> {
  const datasetId = /^preview-([1-9]\d{0,17})$/.exec(interaction.assignmentId)?.[1]
  if (datasetId === undefined) return null
  const actor = await adminActor(parley, interaction.by)
  const source = await previewSource(parley, await getDatasetById(parley, datasetId, actor))
  return { source, card: buildTaskCard(source) }
}

async function previewSource(parley: Parley, dataset: Dataset): Promise<CardSource> {
  const stored = await firstRecord(parley, dataset.id)
  const record = stored ?? (isWriting(dataset.document) ? sampleRecord(dataset.document) : null)
  if (!record) {
    const from = dataset.document.arena ? 'arena' : await sourcesOf(parley, dataset.name)
    throw conflict(spoken().nothingToPreview(dataset.name, from))
  }
  return previewOf(dataset, record)
}

/** The record a preview shows; null for a dataset without any. */
async function firstRecord(parley: Parley, datasetId: string) {
  const found = await parley.db
    .selectFrom('records')
    .select(['fields', 'outputs', 'suggestions', 'shuffled'])
    .where('datasetId', '=', datasetId)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return found ?? null
}

/** A card as one platform draws it, or why that platform cannot. */
export type PlatformPreview = {
  platform: Platform
  label: string
  drawn: DrawnPreview | null
  problem: string | null
}

/**
 * The card of a document that may not be stored yet, as each platform that is on draws it: of the
 * dataset's first record, or of a sample. Nothing is sent or stored.
 */
export async function drawPreviews(
  parley: Parley,
  actor: Actor,
  input: { document: DatasetDocument; dataset: Dataset | null; locale: string | undefined },
): Promise<PlatformPreview[]> {
  requireAdmin(actor)
  const { document, dataset, locale } = input
  const stored = dataset && (await firstRecord(parley, dataset.id))
  const isOfThese = document.fields.some(({ name }) => Object.hasOwn(stored?.fields ?? {}, name))
  const recordOf = () => (stored && isOfThese ? stored : sampleRecord(document))
  const known = { id: dataset?.id ?? '0', schemaVersion: dataset?.schemaVersion ?? 1, document }
  return [...parley.platforms].flatMap(([platform, outbox]): PlatformPreview[] => {
    if (!outbox.drawPreview) return []
    const label = labelOf(platform)
    const problem = outbox.unsupported(document.questions)
    if (problem !== null) return [{ platform, label, drawn: null, problem }]
    const draw = () => buildTaskCard(previewOf(known, recordOf()))
    const card = inLocale(locale, draw, platform)
    const drawn = outbox.drawPreview({ type: 'task', card } as Reply, locale)
    return [{ platform, label, drawn, problem: null }]
  })
}

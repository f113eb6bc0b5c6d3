/**
 * Shows a generation's progress to its followers: one private message each, updated as it runs. Failures to
 * show it are logged and do not stop the generation.
 */

import { getDatasetById } from '../datasets/dataset.ts'
import { StoredMessage } from '../deliveries/delivered.ts'
import { ParleyError } from '../errors.ts'
import { parsePerson } from '../labelers/person.ts'
import type { Delivered } from '../outbox.ts'
import type { Parley } from '../parley.ts'
import { type Generation, type GenerationProgress, getGeneration, isOver } from './generation.ts'

/** Shows the current progress, or the final result once it has ended. */
export async function tellGeneration(parley: Parley, id: string): Promise<void> {
  const generation = await getGeneration(parley, id)
  const progress = await progressOf(parley, generation)
  const followers = await parley.db
    .selectFrom('generationFollowers')
    .select(['person', 'locale', 'message'])
    .where('generationId', '=', id)
    .where('toldAt', 'is', null)
    .execute()
  for (const follower of followers) await tellOne(parley, generation, progress, follower)
}

export async function progressOf(
  parley: Parley,
  { id, datasetId, options, attempt: _, ...rest }: Generation,
): Promise<GenerationProgress> {
  const { name, document } = await getDatasetById(parley, datasetId)
  return {
    ...rest,
    generationId: id,
    dataset: { name, title: document.title },
    models: options.models,
  }
}

type Follower = { person: string; locale: string | null; message: unknown }

async function tellOne(
  parley: Parley,
  generation: Generation,
  progress: GenerationProgress,
  follower: Follower,
): Promise<void> {
  const reply = { type: 'generation-progress', progress } as const
  const known = StoredMessage.safeParse(follower.message).data
  try {
    if (known) await parley.repaint(known, reply)
    else await send(parley, generation, reply, follower)
  } catch (error) {
    parley.log.warn(
      { event: 'generation.follower_not_told', err: error, generation: generation.id },
      'A follower could not be told.',
    )
    if (!isOver(generation) || !isGone(parley, follower, error)) return
  }
  if (!isOver(generation)) return
  await parley.db
    .updateTable('generationFollowers')
    .set({ toldAt: parley.now() })
    .where('generationId', '=', generation.id)
    .where('person', '=', follower.person)
    .execute()
}

async function send(
  parley: Parley,
  { id }: Generation,
  reply: { type: 'generation-progress'; progress: GenerationProgress },
  { person, locale }: Follower,
): Promise<void> {
  const to = { ...parsePerson(person), ...(locale ? { locale } : {}) }
  const attempt = { id: `g${id}.${to.userId}`.slice(0, 25), starting: async () => {} }
  const sent: Delivered = await parley.send(to, reply, attempt)
  await parley.db
    .updateTable('generationFollowers')
    .set({ message: JSON.stringify({ ...sent, ...(locale ? { locale } : {}) }) })
    .where('generationId', '=', id)
    .where('person', '=', person)
    .execute()
}

/** The recipient can never be reached: no retry. */
function isGone(parley: Parley, { person }: Follower, error: unknown): boolean {
  if (error instanceof ParleyError && error.code === 'forbidden') return true
  const failure = parley.platforms.get(parsePerson(person).platform)?.failureOf?.(error)
  return failure?.type === 'gone' || failure?.type === 'dead' || failure?.type === 'refused'
}

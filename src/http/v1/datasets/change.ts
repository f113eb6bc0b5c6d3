/** Routes that change a dataset: its document as a whole or in part, and deleting it. */
import { z } from '@hono/zod-openapi'
import { changeMinSubmitted } from '../../../assignments/distribution.ts'
import { applyDataset } from '../../../datasets/apply.ts'
import { getDataset } from '../../../datasets/dataset.ts'
import { deleteDataset } from '../../../datasets/delete.ts'
import type { Dataset, DatasetDocument } from '../../../datasets/document.ts'
import { etagOf } from '../../../datasets/etag.ts'
import { parseDocument } from '../../../datasets/parse.ts'
import { invalid } from '../../../errors.ts'
import type { Parley } from '../../../parley.ts'
import { refuse } from '../../door/errors.ts'
import { answer, type Door, route } from '../../door/route.ts'
import { tagsIn } from '../../door/tags.ts'
import {
  admin,
  answerDataset,
  type Call,
  DatasetSchema,
  documentBody,
  one,
  params,
  readDocument,
  tag,
} from './show.ts'

const changed = {
  description:
    'After publishing: wording, order, new optional questions. With `If-Match` only if it is still as it was read.',
  refusals: ['conflict', 'changed'] as const,
  answers: { 200: answer('The dataset.', DatasetSchema, z.object({ etag: z.string() })) },
}

export function changeRoutes(door: Door, parley: Parley): void {
  const ifMatch = z.object({ 'if-match': z.string().optional() })
  const replace = route({
    ...{ method: 'put', path: one, id: 'applyDataset', tag, scopes: admin, ...changed },
    summary: 'Apply a whole document, as parley dataset apply does',
    request: { params, headers: ifMatch, body: documentBody },
  })
  door.openapi(replace, async (c) => {
    const { dataset } = c.req.valid('param')
    return apply(parley, c, dataset, await readDocument(c))
  })

  const patch = route({
    ...{ method: 'patch', path: one, id: 'changeDataset', tag, scopes: admin, ...changed },
    summary: 'Change parts of the document (JSON merge patch, RFC 7396)',
    request: {
      ...{ params, headers: ifMatch },
      body: {
        required: true,
        description: 'The keys that change; null takes a key out. Lists are replaced as a whole.',
        content: {
          'application/json': { schema: { type: 'object' as const } },
          'application/merge-patch+json': { schema: { type: 'object' as const } },
        },
      },
    },
  })
  door.openapi(patch, async (c) => {
    const { dataset: name } = c.req.valid('param')
    const before = await getDataset(parley, name, c.var.caller.actor)
    const merged = mergePatch(before.document, await readObject(c))
    // What was read is what is changed, whether or not the caller says which that was.
    return apply(parley, c, name, parseDocument(JSON.stringify(merged), { format: 'json' }), before)
  })

  const remove = route({
    ...{ method: 'delete', path: one, id: 'deleteDataset', tag, scopes: admin },
    summary: 'Delete a dataset with its records',
    request: {
      params,
      query: z.object({
        force: z
          .stringbool()
          .optional()
          .describe('Also when it holds answers.')
          .openapi({ type: 'boolean' }),
      }),
    },
    refusals: ['conflict'],
    answers: {
      200: answer('What was deleted.', z.object({ records: z.int(), answers: z.int() })),
    },
  })
  door.openapi(remove, async (c) => {
    const { dataset } = c.req.valid('param')
    const force = c.req.valid('query').force === true
    return c.json(await deleteDataset(parley, c.var.caller.actor, { dataset, force }))
  })
}

/** `read`: what the document was made from; changes made since are not overwritten. */
async function apply(
  parley: Parley,
  c: Call,
  name: string,
  document: DatasetDocument,
  read?: Dataset,
): Promise<Response> {
  if (document.name !== name)
    throw invalid({ name: `The document is named "${document.name}", the address "${name}".` })
  const wanted = tagsIn(c.req.header('if-match'))
  const onlyIf = (now: Dataset) => {
    const etag = etagOf(now)
    if (read && etagOf(read) !== etag) return false
    return wanted === undefined || wanted.includes('*') || wanted.includes(etag)
  }
  const applied = await applyDataset(parley, c.var.caller.actor, { document, onlyIf })
  if (applied === null)
    return refuse(
      c,
      'changed',
      `"${name}" has changed since it was read. Read it again, then change it.`,
    )
  if (applied.minSubmittedChanged !== null)
    await changeMinSubmitted(parley, applied.dataset, applied.minSubmittedChanged)
  return answerDataset(parley, c, name, 200)
}

async function readObject(c: Call): Promise<{ [key: string]: unknown }> {
  const value: unknown = await c.req.json().catch(() => null)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw invalid({ body: 'Send a JSON object with the keys that change.' })
}

/** RFC 7396. */
function mergePatch(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const is = typeof before === 'object' && before !== null && !Array.isArray(before)
  const merged = new Map<string, unknown>(is ? Object.entries(before) : [])
  for (const [key, value] of Object.entries(patch))
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  return Object.fromEntries(merged)
}

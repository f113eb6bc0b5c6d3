/** /v1/keys: the keys of the HTTP API. */
import { z } from '@hono/zod-openapi'
import { createKey } from '../../keys/create.ts'
import { listKeys } from '../../keys/list.ts'
import { revokeKey } from '../../keys/revoke.ts'
import { scopes } from '../../keys/scopes.ts'
import type { Parley } from '../../parley.ts'
import { answer, body, type Door, route } from '../door/route.ts'

const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    hint: z.string().describe('Its first characters.'),
    scopes: z.array(z.enum(scopes)),
    dataset: z.string().nullable().describe('The only dataset it opens; null: all.'),
    state: z.enum(['active', 'expired', 'revoked']),
    created_by: z.string(),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable().describe('To the minute.'),
    revoked_at: z.iso.datetime().nullable(),
  })
  .openapi('Key')

const NewKey = z.strictObject({
  name: z.string(),
  scopes: z.array(z.string()),
  dataset: z.string().optional(),
  expires_in_days: z.number().optional(),
})

const CreatedKey = z.object({
  id: z.string(),
  name: z.string(),
  key: z.string().describe('The key itself, which nothing shows again.'),
  scopes: z.array(z.enum(scopes)),
  dataset: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
})

const shared = { tag: 'keys', scopes: ['admin'] as const }

export function keyRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ ...shared, method: 'get', path: '/v1/keys', id: 'listKeys' },
    summary: 'List the API keys, newest first',
    answers: { 200: answer('The keys.', z.object({ data: z.array(Key) })) },
  })
  door.openapi(list, async (c) => {
    const keys = await listKeys(parley, c.var.caller.actor)
    return c.json({
      data: keys.map(({ createdBy, createdAt, expiresAt, lastUsedAt, revokedAt, ...key }) => ({
        ...key,
        created_by: createdBy,
        created_at: createdAt,
        expires_at: expiresAt,
        last_used_at: lastUsedAt,
        revoked_at: revokedAt,
      })),
    })
  })

  const create = route({
    ...{ ...shared, method: 'post', path: '/v1/keys', id: 'createKey' },
    summary: 'Create an API key',
    description: 'The answer holds the key, which nothing shows again.',
    request: { body: body(NewKey) },
    isSecret: true,
    refusals: ['conflict'],
    answers: { 201: answer('The key.', CreatedKey) },
  })
  door.openapi(create, async (c) => {
    const { expires_in_days: expiresInDays, dataset, ...input } = c.req.valid('json')
    const { expiresAt, ...made } = await createKey(parley, c.var.caller.actor, {
      ...input,
      ...(dataset === undefined ? {} : { dataset }),
      ...(expiresInDays === undefined ? {} : { expiresInDays }),
    })
    return c.json({ ...made, expires_at: expiresAt }, 201, { 'cache-control': 'no-store' })
  })

  const revoke = route({
    ...{ ...shared, method: 'delete', path: '/v1/keys/{key}', id: 'revokeKey' },
    summary: 'Revoke an API key, by its number or name',
    request: { params: z.object({ key: z.string() }) },
    answers: {
      200: answer(
        'It is revoked; `revoked` says whether it worked until now.',
        z.object({ name: z.string(), revoked: z.boolean() }),
      ),
    },
  })
  door.openapi(revoke, async (c) =>
    c.json(await revokeKey(parley, c.var.caller.actor, { id: c.req.valid('param').key })),
  )
}

/** /v1/roles: who may run admin commands in chat. */
import { z } from '@hono/zod-openapi'
import { createClaimCode, grantRole, revokeRole } from '../../../labelers/roles.ts'
import type { Parley } from '../../../parley.ts'
import { requireAllDatasets } from '../../door/authenticate.ts'
import { answer, body, type Door, route } from '../../door/route.ts'

const shared = { tag: 'people', scopes: ['admin'] as const }
const RoleName = z.enum(['admin', 'reviewer'])
const Role = z.strictObject({
  role: RoleName,
  person: z.string().describe('`slack:TEAM:USER`, or `discord:SERVER:USER`.'),
})

export function roleRoutes(door: Door, parley: Parley): void {
  const grant = route({
    ...{ ...shared, method: 'post', path: '/v1/roles', id: 'grantRole' },
    summary: 'Make a person an admin or a reviewer',
    request: { body: body(Role) },
    answers: { 200: answer('The role.', Role.openapi('Role')) },
  })
  door.openapi(grant, async (c) => {
    requireAllDatasets(c.var.caller)
    const { role, person } = c.req.valid('json')
    await grantRole(parley, c.var.caller.actor, { role, person })
    return c.json({ role, person })
  })

  const revoke = route({
    ...{ ...shared, method: 'delete', path: '/v1/roles/{role}/{person}', id: 'revokeRole' },
    summary: 'Revoke a person’s role',
    request: { params: z.object({ role: RoleName, person: z.string() }) },
    answers: { 200: answer('Whether they had it.', z.object({ revoked: z.boolean() })) },
  })
  door.openapi(revoke, async (c) => {
    requireAllDatasets(c.var.caller)
    const input = c.req.valid('param')
    return c.json({ revoked: await revokeRole(parley, c.var.caller.actor, input) })
  })

  const claim = route({
    ...{ ...shared, method: 'post', path: '/v1/roles/claim-code', id: 'createClaimCode' },
    summary: 'A single-use code (1 hour) for: /parley-admin claim CODE',
    isSecret: true,
    answers: { 201: answer('The code.', z.object({ code: z.string() })) },
  })
  door.openapi(claim, async (c) => {
    requireAllDatasets(c.var.caller)
    const code = await createClaimCode(parley, c.var.caller.actor)
    return c.json({ code }, 201, { 'cache-control': 'no-store' })
  })
}

/** Revokes an API key: the next request with it is refused, by every process. */
import { writeAudit } from '../datasets/audit.ts'
import { ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley } from '../parley.ts'
import { requireWhole } from './create.ts'

/** Returns its name, and whether it worked until now. @throws `not_found`. */
export async function revokeKey(
  parley: Parley,
  actor: Actor,
  input: { id: string },
): Promise<{ name: string; revoked: boolean }> {
  const by = requireWhole(actor)
  return inTransaction(parley, async (inside) => {
    const key = await inside.db
      .selectFrom('apiKeys')
      .select(['id', 'name', 'revokedAt'])
      .$if(/^\d{1,18}$/.test(input.id), (query) => query.where('id', '=', input.id))
      .$if(!/^\d{1,18}$/.test(input.id), (query) =>
        query.where('name', '=', input.id).where('revokedAt', 'is', null),
      )
      .forUpdate()
      .executeTakeFirst()
    if (!key)
      throw new ParleyError(
        'not_found',
        `There is no key "${input.id}". parley keys list shows those there are.`,
      )
    if (key.revokedAt) return { name: key.name, revoked: false }
    await inside.db
      .updateTable('apiKeys')
      .set({ revokedAt: parley.now() })
      .where('id', '=', key.id)
      .execute()
    await writeAudit(inside, { actor: by, act: 'revoke key', detail: { key: key.name } })
    return { name: key.name, revoked: true }
  })
}

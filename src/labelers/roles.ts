/** Who may run admin commands: people named in the configuration, granted in the database, or the first to claim. */
import { createHash, randomInt } from 'node:crypto'
import { writeAudit } from '../datasets/audit.ts'
import { forbidden } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Person, parsePerson, personName } from './person.ts'

export type Role = 'admin' | 'reviewer'

/** Whether this person holds a role; admins hold every role. */
export async function hasRole(parley: Parley, person: Person, role: Role): Promise<boolean> {
  if (parley.admins.includes(personName(person))) return true
  const held = await parley.db
    .selectFrom('roles')
    .select('role')
    .where('platform', '=', person.platform)
    .where('workspace', '=', person.workspace)
    .where('userId', '=', person.userId)
    .where('role', 'in', role === 'admin' ? ['admin'] : ['admin', role])
    .executeTakeFirst()
  return held !== undefined
}

/** The person as an admin who acts. @throws `forbidden` for anybody else. */
export async function adminActor(parley: Parley, person: Person): Promise<Actor> {
  if (await hasRole(parley, person, 'admin')) return { type: 'admin', name: personName(person) }
  throw forbidden((said) => said.adminsOnly(personName(person)))
}

export async function grantRole(
  parley: Parley,
  actor: Actor,
  input: { role: Role; person: string },
) {
  const admin = requireAdmin(actor)
  const { platform, workspace, userId } = parsePerson(input.person)
  const at = parley.now()
  await inTransaction(parley, async (inside) => {
    await inside.db
      .insertInto('roles')
      .values({ platform, workspace, userId, role: input.role, grantedBy: admin, at })
      .onConflict((c) => c.doNothing())
      .execute()
    await writeAudit(inside, { actor: admin, act: 'grant role', detail: input })
  })
}

export async function revokeRole(
  parley: Parley,
  actor: Actor,
  input: { role: Role; person: string },
) {
  const admin = requireAdmin(actor)
  const { platform, workspace, userId } = parsePerson(input.person)
  await inTransaction(parley, async (inside) => {
    await inside.db
      .deleteFrom('roles')
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('userId', '=', userId)
      .where('role', '=', input.role)
      .execute()
    await writeAudit(inside, { actor: admin, act: 'revoke role', detail: input })
  })
}

const oneHour = 60 * 60 * 1000

/** A single-use code for the first admin, valid an hour; an earlier unused one stops working. */
export async function createClaimCode(parley: Parley, actor: Actor): Promise<string> {
  requireAdmin(actor)
  const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
  const part = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  const code = `${part()}-${part()}-${part()}`
  const expiresAt = new Date(parley.now().getTime() + oneHour)
  await inTransaction(parley, async ({ db }) => {
    await db.deleteFrom('claimCodes').where('usedAt', 'is', null).execute()
    await db
      .insertInto('claimCodes')
      .values({ hash: hashOf(code), expiresAt, usedAt: null })
      .execute()
  })
  return code
}

/** Whether anybody is an admin yet; the first start prints a claim code while nobody is. */
export async function hasAdmin(parley: Parley): Promise<boolean> {
  if (parley.admins.length > 0) return true
  const one = await parley.db
    .selectFrom('roles')
    .select('userId')
    .where('role', '=', 'admin')
    .limit(1)
    .executeTakeFirst()
  return one !== undefined
}

/** Makes the person who knows the code an admin. The code is used up in the same transaction. */
export async function claimAdmin(parley: Parley, person: Person, input: { code: string }) {
  const now = parley.now()
  await inTransaction(parley, async (inside) => {
    const used = await inside.db
      .updateTable('claimCodes')
      .set({ usedAt: now })
      .where('hash', '=', hashOf(input.code.trim().toUpperCase()))
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', now)
      .returning('hash')
      .executeTakeFirst()
    if (!used) throw forbidden((said) => said.badClaim)
    await grantRole(
      inside,
      { type: 'system', job: 'claim-code' },
      { role: 'admin', person: personName(person) },
    )
  })
}

function hashOf(code: string): string {
  return createHash('sha256').update(`claim ${code}`).digest('hex')
}

/** Who may run admin commands: people named in the configuration, granted in the database, or the first to claim. */
import { createHash, createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { homesOf, setHome } from '../datasets/access/homes.ts'
import { writeAudit } from '../datasets/audit.ts'
import { deriveKey } from '../derive-key.ts'
import { forbidden } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { placeOf } from '../platforms/keys.ts'
import { readPrefix, traitsOf } from '../platforms/registry.ts'
import { type Person, parsePerson, personName } from './person.ts'

export type Role = 'admin' | 'reviewer'

/** Whether this person holds a role; admins hold every role. */
export async function hasRole(parley: Parley, person: Person, role: Role): Promise<boolean> {
  if (parley.admins.includes(personName(person))) return true
  const held = await parley.db
    .selectFrom('roles')
    .select('workspace')
    .where('platform', '=', person.platform)
    .where('userId', '=', person.userId)
    .where('role', 'in', role === 'admin' ? ['admin'] : ['admin', role])
    .execute()
  const here = placeOf(person)
  if (here === null) return held.length > 0
  const home = (await homesOf(parley))[person.platform]
  const isHome = home === undefined || home === here
  return held.some(({ workspace }) => workspace === here || (workspace === '' && isHome))
}

/** The same, or null for who is none. */
export async function findAdmin(parley: Parley, person: Person): Promise<Actor | null> {
  const name = personName(person)
  if (parley.admins.includes(name)) return { type: 'admin', name }
  if (!(await hasRole(parley, person, 'admin'))) return null
  const { platform, userId } = person
  return { type: 'admin', name, of: { platform, workspace: placeOf(person), userId } }
}

/**
 * The person as an admin who acts: of everything where the configuration names them, else of the
 * datasets of the workspaces they are admin in. @throws `forbidden` for anybody else.
 */
export async function adminActor(parley: Parley, person: Person): Promise<Actor> {
  const actor = await findAdmin(parley, person)
  if (actor) return actor
  throw forbidden((said) => said.adminsOnly(personName(person)))
}

export async function grantRole(
  parley: Parley,
  actor: Actor,
  input: { role: Role; person: string },
) {
  const admin = requireAdmin(actor)
  const { platform, workspace, userId } = parseHolder(input.person)
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

/** Returns whether they had it. */
export async function revokeRole(
  parley: Parley,
  actor: Actor,
  input: { role: Role; person: string },
): Promise<boolean> {
  const admin = requireAdmin(actor)
  const { platform, workspace, userId } = parseHolder(input.person)
  return inTransaction(parley, async (inside) => {
    const { numDeletedRows } = await inside.db
      .deleteFrom('roles')
      .where('platform', '=', platform)
      .where('workspace', '=', workspace)
      .where('userId', '=', userId)
      .where('role', '=', input.role)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return false
    await writeAudit(inside, { actor: admin, act: 'revoke role', detail: input })
    return true
  })
}

/** As parsePerson; a role of Discord may be of one server: `discord:SERVER:USER`. */
function parseHolder(text: string): Pick<Person, 'platform' | 'workspace' | 'userId'> {
  const found = readPrefix(text.trim())
  const [, workspace, userId] = /^([^:]+):([^:]+)$/.exec(found?.rest ?? '') ?? []
  if (!found || workspace === undefined || userId === undefined) return parsePerson(text)
  const { person, place } = traitsOf(found.platform)
  if (person.isOfWorkspace || !place.isId(workspace) || !person.isId(userId))
    return parsePerson(text)
  return { platform: found.platform, workspace, userId }
}

const oneHour = 60 * 60 * 1000

/**
 * A single-use code for the first admin, valid for an hour. Until it expires, every process prints the
 * same one: it is derived from our secret and its expiry.
 */
export async function createClaimCode(parley: Parley, actor: Actor): Promise<string> {
  requireAdmin(actor)
  const now = parley.now()
  return inTransaction(parley, async ({ db }) => {
    // Two processes that start together must not create two codes.
    await sql`lock table claim_codes in share row exclusive mode`.execute(db)
    const open = await db
      .selectFrom('claimCodes')
      .select(['hash', 'expiresAt'])
      .where('usedAt', 'is', null)
      .where('expiresAt', '>', new Date(now.getTime() + leastLeft))
      .execute()
    for (const { hash, expiresAt } of open) {
      const code = codeUntil(parley, expiresAt)
      if (hashOf(code) === hash) return code
    }
    await db.deleteFrom('claimCodes').where('usedAt', 'is', null).execute()
    // A millisecond later if the code of this exact time was used.
    for (let later = 0; ; later++) {
      const expiresAt = new Date(now.getTime() + oneHour + later)
      const code = codeUntil(parley, expiresAt)
      const made = await db
        .insertInto('claimCodes')
        .values({ hash: hashOf(code), expiresAt, usedAt: null })
        .onConflict((c) => c.doNothing())
        .returning('hash')
        .executeTakeFirst()
      if (made) return code
    }
  })
}

/** A code that is about to expire is of no use to its reader. */
const leastLeft = oneHour / 6

/** Three times four letters that are not mistaken for each other: 59 bits. */
function codeUntil(parley: Parley, expiresAt: Date): string {
  const key = deriveKey(parley.secret, 'claim codes')
  const bytes = createHmac('sha256', key).update(String(expiresAt.getTime())).digest()
  let number = BigInt(`0x${bytes.toString('hex')}`)
  const letter = () => {
    const at = Number(number % BigInt(letters.length))
    number /= BigInt(letters.length)
    return letters[at]
  }
  const part = () => Array.from({ length: 4 }, letter).join('')
  return `${part()}-${part()}-${part()}`
}

const letters = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'

/** Whether there is an admin; until then, starting prints a claim code. */
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
  await spendAttempt(parley, person)
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
    const place = placeOf(person)
    if (place !== null && !(await hasAdmin(inside)))
      await setHome(inside, person.platform, place, 'anew')
    const { platform, userId } = person
    const named = place === null ? personName(person) : `${platform}:${place}:${userId}`
    await grantRole(inside, { type: 'system', job: 'claim-code' }, { role: 'admin', person: named })
  })
}

/** Five codes an hour may be tried by a person. @throws `forbidden` beyond. */
async function spendAttempt(parley: Parley, person: Person): Promise<void> {
  const now = parley.now()
  const hour = Math.floor(now.getTime() / oneHour)
  for (let attempt = 0; attempt < 5; attempt++) {
    const spent = await parley.db
      .insertInto('handled')
      .values({ id: `claim:${personName(person)}:${hour}:${attempt}`, at: now })
      .onConflict((c) => c.doNothing())
      .returning('id')
      .executeTakeFirst()
    if (spent) return
  }
  throw forbidden((said) => said.tooManyClaims)
}

function hashOf(code: string): string {
  return createHash('sha256').update(`claim ${code}`).digest('hex')
}

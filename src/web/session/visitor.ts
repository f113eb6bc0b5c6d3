/**
 * Who looks at a page: the person or API key a session is of, with the roles they have at this moment. As
 * in chat: an admin sees the datasets of their workspaces, a labeler their own work, a key what it opens.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { isAllowedIn } from '../../datasets/access/homes.ts'
import { deriveKey } from '../../derive-key.ts'
import { forbidden } from '../../errors.ts'
import { findCaller } from '../../keys/authenticate.ts'
import { findLabeler, type Labeler } from '../../labelers/labeler.ts'
import type { Person } from '../../labelers/person.ts'
import { findName } from '../../labelers/profile.ts'
import { findAdmin } from '../../labelers/roles.ts'
import type { Actor, Parley } from '../../parley.ts'
import { labelOf } from '../../platforms/registry.ts'
import type { Tone } from '../page/components.ts'
import type { Owner, Session } from './sessions.ts'

export type Admin = Extract<Actor, { type: 'admin' }>

export type Visitor = {
  session: { id: string; owner: Owner }
  /** How the page calls them. */
  name: string
  /** Null: an API key. */
  person: Person | null
  /** For verbs of admins; null for those who are none (any more). */
  admin: Admin | null
  /** Null for those who have not agreed to take part. */
  labeler: Labeler | null
  /** The language they read in chat; what the browser asks for where it is not known. */
  locale: string | undefined
  /** What every form of theirs carries. */
  csrf: string
}

/** Null when nothing of a session's owner may be seen: a revoked key, a workspace Parley is not used in. */
export async function findVisitor(parley: Parley, session: Session): Promise<Visitor | null> {
  const { id, owner } = session
  const known = { session: { id, owner }, csrf: csrfOf(parley, id) }
  if (owner.type === 'key') {
    const caller = await findCaller(parley, owner.hash)
    if (typeof caller === 'string' || !caller.scopes.includes('admin')) return null
    const { actor } = caller
    return {
      ...known,
      name: actor.name,
      person: null,
      admin: actor,
      labeler: null,
      locale: undefined,
    }
  }
  const { person } = owner
  if (!isAllowedIn(parley, person)) return null
  const [admin, labeler, name] = await Promise.all([
    findAdmin(parley, person),
    findLabeler(parley, person),
    findName(parley, person),
  ])
  return {
    ...{ ...known, person, labeler },
    name: name ?? `${labelOf(person.platform)} ${person.userId}`,
    admin: admin?.type === 'admin' ? admin : null,
    locale: session.locale ?? undefined,
  }
}

/** What a form led to; shown once on the page after it. */
export type Said = { tone: Tone; text: string }

/** The variables that routes find in their context. */
export type WebEnv = { Variables: { visitor?: Visitor; locale?: string; said?: Said } }

/** Who is signed in. Routes behind `guard` always have somebody. @throws `forbidden` for nobody. */
export function signedIn(c: Context): Visitor {
  const visitor = c.get('visitor') as Visitor | undefined
  if (visitor) return visitor
  throw forbidden('You are not signed in.')
}

/** The admin who looks. @throws `forbidden` for who is none, or none any more. */
export function adminOf(c: Context): Admin {
  const { admin } = signedIn(c)
  if (admin) return admin
  throw forbidden((said) => said.adminOnly)
}

/** Bound to the session, not to its token: forms that are open stay good when the token is replaced. */
function csrfOf({ secret }: Parley, sessionId: string): string {
  const key = deriveKey(secret, 'csrf')
  return createHmac('sha256', key).update(sessionId).digest('base64url')
}

export function isCsrf({ csrf }: Visitor, given: string | undefined): boolean {
  const [expected, got] = [Buffer.from(csrf), Buffer.from(given ?? '')]
  return expected.length === got.length && timingSafeEqual(expected, got)
}

/** Creates an API key. It is shown once: what is stored is its hash. */
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { codeOf, conflict, forbidden, invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Scope, scopes } from './scopes.ts'
import { hashOf, newToken } from './token.ts'

export type CreatedKey = {
  id: string
  name: string
  /** The key itself, which nothing shows again. */
  key: string
  scopes: Scope[]
  dataset: string | null
  expiresAt: Date | null
}

/**
 * `dataset`: the only one it opens. `expiresInDays`: how long it works; for good if left out.
 * @throws `conflict` when a key that still works has the name, `forbidden` for an admin of some workspaces.
 */
export async function createKey(
  parley: Parley,
  actor: Actor,
  input: { name: string; scopes: readonly string[]; dataset?: string; expiresInDays?: number },
): Promise<CreatedKey> {
  const by = requireWhole(actor)
  const given = readScopes(input)
  const dataset =
    input.dataset === undefined ? null : await getDataset(parley, input.dataset, actor)
  const at = parley.now()
  const { expiresInDays: days } = input
  const expiresAt = days === undefined ? null : new Date(at.getTime() + days * dayMs)
  const key = newToken()
  const { name } = input
  try {
    return await inTransaction(parley, async (inside) => {
      const { id } = await inside.db
        .insertInto('apiKeys')
        .values({
          ...{ name, hash: hashOf(key), hint: key.slice(0, hintLength), scopes: given },
          ...{ datasetId: dataset?.id ?? null, createdBy: by, createdAt: at, expiresAt },
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await writeAudit(inside, {
        actor: by,
        act: 'create key',
        ...(dataset ? { dataset: dataset.name } : {}),
        detail: { key: name, scopes: given, expires_at: expiresAt },
      })
      return { id, name, key, scopes: given, dataset: dataset?.name ?? null, expiresAt }
    })
  } catch (error) {
    if (codeOf(error) !== '23505') throw error
    throw conflict(
      `There is a key "${name}" already. Revoke it first, or choose another name.`,
      error,
    )
  }
}

const dayMs = 86_400_000
/** `prl_` and four letters. */
const hintLength = 8
const mostDays = 3_650

function readScopes(input: {
  name: string
  scopes: readonly string[]
  expiresInDays?: number
}): Scope[] {
  const problems: Record<string, string> = {}
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(input.name))
    problems['name'] =
      `"${input.name}" is no name for a key. Use 1 to 60 letters, digits, ".", "_" and "-".`
  else if (/^\d+$/.test(input.name))
    problems['name'] = `"${input.name}" would be taken for the number of a key. Add a letter.`
  const unknown = input.scopes.filter((one) => !scopes.some((scope) => scope === one))
  if (input.scopes.length === 0)
    problems['scope'] = `Say what the key may do: ${scopes.join(', ')}.`
  if (unknown.length > 0)
    problems['scope'] = `"${unknown[0]}" is not a scope. Scopes are ${scopes.join(', ')}.`
  const days = input.expiresInDays
  if (days !== undefined && !(days > 0 && days <= mostDays))
    problems['expires'] = 'Write a time from now to ten years, such as 90d.'
  if (Object.keys(problems).length > 0) throw invalid(problems)
  return scopes.filter((scope) => input.scopes.includes(scope))
}

/** A key may open all datasets, so an admin of some workspaces may not make one or see them. */
export function requireWhole(actor: Actor): string {
  const name = requireAdmin(actor)
  if (actor.type === 'admin' && (actor.of ?? actor.only) !== undefined)
    throw forbidden(
      'Keys open every dataset, and you are an admin of some. Ask the person who runs this Parley.',
    )
  return name
}

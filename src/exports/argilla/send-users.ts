/**
 * Argilla accepts answers of its own users only. Labelers are created under their pseudonyms, with
 * random passwords that are not stored; an import recognises them by their last names.
 */
import { randomBytes } from 'node:crypto'
import { type ArgillaServer, ask, tell } from '../../argilla/ask.ts'
import { RestAnything, RestMe, type RestUser, RestUsers } from '../../argilla/rest-shape.ts'
import { ourFirstName, type UserMap } from '../../argilla/users.ts'
import { forbidden, invalid } from '../../errors.ts'
import { userId } from './format.ts'
import type { OpenedDataset } from './send-dataset.ts'

/**
 * Returns the id of each pseudonym. `map` assigns some of them to Argilla's users, by name or id.
 * @throws ParleyError `forbidden` if users must be created and the key is not an owner's.
 */
export async function makeUsers(
  server: ArgillaServer,
  { workspace }: OpenedDataset,
  dataset: string,
  pseudonyms: readonly string[],
  map: UserMap = new Map(),
): Promise<Map<string, string>> {
  if (pseudonyms.length === 0) return new Map()
  const { role } = await ask(server, 'me', RestMe)
  const known = await listKnown(server, role, workspace.id)
  const named = knownByPseudonym(map, known)
  const ids = new Map(pseudonyms.map((one) => [one, named.get(one) ?? userId(dataset, one)]))
  const members = new Set((await listMembers(server, workspace.id)).map(({ id }) => id))
  const taken = new Set(known.map(({ username }) => username))
  for (const [pseudonym, id] of ids) {
    if (!known.some((user) => user.id === id)) {
      if (role !== 'owner')
        throw forbidden(
          "Everybody who answered becomes a user of Argilla's, which only an owner may make. Set ARGILLA_API_KEY to an owner's key, or say with --users FILE which users they are.",
        )
      const username = taken.has(pseudonym)
        ? `${pseudonym} (${dataset}, ${id.slice(0, 8)})`
        : pseudonym
      await makeUser(server, { id, username, last_name: pseudonym })
      taken.add(username)
    }
    if (members.has(id)) continue
    const path = `workspaces/${encodeURIComponent(workspace.id)}/users`
    await tell(server, { method: 'POST', path, body: { user_id: id } }, RestAnything)
  }
  return ids
}

async function makeUser(
  server: ArgillaServer,
  user: { id: string; username: string; last_name: string },
): Promise<void> {
  const password = randomBytes(24).toString('base64url')
  const body = { ...user, first_name: ourFirstName, role: 'annotator', password }
  const told = await tell(server, { method: 'POST', path: 'users', body }, RestAnything)
  // There already: the response to the first attempt was lost.
  if ('refused' in told && told.refused.status !== 409)
    throw invalid({ [user.username]: `Argilla takes no user of that name: ${told.refused.why}` })
}

async function listKnown(
  server: ArgillaServer,
  role: string,
  workspace: string,
): Promise<RestUser[]> {
  return role === 'owner'
    ? (await ask(server, 'users', RestUsers)).items
    : listMembers(server, workspace)
}

async function listMembers(server: ArgillaServer, workspace: string): Promise<RestUser[]> {
  const path = `workspaces/${encodeURIComponent(workspace)}/users`
  return (await ask(server, path, RestUsers)).items
}

/** @throws ParleyError `invalid` for a user who is in the file and not there. */
function knownByPseudonym(map: UserMap, known: readonly RestUser[]): Map<string, string> {
  return new Map(
    [...map].map(([user, pseudonym]) => {
      const found = known.find(({ id, username }) => id === user || username === user)
      if (found) return [pseudonym, found.id]
      throw invalid({ '--users': `Argilla has no user "${user}". Name users by id or user name.` })
    }),
  )
}

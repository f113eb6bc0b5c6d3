/** Which workspace an admin means: the one they ask from, or one they name. */
import { unavailable } from '../../../src/errors.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { inWorkspace, knownWorkspace } from './current.ts'

/** Where the admin is who asks; from a terminal it is the only workspace there is. */
export async function workspaceAskedFrom(api: SlackApi): Promise<string | null> {
  const known = knownWorkspace()
  if (known !== null) return known
  return api.whoAmI().then(
    ({ team_id }) => team_id ?? null,
    () => null,
  )
}

/** The workspace with this id, or null where Parley is not installed in it. */
export async function workspaceById(api: SlackApi, id: string): Promise<string | null> {
  const me = await inWorkspace(id, () => api.whoAmI()).catch((error: unknown) => {
    if (slackCode(error) !== null) return null
    throw unavailable('Slack', error)
  })
  // An installation for a whole organization goes by the organization's id.
  return me && [me.team_id, me.enterprise_id].includes(id) ? id : null
}

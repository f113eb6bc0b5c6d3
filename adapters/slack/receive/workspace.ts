/**
 * In which workspace something is going on: the one Parley is installed in, which is not always the
 * person's own. Set once where a gesture or a message comes in; whatever it leads to finds its token
 * and its lane by it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

const storage = new AsyncLocalStorage<string>()

export function inWorkspace<Result>(workspace: string, work: () => Result): Result {
  return storage.run(workspace, work)
}

/** What a generator does between two of its items is done there as well. */
export async function* eachInWorkspace<Item>(
  workspace: string,
  items: AsyncGenerator<Item>,
): AsyncGenerator<Item> {
  try {
    for (;;) {
      const item = await inWorkspace(workspace, () => items.next())
      if (item.done) return
      yield item.value
    }
  } finally {
    await items.return(undefined)
  }
}

/** @throws when nothing set it: a call without a workspace could go out with another one's token. */
export function here(): string {
  const workspace = storage.getStore()
  if (workspace === undefined) throw new Error('It is not known which workspace this is for.')
  return workspace
}

/**
 * The installation a request is for, by Slack's word on each kind of payload. In a channel that two
 * companies share, `team` of a submission is the person's own workspace, and the view names the
 * app's (slackapi/bolt-js#1614). An installation for a whole organization goes by the organization's
 * id: its people keep one identity over all its workspaces.
 */
export function workspaceOf(body: object): string {
  const { team, team_id, user, view, authorizations, enterprise, enterprise_id, ...rest } =
    asObject(body)
  const [authorized] = Array.isArray(authorizations) ? authorizations : []
  const installed = asObject(authorized)
  const isWhole = [rest['is_enterprise_install'], installed['is_enterprise_install']].some(isTrue)
  const organization = [installed['enterprise_id'], asObject(enterprise)['id'], enterprise_id]
  const workspace = [
    asObject(view)['app_installed_team_id'],
    installed['team_id'],
    asObject(team)['id'],
    team_id,
    asObject(user)['team_id'],
  ]
  const named = [...(isWhole ? organization : []), ...workspace, ...organization]
  return named.filter((id) => typeof id === 'string').find((id) => id !== '') ?? ''
}

/** Forms carry the flag as a word. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

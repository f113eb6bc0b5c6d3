/** Which workspace a payload of Slack's is for. */

/**
 * The installation a request is for, by the fields each kind of payload has. In a channel that two
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

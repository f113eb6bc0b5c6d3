/** The life of an app in a workspace: revoked tokens and uninstalls, reported in either order. */

import type { JsonObject } from '../json.ts'
import type { Courier } from './deliver.ts'
import type { Tokens } from './oauth.ts'
import type { Workspace } from './workspace.ts'

export type Lifecycle = {
  /** An admin removes the app: its token is dead at once, and two events say so. */
  uninstall(options?: { order?: 'uninstalled first' | 'revoked first' }): Promise<void>
  /** The token alone is revoked; nobody is told when it happened by auth.revoke. */
  revoke(options?: { tell?: boolean }): Promise<void>
}

export function openLifecycle(workspace: Workspace, courier: Courier, tokens: Tokens): Lifecycle {
  const revoked = (): JsonObject => ({
    type: 'tokens_revoked',
    tokens: { oauth: [], bot: [workspace.app.botUserId] },
  })
  return {
    async uninstall({ order = 'uninstalled first' } = {}) {
      workspace.app.installed = false
      tokens.kill(workspace, 'account_inactive')
      const events: JsonObject[] = [{ type: 'app_uninstalled' }, revoked()]
      for (const event of order === 'revoked first' ? events.reverse() : events)
        await courier.event(event)
    },
    async revoke({ tell = true } = {}) {
      tokens.kill(workspace, 'token_revoked')
      if (tell) await courier.event(revoked())
    },
  }
}

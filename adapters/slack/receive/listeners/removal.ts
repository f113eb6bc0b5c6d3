/** Parley is removed from a workspace, or its token is revoked there. */
import type { App } from '@slack/bolt'
import type { Leave } from '../../install/leave.ts'
import { currentWorkspace } from '../../workspace/current.ts'

export function listenForRemoval(app: App, leave: Leave): void {
  app.event('app_uninstalled', ({ body }) => leave(currentWorkspace(), 'uninstalled', sentAt(body)))
  app.event('tokens_revoked', async ({ body, event }) => {
    if (event.tokens.bot?.length) await leave(currentWorkspace(), 'token_revoked', sentAt(body))
  })
}

function sentAt(body: { event_time: number }): Date {
  return new Date(body.event_time * 1000)
}

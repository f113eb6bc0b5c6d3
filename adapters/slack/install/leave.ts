/** What happens when Parley was removed from a workspace: its token is forgotten, its data marked. */
import type { Inside } from '../../../src/chat/port/port.ts'
import type { Connection } from './connection.ts'

export type Leave = (workspace: string, reason: string, at: Date) => Promise<void>

export function openLeave(
  { forget }: Pick<Connection, 'forget'>,
  { leaveWorkspace, log }: Pick<Inside, 'leaveWorkspace' | 'log'>,
): Leave {
  return async (workspace, reason, at) => {
    forget(workspace)
    await leaveWorkspace?.(workspace, reason, at).catch((error: unknown) => {
      log.error(
        { event: 'slack.removal_unstored', err: error, workspace, reason },
        'It could not be noted that Parley was removed.',
      )
    })
  }
}

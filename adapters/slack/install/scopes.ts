/** The scopes Parley asks for, and those our token has in each workspace. */
import { LRUCache } from 'lru-cache'
import type { Inside } from '../../../src/chat/port/port.ts'
import type { SlackApi } from '../send/api.ts'
import { currentWorkspace } from '../workspace/current.ts'

/** What Parley cannot do without. */
export const scopes = ['chat:write', 'commands', 'files:write'] as const

/** Asked for with SLACK_REACTIONS, and never without. */
export const reactionScope = 'reactions:read'

/** Asked for only when a dataset or a form needs them; an admin grants them by installing again. */
export const optionalScopes = [
  ...(['users:read', 'usergroups:read', 'channels:read', 'groups:read', 'files:read'] as const),
] as const

export type OptionalScope = (typeof optionalScopes)[number]

/** Says how an admin gives Parley more scopes. */
export type HowToAllow = (scopes: readonly OptionalScope[]) => Promise<string>

/** A scope that was just granted shows within ten minutes. */
const keptMs = 10 * 60_000
/** How long the first person of a workspace waits for Slack's answer. */
const patienceMs = 400

/** Remembers granted scopes, so that nobody waits for Slack to list them. */
export function openScopes(api: SlackApi, { now, log }: Pick<Inside, 'now' | 'log'>) {
  const known = new LRUCache<string, { at: number; granted: readonly string[] }>({ max: 1000 })
  const asking = new Map<string, Promise<void>>()

  const ask = (workspace: string): Promise<void> => {
    const running = asking.get(workspace)
    if (running) return running
    const run = api
      .scopes()
      .then((granted) => {
        known.set(workspace, { at: now().getTime(), granted })
      })
      .catch((error: unknown) => {
        log.warn(
          { event: 'slack.scopes_unread', err: error, workspace },
          'Slack did not tell what Parley may do there.',
        )
      })
      .finally(() => asking.delete(workspace))
    asking.set(workspace, run)
    return run
  }

  return {
    /** Looks them up where they are not known; old ones are refreshed without waiting. */
    async learn(): Promise<void> {
      const workspace = currentWorkspace()
      const found = known.get(workspace)
      if (found && now().getTime() - found.at < keptMs) return
      const asked = ask(workspace)
      if (found) return
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patienceMs)
      })
      await Promise.race([asked, late]).finally(() => clearTimeout(timer))
    },
    /** False while they are not known. */
    has: (scope: string): boolean =>
      known.get(currentWorkspace())?.granted.includes(scope) ?? false,
  }
}

/** What our token may do in each workspace, known without waiting wherever somebody is answered. */
import { LRUCache } from 'lru-cache'
import type { Inside } from '../../../src/chat/port/port.ts'
import { here } from '../receive/workspace.ts'
import type { SlackApi } from '../send/api.ts'

/** A permission that was just given shows within ten minutes. */
const keptMs = 10 * 60_000
/** How long the first person of a workspace waits for Slack to tell. */
const patienceMs = 400

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
        log.warn({ err: error, workspace }, 'Slack did not tell what Parley may do there.')
      })
      .finally(() => asking.delete(workspace))
    asking.set(workspace, run)
    return run
  }

  return {
    /** Looks it up where it is not known; what is known but old is refreshed beside the answer. */
    async learn(): Promise<void> {
      const workspace = here()
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
    /** False while it is not known. */
    has: (scope: string): boolean => known.get(here())?.granted.includes(scope) ?? false,
  }
}

/** The Home tab is opened. */
import type { App } from '@slack/bolt'
import type { Inside, Person } from '../../../../src/chat/port/port.ts'
import { ParleyError } from '../../../../src/errors.ts'
import type { HomeTab } from '../../home/tab.ts'
import { slackCode } from '../../send/failures.ts'
import { workspaceOf } from '../../workspace/of-payload.ts'

export function listenForHomeOpened(app: App, home: HomeTab, log: Inside['log']): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return
    const by: Person = { platform: 'slack', workspace: workspaceOf(body), userId: event.user }
    try {
      await home.open(by)
    } catch (error) {
      // Slack sends the event again, which may help.
      if (error instanceof ParleyError && error.code === 'unavailable') throw error
      log.error(
        { event: 'slack.home_unopened', err: error, code: slackCode(error) },
        'A Home tab could not be shown.',
      )
    }
  })
}

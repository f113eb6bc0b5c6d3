/**
 * Slack as a ChatAdapter. What people do comes in through receive/, is answered by respond/, drawn by
 * draw/ and sent by send/.
 */
import type { ChatAdapter, Inside } from '../../src/chat/port/port.ts'
import type { Time } from '../../src/chat/time.ts'
import { unsupportedBySlack } from './draw/questions/unsupported.ts'
import { drawPreview } from './draw/task/preview.ts'
import { openGivenFile } from './home/import-form.ts'
import { checkConnection, openConnection, type SlackSettings } from './install/connection.ts'
import { openLeave } from './install/leave.ts'
import { budgets } from './limits.ts'
import { readWholeMessage } from './receive/own-message.ts'
import { openReceiving } from './receive/receiving.ts'
import { openSlackApi } from './send/api.ts'
import type { Urgency } from './send/buckets.ts'
import { failureOf, refusesFile, retryAfterMs } from './send/failures.ts'
import { openLanes } from './send/lanes.ts'
import { openMessages } from './send/messages.ts'
import { scheduleIn } from './send/schedule.ts'
import { findChannel } from './workspace/channels.ts'
import { eachInWorkspace, inWorkspace } from './workspace/current.ts'
import { openGroups } from './workspace/groups.ts'
import { openProfiles } from './workspace/profiles.ts'

/** `time` is the lanes' clock; the bench runs it faster. */
export function slackAdapter(
  settings: SlackSettings,
  inside: Inside,
  options: { time?: Time } = {},
): ChatAdapter {
  const connection = openConnection(settings, inside)
  const { connect, howToAllow } = connection
  const leave = openLeave(connection, inside)
  const lanes = openLanes({ retryAfterMs, onRateLimited: inside.onRateLimited, ...options })
  const schedule = (urgency: Urgency) => scheduleIn(lanes, urgency, { now: inside.now, leave })
  const api = openSlackApi(connect, schedule('interactive'))
  const background = openSlackApi(connect, schedule('background'))
  const receiving = openReceiving(settings, inside, { api, connection, leave })
  return {
    platform: 'slack',
    hasConfiguredToken: settings.mode !== 'oauth',
    mostFileBytes: budgets.fileBytes,
    refusesFile,
    unsupported: unsupportedBySlack,
    drawPreview,
    ...openGroups(api, inside, howToAllow),
    findChannel: (text, workspace) => findChannel(api, howToAllow, text, workspace),
    ...openMessages(background, inside),
    ...openProfiles(background),
    openFile: (by, file) => eachInWorkspace(by.workspace, openGivenFile(background, file)),
    readMessage: ({ workspace, channel, message: ts }) =>
      inWorkspace(workspace, async () => {
        const found = await api.messageAt({ channel, ts })
        return found && readWholeMessage(found)
      }),
    failureOf,
    check: () => checkConnection(settings, api),
    ...receiving,
    routes(hono) {
      receiving.routes(hono)
      connection.routes(hono)
    },
  }
}

/**
 * Everything that comes in from Slack: each of Bolt's listeners (listeners/) is parse, handle, respond,
 * ack, so that what a person did is durable before Slack hears that it arrived.
 */
import type { Hono } from 'hono'
import type { Inside, Person } from '../../../src/chat/port/port.ts'
import { localeNow } from '../../../src/chat/words/words.ts'
import { openHomeTab } from '../home/tab.ts'
import type { Connection, SlackSettings } from '../install/connection.ts'
import type { Leave } from '../install/leave.ts'
import { openScopes } from '../install/scopes.ts'
import type { HomeResponder } from '../respond/to-home-press.ts'
import { answerUnavailable } from '../respond/without-listener.ts'
import type { SlackApi } from '../send/api.ts'
import { currentWorkspace } from '../workspace/current.ts'
import { fileQuestion } from './answer-file.ts'
import { openBolt } from './bolt.ts'
import { isCard, openGestures } from './gestures.ts'
import { openKnownForms } from './known-forms.ts'
import { listenToSlack } from './listeners/all.ts'
import type { Meta } from './metadata.ts'

type Context = { api: SlackApi; connection: Connection; leave: Leave }

export function openReceiving(
  settings: SlackSettings,
  inside: Inside,
  { api, connection, leave }: Context,
) {
  const { log } = inside
  const { tokenOf, howToAllow } = connection
  const scopes = openScopes(api, inside)
  const forms = openKnownForms(inside)
  const { handle, handleUnshown } = openGestures({
    inside,
    onReply: (interaction, reply) => {
      home.follow(interaction, reply)
      if (isCard(reply)) forms.remember(interaction.by, reply.card)
    },
    beforeCard: async ({ questions }) => {
      if (fileQuestion(questions) !== null) await scopes.learn()
    },
  })
  const home = openHomeTab({ api, log, handle })
  const responder: HomeResponder = {
    ...{ api, log, home, howToAllow },
    takesFiles: () => scopes.has('files:read'),
    trackMessage: trackWith(inside),
  }
  const bolt = openBolt(settings, inside, {
    tokenOf,
    answerUnavailable: (body, error) => answerUnavailable(responder, body, error),
  })
  const findForm = (by: Person, meta: Meta) => forms.find(by, meta, handleUnshown)
  listenToSlack(bolt.app, { responder, handle, findForm, leave })
  const settled = async () => {
    await bolt.settled()
    await home.settle()
  }
  return {
    settled,
    routes: (hono: Hono) => bolt.routes(hono),
    async start(): Promise<void> {
      await bolt.app.start()
    },
    async stop(): Promise<void> {
      await bolt.disconnect()
      await settled()
    },
  }
}

/** Tells Parley what a message in a DM shows, in the current workspace and language. */
function trackWith({ trackMessage }: Inside): HomeResponder['trackMessage'] {
  return ({ channel, ts }, reply, isLost) => {
    const at = { platform: 'slack', workspace: currentWorkspace(), channel, message: ts } as const
    trackMessage?.({ ...at, locale: localeNow() }, reply, isLost)
  }
}

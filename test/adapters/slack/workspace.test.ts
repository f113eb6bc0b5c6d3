/** Which installation each kind of payload is for: one's own workspace, a shared channel, a whole Grid. */
import { describe, expect, test } from 'vitest'
import { startId } from '../../../adapters/slack/receive/ids.ts'
import { writeMeta } from '../../../adapters/slack/receive/metadata.ts'
import { asMessageShortcut, pressOfShortcut } from '../../../adapters/slack/receive/own-message.ts'
import { parseCommand } from '../../../adapters/slack/receive/parse.ts'
import { parseForm } from '../../../adapters/slack/receive/parse-form.ts'
import { parsePress } from '../../../adapters/slack/receive/parse-press.ts'
import { asAction, asCommand, asSubmission } from '../../../adapters/slack/receive/payloads.ts'
import { personOf } from '../../../adapters/slack/receive/person.ts'
import { workspaceOf } from '../../../adapters/slack/workspace/of-payload.ts'
import { words } from '../../../src/chat/words/words.ts'

const own = 'T0OWN'
const theirs = 'T0THEIRS'
const grid = 'E0GRID'
const meta = writeMeta({ assignmentId: '1', schemaVersion: 1, nonce: 'n' })

/** The kinds as Slack sends them, from a stranger in a channel that two workspaces share. */
const stranger = { id: 'W0EVE', team_id: theirs, username: 'eve' }
const view = { id: 'V1', type: 'modal', private_metadata: meta, app_installed_team_id: own }
const start = { api_app_id: 'A1', token: 'x', enterprise: null, is_enterprise_install: false }
const shared = {
  block_actions: { ...start, type: 'block_actions', team: { id: own }, user: stranger },
  'block_actions in a form': {
    ...{ ...start, type: 'block_actions', team: { id: theirs }, user: stranger, view },
  },
  view_submission: {
    ...start,
    type: 'view_submission',
    team: { id: theirs },
    user: stranger,
    view,
  },
  view_closed: { ...start, type: 'view_closed', team: { id: theirs }, user: stranger, view },
  block_suggestion: {
    ...start,
    type: 'block_suggestion',
    team: { id: theirs },
    user: stranger,
    view,
  },
  message_action: { ...start, type: 'message_action', team: { id: own }, user: stranger },
  shortcut: { ...start, type: 'shortcut', team: { id: own }, user: stranger },
  command: { command: '/parley', team_id: own, user_id: 'W0EVE', is_enterprise_install: 'false' },
  event: {
    ...{ type: 'event_callback', team_id: theirs, api_app_id: 'A1' },
    authorizations: [{ enterprise_id: null, team_id: own, is_enterprise_install: false }],
    event: { type: 'app_home_opened', user: 'W0EVE' },
  },
}

/** The same from an app that a whole organization installed: Slack may leave the workspace out. */
const installed = { is_enterprise_install: true, enterprise: { id: grid, name: 'Grid' } }
const whole = {
  block_actions: { ...installed, type: 'block_actions', team: null, user: stranger },
  view_submission: {
    ...{ ...installed, type: 'view_submission', team: { id: own }, user: stranger },
    view: { ...view, app_installed_team_id: grid },
  },
  view_closed: { ...installed, type: 'view_closed', team: null, user: stranger, view },
  block_suggestion: { ...installed, type: 'block_suggestion', team: null, user: stranger },
  message_action: { ...installed, type: 'message_action', team: { id: own }, user: stranger },
  shortcut: { ...installed, type: 'shortcut', team: null, user: stranger },
  command: {
    ...{ command: '/parley', team_id: own, user_id: 'W0EVE' },
    ...{ is_enterprise_install: 'true', enterprise_id: grid },
  },
  event: {
    ...{ type: 'event_callback', team_id: own, enterprise_id: grid },
    authorizations: [{ enterprise_id: grid, team_id: own, is_enterprise_install: true }],
    event: { type: 'app_home_opened', user: 'W0EVE' },
  },
}

describe('happy: in a channel that two companies share', () => {
  test.each(Object.entries(shared))('%s is for the workspace that has the app', (_kind, body) => {
    expect(workspaceOf(body)).toBe(own)
  })

  test('every gesture of a person is one identity, of that workspace', () => {
    const press = { ...shared.block_actions, trigger_id: '1', actions: [{ value: startId(1) }] }
    const typed = {
      ...shared.command,
      text: '',
      channel_id: 'C1',
      response_url: '',
      trigger_id: '1',
    }
    const used = { ...shared.message_action, trigger_id: '1' }
    const command = parseCommand(asCommand(typed), words(undefined))
    const people = [
      parsePress(asAction(press))?.gesture.by,
      parseForm(asSubmission(shared.view_submission))?.by,
      'gesture' in command ? command.gesture.by : null,
      personOf(pressOfShortcut(asMessageShortcut(used))),
    ]
    for (const person of people)
      expect(person).toMatchObject({ platform: 'slack', workspace: own, userId: 'W0EVE' })
  })
})

describe('happy: installed for a whole organization', () => {
  test.each(Object.entries(whole))('%s is for the organization', (_kind, body) => {
    expect(workspaceOf(body)).toBe(grid)
  })
})

describe('happy: in one’s own workspace', () => {
  test('a payload without a view or an installation names its team, else the person’s', () => {
    expect(workspaceOf({ team: { id: own }, user: { id: 'U1', team_id: own } })).toBe(own)
    expect(workspaceOf({ team: null, user: { id: 'U1', team_id: own } })).toBe(own)
    expect(workspaceOf({ user: { id: 'U1' } })).toBe('')
  })
})

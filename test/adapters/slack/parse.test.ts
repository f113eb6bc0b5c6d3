/** From what Slack really sends to Interactions. */
import { describe, expect, test } from 'vitest'
import { blockId, readId } from '../../../adapters/slack/receive/ids.ts'
import { writeMeta } from '../../../adapters/slack/receive/metadata.ts'
import { parseCommand } from '../../../adapters/slack/receive/parse.ts'
import {
  isAboutHidden,
  parseForm,
  parseSubmission,
  placeProblems,
} from '../../../adapters/slack/receive/parse-form.ts'
import { parsePress } from '../../../adapters/slack/receive/parse-press.ts'
import type {
  ActionBody,
  CommandBody,
  SubmissionBody,
} from '../../../adapters/slack/receive/payloads.ts'
import { words } from '../../../src/chat/words/words.ts'
import { Question } from '../../../src/questions/question.ts'

const said = words(undefined)
const by = { platform: 'slack', workspace: 'T0123', userId: 'U0456' }

/** Shaped as slackapi/java-slack-sdk's SlashCommandPayload and BlockActionPayload samples. */
const command = (text: string, name = '/parley'): CommandBody => ({
  ...{ token: 'gIkuvaNzQIHg97ATvDxqgjtO', team_domain: 'example', channel_name: 'directmessage' },
  ...{ user_name: 'ana', api_app_id: 'A0789', is_enterprise_install: 'false' },
  command: name,
  text,
  team_id: 'T0123',
  user_id: 'U0456',
  channel_id: 'D0001',
  response_url: 'https://hooks.slack.com/commands/T0123/1/abc',
  trigger_id: '13345224609.738474920.8088930838d88f008e0',
})
const action = (value: string, more: Partial<ActionBody> = {}): ActionBody => ({
  ...{ type: 'block_actions', api_app_id: 'A0789', token: 'x', is_enterprise_install: false },
  team: { id: 'T0123' },
  user: { id: 'U0456', team_id: 'T0123', name: 'ana' },
  trigger_id: '1.2.3',
  response_url: 'https://hooks.slack.com/actions/T0123/1/abc',
  container: { type: 'message', channel_id: 'D0001', message_ts: '1.5', is_ephemeral: false },
  channel: { id: 'D0001' },
  actions: [{ action_id: value, value }],
  ...more,
})

describe('happy: commands', () => {
  const labeler = { ...by, channelId: 'D0001' }
  test.each([
    ['', { type: 'next' }],
    ['   ', { type: 'next' }],
    ['resume', { type: 'next' }],
    ['NEXT', { type: 'next' }],
    ['next my-set', { type: 'next', dataset: 'my-set' }],
    ['next a&amp;b', { type: 'next', dataset: 'a&b' }],
    ['datasets', { type: 'datasets' }],
    ['progress', { type: 'progress' }],
    ['history', { type: 'history' }],
    ['help', { type: 'help' }],
  ])('/parley %s', (text, gesture) => {
    expect(parseCommand(command(text), said)).toEqual({ gesture: { by: labeler, ...gesture } })
  })

  test.each([
    ['', { type: 'admin-help' }],
    ['claim ABCD-1234', { type: 'claim-admin', code: 'ABCD-1234' }],
    ['progress', { type: 'admin-progress' }],
    ['progress prefs', { type: 'admin-progress', dataset: 'prefs' }],
    ['publish prefs', { type: 'admin-publish', dataset: 'prefs' }],
    ['pause prefs', { type: 'admin-pause', dataset: 'prefs' }],
    [
      'export prefs sft --shape=text keep="mean(x) &gt;= 4" seed=',
      {
        type: 'admin-export',
        dataset: 'prefs',
        format: 'sft',
        options: { shape: 'text', keep: 'mean(x) >= 4', seed: '' },
      },
    ],
    [
      'export prefs raw __proto__=1',
      {
        type: 'admin-export',
        dataset: 'prefs',
        format: 'raw',
        options: Object.fromEntries([['__proto__', '1']]),
      },
    ],
  ])('/parley-admin %s', (text, gesture) => {
    expect(parseCommand(command(text, '/parley-admin'), said)).toEqual({
      gesture: { by: labeler, ...gesture },
    })
  })
})

describe('refused: commands that were not understood say what to type', () => {
  test.each([
    ['/parley', 'nxt', 'Did you mean “next”?'],
    ['/parley', 'dance', 'There is no “dance”.'],
    ['/parley-admin', 'exprot prefs sft', 'Did you mean “export”?'],
    ['/parley-admin', 'export prefs', '/parley-admin export DATASET FORMAT'],
    ['/parley-admin', 'export prefs pairs=all', '/parley-admin export DATASET FORMAT'],
    ['/parley-admin', 'export prefs sft all', '“all” is not an option'],
    ['/parley-admin', 'publish', 'Name the dataset'],
    ['/parley-admin', 'claim', 'Write the code'],
  ])('%s %s', (name, text, say) => {
    const parsed = parseCommand(command(text, name), said)
    expect('say' in parsed && parsed.say).toContain(say)
  })
})

describe('happy: presses', () => {
  const person = { ...by, channelId: 'D0001' }
  const gestureOf = (body: ActionBody) => parsePress(body)?.gesture
  test.each([
    ['v1:press:9-7:3:0', { type: 'press', assignmentId: '9-7', schemaVersion: 3, press: 0 }],
    ['v1:open:9-7', { type: 'open', assignmentId: '9-7' }],
    ['v1:undo:9-7', { type: 'undo', assignmentId: '9-7' }],
    ['v1:edit:9-7', { type: 'edit', assignmentId: '9-7' }],
    ['v1:guidelines:9-7', { type: 'guidelines', assignmentId: '9-7' }],
    ['v1:skip:9-7:unsafe', { type: 'discard', assignmentId: '9-7', reason: 'unsafe' }],
    ['v1:next', { type: 'next' }],
    ['v1:next:prefs', { type: 'next', dataset: 'prefs' }],
    ['v1:start:2', { type: 'consent', version: 2 }],
    ['v1:start:2:prefs', { type: 'consent', version: 2, dataset: 'prefs' }],
    ['v1:read:9-7:0:o:2', { type: 'read', assignmentId: '9-7', part: { output: 2 } }],
  ])('%s', (id, gesture) => {
    expect(gestureOf(action(id))).toEqual({ by: person, ...gesture })
  })

  test('a reason is chosen from a menu', () => {
    const body = action('', {
      actions: [
        { action_id: 'v1:because:9-7', selected_option: { value: 'v1:skip:9-7:too_long' } },
      ],
    })
    expect(gestureOf(body)).toMatchObject({ type: 'discard', reason: 'too_long' })
  })

  test('a field’s name may hold anything, colons too', () => {
    const id = readId('9-7', { field: 'a:b c' }, 4, 'turn')
    expect(parsePress(action(id))).toEqual({
      gesture: { by: person, type: 'read', assignmentId: '9-7', part: { field: 'a:b c' } },
      page: 4,
    })
  })

  test('on a Grid, where the team is missing, the person’s own is taken', () => {
    expect(gestureOf(action('v1:next', { team: null }))).toMatchObject({ by: person })
  })
})

describe('happy and refused: submissions', () => {
  const questions = [
    Question.parse({ type: 'ranking', name: 'preference', title: 'Rank' }),
    Question.parse({ type: 'text', name: 'why', title: 'Why', required: false }),
  ]
  const shown = { questions, outputs: ['m1', 'm2', 'm3'] }
  const meta = { assignmentId: '9-7', schemaVersion: 3, nonce: 'n' }
  const chosen = (value: string | null) => ({
    'v1:input': { selected_option: value === null ? null : { value } },
  })
  const ids = [0, 1, 2].map((place) => blockId('9-7', 'preference', place))
  const body = (
    values: NonNullable<SubmissionBody['view']['state']>['values'],
  ): SubmissionBody => ({
    team: { id: 'T0123' },
    user: { id: 'U0456' },
    view: {
      id: 'V1',
      hash: '1.h',
      callback_id: 'v1:form',
      private_metadata: writeMeta(meta),
      blocks: [
        { type: 'section', block_id: 'x' },
        ...ids.map((block_id) => ({ type: 'input', block_id })),
        { type: 'input', block_id: '9-7:preference:unacceptable' },
        { type: 'input', block_id: '9-7:why' },
      ],
      state: { values: values ?? {} },
    },
  })
  const full = {
    [ids[0] ?? '']: chosen('2'),
    [ids[1] ?? '']: chosen('1'),
    [ids[2] ?? '']: chosen('1'),
    '9-7:preference:unacceptable': { 'v1:input': { selected_options: [] } },
    '9-7:why': { 'v1:input': { value: null } },
  }

  test('ranks by place become ranks by output, and nothing typed is absent', () => {
    expect(parseForm(body(full))).toEqual({ by, meta })
    expect(parseSubmission(body(full), meta, shown)).toEqual({
      values: {
        preference: { mode: 'full', ranks: { m1: 2, m2: 1, m3: 1 }, all_unacceptable: false },
      },
      lost: false,
      unreported: [],
    })
  })

  test('what nobody touched may be left out: it is as it was drawn, or nothing', () => {
    const [first = '', ...others] = ids
    const told = body({ [first]: chosen('2') })
    for (const block of told.view.blocks ?? []) {
      block.optional = true
      if (others.includes(block.block_id ?? '')) block.element = { initial_option: { value: '1' } }
    }
    expect(parseSubmission(told, meta, shown)).toEqual({
      values: {
        preference: { mode: 'full', ranks: { m1: 2, m2: 1, m3: 1 }, all_unacceptable: false },
      },
      lost: false,
      unreported: ['why'],
    })
    expect(parseSubmission(body({}), meta, shown)).toMatchObject({ lost: true })
  })

  test('blocks of another record are ignored, missing ones are seen', () => {
    const { '9-7:why': _, ...rest } = full
    const other = { ...rest, '9-6:why': { 'v1:input': { value: 'old' } } }
    const read = parseSubmission(body(other), meta, shown)
    expect(read.lost).toBe(true)
    expect(read.values).not.toHaveProperty('why')
  })

  test('a problem stands under the rows it is about', () => {
    const half = { ...full, [ids[2] ?? '']: chosen(null) }
    expect(placeProblems(body(half), meta, { preference: 'C has no rank.' })).toEqual({
      [ids[2] ?? '']: 'C has no rank.',
    })
    expect(placeProblems(body(full), meta, { preference: 'No ties.' })).toEqual({
      [ids[0] ?? '']: 'No ties.',
    })
    expect(placeProblems(body(full), meta, { why: 'Too long.', gone: 'Not asked.' })).toEqual({
      '9-7:why': 'Too long.',
    })
    expect(isAboutHidden(body(full), meta, { why: 'Too long.', gone: 'Not asked.' })).toBe(true)
  })

  test('a view that is not ours is nobody’s form', () => {
    expect(parseForm({ user: { id: 'U1' }, view: { private_metadata: 'hello' } })).toBeNull()
  })
})

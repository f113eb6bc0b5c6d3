/** The rules of the stand-in's Web API that are not counts: who may do what, where, and how often. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { webApi } from '@slack/bolt'
import { afterEach, describe, expect, test } from 'vitest'
import { type Json, type JsonObject, list, object, text } from '../../sandbox/json.ts'
import { button, call, field, modal, openBot, plain } from './bot.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close()
})

async function start(...args: Parameters<typeof openBot>) {
  const bot = await openBot(...args)
  open.push(bot.slack)
  const ana = bot.slack.person('Ana')
  const post = async (args: JsonObject) =>
    (await call(bot.slack, 'chat.postMessage', { channel: ana.id, text: 'x', ...args })).body
  const trigger = async () => {
    await ana.command('/parley')
    return text(bot.heard.at(-1)?.body['trigger_id'])
  }
  const openView = async (view: Json) =>
    (await call(bot.slack, 'views.open', { trigger_id: await trigger(), view })).body
  return { ...bot, ana, post, trigger, openView }
}

const section = (more: JsonObject = {}): JsonObject => ({
  type: 'section',
  text: { type: 'mrkdwn', text: 'hello' },
  ...more,
})
const option = (value: string) => ({ text: plain(value), value })

const thumbs: JsonObject = {
  type: 'feedback_buttons',
  action_id: 'thumbs',
  positive_button: { text: plain('Good'), value: 'up' },
  negative_button: { text: plain('Bad'), value: 'down' },
}
const cells = (count: number): JsonObject[] =>
  Array.from({ length: count }, () => ({ type: 'raw_text', text: 'x' }))
const dataTable = (rows: JsonObject[][]): JsonObject => ({ type: 'data_table', caption: 'x', rows })

describe('refused: blocks', () => {
  const wrong: [string, JsonObject[], string][] = [
    ['an unknown block', [{ type: 'heading', text: plain('x') }], 'unsupported type: heading'],
    ['an unknown key', [section({ colour: 'red' })], 'invalid additional property: colour'],
    ['an empty text', [{ type: 'header', text: plain('') }], 'must be more than 0 characters'],
    ['a header in mrkdwn', [{ type: 'header', text: section()['text'] ?? '' }], 'unsupported type'],
    ['a section with nothing', [{ type: 'section' }], 'missing required field: text'],
    ['actions with none', [{ type: 'actions', elements: [] }], 'at least 1 item'],
    [
      'one action_id twice in a block',
      [{ type: 'actions', elements: [button('A', 'same'), button('B', 'same')] }],
      'already exists',
    ],
    [
      'one block_id twice',
      [section({ block_id: 'b' }), section({ block_id: 'b' })],
      'already exists',
    ],
    [
      'a text field outside an input',
      [{ type: 'actions', elements: [{ type: 'plain_text_input' }] }],
      'unsupported type: plain_text_input',
    ],
    [
      'an initial option that is not offered',
      [
        section({
          accessory: {
            type: 'static_select',
            options: [option('a')],
            initial_option: { text: plain('A'), value: 'a' },
          },
        }),
      ],
      'initial_option did not match',
    ],
    [
      'a select without options',
      [section({ accessory: { type: 'static_select' } })],
      'exactly one of options or option_groups',
    ],
    [
      'an alert, which is for modals',
      [{ type: 'alert', text: plain('x') }],
      'unsupported type: alert',
    ],
    [
      'an input inside a container',
      [{ type: 'container', title: plain('x'), child_blocks: [field('x', 'y')] }],
      'unsupported type: input',
    ],
    [
      'thumbs among other buttons',
      [{ type: 'actions', elements: [thumbs] }],
      'unsupported type: feedback_buttons',
    ],
    [
      'a button among thumbs',
      [{ type: 'context_actions', elements: [button('A', 'a')] }],
      'unsupported type: button',
    ],
    [
      'one thumb alone',
      [{ type: 'context_actions', elements: [{ ...thumbs, negative_button: null }] }],
      'missing required field: negative_button',
    ],
    [
      'a thumb with a style',
      [
        {
          type: 'context_actions',
          elements: [
            { ...thumbs, positive_button: { text: plain('x'), value: 'x', style: 'primary' } },
          ],
        },
      ],
      'invalid additional property: style',
    ],
    ['a table of numbers with a short row', [dataTable([cells(2), cells(1)])], 'must have 2 cells'],
    [
      'a table of numbers headed by rich text',
      [dataTable([[{ type: 'rich_text', elements: [] }], cells(1)])],
      'unsupported type: rich_text',
    ],
    [
      'a number that is none',
      [dataTable([cells(1), [{ type: 'raw_number', text: '1', value: '1' }]])],
      'must be a number',
    ],
    [
      'two tables of numbers with more than 10,000 characters together',
      [1, 2].map(() => dataTable([cells(1), [{ type: 'raw_text', text: 'x'.repeat(5000) }]])),
      'must be less than 10001 characters',
    ],
    [
      'an unknown style',
      [{ type: 'actions', elements: [{ ...button('A', 'a'), style: 'big' }] }],
      'one of',
    ],
  ]
  test.each(wrong)('%s', async (_, blocks, reason) => {
    const { post } = await start()
    const answer = await post({ blocks })
    expect(answer['error']).toBe('invalid_blocks')
    const messages = list(object(answer['response_metadata'])['messages']).join('\n')
    expect(messages).toContain(reason)
    expect(messages).toMatch(/^\[ERROR\] .* \[json-pointer:\/blocks/)
  })

  test('blocks that are no JSON', async () => {
    const { post } = await start()
    expect((await post({ blocks: 'not json' }))['error']).toBe('invalid_blocks_format')
  })

  const onlyMessages: JsonObject[] = [
    { type: 'markdown', text: 'x' },
    { type: 'container', title: plain('x'), child_blocks: [section()] },
    { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] },
    dataTable([cells(1), cells(1)]),
    { type: 'context_actions', elements: [thumbs] },
  ]
  test.each(onlyMessages)(
    '$type in a modal and on the home tab, but not in messages',
    async (block) => {
      const { post, openView, ana, slack } = await start()
      expect(await post({ blocks: [block] })).toMatchObject({ ok: true })
      expect(await openView(modal([block]))).toMatchObject({ error: 'invalid_arguments' })
      const home = { user_id: ana.id, view: { type: 'home', blocks: [block] } }
      expect((await call(slack, 'views.publish', home)).body['error']).toBe('invalid_arguments')
    },
  )

  test('a modal with an input but no submit button', async () => {
    const { openView } = await start()
    const { submit: _, ...view } = modal([field('Q', 'q')])
    const answer = await openView(view)
    expect(JSON.stringify(answer)).toContain('missing required field: submit')
  })

  test('lengths are counted in code points', async () => {
    const { post } = await start()
    const header = (n: number) => [{ type: 'header', text: plain('😀'.repeat(n)) }]
    expect((await post({ blocks: header(150) }))['ok']).toBe(true)
    expect((await post({ blocks: header(151) }))['error']).toBe('invalid_blocks')
  })
})

describe('refused: calls', () => {
  test('without a token, with a wrong one, without the scope', async () => {
    const { slack, ana } = await start()
    const args = { channel: ana.id, text: 'x' }
    expect((await call(slack, 'chat.postMessage', args, null)).body['error']).toBe('not_authed')
    expect((await call(slack, 'auth.test', {}, 'xoxb-other')).body['error']).toBe('invalid_auth')
    slack.grant(['commands', 'users:read'])
    const answer = await call(slack, 'chat.postMessage', args)
    expect(answer.body).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'commands,users:read',
    })
    expect(answer.headers.get('x-oauth-scopes')).toBe('commands,users:read')
    expect(answer.headers.get('x-accepted-oauth-scopes')).toBe('chat:write')
  })

  test('methods and arguments Slack does not know', async () => {
    const { slack, ana } = await start()
    expect((await call(slack, 'chat.shout', {})).body['error']).toBe('unknown_method')
    const args = { channel: ana.id, text: 'x', colour: 'red' }
    expect((await call(slack, 'chat.postMessage', args)).body).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: { messages: ['[ERROR] unknown argument: colour'] },
    })
    const kinds = slack.faults.seen.map((fault) => fault.kind)
    expect(kinds).toContain('unknown_method')
    expect(kinds).toContain('unknown_argument')
  })

  test('conversations the bot is not in, archived ones, people who left', async () => {
    const { slack, post } = await start()
    const outside = slack.channel('general', { bot: false }).id
    const hidden = slack.channel('secret', { kind: 'private', bot: false }).id
    const old = slack.channel('old').id
    slack.archive('old')
    expect((await post({ channel: outside }))['error']).toBe('not_in_channel')
    expect((await post({ channel: hidden }))['error']).toBe('channel_not_found')
    expect((await post({ channel: old }))['error']).toBe('is_archived')
    expect((await post({ channel: 'U0NOBODY' }))['error']).toBe('channel_not_found')
    const ben = slack.person('Ben').id
    slack.deactivate('Ben')
    expect((await post({ channel: ben }))['error']).toBe('user_disabled')
  })

  test('opening a direct message needs im:write, which a labeling bot does not have', async () => {
    const { slack, ana } = await start()
    const answer = await call(slack, 'conversations.open', { users: ana.id })
    expect(answer.body['error']).toBe('missing_scope')
  })

  test('a message without anything', async () => {
    const { post } = await start()
    expect((await post({ text: '' }))['error']).toBe('no_text')
  })

  test('a whisper to somebody who is not in the channel', async () => {
    const { slack, ana } = await start()
    const channel = slack.channel('ml').id
    const answer = await call(slack, 'chat.postEphemeral', { channel, user: ana.id, text: 'psst' })
    expect(answer.body['error']).toBe('user_not_in_channel')
  })

  test('a file shared with a person instead of a conversation', async () => {
    const { slack, ana } = await start()
    const asked = await call(slack, 'files.getUploadURLExternal', { length: 2, filename: 'a.txt' })
    const files = [{ id: asked.body['file_id'] ?? '' }]
    const complete = (channel_id: string) =>
      call(slack, 'files.completeUploadExternal', { files, channel_id })
    expect((await complete(ana.id)).body['error']).toBe('channel_not_found')
    const upload = text(asked.body['upload_url'])
    expect((await fetch(upload, { method: 'POST', body: 'abc' })).status).toBe(400)
    const { body } = await call(slack, 'chat.postMessage', { channel: ana.id, text: 'x' })
    expect((await complete(text(body['channel']))).body['error']).toBe('file_not_found')
    expect((await fetch(upload, { method: 'POST', body: 'ab' })).status).toBe(200)
    expect((await complete(text(body['channel']))).body).toMatchObject({ ok: true })
    expect(ana.files()).toMatchObject([{ name: 'a.txt', text: 'ab' }])
  })

  test('a file attached by a person is only read with the token', async () => {
    const { slack, ana, openView, heard } = await start()
    const element = { type: 'file_input', action_id: 'f', max_files: 1 }
    await openView(modal([{ type: 'input', block_id: 'file', label: plain('File'), element }]))
    await ana.upload('File', [{ name: 'a.md', content: '# Hi' }])
    await ana.submit()
    const state = object(object(heard.at(-1)?.body['view'])['state'])
    const held = object(object(object(state['values'])['file'])['f'])
    const url = text(object(list(held['files'])[0])['url_private_download'])
    const bare = await fetch(url)
    expect(await bare.text()).toContain('Sign in')
    const headers = { authorization: `Bearer ${slack.botToken}` }
    expect(await (await fetch(url, { headers })).text()).toBe('# Hi')
  })

  test('a file field stands in a modal, names extensions, and takes only those', async () => {
    const { slack, ana, openView } = await start()
    const field = (more: JsonObject) => [
      {
        type: 'input',
        block_id: 'file',
        label: plain('File'),
        element: { type: 'file_input', action_id: 'f', ...more },
      },
    ]
    for (const filetypes of [[], ['.md'], 'md'])
      expect(await openView(modal(field({ filetypes })))).toMatchObject({ ok: false })
    const home = { type: 'home', blocks: field({}) }
    expect(
      (await call(slack, 'views.publish', { user_id: ana.id, view: home })).body,
    ).toMatchObject({
      ok: false,
    })
    await openView(modal(field({ filetypes: ['md', 'txt'] })))
    expect(await ana.upload('File', [{ name: 'a.exe', content: 'x' }])).toMatchObject({ ok: false })
    expect(await ana.upload('File', [{ name: 'A.MD', content: 'x' }])).toEqual({ ok: true })
    const large = new Uint8Array(10 * 1024 * 1024 + 1)
    const refused = await ana.upload('File', [{ name: 'b.txt', content: large }])
    expect(refused).toMatchObject({ ok: false, problem: 'b.txt is larger than 10 MB.' })
  })
})

describe('refused: views', () => {
  test('an update under an old or empty hash, or of a form that is closed', async () => {
    const { slack, ana, openView } = await start()
    const view = modal([field('Q', 'q')])
    const opened = object((await openView(view))['view'])
    const update = (hash: Json) =>
      call(slack, 'views.update', { view_id: opened['id'] ?? '', view, hash })
    expect((await update('')).body['error']).toBe('hash_conflict')
    expect((await update(opened['hash'] ?? '')).body['ok']).toBe(true)
    expect((await update(opened['hash'] ?? '')).body['error']).toBe('hash_conflict')
    await ana.close()
    const { body } = await call(slack, 'views.update', { view_id: opened['id'] ?? '', view })
    expect(body['error']).toBe('not_found')
  })

  test('an external_id that is taken', async () => {
    const { openView, slack, ana } = await start()
    const view = modal([field('Q', 'q')], { external_id: 'one' })
    await openView(view)
    const home = { type: 'home', blocks: [section()], external_id: 'one' }
    const { body } = await call(slack, 'views.publish', { user_id: ana.id, view: home })
    expect(body['error']).toBe('duplicate_external_id')
  })

  test('errors for a block that is no input', async () => {
    const { openView, ana } = await start(({ body }) =>
      body['type'] === 'view_submission' ? { response_action: 'errors', errors: { x: 'no' } } : '',
    )
    await openView(modal([field('Q', 'q')]))
    await ana.fill('Q', 'a')
    await expect(ana.submit()).rejects.toThrow('no input block')
  })
})

describe('happy', () => {
  test('text without blocks takes the blocks away, blocks without text keep the text', async () => {
    const { slack, ana, post } = await start()
    const blocks = [section()]
    const { channel = '', ts = '' } = await post({ text: 'first', blocks })
    const update = async (args: JsonObject) =>
      object((await call(slack, 'chat.update', { channel, ts, ...args })).body['message'])
    expect((await update({ text: 'second' }))['blocks']).toBeUndefined()
    expect((await update({ blocks }))['text']).toBe('second')
    expect(ana.messages().at(-1)).toBe('hello')
    expect((await call(slack, 'chat.delete', { channel, ts })).body['ok']).toBe(true)
    expect((await call(slack, 'chat.update', { channel, ts, text: 'x' })).body['error']).toBe(
      'message_not_found',
    )
  })

  test('a new block_id shows the new initial value, the same one keeps what was typed', async () => {
    const { slack, ana, openView } = await start()
    const opened = object((await openView(modal([field('Q', 'q')])))['view'])
    await ana.fill('Q', 'typed')
    const update = (block: string) =>
      call(slack, 'views.update', {
        view_id: opened['id'] ?? '',
        view: modal([field('Q', block, { initial_value: 'fresh' })]),
      })
    await update('q')
    expect(ana.modal()?.text).toContain('<typed>')
    await update('q2')
    expect(ana.modal()?.text).toContain('<fresh>')
  })

  test('closing a form is told where it was asked for', async () => {
    const { ana, openView, heard } = await start()
    await openView(modal([field('Q', 'q')], { notify_on_close: true, private_metadata: 'm' }))
    await ana.close()
    expect(heard.at(-1)?.body).toMatchObject({
      type: 'view_closed',
      is_cleared: false,
      view: { private_metadata: 'm' },
    })
    expect(ana.modal()).toBeNull()
  })

  test('a whisper is changed through its response_url only, and lost on reload', async () => {
    const { slack, ana, heard } = await start()
    const channel = slack.channel('ml', { members: ['Ana'] }).id
    const blocks = [{ type: 'actions', elements: [button('Vote', 'v')] }]
    const args = { channel, user: ana.id, text: 'Vote', blocks }
    const { body } = await call(slack, 'chat.postEphemeral', args)
    const ts = body['message_ts'] ?? ''
    const update = await call(slack, 'chat.update', { channel, ts, text: 'x' })
    expect(update.body['error']).toBe('message_not_found')
    await ana.press('Vote')
    const pressed = heard.at(-1)?.body ?? {}
    expect(pressed['message']).toBeUndefined()
    expect(pressed['container']).toMatchObject({ is_ephemeral: true, message_ts: ts })
    const url = text(pressed['response_url'])
    const answer = JSON.stringify({ replace_original: true, text: 'Voted' })
    expect((await fetch(url, { method: 'POST', body: answer })).status).toBe(200)
    expect(ana.messages('#ml')).toEqual(['Voted'])
    ana.reload()
    expect(ana.messages('#ml')).toEqual([])
  })

  test('selects, boxes and menus in a message send what was chosen', async () => {
    const { ana, post, heard } = await start()
    const options = ['one', 'two', 'three'].map(option)
    await post({
      blocks: [
        section({
          block_id: 's',
          accessory: { type: 'static_select', action_id: 'pick', options },
        }),
        {
          type: 'actions',
          block_id: 'more',
          elements: [
            { type: 'checkboxes', action_id: 'tick', options },
            { type: 'overflow', action_id: 'menu', options: [option('Skip'), option('Help')] },
          ],
        },
      ],
    })
    await ana.choose('hello', 'two')
    expect(heard.at(-1)?.body).toMatchObject({
      actions: [{ action_id: 'pick', block_id: 's', selected_option: { value: 'two' } }],
      state: { values: { s: { pick: { selected_option: { value: 'two' } } } } },
    })
    await ana.overflow('Skip')
    expect(heard.at(-1)?.body).toMatchObject({
      actions: [{ action_id: 'menu', type: 'overflow', selected_option: { value: 'Skip' } }],
      state: { values: { more: { tick: { selected_options: [] } } } },
    })
    await expect(ana.choose('hello', 'four')).rejects.toThrow('Offered are: one, two, three')
  })

  test('users.info tells zone and locale, the email only with its scope', async () => {
    const { slack, client } = await start()
    const eva = slack.person('Eva', { tz: 'America/New_York', locale: 'es-ES' })
    const { user } = await client.users.info({ user: eva.id, include_locale: true })
    expect(user).toMatchObject({ tz: 'America/New_York', locale: 'es-ES', real_name: 'Eva' })
    expect(user?.profile?.email).toBeUndefined()
    expect([-14_400, -18_000]).toContain(user?.tz_offset)
  })

  test('the wire log holds calls and deliveries, and no token', async () => {
    const wireLog = join(mkdtempSync(join(tmpdir(), 'wire-')), 'wire.jsonl')
    const { slack, ana, post } = await start(() => 'ok', { wireLog })
    await ana.command('/parley next')
    await post({ text: `my token is ${slack.botToken}` })
    const log = readFileSync(wireLog, 'utf8')
    expect(log).not.toContain(slack.botToken)
    const lines: Json[] = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map((line) => Object.keys(object(line)))).toEqual(
      lines.map(() => [
        ...['at', 'platform', 'direction', 'method', 'path', 'status', 'request', 'response'],
      ]),
    )
    expect(lines).toMatchObject([
      { platform: 'slack', direction: 'delivery', path: '/slack/events', status: 200 },
      { direction: 'call', path: '/api/chat.postMessage', request: { channel: ana.id } },
    ])
  })
})

describe('twice', () => {
  test('a call whose answer is lost has had its effect all the same', async () => {
    const { slack, client, ana } = await start()
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    const post = () => client.chat.postMessage({ channel: ana.id, text: 'Once' })
    await expect(post()).rejects.toThrow()
    expect(ana.messages()).toEqual(['Once'])
    await post()
    expect(ana.messages()).toEqual(['Once', 'Once'])
  })

  test('an injected limit or error is felt once and without effect', async () => {
    const { slack, client, ana } = await start()
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 7 })
    slack.faults.next('chat.postMessage', { error: 'account_inactive' })
    const post = () => client.chat.postMessage({ channel: ana.id, text: 'x' })
    const limited = await post().catch((error: unknown) => error)
    expect(limited).toBeInstanceOf(webApi.WebAPIRateLimitedError)
    await expect(post()).rejects.toThrow('account_inactive')
    expect(ana.messages()).toEqual([])
    await post()
    expect(ana.messages()).toEqual(['x'])
  })

  test('a double click is two deliveries with two triggers', async () => {
    const { ana, post, heard } = await start()
    await post({ blocks: [{ type: 'actions', elements: [button('Go', 'go')] }] })
    await Promise.all([ana.press('Go'), ana.press('Go')])
    expect(heard).toHaveLength(2)
    expect(new Set(heard.map((one) => one.body['trigger_id'])).size).toBe(2)
  })
})

describe('happy: as Slack returns it', () => {
  test('what is stored has ids and defaults, and plain text of messages comes back escaped', async () => {
    const { post, ana, heard } = await start()
    const label = 'R&D <now>'
    const posted = await post({
      blocks: [
        { type: 'actions', elements: [{ type: 'button', text: plain(label), value: label }] },
      ],
    })
    const [block] = list(object(posted['message'])['blocks'])
    const [element] = list(object(block)['elements'])
    expect(text(object(block)['block_id'])).not.toBe('')
    expect(text(object(element)['action_id'])).not.toBe('')
    expect(object(element)['text']).toEqual({
      type: 'plain_text',
      text: 'R&amp;D &lt;now&gt;',
      emoji: true,
    })
    expect(ana.screen()).toContain('[R&D <now>]')
    await ana.press(label)
    const [action] = list(heard.at(-1)?.body['actions'])
    expect(action).toMatchObject({ value: label, text: { text: 'R&amp;D &lt;now&gt;' } })
  })

  test('a very long text is cut with a warning, not refused', async () => {
    const { post } = await start()
    const answer = await post({ text: 'x'.repeat(40_001) })
    expect(answer).toMatchObject({ ok: true, warning: 'message_truncated' })
    expect(text(object(answer['message'])['text'])).toHaveLength(40_000)
  })

  test('a command is delivered as it was typed', async () => {
    const { ana, heard } = await start()
    await ana.command('/parley-admin export  two spaces')
    expect(heard[0]?.body).toMatchObject({
      command: '/parley-admin',
      text: 'export  two spaces',
    })
    await expect(ana.command('/nothing')).rejects.toThrow('not a valid command')
  })

  test('url_verification is answered with its challenge', async () => {
    const { slack } = await start(({ body }) => ({ challenge: body['challenge'] ?? '' }))
    expect(await slack.verifyUrl()).toBe(true)
  })

  test('mentions read as names, escaped ones stay text', async () => {
    const { ana, post } = await start()
    await post({ text: `Hello <@${ana.id}>, &lt;!channel&gt; is not <!channel>` })
    expect(ana.messages()).toEqual(['Hello @Ana, <!channel> is not @channel'])
  })
})

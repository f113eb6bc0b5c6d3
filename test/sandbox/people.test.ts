/** People in the stand-in Slack: what they see, what they can do, and what the bot hears of it. */
import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import { type JsonObject, object, text } from '../../sandbox/json.ts'
import { button, call, field, modal, openBot, plain } from './bot.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close()
})

async function start(...args: Parameters<typeof openBot>) {
  const bot = await openBot(...args)
  open.push(bot.slack)
  return bot
}

describe('happy', () => {
  test('a command is delivered signed, and its answer is seen by nobody else', async () => {
    const { slack, heard } = await start(() => 'Hello')
    const ana = slack.person('Ana')
    const ben = slack.person('Ben')
    expect(await ana.command('/parley next <now>')).toEqual({ ok: true })
    const [first] = heard
    expect(first?.body).toMatchObject({
      command: '/parley',
      text: 'next &lt;now&gt;',
      user_id: ana.id,
      team_id: slack.teamId,
      channel_name: 'directmessage',
    })
    const timestamp = first?.headers.get('x-slack-request-timestamp')
    const signed = createHmac('sha256', slack.signingSecret)
      .update(`v0:${timestamp}:${first?.raw}`)
      .digest('hex')
    expect(first?.headers.get('x-slack-signature')).toBe(`v0=${signed}`)
    await ana.receives('Hello')
    expect(ana.screen()).toContain('only visible to you')
    expect(ben.screen()).toBe('')
    ana.reload()
    expect(ana.screen()).toBe('')
  })

  test('a button pressed in a direct message carries what a real one carries', async () => {
    const { slack, heard, client } = await start()
    const ana = slack.person('Ana')
    const posted = await client.chat.postMessage({
      channel: ana.id,
      text: 'Which?',
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: 'Which is *better*, <https://x.y|this>?' },
        },
        { type: 'actions', elements: [button('A is better', 'a'), button('B is better', 'b')] },
      ],
    })
    await ana.receives('Which is better, this?')
    await ana.press('B is better')
    const body = heard[0]?.body ?? {}
    expect(body).toMatchObject({
      type: 'block_actions',
      container: { type: 'message', message_ts: posted.ts, channel_id: posted.channel },
      channel: { id: posted.channel, name: 'directmessage' },
      user: { id: ana.id },
      message: { ts: posted.ts, text: 'Which?' },
      actions: [{ action_id: 'b', value: 'b', type: 'button', text: { text: 'B is better' } }],
    })
    expect(text(object(body['message'])['bot_id'])).toMatch(/^B/)
    for (let use = 1; use <= 5; use++) {
      const answer = await respond(body, { replace_original: true, text: `Saved ${use}` })
      expect(answer.status).toBe(200)
    }
    expect(await ana.messages()).toEqual(['Saved 5'])
    expect((await respond(body, { text: 'once more' })).status).toBe(404)
    await expect(ana.press('B is better')).rejects.toThrow('Ana sees no button "B is better"')
  })

  test('a form is filled, refused under a field, corrected, and becomes the next form', async () => {
    const rating: JsonObject = {
      type: 'input',
      block_id: 'rating',
      label: plain('How good?'),
      element: {
        type: 'radio_buttons',
        action_id: 'r',
        options: ['bad', 'good'].map((word) => ({ text: plain(word), value: word })),
      },
    }
    let submitted = 0
    const { slack, heard, client } = await start(async ({ body }) => {
      if (body['type'] === 'block_actions') {
        await client.views.open({
          trigger_id: text(body['trigger_id']),
          view: modal([field('Your answer', 'answer', { multiline: true }), rating]) as never,
        })
        return ''
      }
      submitted += 1
      if (submitted === 1) return { response_action: 'errors', errors: { answer: 'Say more.' } }
      if (submitted === 2) {
        const view = modal([field('Your answer', 'answer', { initial_value: 'new' }), rating])
        return { response_action: 'update', view }
      }
      return ''
    })
    const ana = slack.person('Ana')
    await client.chat.postMessage({
      channel: ana.id,
      text: 'Task',
      blocks: [{ type: 'actions', elements: [button('Answer', 'open')] }],
    })
    await ana.press('Answer')
    expect(ana.modal()?.title).toBe('A form')
    expect(await ana.submit()).toEqual({
      ok: false,
      problem: 'Please complete this required field. Please complete this required field.',
    })
    expect(heard).toHaveLength(1)
    await ana.fill('Your answer', 'Grüße 😀 & <b>')
    await ana.choose('How good?', 'good')
    await ana.submit()
    expect(ana.errors()).toEqual({ 'Your answer': 'Say more.' })
    await ana.press('Send')
    const values = object(object(object(heard.at(-1)?.body['view'])['state'])['values'])
    expect(values).toMatchObject({
      answer: { text: { type: 'plain_text_input', value: 'Grüße 😀 & <b>' } },
      rating: { r: { selected_option: { value: 'good' } } },
    })
    // What she typed stays: the same block_id and action_id keep their value over an update.
    expect(ana.modal()?.text).toContain('Grüße 😀')
    await ana.submit()
    expect(ana.modal()).toBeNull()
  })

  test('a menu whose options the app looks up, and menus of people and channels', async () => {
    const letters = ['alpha', 'beta', 'gamma', 'delta']
    const { slack, heard, client } = await start(({ body }) => {
      if (body['type'] !== 'block_suggestion') return ''
      const found = letters.filter((one) => one.includes(text(body['value'])))
      return { options: found.map((one) => ({ text: plain(one), value: one })) }
    })
    const ana = slack.person('Ana')
    const ben = slack.person('Ben')
    const { id } = slack.channel('evals')
    await ana.command('/parley')
    const menu = (label: string, type: string, more: JsonObject = {}) => ({
      type: 'input',
      block_id: label,
      label: plain(label),
      element: { type, action_id: 'a', ...more },
    })
    await client.views.open({
      trigger_id: text(heard[0]?.body['trigger_id']),
      view: modal([
        menu('One', 'external_select', { min_query_length: 0 }),
        menu('Some', 'multi_external_select', { min_query_length: 2 }),
        menu('People', 'multi_users_select'),
        menu('Channels', 'multi_channels_select'),
        menu('Both', 'multi_conversations_select'),
        menu('When', 'datetimepicker'),
      ]) as never,
    })
    expect(await ana.search('One', 'ta')).toMatchObject([{ value: 'beta' }, { value: 'delta' }])
    await expect(ana.search('Some', 'a')).rejects.toThrow('from 2 letters on')
    await expect(ana.choose('One', 'omega')).rejects.toThrow('No option reads "omega"')
    await ana.choose('One', 'gamma')
    await ana.check('Some', ['alpha', 'delta'])
    await ana.check('People', ['Ben'])
    await ana.check('Channels', ['#evals'])
    await ana.check('Both', ['#evals', 'Ben'])
    await ana.fill('When', '2026-11-23T12:00Z')
    await ana.submit()
    const values = object(object(object(heard.at(-1)?.body['view'])['state'])['values'])
    expect(values).toMatchObject({
      One: { a: { selected_option: { value: 'gamma' } } },
      Some: { a: { selected_options: [{ value: 'alpha' }, { value: 'delta' }] } },
      People: { a: { selected_users: [ben.id] } },
      Channels: { a: { selected_channels: [id] } },
      Both: { a: { selected_conversations: [id, ben.id] } },
      When: { a: { selected_date_time: 1_795_435_200 } },
    })
  })

  test('a file goes up in three steps and lies in the conversation with its content', async () => {
    const { slack, client } = await start()
    const cleo = slack.person('Cleo')
    const hello = await client.chat.postMessage({ channel: cleo.id, text: 'Writing…' })
    await client.filesUploadV2({
      channel_id: hello.channel ?? '',
      filename: 'sft.jsonl',
      content: '{"prompt":"ä"}\n',
      initial_comment: 'Your export',
    })
    await cleo.receives('sft.jsonl')
    expect(cleo.files()).toMatchObject([{ name: 'sft.jsonl', text: '{"prompt":"ä"}\n' }])
  })

  test('a program acts as a person over HTTP', async () => {
    const { slack } = await start(() => ({ text: 'Hello *you*' }))
    slack.person('Ana')
    const post = (path: string, body: unknown) =>
      fetch(slack.url + path, { method: 'POST', body: JSON.stringify(body) })
    const answer = await post('/people/slack/Ana/command', { command: '/parley' })
    expect(await answer.json()).toMatchObject({
      ok: true,
      screen: expect.stringContaining('Hello you'),
    })
    expect((await post('/people/slack/Zoe/command', {})).status).toBe(404)
    const refused = await post('/people/slack/Ana/press', { label: 'Nothing' })
    expect(refused.status).toBe(409)
    expect(await (await fetch(`${slack.url}/transcript`)).text()).toContain('Ana: /parley')
  })
})

describe('refused', () => {
  test('an answer after three seconds is an error on the screen', async () => {
    const { slack } = await start(
      () => new Promise((resolve) => setTimeout(resolve, 200, 'late')),
      { ackMs: 30 },
    )
    const ana = slack.person('Ana')
    const outcome = await ana.command('/parley')
    expect(outcome).toEqual({
      ok: false,
      problem: '/parley failed with the error "operation_timeout"',
    })
    expect(ana.screen()).toContain('operation_timeout')
    expect(slack.faults.seen).toMatchObject([{ kind: 'operation_timeout' }])
  })

  test('an answer Slack would not take throws', async () => {
    const { slack, client } = await start(({ body }) =>
      body['type'] === 'block_actions' ? { ok: true } : { response_action: 'close' },
    )
    const ana = slack.person('Ana')
    await client.chat.postMessage({
      channel: ana.id,
      text: 'x',
      blocks: [{ type: 'actions', elements: [button('Go', 'go')] }],
    })
    await expect(ana.press('Go')).rejects.toThrow('not one Slack takes')
    expect(slack.faults.seen.map((fault) => fault.kind)).toContain('illegal_ack')
  })

  test('more options than a menu holds, or none in the form Slack knows, throw', async () => {
    const many = Array.from({ length: 101 }, (_, i) => ({ text: plain(`${i}`), value: `${i}` }))
    for (const answer of [{ options: many }, { choices: [] }, { options: [{ text: 'x' }] }]) {
      const { slack, client } = await start(() => answer)
      const ana = slack.person('Ana')
      const element = { type: 'external_select', action_id: 'a', placeholder: plain('Which?') }
      await client.chat.postMessage({
        channel: ana.id,
        text: 'x',
        blocks: [{ type: 'actions', elements: [element as never] }],
      })
      await expect(ana.search('Which?', '100')).rejects.toThrow('not one Slack takes')
    }
  })

  test('a trigger opens one form only, and only for three seconds', async () => {
    let now = 1_700_000_000_000
    const { slack, heard } = await start(undefined, { now: () => now })
    const ana = slack.person('Ana')
    await ana.command('/parley')
    const trigger_id = heard[0]?.body['trigger_id'] ?? ''
    const view = modal([field('Q', 'q')])
    const opened = await call(slack, 'views.open', { trigger_id, view })
    expect(opened.body).toMatchObject({ ok: true, view: { type: 'modal', state: { values: {} } } })
    const again = await call(slack, 'views.open', { trigger_id, view })
    expect(again.body['error']).toBe('exchanged_trigger_id')
    expect((await call(slack, 'views.open', { trigger_id: '1.2.x', view })).body['error']).toBe(
      'invalid_trigger_id',
    )
    await ana.close()
    await ana.command('/parley')
    now += 3001
    const late = await call(slack, 'views.open', {
      trigger_id: heard[1]?.body['trigger_id'] ?? '',
      view,
    })
    expect(late.body['error']).toBe('expired_trigger_id')
  })
})

describe('twice', () => {
  test('an event nobody answers is retried three times and then given up', async () => {
    const { slack, heard } = await start(() => new Response('no', { status: 500 }))
    await slack.person('Ana').openHome()
    expect(heard.map((one) => one.headers.get('x-slack-retry-num'))).toEqual([null, '1'])
    await slack.retries.flush()
    await slack.retries.flush()
    expect(heard.map((one) => one.headers.get('x-slack-retry-num'))).toEqual([null, '1', '2', '3'])
    expect(heard[3]?.headers.get('x-slack-retry-reason')).toBe('http_error')
    expect(new Set(heard.map((one) => one.body['event_id'])).size).toBe(1)
    expect(slack.faults.seen).toMatchObject([{ kind: 'event_given_up' }])
  })

  test('X-Slack-No-Retry stops the retries', async () => {
    const { slack, heard } = await start(
      () => new Response('no', { status: 500, headers: { 'x-slack-no-retry': '1' } }),
    )
    await slack.person('Ana').openHome()
    expect(heard).toHaveLength(1)
    expect(slack.retries.pending()).toBe(0)
  })

  test('a delivery comes again, signed anew or byte for byte', async () => {
    let now = 1_700_000_000_000
    const { slack, heard } = await start(undefined, { now: () => now })
    await slack.person('Ana').command('/parley')
    now += 5000
    await slack.faults.redeliver({ exact: true })
    await slack.faults.redeliver()
    const signatures = heard.map((one) => one.headers.get('x-slack-signature'))
    expect(signatures[1]).toBe(signatures[0])
    expect(signatures[2]).not.toBe(signatures[0])
    expect(new Set(heard.map((one) => one.raw)).size).toBe(1)
  })
})

function respond(body: JsonObject, message: JsonObject): Promise<Response> {
  return fetch(text(body['response_url']), { method: 'POST', body: JSON.stringify(message) })
}

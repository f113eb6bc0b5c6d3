/** Forms in the stand-in Slack: every kind of control, stacks of views, what the client refuses. */
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
  const show = async (view: Json) => {
    await ana.command('/parley')
    const trigger_id = text(bot.heard.at(-1)?.body['trigger_id'])
    const { body } = await call(bot.slack, 'views.open', { trigger_id, view })
    expect(body).toMatchObject({ ok: true })
    return object(body['view'])
  }
  const sent = () => bot.heard.at(-1)?.body ?? {}
  return { ...bot, ana, show, sent }
}

const input = (label: string, element: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'input',
  block_id: label.toLowerCase(),
  label: plain(label),
  element: { action_id: 'a', ...element },
  ...more,
})
const options = ['one', 'two', 'three'].map((word) => ({ text: plain(word), value: word }))

describe('happy', () => {
  test('every kind of control arrives in state.values as Slack shapes it', async () => {
    const { ana, show, sent, slack } = await start()
    const ml = slack.channel('ml', { members: ['Ana'] }).id
    await show(
      modal([
        input('Text', { type: 'plain_text_input', multiline: true }),
        input('Number', { type: 'number_input', is_decimal_allowed: false }),
        input('Select', { type: 'static_select', options }),
        input('Radio', { type: 'radio_buttons', options, initial_option: options[0] ?? '' }),
        input('Boxes', { type: 'checkboxes', options }),
        input('Many', { type: 'multi_static_select', options }),
        input('Day', { type: 'datepicker' }),
        input('Who', { type: 'users_select' }),
        input('Where', { type: 'conversations_select' }),
        input('Rich', { type: 'rich_text_input' }),
        input('Maybe', { type: 'plain_text_input' }, { optional: true }),
      ]),
    )
    await ana.fill('Text', 'a\nb')
    await ana.fill('Number', '7')
    await ana.choose('Select', 'two')
    await ana.check('Boxes', ['three', 'one'])
    await ana.check('Many', ['two'])
    await ana.fill('Day', '2026-11-23')
    await ana.choose('Who', 'Ana')
    await ana.choose('Where', '#ml')
    await ana.fill('Rich', 'hello')
    expect(await ana.submit()).toEqual({ ok: true })
    const values = object(object(object(sent()['view'])['state'])['values'])
    expect(Object.entries(values).map(([block, value]) => [block, object(value)['a']])).toEqual([
      ['text', { type: 'plain_text_input', value: 'a\nb' }],
      ['number', { type: 'number_input', value: '7' }],
      ['select', { type: 'static_select', selected_option: stored('two') }],
      ['radio', { type: 'radio_buttons', selected_option: stored('one') }],
      ['boxes', { type: 'checkboxes', selected_options: [stored('one'), stored('three')] }],
      ['many', { type: 'multi_static_select', selected_options: [stored('two')] }],
      ['day', { type: 'datepicker', selected_date: '2026-11-23' }],
      ['who', { type: 'users_select', selected_user: ana.id }],
      ['where', { type: 'conversations_select', selected_conversation: ml }],
      ['rich', expect.objectContaining({ type: 'rich_text_input' })],
      ['maybe', { type: 'plain_text_input', value: null }],
    ])
  })

  test('a pushed form closes back to the one below, which kept what was typed', async () => {
    const { ana, show, slack, sent } = await start()
    await show(
      modal([field('Q', 'q'), { type: 'actions', elements: [button('Read all', 'read')] }]),
    )
    await ana.fill('Q', 'half an answer')
    await ana.press('Read all')
    const pressed = sent()
    expect(pressed).toMatchObject({
      container: { type: 'view' },
      view: { state: { values: { q: { text: { value: 'half an answer' } } } } },
    })
    expect(pressed['response_url']).toBeUndefined()
    const reader = { type: 'modal', title: plain('All of it'), blocks: [{ type: 'divider' }] }
    const trigger_id = pressed['trigger_id'] ?? ''
    const pushed = await call(slack, 'views.push', { trigger_id, view: reader })
    const view = object(pushed.body['view'])
    expect(view['previous_view_id']).toBe(object(pressed['view'])['id'])
    expect(view['root_view_id']).toBe(object(pressed['view'])['root_view_id'])
    expect(ana.modal()?.title).toBe('All of it')
    await ana.close()
    expect(ana.modal()?.text).toContain('half an answer')
  })

  test('one answer clears the whole stack, or puts a form on top', async () => {
    const answers: JsonObject[] = [
      { response_action: 'push', view: modal([field('Second', 's')]) },
      { response_action: 'clear' },
    ]
    const { ana, show } = await start(({ body }) =>
      body['type'] === 'view_submission' ? (answers.shift() ?? '') : '',
    )
    await show(modal([field('First', 'f')]))
    await ana.fill('First', '1')
    await ana.submit()
    await ana.fill('Second', '2')
    await ana.submit()
    expect(ana.modal()).toBeNull()
  })

  test('a field that dispatches tells the bot when enter is pressed', async () => {
    const { ana, show, heard, sent } = await start()
    await show(modal([input('Search', { type: 'plain_text_input' }, { dispatch_action: true })]))
    await ana.fill('Search', 'cats')
    expect(heard).toHaveLength(1)
    await ana.enter('Search')
    expect(sent()).toMatchObject({
      type: 'block_actions',
      actions: [{ action_id: 'a', block_id: 'search', type: 'plain_text_input', value: 'cats' }],
    })
  })

  test('thumbs, shortcuts and the home tab reach the bot', async () => {
    const { ana, slack, sent } = await start()
    const side = (label: string, value: string) => ({ text: plain(label), value })
    const thumbs = {
      type: 'feedback_buttons',
      action_id: 'thumb',
      positive_button: side('Good', 'up'),
      negative_button: side('Bad', 'down'),
    }
    const blocks = [{ type: 'context_actions', elements: [thumbs] }]
    await call(slack, 'chat.postMessage', { channel: ana.id, text: 'x', blocks })
    await ana.press('Bad')
    expect(sent()).toMatchObject({ actions: [{ type: 'feedback_buttons', value: 'down' }] })
    await ana.globalShortcut('start-labeling')
    expect(sent()).toMatchObject({ type: 'shortcut', callback_id: 'start-labeling' })
    await ana.say('my own answer')
    await ana.messageShortcut('use-as-answer', { in: 'my own' })
    expect(sent()).toMatchObject({ type: 'message_action', message: { text: 'my own answer' } })
    const home = { type: 'home', blocks: [{ type: 'actions', elements: [button('Go', 'go')] }] }
    await call(slack, 'views.publish', { user_id: ana.id, view: home })
    await ana.openHome()
    expect(sent()).toMatchObject({
      type: 'event_callback',
      event: { type: 'app_home_opened', tab: 'home', user: ana.id, view: { type: 'home' } },
    })
    await ana.press('Go')
    expect(sent()).toMatchObject({ container: { type: 'view' }, view: { type: 'home' } })
  })
})

describe('refused', () => {
  test('what the client itself would not send is not delivered', async () => {
    const { ana, show, heard } = await start()
    await show(
      modal([
        input('Number', { type: 'number_input', is_decimal_allowed: false, max_value: '5' }),
        input('Short', { type: 'plain_text_input', max_length: 3 }),
      ]),
    )
    await ana.fill('Number', '6')
    await ana.fill('Short', 'long')
    expect((await ana.submit()).ok).toBe(false)
    expect(ana.errors()).toEqual({
      Number: 'Enter 5 or less.',
      Short: 'Use at most 3 characters.',
    })
    expect(heard).toHaveLength(1)
    await expect(ana.fill('Short', 'a\nb')).rejects.toThrow('no line break')
  })

  test('a form covers everything else', async () => {
    const { ana, show, slack } = await start()
    const blocks = [{ type: 'actions', elements: [button('Below', 'b')] }]
    await call(slack, 'chat.postMessage', { channel: ana.id, text: 'x', blocks })
    await show(modal([field('Q', 'q')]))
    await expect(ana.press('Below')).rejects.toThrow('Ana sees no button "Below"')
    await expect(ana.command('/parley')).rejects.toThrow('covers the message field')
    await ana.close()
    expect(await ana.press('Below')).toEqual({ ok: true })
  })

  test('two buttons that read alike need to be told apart', async () => {
    const { ana, slack, sent } = await start()
    const row = (id: string) => ({ type: 'actions', elements: [button('Edit', id)] })
    const blocks = [row('first'), row('second')]
    await call(slack, 'chat.postMessage', { channel: ana.id, text: 'x', blocks })
    await expect(ana.press('Edit')).rejects.toThrow('2 buttons that read "Edit"')
    await ana.press('Edit', { nth: 1 })
    expect(object(list(sent()['actions'])[0])['action_id']).toBe('second')
  })

  test('a service that is down is an error on the screen, and works again when it is back', async () => {
    const { ana, slack } = await start()
    slack.deliverTo('http://127.0.0.1:1')
    expect((await ana.command('/parley')).ok).toBe(false)
    expect(ana.notices()).toEqual(['/parley failed with the error "dispatch_failed"'])
    slack.deliverTo(() => new Response('back'))
    expect((await ana.command('/parley')).ok).toBe(true)
    expect(ana.notices()).toEqual([])
  })
})

function stored(word: string): JsonObject {
  return { text: { type: 'plain_text', text: word, emoji: true }, value: word }
}

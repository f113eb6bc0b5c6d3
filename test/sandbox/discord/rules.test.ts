/** The rules of the stand-in's REST API that are not counts: who may do what, where, and when. */
import { DiscordAPIError, REST, Routes } from 'discord.js'
import { afterEach, describe, expect, test } from 'vitest'
import type { RefusalName } from '../../../sandbox/discord/errors.ts'
import type { DiscordOptions } from '../../../sandbox/discord/server.ts'
import { type JsonObject, object, objects, text } from '../../../sandbox/json.ts'
import {
  button,
  type Called,
  call,
  card,
  ephemeral,
  field,
  type Heard,
  label,
  menu,
  modal,
  openBot,
  options,
  row,
  said,
  v2,
} from './bot.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(
  handle: (heard: Heard) => unknown = () => undefined,
  settings: DiscordOptions = {},
) {
  const bot = await openBot(handle, settings)
  open.push(bot)
  await bot.register([{ name: 'label', description: 'Next' }])
  const channel = bot.discord.channel('crowd').id
  const path = `/channels/${channel}/messages`
  const post = (body: unknown) => bot.call('POST', path, body)
  return { ...bot, channel, path, post }
}

/** A clock a test moves by hand. */
function clock() {
  let at = Date.parse('2026-11-22T10:00:00Z')
  return {
    now: () => at,
    pass: (minutes: number) => {
      at += minutes * 60_000
    },
  }
}

const code = ({ body }: Called) => body['code']
const errorsOf = (called: Called) => JSON.stringify(called.body['errors'])

describe('happy', () => {
  test('a message is written, read, changed and deleted', async () => {
    const { post, call: rest, path, ana } = await start()
    const made = await post({ content: 'first' })
    const id = text(made.body['id'])
    expect((await rest('GET', `${path}/${id}`)).body).toMatchObject({ content: 'first' })
    expect((await rest('PATCH', `${path}/${id}`, { content: 'second' })).status).toBe(200)
    expect(ana.messages('crowd')).toEqual(['second'])
    expect((await rest('DELETE', `${path}/${id}`)).status).toBe(204)
    expect(code(await rest('PATCH', `${path}/${id}`, { content: 'x' }))).toBe(10008)
  })

  test('a callback asked to tells of the message it made', async () => {
    const answers: Called[] = []
    const { ana } = await start(async ({ answer }) => {
      const data = { content: 'x', flags: ephemeral }
      answers.push(await answer(4, data, '?with_response=true'))
    })
    await ana.command('/label')
    await expect.poll(() => answers).toHaveLength(1)
    const { interaction, resource } = answers[0]?.body ?? {}
    expect(object(interaction)).toMatchObject({ response_message_ephemeral: true })
    expect(object(object(resource)['message'])).toMatchObject({ flags: ephemeral })
  })

  test('the flag of components V2 stays, so that an edit need not repeat it', async () => {
    const { post, call: rest, path } = await start()
    const id = text((await post({ flags: v2, components: [said('first')] })).body['id'])
    const edited = await rest('PATCH', `${path}/${id}`, { components: [said('second')] })
    expect(edited.body).toMatchObject({ flags: v2 })
    const refused = await rest('PATCH', `${path}/${id}`, { content: 'x', components: [] })
    expect(errorsOf(refused)).toContain('IS_COMPONENTS_V2')
  })

  test('a message with content turns to components V2 once its content is taken away', async () => {
    const { post, call: rest, path } = await start()
    const own = `${path}/${text((await post({ content: 'plain' })).body['id'])}`
    const cardNow = { flags: v2, components: [said('a card')] }
    expect(errorsOf(await rest('PATCH', own, cardNow))).toContain('IS_COMPONENTS_V2')
    expect((await rest('PATCH', own, { ...cardNow, content: null })).status).toBe(200)
  })

  test('files come with their message; with components V2 only those it refers to show', async () => {
    const { path, call: rest, ana } = await start()
    const form = new FormData()
    const file = { type: 13, file: { url: 'attachment://a.md' } }
    form.set('payload_json', JSON.stringify({ flags: v2, components: [said('see'), file] }))
    form.set('files[0]', new Blob(['# A']), 'a.md')
    form.set('files[1]', new Blob(['# B']), 'b.md')
    const made = await rest('POST', path, form)
    expect(ana.files().map(({ name, text: content }) => [name, content])).toEqual([['a.md', '# A']])
    const [first] = objects(made.body['attachments'])
    const address = text(first?.['url'])
    expect(await (await fetch(address)).text()).toBe('# A')
    expect((await fetch(address.replace(/hm=../, 'hm=zz'))).status).toBe(404)
  })

  test('threads are opened, and written in', async () => {
    const { channel, call: rest } = await start()
    const thread = await rest('POST', `/channels/${channel}/threads`, { name: 'Results', type: 11 })
    expect(thread.status).toBe(201)
    const path = `/channels/${text(thread.body['id'])}/messages`
    expect((await rest('POST', path, { content: 'x' })).status).toBe(200)
  })

  test('somebody is notified only if the app allows it', async () => {
    const { post, ana } = await start()
    await post({ content: `<@${ana.id}>`, allowed_mentions: { parse: [] } })
    expect(ana.pings()).toBe(0)
    await post({ content: `<@${ana.id}>` })
    expect(ana.pings()).toBe(1)
    await post({ content: '@everyone' })
    expect(ana.pings()).toBe(2)
  })

  test('the same list of commands keeps its ids and counts no new names', async () => {
    const { register } = await start()
    const list = [{ name: 'a', description: 'x' }]
    const first = objects((await register(list)).body['list'])
    const again = objects((await register(list)).body['list'])
    expect(again[0]).toEqual(first[0])
  })
})

describe('refused: bodies', () => {
  const wrong: [string, JsonObject, string][] = [
    ['a misspelled key', { contnt: 'x' }, 'UNKNOWN_FIELD'],
    ['V2 beside content', { flags: v2, content: 'x', components: [said('x')] }, 'LEGACY_FIELDS'],
    ['V2 components without the flag', { components: [said('x')] }, 'IS_COMPONENTS_V2'],
    [
      'one custom_id twice',
      { content: 'x', components: [row(button('A', 'a'), button('B', 'a'))] },
      'COMPONENT_CUSTOM_ID_DUPLICATED',
    ],
    [
      'a menu beside a button',
      {
        content: 'x',
        components: [row(button('A', 'a'), { type: 3, custom_id: 'm', options: options('X') })],
      },
      'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
    ],
    [
      'a button with an address and a custom_id',
      { content: 'x', components: [row(button('A', 'a', { style: 5, url: 'https://e.com' }))] },
      'BUTTON_COMPONENT_FIELD_NOT_ALLOWED',
    ],
    [
      'one value twice',
      { content: 'x', components: [menu('Pick', 'm', 'Same', 'Same')] },
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
    ],
    [
      'a file that did not come along',
      { flags: v2, components: [{ type: 13, file: { url: 'attachment://a.md' } }] },
      'REFERENCED_ATTACHMENT_NOT_FOUND',
    ],
    [
      'mentions both parsed and named',
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      'PARSE_EXCLUSIVE',
    ],
  ]
  test.each(wrong)('%s', async (_, body, told) => {
    const { post } = await start()
    const answer = await post(body)
    expect(answer).toMatchObject({ status: 400, body: { code: 50035 } })
    expect(errorsOf(answer)).toContain(told)
  })

  test('the place of a mistake is told as a path', async () => {
    const { post } = await start()
    const answer = await post({ content: 'x', components: [row(button('A', 'x'.repeat(101)))] })
    const errors = { components: { 0: { components: { 0: { custom_id: {} } } } } }
    expect(answer.body['errors']).toMatchObject(errors)
  })

  test('nothing at all', async () => {
    const { post } = await start()
    expect(code(await post({}))).toBe(50006)
    expect(code(await post({ content: '' }))).toBe(50006)
  })

  const forms: [string, JsonObject, string][] = [
    ['what may stay empty but is required', { min_values: 0 }, 'COMPONENT_REQUIRED_MIN_VALUES'],
    ['a field switched off', { disabled: true, required: false }, 'MODAL_COMPONENT_DISABLED'],
  ]
  test.each(forms)('in a form: %s', async (_, more, told) => {
    const answers: Called[] = []
    const { ana } = await start(async ({ answer }) => {
      const choice = { type: 3, custom_id: 'm', options: options('A'), ...more }
      answers.push(await answer(9, modal(label('Pick', choice))))
      await answer(9, modal(label('Why', field('t'))))
    })
    await ana.command('/label')
    expect(JSON.stringify(answers[0])).toContain(told)
  })

  test('a form after a deferral, after a form, or from nothing but a press', async () => {
    const codes: unknown[] = []
    const { ana } = await start(async ({ raw, answer }) => {
      const name = text(object(raw['data'])['custom_id'])
      const form = modal(label('Why', field('t', { required: false })))
      if (name === 'form') {
        codes.push(code(await answer(9, form)))
        return answer(4, { content: 'x', flags: ephemeral })
      }
      await answer(9, form)
      codes.push(code(await answer(9, form)))
    })
    await ana.command('/label')
    await ana.submit()
    await expect.poll(() => codes).toHaveLength(2)
    expect(codes.toSorted()).toEqual([40060, 50035])
  })

  test('a deferral that wants components V2 already', async () => {
    const codes: unknown[] = []
    const { ana } = await start(async ({ answer, edit }) => {
      codes.push(code(await answer(5, { flags: v2 | ephemeral })))
      await answer(5, { flags: ephemeral })
      await edit({ flags: v2, components: [said('now with V2')] })
    })
    await ana.command('/label')
    expect(codes).toEqual([50035])
    expect(ana.screen()).toContain('now with V2')
  })

  test('an update of nothing: a command has no message to change', async () => {
    const codes: unknown[] = []
    const { ana } = await start(async ({ answer }) => {
      codes.push(code(await answer(7, { content: 'x' })))
      await answer(4, { content: 'x' })
    })
    await ana.command('/label')
    expect(codes).toEqual([50035])
  })
})

describe('refused: time', () => {
  test('an answer after three seconds is to an unknown interaction', async () => {
    const codes: unknown[] = []
    const time = clock()
    const { ana } = await start(
      async ({ answer }) => {
        time.pass(0.06)
        codes.push(code(await answer(4, { content: 'late' })))
      },
      { now: time.now, ackMs: 200 },
    )
    expect(await ana.command('/label')).toMatchObject({ ok: false })
    expect(codes).toEqual([10062])
    expect(ana.messages()).toEqual([])
  })

  test('a token is dead after fifteen minutes, but a new press brings a new one', async () => {
    const time = clock()
    const late: Called[] = []
    let first: Heard | null = null
    const { ana } = await start(
      async (heard) => {
        first ??= heard
        if (heard.raw['type'] === 2) return heard.answer(4, card(row(button('On', 'on'))))
        late.push(await first.edit({ components: [said('by the old token')] }))
        return heard.answer(7, { components: [said('by the new one')] })
      },
      { now: time.now },
    )
    await ana.command('/label')
    time.pass(16)
    await ana.press('On')
    expect(late[0]).toMatchObject({ status: 401, body: { code: 50027 } })
    expect(ana.screen()).toContain('by the new one')
  })

  test('a private message is no message by its id', async () => {
    const edited: Called[] = []
    const answering = start(async ({ answer, edit }) => {
      await answer(4, { content: 'mine', flags: ephemeral })
      edited.push(await edit({ content: 'still mine' }))
    })
    const { ana, path, call: rest } = await answering
    await ana.command('/label', { channel: 'crowd' })
    await expect.poll(() => edited).toHaveLength(1)
    expect(ana.screen()).toContain('still mine')
    const id = text(edited[0]?.body['id'])
    expect(code(await rest('PATCH', `${path}/${id}`, { content: 'x' }))).toBe(10008)
  })

  test('the address of a file is good for a day', async () => {
    const time = clock()
    const { path, call: rest } = await start(() => undefined, { now: time.now })
    const form = new FormData()
    form.set('payload_json', JSON.stringify({ content: 'x' }))
    form.set('files[0]', new Blob(['x']), 'a.txt')
    const made = await rest('POST', path, form)
    const address = text(objects(made.body['attachments'])[0]?.['url'])
    expect((await fetch(address)).status).toBe(200)
    time.pass(25 * 60)
    expect((await fetch(address)).status).toBe(404)
  })
})

describe('forbidden', () => {
  test('a wrong token, and a client that does not say who it is', async () => {
    const { discord } = await start()
    const me = '/users/@me'
    const stranger = await call(discord, 'GET', me, undefined, { authorization: 'Bot no' })
    expect(stranger).toMatchObject({ status: 401, body: { code: 0 } })
    const nobody = await call(discord, 'GET', me, undefined, { 'user-agent': 'curl/8' })
    expect(nobody).toMatchObject({ status: 403, body: { code: 40333 } })
    expect(discord.invalidRequests()).toBe(2)
  })

  test('channels the app does not see, may not write in, or that are gone', async () => {
    const { discord, post } = await start()
    discord.forbid('crowd', ['SEND_MESSAGES'])
    expect(await post({ content: 'x' })).toMatchObject({ status: 403, body: { code: 50013 } })
    discord.forbid('crowd', ['VIEW_CHANNEL'])
    expect(await post({ content: 'x' })).toMatchObject({ status: 403, body: { code: 50001 } })
    discord.deleteChannel('crowd')
    expect(await post({ content: 'x' })).toMatchObject({ status: 404, body: { code: 10003 } })
  })

  const asked: [RefusalName, number, number][] = [
    ['rate limited write', 429, 20028],
    ['invalid token', 401, 40001],
    ['opening too fast', 429, 40003],
    ['too many old edits', 429, 30046],
    ['general error', 500, 0],
  ]
  test.each(asked)('whatever a test asks for: %s', async (name, status, number) => {
    const { discord, post } = await start()
    discord.faults.next('POST /channels/:channel/messages', { refuse: name })
    expect(await post({ content: 'x' })).toMatchObject({ status, body: { code: number } })
    expect((await post({ content: 'x' })).status).toBe(200)
  })

  test('addresses and methods there are not', async () => {
    const { call: rest, path } = await start()
    expect((await rest('GET', '/nowhere')).status).toBe(404)
    expect((await rest('PUT', path)).status).toBe(405)
  })

  test('closed direct messages, and people no guild is shared with', async () => {
    const { discord, ana, call: rest } = await start()
    const opened = await rest('POST', '/users/@me/channels', { recipient_id: ana.id })
    const path = `/channels/${text(opened.body['id'])}/messages`
    expect((await rest('POST', path, { content: 'hello' })).status).toBe(200)
    discord.closeDms('Ana')
    expect(code(await rest('POST', path, { content: 'x' }))).toBe(50007)
    discord.closeDms('Ana', false)
    discord.leave('Ana')
    expect(code(await rest('POST', path, { content: 'x' }))).toBe(50278)
  })

  test('a guild that removed the app', async () => {
    const { discord, post, call: rest } = await start()
    discord.remove()
    expect(code(await post({ content: 'x' }))).toBe(50001)
    expect(code(await rest('GET', `/guilds/${discord.guild.id}/members/1`))).toBe(50001)
    discord.add()
    expect((await post({ content: 'x' })).status).toBe(200)
  })

  test('who may use a command is for admins to say, not for the app', async () => {
    const { discord, call: rest } = await start()
    const [command] = discord.commands()
    const base = `/applications/${discord.applicationId}/guilds/${discord.guild.id}/commands`
    const path = `${base}/${text(command?.['id'])}/permissions`
    expect(code(await rest('PUT', path, { permissions: [] }))).toBe(20001)
  })

  test('what others wrote cannot be changed by the app, nor read without the intent', async () => {
    const { ana, path, call: rest } = await start()
    await ana.post('crowd', 'a thought of mine')
    const [message] = objects((await rest('GET', path)).body['list'])
    expect(message?.['content']).toBe('')
    const own = `${path}/${text(message?.['id'])}`
    expect(code(await rest('PATCH', own, { content: 'x' }))).toBe(50005)
    expect(code(await rest('DELETE', own))).toBe(50013)
  })

  test('roles, their permissions and their members are what the app reads', async () => {
    const { discord, ana, call: rest } = await start()
    const role = discord.role('labelers', { people: ['Ana'] })
    const path = `/guilds/${discord.guild.id}`
    const roles = objects((await rest('GET', `${path}/roles`)).body['list'])
    expect(roles.map(({ name }) => name)).toEqual(['@everyone', 'labelers'])
    const member = await rest('GET', `${path}/members/${ana.id}`)
    expect(member.body['roles']).toEqual([role.id])
    discord.takeRole('Ana', 'labelers')
    expect((await rest('GET', `${path}/members/${ana.id}`)).body['roles']).toEqual([])
    const bot = await rest('GET', `${path}/members/${discord.applicationId}`)
    expect(bot.status).toBe(200)
  })
})

describe('refused: too much at once', () => {
  test('discord.js waits for its bucket; whoever does not is told to', async () => {
    const { discord, channel, post } = await start(() => undefined, { rateLimits: true })
    for (let i = 0; i < 5; i++) expect((await post({ content: `${i}` })).status).toBe(200)
    const sixth = await post({ content: '6' })
    expect(sixth).toMatchObject({ status: 429, body: { global: false } })
    expect(sixth.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
    const rest = new REST({ api: discord.apiUrl }).setToken(discord.botToken)
    const other = discord.channel('other').id
    const before = discord.invalidRequests()
    const send = (i: number) =>
      rest.post(Routes.channelMessages(other), { body: { content: `${i}` } })
    await Promise.all([1, 2, 3, 4, 5].map(send))
    expect(discord.invalidRequests()).toBe(before)
    expect(channel).not.toBe(other)
  })

  test('fifty calls a second are enough for everybody', async () => {
    const time = clock()
    const { discord, call: rest } = await start(() => undefined, {
      rateLimits: true,
      now: time.now,
    })
    const statuses: number[] = []
    for (let i = 0; i < 30; i++) statuses.push((await rest('GET', '/users/@me')).status)
    const more = async () => (await rest('GET', `/guilds/${discord.guild.id}`)).status
    for (let i = 0; i < 30; i++) statuses.push(await more())
    expect(statuses).toContain(429)
    time.pass(1)
    expect(await more()).toBe(200)
  })

  test('edits of messages older than an hour are scarce', async () => {
    const time = clock()
    const settings = { rateLimits: true, now: time.now }
    const { post, path, call: rest } = await start(() => undefined, settings)
    const id = text((await post({ content: 'x' })).body['id'])
    time.pass(61)
    const answers: Called[] = []
    for (let i = 0; i < 4; i++) {
      answers.push(await rest('PATCH', `${path}/${id}`, { content: `${i}` }))
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(answers.at(-1)?.body).toMatchObject({ code: 30046 })
  })

  test('too many refused calls are a ban, for ten minutes', async () => {
    const time = clock()
    const settings = { now: time.now, banAfterInvalid: 20 }
    const { discord, call: rest } = await start(() => undefined, settings)
    const stranger = { authorization: 'Bot no' }
    const me = '/users/@me'
    for (let i = 0; i < 20; i++) await call(discord, 'GET', me, undefined, stranger)
    expect((await rest('GET', me)).status).toBe(403)
    time.pass(11)
    expect((await rest('GET', me)).status).toBe(200)
  })
})

describe('twice', () => {
  test('a nonce that is enforced brings back the message there is', async () => {
    const time = clock()
    const { post, ana } = await start(() => undefined, { now: time.now })
    const body = { content: 'once', nonce: 'job-1', enforce_nonce: true }
    const [first, second] = [await post(body), await post(body)]
    expect(second.body['id']).toBe(first.body['id'])
    expect(ana.messages('crowd')).toEqual(['once'])
    time.pass(10)
    expect((await post(body)).body['id']).not.toBe(first.body['id'])
  })

  test('discord.js repeats a 502, and only the nonce keeps that from being two messages', async () => {
    const { discord, channel, ana } = await start()
    const rest = new REST({ api: discord.apiUrl, retries: 1 }).setToken(discord.botToken)
    const broken = { statusAfterEffect: 502 }
    discord.faults.next('POST /channels/:channel/messages', broken)
    await rest.post(Routes.channelMessages(channel), { body: { content: 'plain' } })
    expect(ana.messages('crowd')).toEqual(['plain', 'plain'])
    discord.faults.next('POST /channels/:channel/messages', broken)
    const body = { content: 'safe', nonce: 'n1', enforce_nonce: true }
    await rest.post(Routes.channelMessages(channel), { body })
    expect(ana.messages('crowd').filter((line) => line === 'safe')).toHaveLength(1)
  })

  test('a call whose answer is lost has had its effect all the same', async () => {
    const { discord, channel, ana } = await start()
    discord.faults.next('POST /channels/:channel/messages', { dropAfterEffect: true })
    const rest = new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.botToken)
    const sent = rest.post(Routes.channelMessages(channel), { body: { content: 'there' } })
    await expect(sent).rejects.toThrow()
    expect(ana.messages('crowd')).toEqual(['there'])
  })

  test('a refusal a test asks for reaches the client as Discord’s would', async () => {
    const { discord, channel } = await start()
    const fault = { status: 403, code: 50001, message: 'Missing Access' }
    discord.faults.next('POST /channels/:channel/messages', fault)
    const rest = new REST({ api: discord.apiUrl }).setToken(discord.botToken)
    const sent = rest.post(Routes.channelMessages(channel), { body: { content: 'x' } })
    await expect(sent).rejects.toBeInstanceOf(DiscordAPIError)
    expect(() => discord.faults.next('POST /nowhere', fault)).toThrow('There is no route')
  })
})

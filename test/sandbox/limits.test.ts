/** Every limit of the table: the stand-in takes what reaches it and refuses one more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, object, parseJson, text } from '../../sandbox/json.ts'
import { type Payload, reaches } from '../../sandbox/slack/limit-payloads.ts'
import { type LimitId, limits } from '../../sandbox/slack/limits.ts'
import { button, call, openBot, plain } from './bot.ts'

let bot: Awaited<ReturnType<typeof openBot>>
let person: ReturnType<typeof bot.slack.person>

beforeAll(async () => {
  bot = await openBot()
  person = bot.slack.person('Ana')
})
afterAll(() => bot.slack.close())

const ids = Object.keys(limits).filter((id): id is LimitId => id in limits)

describe('happy', () => {
  test.each(ids)('a payload that reaches %s is taken', async (id) => {
    const answer = await send(reaches[id].payload(limits[id].max))
    expect(answer).toMatchObject({ ok: true })
  })
})

describe('refused', () => {
  test.each(ids)('one more than %s is refused', async (id) => {
    const answer = await send(reaches[id].payload(limits[id].max + 1))
    expect(answer).toMatchObject({ ok: false, error: reaches[id].error })
  })

  test.each(ids)('%s names where its number was read', (id) => {
    expect(limits[id].source.length).toBeGreaterThan(10)
  })
})

async function send(payload: Payload): Promise<JsonObject> {
  if ('surface' in payload) {
    if (payload.surface === 'message') {
      const args = { channel: person.id, text: 'x', blocks: payload.blocks }
      return (await call(bot.slack, 'chat.postMessage', args)).body
    }
    if (payload.surface === 'home') {
      const args = { user_id: person.id, view: payload.view }
      return (await call(bot.slack, 'views.publish', args)).body
    }
    const args = { trigger_id: await trigger(), view: payload.view }
    const opened = (await call(bot.slack, 'views.open', args)).body
    if (person.modal()) await person.closeAll()
    return opened
  }
  if ('method' in payload) {
    const posted = await bot.client.chat.postMessage({ channel: person.id, text: 'first' })
    const known: Record<string, string> = {
      $user: person.id,
      $dm: posted.channel ?? '',
      $ts: posted.ts ?? '',
    }
    const args = Object.fromEntries(
      Object.entries(payload.args).map(([key, value]) => [
        key,
        typeof value === 'string' ? (known[value] ?? value) : value,
      ]),
    )
    return (await call(bot.slack, payload.method, args)).body
  }
  return repeat(payload)
}

async function trigger(): Promise<string> {
  await person.command('/parley')
  return text(bot.heard.at(-1)?.body['trigger_id'])
}

async function repeat(payload: Extract<Payload, { repeat: string }>): Promise<JsonObject> {
  let last: JsonObject = {}
  switch (payload.repeat) {
    case 'views.push': {
      const view = {
        type: 'modal',
        title: plain('x'),
        blocks: [{ type: 'actions', elements: [button('On', 'on')] }],
      }
      last = (await call(bot.slack, 'views.open', { trigger_id: await trigger(), view })).body
      for (let i = 1; i < payload.times; i++) {
        await person.press('On')
        const trigger_id = text(bot.heard.at(-1)?.body['trigger_id'])
        last = (await call(bot.slack, 'views.push', { trigger_id, view })).body
      }
      await person.closeAll()
      return last
    }
    case 'response_url': {
      await person.command('/parley')
      const url = text(bot.heard.at(-1)?.body['response_url'])
      for (let i = 0; i < payload.times; i++) {
        const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'x' }) })
        last = answer.ok ? { ok: true } : object(parseJson(await answer.text()))
      }
      return last
    }
    case 'files': {
      const files: JsonObject[] = []
      for (let i = 0; i < payload.times; i++) files.push({ id: await uploaded() })
      return (await call(bot.slack, 'files.completeUploadExternal', { files })).body
    }
    case 'channels': {
      const channels = Array.from(
        { length: payload.times },
        (_, i) => bot.slack.channel(`room-${i}`).id,
      ).join(',')
      const args = { files: [{ id: await uploaded() }], channels }
      return (await call(bot.slack, 'files.completeUploadExternal', args)).body
    }
    case 'users': {
      bot.slack.grant(['im:write', 'mpim:write', 'chat:write', 'files:write', 'commands'])
      const users = Array.from(
        { length: payload.times },
        (_, i) => bot.slack.person(`Person ${i}`).id,
      ).join(',')
      return (await call(bot.slack, 'conversations.open', { users })).body
    }
  }
}

async function uploaded(): Promise<string> {
  const args = { length: 1, filename: 'a.txt' }
  const { body } = await call(bot.slack, 'files.getUploadURLExternal', args)
  await fetch(text(body['upload_url']), { method: 'POST', body: 'x' })
  return text(body['file_id'])
}

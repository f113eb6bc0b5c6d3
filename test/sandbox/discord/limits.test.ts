/** Every limit of the table: the stand-in takes what reaches it and refuses one more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Payload, reaches } from '../../../sandbox/discord/limit-payloads.ts'
import { type LimitId, limits } from '../../../sandbox/discord/limits.ts'
import { type JsonObject, text } from '../../../sandbox/json.ts'
import { type Bot, type Called, call, type Heard, openBot } from './bot.ts'

let bot: Bot
let channel: string
/** What the bot answers to whatever comes; null leaves it unanswered until the test is over. */
let answers: { type: number; data: JsonObject } = { type: 4, data: { content: 'x' } }
let got: Called | null = null

beforeAll(async () => {
  const handle = async ({ raw, answer }: Heard) => {
    if (text(raw['id']) === '') return
    got = await answer(answers.type, answers.data)
    if (got.status >= 400) await answer(raw['type'] === 4 ? 8 : 4, { content: 'x' })
  }
  bot = await openBot(handle)
  channel = bot.discord.channel('crowd').id
})
afterAll(() => bot.close())

const ids = Object.keys(limits).filter((id): id is LimitId => id in limits)

describe('happy', () => {
  test.each(ids)('a call that reaches %s is taken', async (id) => {
    expect(await send(reaches[id].payload(limits[id].max))).toBeNull()
  })
})

describe('refused', () => {
  test.each(ids)('one more than %s is refused', async (id) => {
    expect(await send(reaches[id].payload(limits[id].max + 1))).toBe(reaches[id].code)
  })

  test.each(ids)('%s names where its number was read', (id) => {
    expect(limits[id].source.length).toBeGreaterThan(10)
  })
})

/** The code of the refusal, or null when it was taken. */
async function send(payload: Payload): Promise<number | null> {
  if ('message' in payload) {
    const path = `/channels/${channel}/messages`
    return codeOf(await bot.call('POST', path, withFiles(payload.message, payload.files)))
  }
  if ('thread' in payload) {
    return codeOf(await bot.call('POST', `/channels/${channel}/threads`, payload.thread))
  }
  if ('commands' in payload) return codeOf(await bot.register(payload.commands))
  if ('modal' in payload) {
    await bot.register([{ name: 'open', description: 'x' }])
    return codeOf(await answered({ type: 9, data: payload.modal }, () => bot.ana.command('/open')))
  }
  if ('choices' in payload) {
    const options = [{ type: 3, name: 'o', description: 'x', autocomplete: true }]
    await bot.register([{ name: 'open', description: 'x', options }])
    const data = { choices: payload.choices }
    return codeOf(await answered({ type: 8, data }, () => bot.ana.autocomplete('/open o:x')))
  }
  if ('created' in payload) return created(payload.created)
  return overGateway(payload)
}

function codeOf({ status, body }: Called): number | null {
  return status < 300 ? null : Number(body['code'])
}

function withFiles(message: JsonObject, sizes: number[] | undefined): JsonObject | FormData {
  if (!sizes) return message
  const form = new FormData()
  form.set('payload_json', JSON.stringify(message))
  for (const [i, size] of sizes.entries()) {
    form.set(`files[${i}]`, new Blob([new Uint8Array(size)]), `file-${i}.bin`)
  }
  return form
}

async function answered(next: typeof answers, gesture: () => Promise<unknown>): Promise<Called> {
  answers = next
  got = null
  await gesture()
  answers = { type: 4, data: { content: 'x' } }
  await expect.poll(() => got).not.toBeNull()
  if (bot.ana.modal()) await bot.ana.dismiss()
  if (!got) throw new Error('The bot did not answer.')
  return got
}

async function created(count: number): Promise<number | null> {
  const { guild } = bot.discord.addGuild({ name: `Guild of ${count}` })
  const path = `/applications/${bot.discord.applicationId}/guilds/${guild.id}/commands`
  let last: Called | null = null
  for (let from = 0; from < count; from += 100) {
    const names = Array.from({ length: Math.min(100, count - from) }, (_, i) => `c${from + i}`)
    last = await bot.call(
      'PUT',
      path,
      names.map((name) => ({ name, description: 'x' })),
    )
  }
  return last ? codeOf(last) : null
}

/** The close code of a connection of its own, or null when the gateway kept it. */
async function overGateway(payload: { bytes: number } | { events: number }) {
  const { body } = await call(bot.discord, 'GET', '/gateway')
  const socket = new WebSocket(`${text(body['url'])}/?v=10&encoding=json`)
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)))
  let acks = 0
  let hello = () => {}
  const greeted = new Promise<void>((resolve) => {
    hello = resolve
  })
  socket.on('message', (raw: Buffer) => {
    if (raw.toString().includes('"op":10')) hello()
    if (raw.toString().includes('"op":11')) acks += 1
  })
  await greeted
  const sent = 'events' in payload ? payload.events : 1
  const beat = JSON.stringify({ op: 1, d: null })
  for (let i = 0; i < sent; i++) {
    socket.send('bytes' in payload ? beat.padEnd(payload.bytes, ' ') : beat)
  }
  const kept = expect
    .poll(() => acks)
    .toBe(sent)
    .then(() => null)
  const first = await Promise.race([closed, kept.catch(() => closed)])
  socket.terminate()
  return first
}

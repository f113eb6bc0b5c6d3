/** The doors for programs: acting as a person over HTTP, what a page draws, the logs. */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type JsonObject, object, objects, text } from '../../../sandbox/json.ts'
import {
  type Bot,
  button,
  card,
  field,
  type Heard,
  label,
  menu,
  modal,
  openBot,
  row,
  said,
} from './bot.ts'

let bot: Bot
const wireLog = join(mkdtempSync(join(tmpdir(), 'discord-')), 'wire.jsonl')

async function handle({ raw, answer }: Heard): Promise<unknown> {
  const name = text(object(raw['data'])['name']) || text(object(raw['data'])['custom_id'])
  if (name === 'label') {
    return answer(
      4,
      card(said('**Task**'), menu('Best', 'best', 'A', 'B'), row(button('Go', 'go'))),
    )
  }
  if (name === 'best') return answer(6)
  if (name === 'go') return answer(9, modal(label('Why', field('why'))))
  return answer(7, { components: [said('thank you')] })
}

beforeAll(async () => {
  bot = await openBot(handle, { wireLog })
  await bot.register([
    { name: 'label', description: 'Next', description_localizations: { de: 'Weiter' } },
  ])
})
afterAll(() => bot.close())

async function act(path: string, body?: Json): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${bot.discord.url}/people/discord${path}`, {
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  return { status: response.status, body: object((await response.json()) as Json) }
}

describe('happy', () => {
  test('a program labels as a person', async () => {
    await act('', { name: 'Nils' })
    expect((await act('/Nils/command', { command: '/label' })).body).toMatchObject({ ok: true })
    const pressed = await act('/Nils/press', { label: 'Go' })
    expect(text(pressed.body['modal'])).toContain('== A form ==')
    await act('/Nils/fill', { label: 'Why', value: 'because' })
    expect(text((await act('/Nils/submit', {})).body['screen'])).toContain('thank you')
    const told = await (await fetch(`${bot.discord.url}/transcript/discord`)).text()
    expect(told).toContain('Nils: writes "because" under "Why"')
  })

  test('a page gets what this person sees, and nobody else’s', async () => {
    bot.discord.person('Ida', { locale: 'de' })
    await act('/Ida/command', { command: '/label' })
    await act('/Ida/choose', { label: 'best', options: ['b'] })
    const { body } = await act('/Ida/seen')
    const [message] = objects(body['messages'])
    expect(body['messages']).toHaveLength(1)
    expect(message).toMatchObject({ onlyYou: true, usesV2: true, chosen: { best: ['b'] } })
    expect(objects(body['commands'])[0]).toMatchObject({ name: 'label', description: 'Weiter' })
    await act('/Ida/press', { label: 'go', message: text(message?.['id']) })
    const form = object((await act('/Ida/seen')).body['form'])
    expect(form).toMatchObject({ title: 'A form', entered: { why: '' } })
  })

  test('the wire log names each call and delivery, and no secret', async () => {
    await bot.ana.command('/label')
    const lines = readFileSync(wireLog, 'utf8')
    expect(lines).toContain('"platform":"discord","direction":"delivery","method":"GATEWAY"')
    expect(lines).toMatch(/"path":"\/api\/v10\/interactions\/\d+\/\[redacted\]\/callback"/)
    expect(lines).not.toContain(bot.discord.botToken)
    expect(lines).not.toContain(text(bot.heard.at(-1)?.['token']))
  })
})

describe('refused', () => {
  test('what is not on the screen, nobody, no gesture, no words', async () => {
    expect((await act('/Ana/press', { label: 'Nowhere' })).status).toBe(409)
    expect((await act('/Zoe/press', { label: 'Go' })).status).toBe(404)
    expect((await act('/Ana/jump', {})).status).toBe(404)
    expect((await act('/Ana/press', { lable: 'Go' })).status).toBe(400)
  })
})

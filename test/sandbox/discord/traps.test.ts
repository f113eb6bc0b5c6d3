/** Traps that people who build on Discord fell into, as the stand-in sets them. */
import { afterEach, describe, expect, test } from 'vitest'
import type { DiscordOptions } from '../../../sandbox/discord/server.ts'
import { type JsonObject, object, text } from '../../../sandbox/json.ts'
import {
  button,
  type Called,
  card,
  ephemeral,
  field,
  type Heard,
  label,
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

async function start(handle: (heard: Heard) => unknown, settings: DiscordOptions = {}) {
  const bot = await openBot(handle, settings)
  open.push(bot)
  await bot.register([{ name: 'label', description: 'Next' }])
  return bot
}

describe('happy', () => {
  test('a phone shows the first prefill it ever saw under a form’s name', async () => {
    let opened = 0
    const { discord } = await start(({ raw, answer }) => {
      opened += 1
      const why = field('why', { value: `draft ${opened}` })
      const name = opened < 4 ? 'form' : `form:${text(raw['id'])}`
      return answer(9, { ...modal(label('Why', why)), custom_id: name })
    })
    const phil = discord.person('Phil', { phone: true })
    const dora = discord.person('Dora')
    await phil.command('/label')
    expect(phil.modal()?.text).toContain('draft 1')
    await phil.dismiss()
    await phil.command('/label')
    expect(phil.modal()?.text).toContain('draft 1')
    await phil.dismiss()
    await dora.command('/label')
    expect(dora.modal()?.text).toContain('draft 3')
    await phil.command('/label')
    expect(phil.modal()?.text).toContain('draft 4')
  })

  test('on a phone a choice can be taken back only where min_values is 0', async () => {
    const choice = (more: JsonObject) =>
      label('Topic', {
        type: 3,
        custom_id: 'topic',
        required: false,
        options: options('A').map((one) => ({ ...one, default: true })),
        ...more,
      })
    let more: JsonObject = {}
    const { discord } = await start(({ answer }) => answer(9, modal(choice(more))))
    const phil = discord.person('Phil', { phone: true })
    await phil.command('/label')
    await expect(phil.choose('Topic')).rejects.toThrow('On a phone')
    await phil.dismiss()
    more = { min_values: 0, custom_id: 'topic2' }
    await phil.command('/label')
    expect(await phil.choose('Topic')).toEqual({ ok: true })
  })

  test('a card with too many bytes breaks Discord, though its characters fit', async () => {
    const statuses: number[] = []
    const { ana } = await start(async ({ answer }) => {
      const wide = { flags: v2 | ephemeral, components: [said('日本語'.repeat(1200))] }
      statuses.push((await answer(4, wide)).status)
      await answer(4, { content: 'x', flags: ephemeral })
    })
    await ana.command('/label')
    expect(statuses).toEqual([500])
  })

  test('private answers are gone with a reload; a press before it went through a new token', async () => {
    const { ana } = await start(({ raw, answer }) =>
      raw['type'] === 2
        ? answer(4, card(row(button('On', 'on'))))
        : answer(7, { components: [said('pressed')] }),
    )
    await ana.command('/label')
    await ana.press('On')
    expect(ana.screen()).toContain('pressed')
    ana.reload()
    expect(ana.messages()).toEqual([])
    await expect(ana.press('On')).rejects.toThrow('sees no button')
  })

  test('a form whose message was deleted meanwhile still arrives, to be answered anew', async () => {
    const answering = ({ raw, answer }: Heard) => {
      if (raw['type'] === 3) return answer(9, modal(label('Why', field('why'))))
      return answer(4, { content: raw['message'] ? 'on it' : 'no message', flags: ephemeral })
    }
    const { discord, ana, call: rest } = await start(answering)
    const channel = discord.channel('crowd').id
    const post = { flags: v2, components: [row(button('On', 'on'))] }
    await rest('POST', `/channels/${channel}/messages`, post)
    await ana.press('On')
    discord.deleteMessage('[On]')
    await ana.fill('Why', 'because')
    expect(await ana.submit()).toEqual({ ok: true })
    expect(ana.screen()).toContain('no message')
  })

  test('roles are told with every press: who lost one is known at once', async () => {
    const { discord, ana, heard } = await start(({ raw, answer }) =>
      answer(raw['type'] === 2 ? 4 : 6, raw['type'] === 2 ? card(row(button('On', 'on'))) : {}),
    )
    discord.role('labelers', { people: ['Ana'] })
    await ana.command('/label')
    discord.takeRole('Ana', 'labelers')
    await ana.press('On')
    expect(object(heard.at(-1)?.['member'])['roles']).toEqual([])
  })

  test('in a direct message there is no member, no guild, and other permissions', async () => {
    const { ana, heard } = await start(({ answer }) => answer(4, { content: 'x' }))
    await ana.command('/label', { channel: 'dm' })
    const sent = heard.at(-1) ?? {}
    expect(sent['member']).toBeUndefined()
    expect(sent['guild_id']).toBeUndefined()
    expect(sent['context']).toBe(1)
    expect(object(sent['user'])['id']).toBe(ana.id)
  })
})

describe('refused', () => {
  test('somebody whose app is silent is told so and keeps what they wrote', async () => {
    let silent = 0
    const { ana } = await start(
      ({ raw, answer }) => {
        if (raw['type'] === 2) return answer(9, modal(label('Why', field('why'))))
        silent += 1
      },
      { ackMs: 250 },
    )
    await ana.command('/label')
    await ana.fill('Why', 'a long thought')
    const told = { ok: false, problem: 'Something went wrong. Try again.' }
    expect(await ana.submit()).toEqual(told)
    expect(ana.modal()?.text).toContain('a long thought')
    expect(silent).toBe(1)
  })

  test('a press nobody answers, lost on its way or late', async () => {
    const late: Called[] = []
    const { discord, ana } = await start(
      async ({ raw, answer }) => {
        if (raw['type'] === 2) return answer(4, card(row(button('On', 'on'))))
        late.push(await answer(6))
      },
      { ackMs: 250 },
    )
    await ana.command('/label')
    discord.faults.nextDelivery({ lose: true })
    expect(await ana.press('On')).toEqual({ ok: false, problem: 'This interaction failed' })
    discord.faults.nextDelivery({ delayMs: 400 })
    expect(await ana.press('On')).toMatchObject({ ok: false })
    await expect.poll(() => late.map(({ body }) => body['code'])).toEqual([10062])
  })
})

describe('twice', () => {
  test('a double press is two interactions, and both are answered', async () => {
    let count = 0
    const { ana } = await start(({ raw, answer }) => {
      if (raw['type'] === 2) return answer(4, card(row(button('On', 'on'))))
      count += 1
      return answer(7, card(said(`pressed ${count}`), row(button('On', 'on'))))
    })
    await ana.command('/label')
    expect(await Promise.all([ana.press('On'), ana.press('On')])).toEqual([
      { ok: true },
      { ok: true },
    ])
    expect(count).toBe(2)
  })
})

/** People of the stand-in Discord: what they may do is what a real client lets them do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { object, objects, text } from '../../../sandbox/json.ts'
import type { Heard } from './bot.ts'
import {
  type Bot,
  button,
  card,
  field,
  label,
  menu,
  modal,
  openBot,
  options,
  row,
  said,
} from './bot.ts'

let bot: Bot

async function handle({ raw, answer, edit }: Heard): Promise<unknown> {
  const data = object(raw['data'])
  const name = text(data['name']) || text(data['custom_id'])
  const task = (state: string) =>
    card(
      said(`### Which answer is better?\nThis is \\*data\\*, ${state}`),
      menu('Best', 'best', 'Alpha', 'Beta', 'Gamma'),
      row(button('Write answer', 'write'), button('Never', 'never', { disabled: true })),
    )
  if (raw['type'] === 4) return answer(8, { choices: [{ name: 'prefs', value: 'ds_1' }] })
  if (name === 'label' || name === 'parley') return answer(4, task('new'))
  if (name === 'best') {
    await answer(6)
    return edit({
      components: task(`ranked ${JSON.stringify(data['values'])}`)['components'] ?? [],
    })
  }
  if (name === 'write') {
    return answer(
      9,
      modal(
        said('The prompt once more'),
        label('Answer', field('text', { min_length: 3, max_length: 10 })),
        label('Clarity', { type: 21, custom_id: 'clarity', options: options('Low', 'High') }),
        label('Labels', {
          type: 22,
          custom_id: 'labels',
          required: false,
          min_values: 0,
          options: options('Unsafe', 'Off topic'),
        }),
        label('Sure', { type: 23, custom_id: 'sure' }),
      ),
    )
  }
  if (name === 'form') return answer(7, task(`answered ${JSON.stringify(valuesOf(raw))}`))
  if (name === 'Use as my answer') {
    const [message] = Object.values(object(object(data['resolved'])['messages']))
    return answer(4, { flags: 64, content: `used: ${text(object(message)['content'])}` })
  }
  if (name === 'think') {
    await answer(5, { flags: 64 })
    return edit({ content: 'done thinking' })
  }
  return undefined
}

function valuesOf(raw: Heard['raw']) {
  return objects(object(raw['data'])['components']).map((one) => {
    const inner = object(one['component'])
    return inner['values'] ?? inner['value'] ?? null
  })
}

beforeAll(async () => {
  bot = await openBot(handle, { people: [{ name: 'Ana' }, { name: 'Ben', locale: 'de' }] })
  await bot.register([
    { name: 'label', description: 'Your next task', name_localizations: { de: 'bewerten' } },
    { name: 'think', description: 'Think' },
    {
      name: 'parley',
      description: 'Feedback',
      options: [
        {
          type: 1,
          name: 'next',
          description: 'Next',
          options: [
            { type: 3, name: 'dataset', description: 'Which', autocomplete: true },
            { type: 4, name: 'count', description: 'How many' },
          ],
        },
      ],
    },
    { name: 'parley-admin', description: 'Admin', default_member_permissions: '32' },
    { name: 'Use as my answer', type: 3 },
  ])
})
afterAll(() => bot.close())

describe('happy', () => {
  test('somebody labels through a card, a menu and a form', async () => {
    const { ana } = bot
    expect(await ana.command('/label')).toEqual({ ok: true })
    await ana.receives('Which answer is better?')
    expect(ana.screen()).toContain('This is *data*, new')
    await ana.choose('Best', 'Beta')
    await ana.receives('ranked ["beta"]')
    await ana.press('Write answer')
    expect(ana.modal()?.title).toBe('A form')
    await ana.fill('Answer', 'shorter')
    await ana.choose('Clarity', 'High')
    await ana.choose('Labels', 'Off topic', 'Unsafe')
    await ana.tick('Sure')
    expect(await ana.submit()).toEqual({ ok: true })
    expect(ana.modal()).toBeNull()
    await ana.receives('answered [null,"shorter","high",["unsafe","off topic"],true]')
  })

  test('only the person who asked sees a private message, until they reload', async () => {
    const ben = bot.discord.person('Ben')
    await ben.command('/bewerten')
    expect(ben.messages().length).toBe(1)
    expect(bot.ana.screen()).not.toContain('Ben')
    ben.reload()
    expect(ben.messages()).toEqual([])
  })

  test('options are offered while one types, and sent as filled in', async () => {
    expect(await bot.ana.autocomplete('/parley next dataset:pr')).toEqual([
      { name: 'prefs', value: 'ds_1' },
    ])
    const typing = objects(object(bot.heard.at(-1)?.['data'])['options'])[0]
    expect(typing?.['options']).toEqual([{ name: 'dataset', type: 3, value: 'pr', focused: true }])
    await bot.ana.command('/parley next dataset:a long name count:3')
    const sent = objects(object(bot.heard.at(-1)?.['data'])['options'])[0]
    expect(sent?.['options']).toEqual([
      { name: 'dataset', type: 3, value: 'a long name' },
      { name: 'count', type: 4, value: 3 },
    ])
  })

  test('a message of one’s own is handed over by the context menu', async () => {
    await bot.ana.post('general', 'why is the sky blue?')
    await bot.ana.useMessage('Use as my answer', 'sky blue')
    await bot.ana.receives('used: why is the sky blue?')
  })

  test('somebody waits while the app is thinking', async () => {
    await bot.ana.command('/think')
    await bot.ana.receives('done thinking')
  })
})

describe('forbidden', () => {
  test('commands for admins are not in the menu of others, until an admin says so', async () => {
    expect(bot.ana.commands()).not.toContain('/parley-admin')
    await expect(bot.ana.command('/parley-admin')).rejects.toThrow('not offered /parley-admin')
    bot.discord.role('keepers', { permissions: ['MANAGE_GUILD'], people: ['Ben'] })
    expect(bot.discord.person('Ben').commands()).toContain('/parley-admin')
    bot.discord.overwriteCommand('parley-admin', { person: 'Ana' }, true)
    expect(bot.ana.commands()).toContain('/parley-admin')
    bot.discord.overwriteCommand('parley-admin', { person: 'Ana' }, false)
    expect(bot.ana.commands()).not.toContain('/parley-admin')
  })
})

describe('refused', () => {
  test('a form that is not finished says what is missing and is not sent', async () => {
    const { ana } = bot
    await ana.command('/label')
    await ana.press('Write answer')
    const before = bot.heard.length
    await ana.fill('Answer', 'ab')
    expect(await ana.submit()).toMatchObject({ ok: false })
    expect(ana.errors()).toEqual({
      text: 'Answer: Must be 3 or more in length.',
      clarity: 'Clarity: This is a required field.',
    })
    await expect(ana.press('Write answer')).rejects.toThrow('A form covers')
    await ana.dismiss()
    expect(bot.heard.length).toBe(before)
  })

  test('what is switched off, not there or not offered cannot be used', async () => {
    const { ana } = bot
    await ana.command('/label')
    await expect(ana.press('Never')).rejects.toThrow('switched off')
    await expect(ana.press('Nowhere')).rejects.toThrow('sees no button "Nowhere"')
    await expect(ana.choose('Best', 'Delta')).rejects.toThrow('No option reads "Delta"')
    await expect(ana.choose('Best', 'Alpha', 'Beta')).rejects.toThrow('At most 1')
    await expect(ana.command('/parley last')).rejects.toThrow('it has next')
  })
})

/** What people do on Discord, as the payload tells it, and what Parley takes it for. */

import { describe, expect, test } from 'vitest'
import { formId } from '../../../adapters/discord/receive/form-ids.ts'
import { readMessageText } from '../../../adapters/discord/receive/own-message.ts'
import { startId } from '../../../adapters/discord/receive/page-ids.ts'
import { expectationsOf, parseInteraction } from '../../../adapters/discord/receive/parse.ts'
import type { Parsed } from '../../../adapters/discord/receive/parsed.ts'
import { isPrivate, personOf, type Raw } from '../../../adapters/discord/receive/payload.ts'
import { openId, readId } from '../../../adapters/discord/receive/task-ids.ts'
import { text } from '../../../src/chat/commands/arguments.ts'
import { defineCommand } from '../../../src/chat/commands/command.ts'
import { nextId, pressId, rankId, skipId } from '../../../src/chat/port/ids.ts'
import { words } from '../../../src/chat/words/words.ts'

const said = words(undefined)
const by = {
  platform: 'discord',
  workspace: '',
  userId: '42',
  channelId: '7',
  guildId: '5',
  roles: ['11', '12'],
  locale: 'de',
}
const where = {
  id: '1234567890123456789',
  guild_id: '5',
  channel_id: '7',
  member: { user: { id: '42' }, roles: ['11', '12'] },
  locale: 'de',
  context: 0,
}
const card = { ...where, message: { id: '99', flags: 64 | (1 << 15) } }

describe('happy: commands', () => {
  test.each([
    ['parley', 'next', {}, { type: 'next' }],
    ['parley', 'next', { dataset: 'prefs' }, { type: 'next', dataset: 'prefs' }],
    ['parley', 'resume', {}, { type: 'next' }],
    ['parley', 'datasets', {}, { type: 'datasets' }],
    ['parley', 'progress', {}, { type: 'progress' }],
    ['parley', 'history', {}, { type: 'history' }],
    ['parley', 'home', {}, { type: 'home' }],
    ['parley', 'help', {}, { type: 'help' }],
    ['parley', 'reminders', {}, { type: 'reminders' }],
    ['parley-admin', 'progress', {}, { type: 'admin-progress' }],
    ['parley-admin', 'progress', { dataset: 'p' }, { type: 'admin-progress', dataset: 'p' }],
    ['parley-admin', 'stats', { dataset: 'p' }, { type: 'admin-stats', dataset: 'p' }],
    ['parley-admin', 'publish', { dataset: 'p' }, { type: 'admin-publish', dataset: 'p' }],
    ['parley-admin', 'pause', { dataset: 'p' }, { type: 'admin-pause', dataset: 'p' }],
    ['parley-admin', 'preview', { dataset: 'p' }, { type: 'admin-preview', dataset: 'p' }],
    ['parley-admin', 'export', { dataset: 'p' }, { type: 'admin-export-form', dataset: 'p' }],
    [
      'parley-admin',
      'export',
      { dataset: 'p', format: 'preference', pairs: 'all' },
      { type: 'admin-export', dataset: 'p', format: 'preference', options: { pairs: 'all' } },
    ],
    ['parley-admin', 'import', { dataset: 'p' }, { type: 'admin-import-form', dataset: 'p' }],
    ['parley-admin', 'claim', { code: 'AB-12' }, { type: 'claim-admin', code: 'AB-12' }],
    ['parley-admin', 'help', {}, { type: 'admin-help' }],
    [
      'parley-admin',
      'post',
      { dataset: 'p', channel: '8', records: 3, closes: 24 },
      { type: 'admin-post', dataset: 'p', channel: '8', records: 3, closesInHours: 24 },
    ],
    ['parley-admin', 'hub', { dataset: 'p' }, { type: 'admin-hub', dataset: 'p' }],
    [
      'parley-admin',
      'deliver',
      { dataset: 'p', to: 'everyone', each: 20, due: '2026-12-24' },
      { type: 'admin-deliver', dataset: 'p', to: 'everyone', each: 20, due: '2026-12-24' },
    ],
    [
      'parley-admin',
      'deliver',
      { dataset: 'p', to: '@ana', again: true },
      { type: 'admin-deliver', dataset: 'p', to: '@ana', again: true },
    ],
    [
      'parley-admin',
      'deliver',
      { dataset: 'p', to: '@labelers', count: true },
      { type: 'admin-deliver', dataset: 'p', to: '@labelers', counts: true },
    ],
    [
      'parley-admin',
      'remind',
      { dataset: 'p', on: false },
      { type: 'admin-remind', dataset: 'p', on: false },
    ],
  ])('/%s %s %j', (name, sub, options, gesture) => {
    expect(gestureOf(command(name, sub, options))).toEqual({ by, ...gesture })
  })

  test('/label is short for /parley next, and keeps what a newcomer wished for', () => {
    const raw = { ...where, type: 2, data: { name: 'label', options: optionsOf({ dataset: 'p' }) } }
    expect(parseInteraction(raw)).toEqual({
      type: 'gesture',
      gesture: { by, type: 'next', dataset: 'p' },
      asked: { wish: 'p' },
    })
  })

  test('a file that comes with the command is imported without a form', () => {
    const raw = command('parley-admin', 'import', { dataset: 'p', file: '77' })
    raw.data = {
      ...raw.data,
      resolved: {
        attachments: { 77: { filename: 'a.jsonl', size: 3, url: 'https://x.example/a' } },
      },
    }
    expect(parseInteraction({ ...raw, attachment_size_limit: 1000 })).toEqual({
      type: 'import',
      by,
      dataset: 'p',
      file: { name: 'a.jsonl', size: 3, url: 'https://x.example/a' },
      most: 1000,
    })
  })

  test('an option being typed is looked up, with the dataset named beside it', () => {
    const options = [
      { name: 'dataset', type: 3, value: 'prefs' },
      { name: 'format', type: 3, value: 'pre', focused: true },
    ]
    const data = { name: 'parley-admin', options: [{ name: 'export', type: 1, options }] }
    expect(parseInteraction({ ...where, type: 4, data })).toEqual({
      type: 'autocomplete',
      by,
      ask: {
        ...{ option: 'format', suggests: 'export formats', text: 'pre' },
        ...{ dataset: 'prefs', rank: 'admin' },
      },
    })
  })

  test('what is suggested follows from the command, not from the name of its option', () => {
    const about = { en: 'Which one', de: 'Welcher' }
    const copy = defineCommand({
      ...{ rank: 'labeler', name: 'copy', german: 'kopieren', about },
      arguments: {
        from: text({ german: 'aus', about, suggests: 'datasets' }),
        dataset: text({ german: 'name', about }),
      },
      gesture: () => ({ type: 'home' }),
    })
    const ask = (focused: string) => {
      const options = ['from', 'dataset'].map((name) => ({
        ...{ name, type: 3, value: 'pre', focused: name === focused },
      }))
      const data = { name: 'parley', options: [{ name: 'copy', type: 1, options }] }
      return parseInteraction({ ...where, type: 4, data }, [copy])
    }
    expect(ask('from')).toMatchObject({ ask: { suggests: 'datasets', dataset: null } })
    expect(ask('dataset')).toMatchObject({ ask: { suggests: null, dataset: 'pre' } })
  })
})

describe('happy: one’s own message', () => {
  const use = (author: string, content: string, name = 'Use as my answer'): Raw => ({
    ...where,
    type: 2,
    data: {
      type: 3,
      name,
      target_id: '9',
      resolved: { messages: { 9: { content, author: { id: author } } } },
    },
  })

  test('becomes the answer as it was typed', () => {
    expect(gestureOf(use('42', 'As *I* typed it.\n'))).toEqual({
      by,
      type: 'use',
      text: 'As *I* typed it.\n',
    })
    expect(expectationsOf(use('42', 'x')).mayOpenModal).toBe(true)
  })

  test('shows names instead of ids', () => {
    expect(
      readMessageText({
        content: 'Ask <@42> or <@!43> <:wave:123>, not <@44>',
        mentions: [
          { id: '42', username: 'ana', global_name: 'Ana' },
          { id: '43', username: 'ben' },
        ],
      }),
    ).toBe('Ask @Ana or @ben :wave:, not <@44>')
  })

  test('somebody else’s is refused', () => {
    expect(sayOf(use('43', 'theirs'))).toBe(said.notYourMessage)
  })
})

describe('happy: presses', () => {
  test.each([
    [
      pressId('12-345', 2, 1),
      { type: 'press', assignmentId: '12-345', schemaVersion: 2, press: 1 },
    ],
    [
      rankId('12-345', 2, 4, 'same'),
      { type: 'rank', assignmentId: '12-345', schemaVersion: 2, step: 4, tap: 'same' },
    ],
    [
      rankId('12-345', 2, 4, 9),
      { type: 'rank', assignmentId: '12-345', schemaVersion: 2, step: 4, tap: 9 },
    ],
    ['v1:undo:12-345', { type: 'undo', assignmentId: '12-345' }],
    [openId('12-345'), { type: 'open', assignmentId: '12-345' }],
    [openId('12-345', { editing: true }), { type: 'edit', assignmentId: '12-345' }],
    [skipId('12-345', 'unsafe'), { type: 'discard', assignmentId: '12-345', reason: 'unsafe' }],
    [nextId('prefs'), { type: 'next', dataset: 'prefs' }],
    [nextId(), { type: 'next' }],
    [startId(3, 'prefs'), { type: 'consent', version: 3, dataset: 'prefs' }],
    [
      startId(3, 'prefs', 'Europe/Berlin'),
      { type: 'consent', version: 3, dataset: 'prefs', zone: 'Europe/Berlin' },
    ],
    [startId(3, undefined, 'UTC'), { type: 'consent', version: 3, zone: 'UTC' }],
    ['v1:begin:8:prefs', { type: 'start-reminded', reminderId: '8', dataset: 'prefs' }],
    ['v1:home', { type: 'home' }],
    ['v1:history', { type: 'history' }],
    ['v1:vote:12', { type: 'vote', postId: '12', on: '99' }],
    ['v1:hub:start:prefs', { type: 'next', dataset: 'prefs' }],
    ['v1:hub:progress:', { type: 'progress' }],
    ['v1:invited:8', { type: 'start-invitation', invitationId: '8' }],
    ['v1:later:8:hour', { type: 'remind-later', reminderId: '8', until: 'hour' }],
    ['v1:off:8', { type: 'turn-off', reminderId: '8' }],
    ['v1:prefer:at:09:30', { type: 'prefer', change: { digestAt: '09:30' } }],
    ['v1:prefer:days:135', { type: 'prefer', change: { days: [1, 3, 5] } }],
    ['v1:of:publish:prefs', { type: 'admin-publish', dataset: 'prefs' }],
    ['v1:of:export:prefs', { type: 'admin-export-form', dataset: 'prefs' }],
  ])('%s', (custom_id, gesture) => {
    expect(gestureOf(press(custom_id))).toEqual({ by, ...gesture })
  })

  test('a menu’s chosen option is the press', () => {
    const raw = press('v1:menu:12-345:skip', [skipId('12-345', 'broken')])
    expect(gestureOf(raw)).toMatchObject({ type: 'discard', reason: 'broken' })
    const read = press('v1:menu:12-345:read', [
      readId({ assignmentId: '12-345', schemaVersion: 2 }, { output: 1 }, 0, 'new'),
    ])
    expect(parseInteraction(read)).toMatchObject({ type: 'read', part: { output: 1 }, as: 'new' })
  })

  test('a form with another step knows where it continues', () => {
    const raw = press(openId('12-345', { start: { question: 3, part: 5 }, editing: true }))
    expect(parseInteraction(raw)).toMatchObject({
      type: 'open',
      gesture: { type: 'edit' },
      start: { question: 3, part: 5 },
    })
  })
})

describe('happy: forms', () => {
  test('entries are found by question and part, files separately', () => {
    const meta = {
      ...{ assignmentId: '12-345', schemaVersion: 2, nonce: '1234567890123456789' },
      ...{ next: { question: 4, part: 0 }, isPart: true, editing: true },
    }
    const input = (key: string, component: object) => ({
      type: 18,
      component: { custom_id: `v1:in:${key}:1234567890123456789`, ...component },
    })
    const parsed = parseInteraction({
      ...card,
      type: 5,
      data: {
        custom_id: formId(meta),
        components: [
          { type: 10 },
          input('0:', { type: 4, value: 'typed' }),
          input('0:^', { type: 19, values: ['77'] }),
          input('1:pair', { type: 21, value: 'a' }),
          input('2:0', { type: 3, values: [] }),
        ],
        resolved: {
          attachments: { 77: { filename: 'a.md', size: 3, url: 'https://x.example/a' } },
        },
      },
    })
    expect(parsed).toEqual({
      type: 'form',
      by,
      meta,
      entered: new Map<string, object>([
        ['0:', { text: 'typed' }],
        ['0:^', {}],
        ['1:pair', { chosen: ['a'] }],
        ['2:0', { chosen: [] }],
      ]),
      files: new Map([['0:^', { name: 'a.md', size: 3, url: 'https://x.example/a' }]]),
    })
    expect(formId(meta).length).toBeLessThanOrEqual(100)
  })

  test('the longest possible ids fit', () => {
    const assignmentId = `${'9'.repeat(18)}-${'9'.repeat(18)}`
    const meta = {
      ...{ assignmentId, schemaVersion: 9999, nonce: '9'.repeat(20) },
      ...{ next: { question: 99, part: 50 }, isPart: true, editing: true },
    }
    const start = { question: 99, part: 50 }
    for (const id of [
      formId(meta),
      openId(assignmentId, { start, editing: true }),
      rankId(assignmentId, 9999, 999, 'same'),
      readId({ assignmentId, schemaVersion: 9999 }, { field: 'f'.repeat(30) }, 999, 'turn'),
    ])
      expect(id.length).toBeLessThanOrEqual(100)
  })
})

describe('happy: a person’s details and place', () => {
  test('roles and language come from the payload; a direct message has no roles', () => {
    expect(personOf({ ...where, type: 2 })).toEqual(by)
    expect(
      personOf({ id: '1', type: 2, user: { id: '42' }, channel: { id: '7' }, context: 1 }),
    ).toEqual({ platform: 'discord', workspace: '', userId: '42', channelId: '7' })
  })

  test('a press changes only a message that nobody else sees', () => {
    const shared = { ...press('v1:vote:12'), message: { id: '99', flags: 1 << 15 } }
    expect(isPrivate(shared)).toBe(false)
    expect(expectationsOf(shared).place).toBe('new')
    expect(expectationsOf(press(pressId('12-345', 2, 1)))).toMatchObject({
      place: 'update',
      mayOpenModal: true,
    })
    const dm = { ...shared, guild_id: undefined, context: 1 }
    expect(expectationsOf(dm)).toMatchObject({ place: 'update', isDm: true })
  })

  test('readers open beside the card, and turn in place', () => {
    const on = { assignmentId: '12-345', schemaVersion: 2 }
    const read = (as: 'new' | 'turn') => expectationsOf(press(readId(on, { output: 0 }, 1, as)))
    expect(read('new').place).toBe('new')
    expect(read('turn').place).toBe('update')
  })

  test('a form never opens after a form', () => {
    const raw = { ...card, type: 5, data: { custom_id: 'v1:form:12-345:2:::1' } }
    expect(expectationsOf(raw).mayOpenModal).toBe(false)
    expect(expectationsOf({ ...where, type: 1 }).isPing).toBe(true)
    expect(expectationsOf({ ...where, type: 4, data: {} }).isAutocomplete).toBe(true)
  })
})

describe('refused: what this version never drew is an old button', () => {
  test.each([
    ...['', 'v1', 'v1:', 'v2:press:12-345:2:1', 'v1:press:12-345:x:1', 'v1:rank:12-345:2:1:up'],
    ...['v1:skip:12-345:rude', 'v1:read:12-345:2:0:z:1', 'v1:menu:x', 'v1:pick:12-345:2', 'junk'],
  ])('%j', (custom_id) => {
    expect(sayOf(press(custom_id))).toBe(said.oldButton)
  })

  test('a form of another version, and payloads of unknown kinds', () => {
    const modal = { ...card, type: 5, data: { custom_id: 'v9:form:1' } }
    expect(sayOf(modal)).toBe(said.oldButton)
    expect(sayOf({ ...where, type: 99 })).toBe(said.oldButton)
    expect(sayOf(command('parley', 'dance', {}))).toContain('“dance”')
    expect(sayOf({ ...where, type: 2, data: { name: 'other' } })).toContain('“other”')
  })
})

function press(custom_id: string, values?: string[]): Raw {
  return { ...card, type: 3, data: { custom_id, ...(values ? { values } : {}) } }
}

function command(name: string, sub: string, options: Record<string, unknown>): Raw {
  return {
    ...where,
    type: 2,
    data: { name, type: 1, options: [{ name: sub, type: 1, options: optionsOf(options) }] },
  }
}

function optionsOf(options: Record<string, unknown>) {
  return Object.entries(options).map(([name, value]) => ({
    name,
    type: 3,
    value: typeof value === 'number' || typeof value === 'boolean' ? value : String(value),
  }))
}

function gestureOf(raw: Raw): unknown {
  const parsed = parseInteraction(raw)
  return 'gesture' in parsed ? parsed.gesture : parsed
}

function sayOf(raw: object): string | Parsed {
  const parsed = parseInteraction({ id: '1', type: 0, ...raw })
  return parsed.type === 'say' ? parsed.text(said) : parsed
}

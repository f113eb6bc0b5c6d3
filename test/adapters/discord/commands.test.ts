/** The commands people find: within Discord's limits, in two languages, told only when they differ. */
import { describe, expect, test } from 'vitest'
import { commands, inviteLink, isSame } from '../../../adapters/discord/receive/commands.ts'

type Named = {
  name: string
  description?: string
  name_localizations?: { de: string }
  description_localizations?: { de: string }
  options?: Named[]
}

/** A command with all that is below it, and the names beside each. */
function all(one: Named): Named[] {
  return [one, ...(one.options ?? []).flatMap(all)]
}
const everything = (commands as readonly Named[]).flatMap(all)
const slash = (commands as readonly (Named & { type: number })[]).filter(({ type }) => type === 1)

/** As Discord gives them back: with ids, versions and what was not said. */
const asKept = () =>
  commands.map((one, n) => ({
    ...one,
    id: `10000000000000000${n}`,
    application_id: '1',
    version: '1',
    nsfw: false,
    default_permission: true,
    default_member_permissions: null,
    ...(one.default_member_permissions
      ? { default_member_permissions: one.default_member_permissions }
      : {}),
    dm_permission: true,
  }))

describe('happy: commands', () => {
  test('are exactly those the documentation lists', () => {
    expect(commands.map(({ name }) => name)).toEqual([
      ...[
        'label',
        'parley',
        'parley-admin',
        'Use as my answer',
        'Ask two models',
        'Send to Parley',
      ],
    ])
  })

  test.each(slash.flatMap(all).map((one) => [one.name, one] as const))(
    '%s has a name and a description that Discord takes, in both languages',
    (_, one) => {
      const name = /^[-_'\p{L}\p{N}]{1,32}$/u
      for (const said of [one.name, one.name_localizations?.de ?? '']) {
        expect(said).toMatch(name)
        expect(said).toBe(said.toLowerCase())
      }
      for (const said of [one.description ?? '', one.description_localizations?.de ?? '']) {
        expect(said.length).toBeGreaterThan(0)
        expect([...said].length).toBeLessThanOrEqual(100)
      }
    },
  )

  test('sibling names differ, in German too', () => {
    for (const { options = [] } of everything) {
      expect(new Set(options.map(({ name }) => name)).size).toBe(options.length)
      const german = options.map(({ name_localizations }) => name_localizations?.de)
      expect(new Set(german).size).toBe(options.length)
    }
  })

  test('required options come before optional ones', () => {
    for (const { options = [] } of everything) {
      const required = options.map((one) => 'required' in one && one.required === true)
      expect(required).toEqual(required.toSorted((a, b) => Number(b) - Number(a)))
    }
  })

  test('a command has at most 8000 characters in its longest language', () => {
    for (const command of slash) {
      const sum = all(command).reduce(
        (total, { name, description = '', name_localizations, description_localizations }) =>
          total +
          Math.max(name.length, name_localizations?.de.length ?? 0) +
          Math.max(description.length, description_localizations?.de.length ?? 0),
        0,
      )
      expect(sum).toBeLessThanOrEqual(8000)
    }
  })

  test('admin commands are hidden from people without Manage Server', () => {
    const [admin] = commands.filter(({ name }) => name === 'parley-admin')
    expect(admin?.default_member_permissions).toBe('32')
  })
})

describe('twice: registering', () => {
  test('commands that Discord has already are not registered again, whatever keys it adds', () => {
    expect(isSame(commands, asKept())).toBe(true)
    expect(isSame(commands, asKept().reverse())).toBe(true)
  })

  test.each<[string, (kept: Record<string, unknown>[]) => unknown]>([
    ['nothing is there', () => []],
    ['one is missing', (kept) => kept.slice(1)],
    ['one is too many', (kept) => [...kept, { ...kept[0], name: 'old' }]],
    ['a description changed', ([one, ...rest]) => [{ ...one, description: 'Old' }, ...rest]],
    [
      'a German name is missing',
      ([one, ...rest]) => [{ ...one, name_localizations: null }, ...rest],
    ],
    ['an option is gone', ([one, ...rest]) => [{ ...one, options: [] }, ...rest]],
    [
      'an option is required now',
      ([one, ...rest]) => [
        { ...one, options: [{ ...Object(one?.['options'])[0], required: true }] },
        ...rest,
      ],
    ],
    [
      'everybody sees the admin commands',
      (kept) => kept.map((one) => ({ ...one, default_member_permissions: null })),
    ],
    ['Discord answers something else', () => ({ message: 'no' })],
  ])('it differs when %s', (_, change) => {
    expect(isSame(commands, change(asKept()))).toBe(false)
  })
})

describe('happy: adding Parley to a server', () => {
  test('the link asks only for the permissions Parley uses', () => {
    const link = new URL(inviteLink('123'))
    expect(link.searchParams.get('client_id')).toBe('123')
    expect(link.searchParams.get('scope')).toBe('bot applications.commands')
    // View, send, embed, attach, read history, send in threads.
    expect(link.searchParams.get('permissions')).toBe('274878024704')
  })
})

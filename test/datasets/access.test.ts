/** Who is let in by an access list, and what an admin is told when it lets nobody in. */
import { describe, expect, test } from 'vitest'
import { accessProblem, groupsIn, mayLabel } from '../../src/datasets/access/access.ts'
import type { Access } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'

const ana = { platform: 'slack', workspace: 'T1', userId: 'U1' } as const
const ben = { platform: 'discord', workspace: '', userId: '42' } as const
const may = (access: Access | undefined, person: typeof ana | typeof ben = ana) =>
  mayLabel({ document: { access } }, person)

describe('happy', () => {
  test('everyone is let in on every platform', () => {
    expect(may('everyone')).toBe(true)
    expect(may('everyone', ben)).toBe(true)
    expect(accessProblem('everyone')).toBeNull()
  })
  test.each(['U1', '<@U1>', '<@U1|ana>', 'slack:T1:U1', 'T1:U1'])(
    'ana is let in as %s',
    (entry) => {
      expect(may({ slack: ['U9', entry] })).toBe(true)
      expect(accessProblem({ slack: [entry] })).toBeNull()
    },
  )
  test.each(['42', '<@42>', '<@!42>', 'discord:42'])('ben is let in as %s', (entry) => {
    expect(may({ discord: [entry] }, ben)).toBe(true)
  })
})

describe('happy: channels and groups', () => {
  const found = ['<#C0123ABCD|ml>', '<!subteam^S0123ABCD|@evals>', 'C0123ABCD', 'S0123ABCD']
  test.each(found)('who is in %s is let in', (entry) => {
    const access = { slack: ['U9', entry] }
    expect(groupsIn(access, 'slack')).toEqual([entry])
    expect(mayLabel({ document: { access } }, ana)).toBe(false)
    expect(mayLabel({ document: { access } }, ana, new Set([entry]))).toBe(true)
    expect(accessProblem(access)).toBeNull()
  })
  test.each(['#ml', '@evals'])('%s lets nobody in before it is found', (entry) => {
    expect(accessProblem({ slack: [entry] })).toBeNull()
    expect(groupsIn({ slack: [entry] }, 'slack')).toEqual([])
    expect(may({ slack: [entry] })).toBe(false)
  })
})

describe('happy: roles and channels of Discord', () => {
  test.each(['<@&123:456|@verified>', '<#123:456|arena>', '<@&123>'])(
    'who is in %s is let in',
    (entry) => {
      const access = { discord: [entry] }
      expect(groupsIn(access, 'discord')).toEqual([entry])
      expect(may(access, ben)).toBe(false)
      expect(mayLabel({ document: { access } }, ben, new Set([entry]))).toBe(true)
      expect(accessProblem(access)).toBeNull()
    },
  )
  test.each(['#arena', '@verified', '@Verified Person'])('%s waits to be found', (entry) => {
    expect(accessProblem({ discord: [entry] })).toBeNull()
    expect(groupsIn({ discord: [entry] }, 'discord')).toEqual([])
  })
})

describe('forbidden', () => {
  test('nobody is let in while access is unset', () => {
    expect(may(undefined)).toBe(false)
    expect(accessProblem(undefined)).toMatch(/Nobody may label yet/)
  })
  test('a person of another workspace or platform is not let in', () => {
    expect(may({ slack: ['slack:T2:U1'] })).toBe(false)
    expect(may({ discord: ['42'] })).toBe(false)
    expect(may({ slack: ['U1'] }, ben)).toBe(false)
    expect(may({ slack: ['u1', 'U12'] })).toBe(false)
  })
})

describe('refused', () => {
  test('a Discord entry that is not a person gets the valid forms', () => {
    expect(accessProblem({ discord: ['ben'] })).toMatch(/"ben".*"#channel", or "@role"/)
  })
  test('an entry that is not a person gets an example of one', () => {
    expect(accessProblem({ slack: ['ana'] })).toMatch(/"ana", which is not a person.*U0123ABCD/)
    expect(accessProblem({ slack: [] })).toMatch(/empty/)
  })
  test.each([
    ['access: { discord: ["everyone of discord:G1"] }', 'line 3 access.discord.0'],
    ['access: { slack: [U0123ABCD, ana] }', 'line 3 access.slack.1'],
    ['access: everyone\nposts: { roles: { discord: [ben] } }', 'line 4 posts.roles.discord.0'],
    ['access: { slack: [] }', 'line 3 access'],
  ])('a document says so before it is stored: %s', (lines, key) => {
    const text = `name: a\ntemplate: comparison\n${lines}`
    expect(() => parseDocument(text)).toThrow(
      expect.objectContaining({
        problems: { [key]: expect.stringMatching(/names (nobody|".*", which is not)/) },
      }),
    )
  })
})

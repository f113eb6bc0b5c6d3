/** The terminal as an admin uses it: real processes, a dataset's whole life, and every wrong setting. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { type Ended, environmentOf, startCommand, typeCommand } from '../support/command.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { journeySecret } from '../support/journey.ts'
import { freePort } from '../support/redis.ts'

let database: TestDatabase
let slack: SlackStandIn
let folder: string

beforeAll(async () => {
  database = await openTestDatabase()
  slack = await openSlackStandIn({ people: [{ name: 'Cleo' }] })
  folder = mkdtempSync(join(tmpdir(), 'parley-terminal-'))
})
afterAll(async () => {
  await slack.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a command to its end; `until` stops a service once it has said so. */
function parley(
  args: readonly string[],
  more: Record<string, string | undefined> = {},
  until?: string,
): Promise<Ended> {
  const house = { folder, databaseUrl: database.url, secret: journeySecret }
  const { child, ended } = startCommand(args, {
    env: environmentOf(house, more),
    onErr: (err) => {
      // Once: a second one would mean "at once".
      if (until && !child.killed && err.includes(until)) child.kill('SIGTERM')
    },
  })
  child.stdin?.end()
  return ended
}

/** The same in a terminal that stays open, where nothing is said about the process itself. */
function typed(args: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const house = { folder, databaseUrl: database.url, secret: journeySecret }
  return typeCommand(args, { env: environmentOf(house, more) })
}

function write(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('happy: a dataset from the terminal', () => {
  test('Cleo writes a document, imports lines of which some are bad, publishes, previews and exports', async () => {
    const document = write(
      'prefs.yaml',
      'name: prefs\ntemplate: comparison\ntitle: Which is better?\naccess: everyone\n',
    )
    const created = await parley(['dataset', 'create', document])
    expect(created).toMatchObject({ code: 0 })

    const good = { id: 'a', prompt: 'Why?', outputs: ['x', 'y'] }
    const lines = [
      JSON.stringify(good),
      '{"id": "b", "prompt": "broken',
      JSON.stringify({ id: 'c', prompt: 'Why?', outputs: ['x', true] }),
      `{"id":"d","prompt":${'['.repeat(120)}${']'.repeat(120)}}`,
      JSON.stringify({ id: 'e', prompt: 'zero \u0000', outputs: ['x', 'y'] }),
      '{"id":"f","prompt":"half \\ud800","outputs":["x","y"]}',
      '{"id":"g","prompt":"proto","outputs":["x","y"],"__proto__":{"admin":true}}',
      JSON.stringify({ ...good, id: 'i', prompt: '__proto__' }),
      JSON.stringify({ ...good, id: 'h', prompt: 'x'.repeat(10_000_000) }),
    ]
    const file = write('lines.jsonl', lines.join('\n'))
    const imported = await parley(['import', 'prefs', file])
    expect(imported.code).toBe(2)
    for (const line of [2, 3, 4, 5, 6, 7, 9])
      expect(`\n${imported.out}`).toContain(`\nline ${line}`)
    expect(`\n${imported.out}`).not.toMatch(/\nline [18]\b/)
    expect(imported.out).toContain('2 created')
    expect(imported.err).not.toMatch(/\n\s+at /)
    const again = await typed(['import', 'prefs', file])
    expect(again.out).toContain('0 created, 0 updated, 2 unchanged')

    expect(await typed(['dataset', 'publish', 'prefs'], slack.env)).toMatchObject({ code: 0 })
    const cleo = slack.person('Cleo')
    const to = `slack:${slack.teamId}:${cleo.id}`
    const preview = (whom: string, env = {}) =>
      typed(['dataset', 'preview', 'prefs', '--to', whom], env)
    expect(await preview(to, slack.env)).toEqual({ code: 0, out: `Sent to ${to}.\n`, err: '' })
    expect(cleo.screen()).toContain('[A is better]')
    // Whoever cannot be met is named in one sentence, and nothing else is said.
    const discord = await openDiscordStandIn()
    discord.person('Ana')
    const closed = discord.person('Ben')
    discord.closeDms('Ben')
    for (const [whom, env, told] of [
      [`slack:${slack.teamId}:U0NOBODY`, slack.env, /^Parley cannot reach slack:\S+:U0NOBODY/],
      [to, {}, /^Slack is not connected here/],
      [
        'discord:123456789012345678',
        discord.env,
        /^Parley cannot reach discord:123456789012345678/,
      ],
      ['discord:ana', discord.env, /^Parley cannot reach discord:ana/],
      [`discord:${closed.id}`, discord.env, /takes no direct messages/],
    ] as const) {
      const { code, out, err } = await preview(whom, env)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(told)
      expect(err.trim().split('\n'), err).toHaveLength(1)
    }
    await discord.close()
    const exported = await parley(['export', 'prefs', '--as', 'records', '--to', '-'])
    expect(exported.code).toBe(0)
    const ids = exported.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).external_id)
    expect(ids).toEqual(['a', 'i'])
    // The one call that was refused asked for somebody who is not there.
    const seen = slack.faults.seen.map(({ detail }) => detail)
    expect(seen).toEqual([expect.stringContaining('user_not_found')])
  }, 300_000)
})

describe('refused: what is set wrong is said with its remedy, and nothing loops', () => {
  test('half of Slack’s secrets, no secret, no database, a taken port, a bad document', async () => {
    const closed = await freePort()
    const taken = createServer()
    await new Promise<void>((ready) => taken.listen(0, '127.0.0.1', ready))
    const at = taken.address()
    const port = String(typeof at === 'object' && at ? at.port : 0)
    const bad = write('bad.yaml', 'name: bad\ntemplate: comparson\ntitel: Oh\nquestions:\n\t- x\n')
    const wrong = write('wrong.yaml', 'name: wrong\ntemplate: comparson\ntitel: Oh\n')
    const { SLACK_SIGNING_SECRET } = slack.env
    const away = `postgres://nobody:nothing@127.0.0.1:${closed}/none`
    const cases: [Promise<Ended>, number, RegExp][] = [
      [parley(['start'], { SLACK_SIGNING_SECRET }), 2, /SLACK_BOT_TOKEN/],
      [parley(['start'], { PARLEY_SECRET: undefined }), 2, /PARLEY_SECRET.*openssl rand/s],
      [parley(['migrate'], { DATABASE_URL: away }), 1, /Nothing listens at .*DATABASE_URL/],
      [parley(['start'], { ...slack.env, PORT: port }), 1, /Port \d+ .* is taken.*Set PORT/s],
      [parley(['start'], { DATABASE_URL: 'mysql://x' }), 2, /postgres:\/\//],
      [typed(['dataset', 'create', bad]), 2, /bad\.yaml:5/],
      [
        typed(['dataset', 'create', wrong]),
        2,
        /wrong\.yaml:2 template: .*Did you mean "comparison"/s,
      ],
      [typed(['dataset', 'publish', 'nowhere']), 1, /There is no dataset "nowhere"/],
      [parley(['exprot']), 2, /export/],
    ]
    for (const [running, code, words] of cases) {
      const ended = await running
      expect(ended.err).toMatch(words)
      expect(ended.code, ended.err).toBe(code)
      expect(ended.err).not.toMatch(/\n\s+at .*\(/)
    }
    taken.close()
  }, 120_000)

  test('with Redis away the service starts all the same, says so once, and stops when asked', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`
    const { code, err } = await parley(['start'], { ...slack.env, REDIS_URL }, 'cannot be reached')
    expect(code).toBe(0)
    expect(err).toContain('Parley listens at')
    expect(err).toContain('Labeling goes on')
    expect(err.split('Labeling goes on')).toHaveLength(2)
    expect(err).not.toContain(slack.botToken)
  }, 120_000)
})

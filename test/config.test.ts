/** The environment: what is legal, what is not, and that every mistake is named at once. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isOpenToOthers } from '../src/config/data-dir.ts'
import {
  describeConfig,
  type Environment,
  loadConfig,
  openSecret,
  unknownVariables,
} from '../src/config.ts'
import { ParleyError } from '../src/errors.ts'

const signing = { SLACK_SIGNING_SECRET: 'signing-secret-1234' }
const bot = { SLACK_BOT_TOKEN: 'xoxb-1-2-abc' }
const app = { SLACK_APP_TOKEN: 'xapp-1-A-1-abc' }
const oauth = { SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'client-secret-1234' }
const discord = { DISCORD_APPLICATION_ID: '123', DISCORD_BOT_TOKEN: 'token' }
const publicKey = { DISCORD_PUBLIC_KEY: 'ab'.repeat(32) }

function problemsOf(env: Environment): Readonly<Record<string, string>> {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ParleyError) return error.problems
    throw error
  }
  return {}
}

describe('happy: the environment', () => {
  test('nothing set is enough to try Parley', () => {
    const config = loadConfig({})
    expect(config).toMatchObject({
      databaseUrl: null,
      redisUrl: null,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      slack: null,
      discord: null,
      admins: [],
      logLevel: 'info',
    })
    expect(config.dataDir).toMatch(/^\//)
  })

  test('empty values, as Compose writes them, are not set', () => {
    const empty = { DATABASE_URL: '', REDIS_URL: ' ', PORT: '', SLACK_BOT_TOKEN: '', LOG_LEVEL: '' }
    expect(loadConfig(empty)).toEqual(loadConfig({}))
  })

  test.each([
    ['one workspace over HTTP', { ...signing, ...bot }, 'http'],
    ['Socket Mode', { ...app, ...bot }, 'socket'],
    ['Socket Mode with a signing secret left over', { ...app, ...bot, ...signing }, 'socket'],
    ['many workspaces by OAuth', { ...signing, ...oauth }, 'oauth'],
  ])('Slack: %s', (_, env, mode) => {
    expect(loadConfig(env).slack?.mode).toBe(mode)
  })

  test.each([
    ['the gateway', discord, 'gateway'],
    ['the gateway with a public key left over', { ...discord, ...publicKey }, 'gateway'],
    ['HTTP', { ...discord, ...publicKey, DISCORD_TRANSPORT: 'http' }, 'http'],
  ])('Discord: %s', (_, env, transport) => {
    expect(loadConfig(env).discord?.transport).toBe(transport)
  })

  test('addresses are brought into one form', () => {
    const config = loadConfig({
      ...signing,
      ...bot,
      SLACK_API_URL: 'http://127.0.0.1:9/api',
      PUBLIC_URL: 'https://parley.example/',
      PARLEY_ADMINS: 'slack:T1:U1, discord:U2',
      PORT: '0',
    })
    expect(config.slack?.apiUrl).toBe('http://127.0.0.1:9/api/')
    expect(config.publicUrl).toBe('https://parley.example')
    expect(config.admins).toEqual(['slack:T1:U1', 'discord:U2'])
    expect(config.port).toBe(0)
  })

  test('the printed table names every variable and shows no secret', () => {
    const env = {
      ...signing,
      ...bot,
      ...discord,
      DATABASE_URL: 'postgres://parley:hunter22@db/parley',
      PARLEY_SECRET: 'a very secret secret',
    }
    const table = describeConfig(env)
    for (const name of ['DATABASE_URL', 'PARLEY_DATA_DIR', 'DISCORD_PUBLIC_KEY', 'LOG_LEVEL'])
      expect(table).toMatch(new RegExp(`^${name} `, 'm'))
    for (const secret of ['hunter22', 'a very secret', 'xoxb', 'signing-secret'])
      expect(table).not.toContain(secret)
    for (const line of table.split('\n')) expect(line).toMatch(/^[A-Z_]+ +\S.* {2}\S/)
  })

  test('a misspelt variable is pointed out, somebody else’s is not', () => {
    expect(unknownVariables({ SLACK_SIGNING_SECERT: 'x', PATH: '/bin' })).toEqual([
      expect.stringContaining('SLACK_SIGNING_SECERT'),
    ])
  })
})

describe('refused: the environment', () => {
  test('every mistake is named at once, with what to do, and never with the value of a secret', () => {
    const env = {
      DATABASE_URL: 'mysql://x:hunter22@db/x',
      REDIS_URL: 'localhost:6379',
      PORT: '70000',
      LOG_LEVEL: 'loud',
      PARLEY_ADMINS: 'ana',
      PARLEY_SECRET: 'short',
      DISCORD_TRANSPORT: 'carrier pigeon',
      SLACK_BOT_TOKEN: 'xapp-1-swapped',
    }
    const problems = problemsOf(env)
    expect(Object.keys(problems).toSorted()).toEqual(
      [...Object.keys(env), 'SLACK_SIGNING_SECRET'].toSorted(),
    )
    for (const problem of Object.values(problems)) expect(problem).toMatch(/^[A-Z].*\.$/)
    expect(JSON.stringify(problems)).not.toMatch(/hunter22|short|swapped/)
  })

  test.each<[string, Environment, string[]]>([
    ['a signing secret alone', signing, ['SLACK_BOT_TOKEN']],
    ['a bot token alone', bot, ['SLACK_SIGNING_SECRET']],
    ['an app token alone', app, ['SLACK_BOT_TOKEN']],
    ['an app token and a signing secret', { ...app, ...signing }, ['SLACK_BOT_TOKEN']],
    [
      'a client id alone',
      { SLACK_CLIENT_ID: '1.2' },
      ['SLACK_CLIENT_SECRET', 'SLACK_SIGNING_SECRET'],
    ],
    ['OAuth without the signing secret', oauth, ['SLACK_SIGNING_SECRET']],
    ['OAuth and one workspace’s token', { ...signing, ...oauth, ...bot }, ['SLACK_BOT_TOKEN']],
    ['an application id alone', { DISCORD_APPLICATION_ID: '1' }, ['DISCORD_BOT_TOKEN']],
    ['a Discord token alone', { DISCORD_BOT_TOKEN: 'x' }, ['DISCORD_APPLICATION_ID']],
    ['a public key alone', publicKey, ['DISCORD_APPLICATION_ID', 'DISCORD_BOT_TOKEN']],
    [
      'HTTP without its public key',
      { ...discord, DISCORD_TRANSPORT: 'http' },
      ['DISCORD_PUBLIC_KEY'],
    ],
  ])('half-set secrets: %s', (_, env, wrong) => {
    expect(Object.keys(problemsOf(env)).toSorted()).toEqual(wrong)
  })

  test('a database of your own needs a secret of your own', () => {
    const env = { DATABASE_URL: 'postgres://db/parley' }
    expect(problemsOf(env)['PARLEY_SECRET']).toContain('openssl rand -hex 32')
    expect(problemsOf({ ...env, PARLEY_SECRET: 'x'.repeat(16) })).toEqual({})
  })
})

describe('twice: the secret', () => {
  test('it is made once, kept for its owner only, and found again', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-config-'))
    const config = { ...loadConfig({}), dataDir: join(folder, 'data') }
    const secret = openSecret(config)
    expect(secret).toMatch(/^[0-9a-f]{64}$/)
    expect(openSecret(config)).toBe(secret)
    expect(statSync(join(config.dataDir, 'secret')).mode & 0o777).toBe(0o600)
    expect(openSecret({ ...config, secret: 'the configured one' })).toBe('the configured one')
    rmSync(folder, { recursive: true })
  })
})

describe.skipIf(process.getuid?.() !== 0)('happy: root in a closed home (only as root)', () => {
  test('the data lies where Postgres can reach it, in a place of this clone’s own', () => {
    const closed = mkdtempSync(join(tmpdir(), 'parley-home-'))
    const [one, two] = ['one', 'two'].map(
      (clone) => loadConfig({ PARLEY_DATA_DIR: join(closed, clone, '.parley') }).dataDir,
    )
    expect(one).toMatch(/^\/var\/lib\/parley\/one-[0-9a-f]{8}$/)
    expect(two).not.toBe(one)
    expect(isOpenToOthers(closed)).toBe(false)
    rmSync(closed, { recursive: true })
  })
})

/** The log never shows a secret, wherever in a line it stands; and each line has a stable key. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { logEvents } from '../src/log/events.ts'
import { openLog } from '../src/log.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  const lines: string[] = []
  const to = { write: (line: string) => void lines.push(line) }
  write(openLog({ secrets: ['the signing secret'], to }))
  return lines.join('')
}

describe('refused: secrets in the log', () => {
  test.each([
    ['a bot token', 'xoxb-1234-5678-abcdefgh'],
    ['a token that rotates', 'xoxe.xoxp-1-abcdefgh1234'],
    ['an app token', 'xapp-1-A0123-456-abcdef'],
    ['a webhook’s secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    ['a configured secret', 'the signing secret'],
    ['a header', 'Bearer abcdefghijklmnop.qrst'],
    ['a password in an address', 'postgres://parley:hunter22@db/parley'],
    ['a password with an @ in it', 'postgres://parley:hunt@er22@db/parley'],
    ['a response_url', 'https://hooks.slack.com/actions/T1/2/abcdef'],
  ])('%s', (_, secret) => {
    const text = logged((log) => {
      log.info({ event: 'queue.back', deep: { in: [secret] } }, `said ${secret} aloud`)
      log.error({ event: 'job.failed', err: new Error(`failed with ${secret}`) }, 'It failed.')
    })
    const kept = secret.replace(/^Bearer |^postgres:\/\/parley:|@db\/parley$|^.*actions\//g, '')
    expect(text).not.toContain(kept)
    expect(text.match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(3)
    for (const line of text.trim().split('\n')) JSON.parse(line)
  })

  test('a password among an address’s parameters, and the one ioredis sent', () => {
    const refusedAuth = Object.assign(new Error('WRONGPASS invalid username-password pair'), {
      command: { name: 'auth', args: ['sesame'] },
    })
    const text = logged((log) => {
      log.warn(
        { event: 'queue.away' },
        'postgres://db/parley?user=parley&password=sesame&sslmode=require',
      )
      log.error({ event: 'queue.error', err: refusedAuth }, 'It failed.')
    })
    expect(text).not.toContain('sesame')
    expect(text).toContain('sslmode=require')
    expect(text).toContain('"command":"auth"')
  })

  test('what Postgres quotes of a row or a parameter', () => {
    const error = Object.assign(new Error('new row violates check constraint'), {
      ...{ severity: 'ERROR', routine: 'ExecConstraints', code: '23514', table: 'records' },
      detail: 'Failing row contains (my own words).',
      where: "unnamed portal parameter $1 = 'my own words'",
    })
    const text = logged((log) => log.error({ event: 'http.failed', err: error }, 'It failed.'))
    expect(text).not.toContain('my own words')
    expect(text).toContain('"code":"23514"')
  })

  test('what an SDK hangs on its errors is left out; what says why stays', () => {
    class Client {
      secretKey = 4711
    }
    const error = Object.assign(new Error('lost', { cause: new Error('cut') }), {
      code: '57P01',
      data: { error: 'gone' },
      client: new Client(),
    })
    const said = JSON.parse(
      logged((log) =>
        log.warn({ event: 'database.connection_lost', err: error }, 'A connection was lost.'),
      ),
    ).err
    expect(said).toMatchObject({ type: 'Error', code: '57P01', data: { error: 'gone' } })
    expect(said.message).toContain('lost')
    expect(said.stack).toContain('cut')
    expect(said).not.toHaveProperty('client')
  })
})

describe('happy: the event of a line', () => {
  const files = ['src', 'adapters'].flatMap(filesOf)

  // That a variable has one too is the compiler's to say: the log takes nothing without.
  test('every call that writes a line names one, in words that do not change', () => {
    const call =
      /\blog\??\.(?:trace|debug|info|warn|error|fatal)\(\s*(\{\s*event: '([^']+)'|\w+,|[^\n]*)/g
    const calls = files.flatMap(({ file, text }) =>
      [...text.matchAll(call)].map(([, given = '', event]) => ({ file, given, event })),
    )
    expect(calls.length).toBeGreaterThan(80)
    const wrong = calls.filter(({ given, event }) =>
      event === undefined ? !/^\w+,$/.test(given) : !(event in logEvents),
    )
    expect(wrong).toEqual([])
  })

  test('one event is one place in the code', () => {
    const texts = files.filter(({ file }) => file !== 'src/log/events.ts').map(({ text }) => text)
    const places = Object.keys(logEvents).map((event) => [
      event,
      texts.reduce((sum, text) => sum + text.split(`'${event}'`).length - 1, 0),
    ])
    expect(places.filter(([, count]) => count !== 1)).toEqual([])
  })

  test('it stands in the line, and docs/operate.md lists it', () => {
    const line = logged((log) => log.info({ event: 'queue.back' }, 'The queue is back.'))
    expect(JSON.parse(line)).toMatchObject({ event: 'queue.back', msg: 'The queue is back.' })
    const page = readFileSync(join(root, 'docs/operate.md'), 'utf8')
    expect(Object.keys(logEvents).filter((event) => !page.includes(`| \`${event}\` |`))).toEqual([])
  })
})

function filesOf(folder: string): { file: string; text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      file: `${folder}/${name}`,
      text: readFileSync(join(root, folder, name), 'utf8'),
    }))
}

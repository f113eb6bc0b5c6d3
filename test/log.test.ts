/** The log never shows a secret, wherever in a line it stands. */
import { describe, expect, test } from 'vitest'
import { openLog } from '../src/log.ts'

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
    ['a configured secret', 'the signing secret'],
    ['a header', 'Bearer abcdefghijklmnop.qrst'],
    ['a password in an address', 'postgres://parley:hunter22@db/parley'],
    ['a password with an @ in it', 'postgres://parley:hunt@er22@db/parley'],
    ['a response_url', 'https://hooks.slack.com/actions/T1/2/abcdef'],
  ])('%s', (_, secret) => {
    const text = logged((log) => {
      log.info({ deep: { in: [secret] } }, `said ${secret} aloud`)
      log.error({ err: new Error(`failed with ${secret}`) })
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
      log.warn('postgres://db/parley?user=parley&password=sesame&sslmode=require')
      log.error({ err: refusedAuth })
    })
    expect(text).not.toContain('sesame')
    expect(text).toContain('sslmode=require')
    expect(text).toContain('"command":"auth"')
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
    const said = JSON.parse(logged((log) => log.warn({ err: error }, 'A connection was lost.'))).err
    expect(said).toMatchObject({ type: 'Error', code: '57P01', data: { error: 'gone' } })
    expect(said.message).toContain('lost')
    expect(said.stack).toContain('cut')
    expect(said).not.toHaveProperty('client')
  })
})

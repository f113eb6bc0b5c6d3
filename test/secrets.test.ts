/** Passwords are taken out of addresses wherever they stand in them. */
import { describe, expect, test } from 'vitest'
import { describeConfig, loadConfig } from '../src/config.ts'
import { passwordsIn, withoutPassword } from '../src/secrets.ts'

describe('refused: a password in what is shown', () => {
  test.each([
    ['postgres://parley:pw-1234@db:5432/parley', 'postgres://parley:…@db:5432/parley'],
    ['postgres://parley:p@w:1/2@db/parley', 'postgres://parley:…@db/parley'],
    ['redis://:pw-1234@redis:6379/0', 'redis://:…@redis:6379/0'],
    ['postgres://db/parley?password=pw-1234&a=b', 'postgres://db/parley?password=…&a=b'],
    ['postgres://db/parley?a=b&sslpassword=pw', 'postgres://db/parley?a=b&sslpassword=…'],
    ['postgres://parley@db/parley', 'postgres://parley@db/parley'],
    ['https://parley.example/a@b', 'https://parley.example/a@b'],
  ])('%s', (address, shown) => {
    expect(withoutPassword(address)).toBe(shown)
  })

  test('`parley config` shows none', () => {
    const table = describeConfig({
      DATABASE_URL: 'postgres://parley:pw@1234@db/parley?sslpassword=key-5678',
      REDIS_URL: 'redis://:sesame-open@redis',
    })
    for (const secret of ['pw@1234', '1234@', 'key-5678', 'sesame-open'])
      expect(table).not.toContain(secret)
    expect(table).toContain('db/parley')
  })

  test('the log knows them as secrets, as written and as sent', () => {
    const { secrets } = loadConfig({
      DATABASE_URL: 'postgres://parley:pass%23word@db/parley',
      PARLEY_SECRET: 'a secret for this test only',
    })
    expect(secrets).toEqual(expect.arrayContaining(['pass%23word', 'pass#word']))
    expect(passwordsIn('not an address')).toEqual([])
  })
})
